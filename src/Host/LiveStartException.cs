namespace LatencyEngine.Host;

/// <summary>The account cannot be traded as it is: every fault found, one line each with its mend, ready for the operator. Nothing was changed at the venue unless a line says so.</summary>
public sealed class LiveStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="faults">At least one line.</param>
    public LiveStartException(IReadOnlyList<string> faults)
        : base(string.Join(Environment.NewLine, faults))
    {
        Faults = faults;
    }

    /// <summary>The faults, in the order in which they were looked for.</summary>
    public IReadOnlyList<string> Faults { get; }
}
