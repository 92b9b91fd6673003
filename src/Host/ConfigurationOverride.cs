namespace LatencyEngine.Host;

/// <summary>A value that the command line sets.</summary>
/// <param name="Key">The key it replaces, for example <c>venue:leverage</c>.</param>
/// <param name="Value">The text as given.</param>
/// <param name="Option">The option that faults name, for example <c>--leverage</c>.</param>
public readonly record struct ConfigurationOverride(string Key, string Value, string Option);
