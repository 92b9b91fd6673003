namespace LatencyEngine.Cli;

/// <summary>What the program ends with. Scripts depend on these numbers: never renumber.</summary>
public static class ExitStatus
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The run failed, an invariant broke, or the program has a fault.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage, configuration or input file.</summary>
    public const int Usage = 2;

    /// <summary>The host lacks something.</summary>
    public const int HostLacks = 3;

    /// <summary>Interrupted, after an orderly stop.</summary>
    public const int Interrupted = 130;
}
