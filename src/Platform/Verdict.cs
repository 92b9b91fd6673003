namespace LatencyEngine.Platform;

/// <summary>What a check of the host or the venue came to.</summary>
public enum Verdict
{
    /// <summary>It could not be found out here, or there is nothing to judge.</summary>
    Unknown = 0,

    /// <summary>As it should be.</summary>
    Ok = 1,

    /// <summary>The engine runs, and is slower or less safe than it could be.</summary>
    Warn = 2,

    /// <summary>The engine does not run like this, or should not.</summary>
    Fail = 3,
}
