using System.Globalization;

namespace LatencyEngine.Platform;

/// <summary>The files by which the kernel tells of itself, below a root: <c>/</c>, or one that a test has laid out.</summary>
/// <param name="root">Folder that stands for <c>/</c>.</param>
public sealed class HostTree(string root = "/")
{
    /// <summary>Where a file of the host is found.</summary>
    /// <param name="path">Full path on a host, for example <c>/proc/stat</c>.</param>
    public string PathOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.Combine(root, path.TrimStart('/'));
    }

    /// <summary>A file's text without white space at its ends; null where it is not there or cannot be read.</summary>
    public string? Text(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path)).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The value of a setting: where the file lists all that there are, such as <c>always [madvise] never</c>, the one in brackets.</summary>
    public string? Selected(string path)
    {
        if (Text(path) is not { } text) return null;
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? text[(open + 1)..close] : text;
    }

    /// <summary>Full host paths of the entries of a folder whose names begin so and go on with digits, by number; empty where there is none.</summary>
    public IReadOnlyList<string> Numbered(string folder, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string path = PathOf(folder);
        if (!Directory.Exists(path)) return [];
        return
        [
            .. Directory.EnumerateDirectories(path).Select(entry => Path.GetFileName(entry))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length && name.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0)
                .OrderBy(name => int.Parse(name.AsSpan(prefix.Length), CultureInfo.InvariantCulture))
                .Select(name => $"{folder}/{name}"),
        ];
    }

    /// <summary>A list of cores as the kernel writes it, for example <c>0-3,8</c>; empty for nothing, and where it is no such list.</summary>
    public static IReadOnlySet<int> Cores(string? list)
    {
        var cores = new SortedSet<int>();
        foreach (string part in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            bool isRange = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first) & int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last);
            if (isRange && ends.Length <= 2 && first <= last && last < CoresMax) cores.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return cores;
    }

    private const int CoresMax = 65_536;   // a damaged list must not fill the memory
}
