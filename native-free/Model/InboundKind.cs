namespace LatencyEngine.Model;

/// <summary>What a frame of the inbound ring is. Everything that can change a decision comes in as one of these.</summary>
public enum InboundKind : byte
{
    /// <summary>Not set; counted as rejected.</summary>
    Unset = 0,

    /// <summary>A frame of the public linear socket, as received.</summary>
    PublicFrame = 1,

    /// <summary>A frame of the private socket, as received.</summary>
    PrivateFrame = 2,

    /// <summary>A frame of the order-entry socket, as received.</summary>
    TradeFrame = 3,

    /// <summary>The logic clock moved; no payload. Lets a silent market be noticed.</summary>
    Tick = 4,

    /// <summary>The session begins: four bytes, the session number, little-endian. Names of orders and requests carry it.</summary>
    Session = 5,

    /// <summary>An operator's command: one byte, an <see cref="OperatorCommand"/>.</summary>
    Command = 6,

    /// <summary>A connection to the venue changed: two bytes, a <see cref="VenueChannel"/> and a <see cref="ConnectionState"/>. The frame's generation is the connection's.</summary>
    Connection = 7,

    /// <summary>Rows that a look-up at the venue (REST) found, in the form of a private message: <c>{"topic":"execution","data":[...]}</c>, <c>position</c>, <c>wallet</c> or <c>order</c>. Positions are those that are not flat, and a wallet's row says that they all are there; orders are the open ones and those that were asked for.</summary>
    LookUpRows = 8,

    /// <summary>A look-up is complete: one <see cref="LookUpEnd"/>, then the names, as <see cref="ClientOrderId"/>, that the venue does not know. All its rows came before, and no others since the end before it.</summary>
    LookUpEnd = 9,

    /// <summary>A book or a mark price that was asked for by REST, since the public connection is not of use: a snapshot in the form of a public message, <c>orderbook.1000</c>, to whose update ids REST's belong (Bybit V5, 13), or <c>tickers</c> with the mark alone.</summary>
    PolledMarket = 10,

    /// <summary>The answer to a <see cref="QuoteTableRequest"/>: the request, then the whole content of the table; nothing behind the request when there is no solution.</summary>
    QuoteTable = 11,

    /// <summary>The microprice table of an instrument, at the start of a run: its <see cref="InstrumentId"/>, then the whole content of the table.</summary>
    MicropriceTable = 12,

    /// <summary>What the loss ladder of an engine before this one remembered, at the start of a run: the whole content of a <c>LossState</c>.</summary>
    LossState = 14,

    // 13 was a view as a float, which a bias has replaced.

    /// <summary>What a slow thread thinks of an instrument's market: one <see cref="Model.Bias"/>.</summary>
    Bias = 15,

    /// <summary>A position that a slow thread wants held: one <see cref="Model.DirectionalRequest"/>.</summary>
    DirectionalRequest = 16,

    /// <summary>Whether an instrument is open for trading, when that has changed: its <see cref="InstrumentId"/>, then one byte, 1 for open. At the start each is.</summary>
    InstrumentStatus = 17,
}
