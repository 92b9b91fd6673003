namespace LatencyEngine.Host;

/// <summary>One resolved value of the configuration, for people to read.</summary>
/// <param name="Key">Its key, for example <c>venue:leverage</c>.</param>
/// <param name="Value">The text in force.</param>
/// <param name="Origin">The profile's file, the environment variable or the option that set it.</param>
public sealed record ConfigurationValue(string Key, string Value, string Origin);
