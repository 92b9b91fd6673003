namespace LatencyEngine.Host;

/// <summary>Section <c>control</c>: how a run is reached from outside.</summary>
public sealed record ControlConfiguration
{
    /// <summary>What stands for the user's own folder.</summary>
    public const string Default = "default";

    /// <summary>What stands for no file.</summary>
    public const string None = "none";

    /// <summary>Full path of the folder with the files of runs; null where it is to be the user's own, and the environment names none.</summary>
    public required string? Folder { get; init; }

    /// <summary>Full path of a file whose appearance kills the run; null for none.</summary>
    public required string? KillFile { get; init; }

    /// <summary>The user's own folder, after the XDG Base Directory Specification; null where the environment has no home.</summary>
    public static string? FolderOf(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.TryGetValue("XDG_STATE_HOME", out string? state) && Path.IsPathRooted(state)) return Path.Combine(state, "latency-engine");
        return environment.TryGetValue("HOME", out string? home) && Path.IsPathRooted(home) ? Path.Combine(home, ".local", "state", "latency-engine") : null;
    }
}
