namespace LatencyEngine.Host;

/// <summary>The folder that holds <c>configs/</c> and <c>samples/</c>: the repository, or the folder of an unpacked release.</summary>
public static class InstallRoot
{
    private const string Marker = "configs/market-making.schema.json";

    /// <summary>Finds it: the first folder with <c>configs/market-making.schema.json</c> at or above the program's own folder, then at or above the current one. Reads the disk.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static string Find() => Find(AppContext.BaseDirectory, Directory.GetCurrentDirectory());

    /// <summary>Finds it from other starting points, the first that leads to one.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static string Find(params IReadOnlyList<string> startFolders)
    {
        foreach (string start in startFolders)
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker))) return folder.FullName;
            }
        }

        throw new ConfigurationException([$"no folder with {Marker} at or above {string.Join(" or ", startFolders)}; run from inside the repository"]);
    }

    /// <summary>A path for people: relative where it lies below <paramref name="root"/>, else unchanged.</summary>
    internal static string Shown(string root, string path)
    {
        string relative = Path.GetRelativePath(root, Path.GetFullPath(path));
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? path : relative;
    }
}
