namespace LatencyEngine.SideBySide;

/// <summary>Where the benchmarks find recordings and the profile: in the repository that they run in.</summary>
internal static class Repository
{
    /// <summary>The recording that runs use by default; derived, see samples/SOURCES.md.</summary>
    public const string DerivedRecording = "samples/v5shaped-btcusdt-20240808.frames.gz";

    /// <summary>The genuine capture, see samples/SOURCES.md.</summary>
    public const string GenuineRecording = "samples/bybit-linear-btc-sol-20260809.frames.gz";

    /// <summary>The repository's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file, by its path from the root.</summary>
    public static string PathOf(string path) => Path.Combine(Root, path);

    // Upwards from the program: the caller may stand anywhere.
    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LatencyEngine.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no LatencyEngine.sln above {AppContext.BaseDirectory}; benchmarks run from inside the repository");
    }
}
