namespace LatencyEngine.Host;

/// <summary>A configuration that cannot be used: every fault found, one line each, ready for the operator.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="faults">At least one line; each names file, environment variable or option, what was wanted and what was found.</param>
    public ConfigurationException(IReadOnlyList<string> faults)
        : base(string.Join(Environment.NewLine, faults))
    {
        Faults = faults;
    }

    /// <summary>The faults, in the order of the configuration.</summary>
    public IReadOnlyList<string> Faults { get; }
}
