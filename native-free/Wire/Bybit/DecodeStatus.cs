namespace LatencyEngine.Wire;

/// <summary>What one frame was. Only the output that belongs to the status is meaningful.</summary>
public enum DecodeStatus : byte
{
    /// <summary>Not set; never returned.</summary>
    Unset = 0,

    /// <summary><see cref="BybitDecoder.Book"/> holds a snapshot or delta.</summary>
    Book = 1,

    /// <summary><see cref="BybitDecoder.Trades"/> holds public trades.</summary>
    Trades = 2,

    /// <summary><see cref="BybitDecoder.Ticker"/> holds the changed fields of a ticker.</summary>
    Ticker = 3,

    /// <summary><see cref="BybitDecoder.Orders"/> holds order rows, perhaps none that this engine trades.</summary>
    Orders = 4,

    /// <summary><see cref="BybitDecoder.Executions"/> holds execution rows, perhaps none that this engine trades.</summary>
    Executions = 5,

    /// <summary><see cref="BybitDecoder.Positions"/> holds position rows, perhaps none that this engine trades.</summary>
    Positions = 6,

    /// <summary><see cref="BybitDecoder.Wallet"/> holds the USDT row.</summary>
    Wallet = 7,

    /// <summary><see cref="BybitDecoder.Ack"/> holds the answer to an order-entry request.</summary>
    Ack = 8,

    /// <summary>About the connection, not the market: replies to subscribe, auth and ping.</summary>
    Control = 9,

    /// <summary>A sound message that the engine does not trade on: another topic, a batch reply, a wallet change without USDT.</summary>
    Unused = 10,

    /// <summary>Not JSON, or not what V5 says this message holds: to be counted and dropped.</summary>
    Malformed = 11,

    /// <summary>A sound public message of an instrument that the engine does not trade.</summary>
    UnknownSymbol = 12,

    /// <summary>More levels, trades or rows than V5 allows or the output can hold; nothing of it is to be used.</summary>
    TooLarge = 13,

    /// <summary><see cref="BybitDecoder.Klines"/> holds candles. Counted by the engine and no more: they are for the slow thread.</summary>
    Klines = 14,

    /// <summary><see cref="BybitDecoder.Liquidations"/> holds liquidations. Counted by the engine and no more: they are for the slow thread.</summary>
    Liquidations = 15,

    /// <summary><see cref="BybitDecoder.FastExecutions"/> holds fills without their fees, perhaps none that this engine trades. Not booked: the ledger waits for the complete rows.</summary>
    FastExecutions = 16,
}
