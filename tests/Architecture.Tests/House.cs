using System.Xml.Linq;
using LatencyEngine.TestData;

namespace LatencyEngine.Architecture.Tests;

/// <summary>The repository as it is on disk, build output left out.</summary>
internal static class House
{
    /// <summary>Every project.</summary>
    public static IReadOnlyList<ProjectFile> Projects { get; } = [.. Files("*.csproj").Select(path => ProjectFile.Parse(path, Read(path)))];

    /// <summary>Every C# file, tests included.</summary>
    public static IReadOnlyList<SourceFile> AllSources { get; } = [.. Files("*.cs").Select(path => new SourceFile(path, Read(path)))];

    /// <summary>The C# files of the rooms, benchmarks included.</summary>
    public static IReadOnlyList<SourceFile> RoomSources { get; } = [.. AllSources.Where(source => !source.Path.StartsWith("tests/", StringComparison.Ordinal))];

    /// <summary>Names of the packages that have a central version.</summary>
    public static IReadOnlyList<string> CentralPackages { get; } = [.. XDocument.Parse(Read("Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value)];

    /// <summary>The text of a file of the repository.</summary>
    public static string Read(string path) => File.ReadAllText(ReferenceFiles.InRepository(path));

    private static IEnumerable<string> Files(string pattern) =>
        from house in new[] { "native-free", "src", "tests", "bench" }
        from file in Directory.EnumerateFiles(ReferenceFiles.InRepository(house), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(ReferenceFiles.RepositoryRoot, file).Replace('\\', '/')
        where !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal)
        orderby path
        select path;
}
