namespace LatencyEngine.Research.Tests;

/// <summary>What the engine knows of one of its orders at the moment at which something goes wrong.</summary>
internal enum OrderMoment
{
    None,
    PendingNew,
    Working,
    PartlyFilled,
    PendingAmend,
    PendingCancel,
    OutcomeUnknown,
}
