using System.IO.Compression;
using System.Text;

namespace LatencyEngine.TestData;

/// <summary>The one place where tests find files: recordings and goldens kept in the repository, and the larger reference collection beside it where that is present.</summary>
public static class ReferenceFiles
{
    private static readonly string Root = FindRoot();

    /// <summary>The repository's root folder.</summary>
    public static string RepositoryRoot => Root;

    /// <summary>A file or folder that ships with the repository, by its path from the root, for example <c>configs/market-making.json</c>.</summary>
    public static string InRepository(string path) => Existing(Path.Combine(Root, path));

    /// <summary>A recording or instrument list of <c>samples/</c>.</summary>
    public static string Sample(string name) => Existing(Path.Combine(Root, "samples", name));

    /// <summary>The frames of a recording of <c>samples/</c>, without their times of receipt.</summary>
    public static IEnumerable<byte[]> SampleFrames(string name) => CompressedLines(Sample(name)).Select(FrameOf);

    /// <summary>The lines of a gzip file, byte for byte.</summary>
    public static IEnumerable<byte[]> CompressedLines(string path)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.Latin1);
        while (lines.ReadLine() is { } line) yield return Encoding.Latin1.GetBytes(line);
    }

    /// <summary>The frame of a recording's line: what follows the first blank.</summary>
    public static byte[] FrameOf(byte[] line) => line[(line.AsSpan().IndexOf((byte)' ') + 1)..];

    /// <summary>A file of independent numbers of <c>tests/golden/</c>.</summary>
    public static string Golden(string name) => Existing(Path.Combine(Root, "tests", "golden", name));

    /// <summary>The rows of a golden CSV without its comment lines: a dictionary a row, by column name; an empty cell is the empty string.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> GoldenRows(string name) => Rows(Golden(name));

    /// <summary>As <see cref="GoldenRows"/>, of any file.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Rows(string path)
    {
        string[]? columns = null;
        foreach (string line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] cells = line.Split(',');
            if (columns is null)
            {
                columns = cells;
                continue;
            }

            if (cells.Length != columns.Length) throw new InvalidDataException($"{path}: a row has {cells.Length} cells, the header {columns.Length}: {line}");
            yield return columns.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    /// <summary>A file of the reference collection beside the repository (<c>../shared</c>); null where that is not present. See <see cref="ReferenceFactAttribute"/>.</summary>
    public static string? TryReference(string path)
    {
        string full = Path.Combine(Root, "..", "shared", path);
        return File.Exists(full) ? Path.GetFullPath(full) : null;
    }

    private static string Existing(string path) =>
        Path.Exists(path) ? path : throw new FileNotFoundException($"a test file is missing from the repository: {path}");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LatencyEngine.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no LatencyEngine.sln above {AppContext.BaseDirectory}; tests run from inside the repository");
    }
}
