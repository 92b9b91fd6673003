namespace LatencyEngine.Platform;

/// <summary>A file of the kernel and what is to be written there; gone with the next boot.</summary>
/// <param name="Path">Full path, as on a host without a made-up root.</param>
/// <param name="Wanted">The value.</param>
public readonly record struct HostSetting(string Path, string Wanted);
