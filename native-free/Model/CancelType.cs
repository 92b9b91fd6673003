namespace LatencyEngine.Model;

/// <summary>Why an order was cancelled, as far as the engine acts on it (Bybit V5, 15, <c>cancelType</c>).</summary>
public enum CancelType : byte
{
    /// <summary><c>UNKNOWN</c> or empty: none.</summary>
    None = 0,

    /// <summary><c>CancelByUser</c>.</summary>
    ByUser = 1,

    /// <summary><c>CancelByReduceOnly</c>.</summary>
    ByReduceOnly = 2,

    /// <summary><c>CancelByPrepareLiq</c> or <c>CancelAllBeforeLiq</c>.</summary>
    BeforeLiquidation = 3,

    /// <summary><c>CancelByDCP</c>.</summary>
    ByDisconnectProtection = 4,

    /// <summary><c>CancelBySmp</c>.</summary>
    BySelfMatchPrevention = 5,

    /// <summary><c>CancelByAdmin</c>.</summary>
    ByAdmin = 6,

    /// <summary>Another documented or unknown value.</summary>
    Other = 255,
}
