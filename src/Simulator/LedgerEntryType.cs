namespace LatencyEngine.Simulator;

/// <summary>Why an account's money moved: <c>type</c> of the transaction log (Bybit V5, 12.5).</summary>
public enum LedgerEntryType
{
    /// <summary>Not set; never posted.</summary>
    Unset = 0,

    /// <summary>TRANSFER_IN: money that the account started with or was given.</summary>
    TransferIn = 1,

    /// <summary>TRADE: a fill, with what it realised and its fee.</summary>
    Trade = 2,

    /// <summary>SETTLEMENT: funding.</summary>
    Settlement = 3,

    /// <summary>LIQUIDATION: a takeover at the bankruptcy price, with its fee.</summary>
    Liquidation = 4,
}
