namespace LatencyEngine.Platform;

/// <summary>What silence of a heartbeat means. The numbers are in shared memory.</summary>
public enum HeartbeatPhase
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Nothing of the process rests anywhere yet.</summary>
    Starting = 1,

    /// <summary>Orders may rest.</summary>
    Trading = 2,

    /// <summary>It has ended in order, or somebody else has: nothing rests.</summary>
    Ended = 3,
}
