namespace LatencyEngine.Model;

/// <summary>Kind of an execution (Bybit V5, 15, <c>execType</c>).</summary>
public enum ExecutionType : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>An ordinary fill.</summary>
    Trade = 1,

    /// <summary>A funding payment.</summary>
    Funding = 2,

    /// <summary>Takeover of a liquidated position at the bankruptcy price.</summary>
    BustTrade = 3,

    /// <summary>Auto-deleveraging.</summary>
    AdlTrade = 4,

    /// <summary>A kind that this engine does not book: counted and reported, never guessed.</summary>
    Other = 255,
}
