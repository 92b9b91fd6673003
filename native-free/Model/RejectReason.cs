namespace LatencyEngine.Model;

/// <summary>The matching engine's reason, as far as the engine acts on it (Bybit V5, 15, <c>rejectReason</c>).</summary>
public enum RejectReason : byte
{
    /// <summary><c>EC_NoError</c> or empty.</summary>
    None = 0,

    /// <summary><c>EC_PerCancelRequest</c>: the plain answer to a user's cancel.</summary>
    PerCancelRequest = 1,

    /// <summary><c>EC_PostOnlyWillTakeLiquidity</c>.</summary>
    PostOnlyWillTake = 2,

    /// <summary><c>EC_OrigClOrdIDDoesNotExist</c>: the cancel lost the race to a fill.</summary>
    CancelTooLate = 3,

    /// <summary><c>EC_NoImmediateQtyToFill</c>, <c>EC_NoEnoughQtyToFill</c> or <c>EC_CancelForNoFullFill</c>.</summary>
    NothingToFill = 4,

    /// <summary>Another documented or unknown value.</summary>
    Other = 255,
}
