namespace LatencyEngine.Platform;

/// <summary>A setting that was made, or could not be.</summary>
/// <param name="Path">The file.</param>
/// <param name="Before">What stood there; null where it could not be read.</param>
/// <param name="After">What was written.</param>
/// <param name="Fault">Why it was not; null when it was.</param>
public sealed record HostTuning(string Path, string? Before, string After, string? Fault)
{
    /// <summary>The command that puts back what stood there; null where nothing was changed.</summary>
    public string? Undo => Fault is null ? $"echo '{Before}' > {Path}" : null;

    /// <summary>Makes one setting. Needs the right to write there, which is root's.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="setting">What to write.</param>
    public static HostTuning Apply(HostTree tree, HostSetting setting)
    {
        ArgumentNullException.ThrowIfNull(tree);
        string? before = tree.Selected(setting.Path);
        if (before is null) return new HostTuning(setting.Path, before, setting.Wanted, "it cannot be read");
        try
        {
            File.WriteAllText(tree.PathOf(setting.Path), setting.Wanted);
            return new HostTuning(setting.Path, before, setting.Wanted, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new HostTuning(setting.Path, before, setting.Wanted, fault.Message.ReplaceLineEndings(" "));
        }
    }
}
