using System.Xml.Linq;

namespace LatencyEngine.Architecture.Tests;

/// <summary>What the architecture rules need to know of one project file, read from its text.</summary>
/// <param name="Path">From the repository's root, with forward slashes.</param>
/// <param name="References">Names of the referenced projects without the <c>LatencyEngine.</c> prefix.</param>
/// <param name="Packages">Names of the referenced packages.</param>
/// <param name="PackagesWithOwnVersion">Of them those that name a version in the project file.</param>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> PackagesWithOwnVersion)
{
    private const string Prefix = "LatencyEngine.";

    /// <summary>The project's name without the prefix; for a room it is the room's name.</summary>
    public string Name => WithoutPrefix(System.IO.Path.GetFileNameWithoutExtension(Path));

    /// <summary>The first folder of the path: native-free, src, tests or bench.</summary>
    public string House => Path.Split('/')[0];

    /// <summary>The folder that holds the project file, from the root.</summary>
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>Reads a project file's text.</summary>
    public static ProjectFile Parse(string path, string text)
    {
        XDocument document = XDocument.Parse(text);
        XElement[] packages = [.. document.Descendants("PackageReference")];
        return new ProjectFile(
            path,
            [.. document.Descendants("ProjectReference").Select(reference => WithoutPrefix(System.IO.Path.GetFileNameWithoutExtension(Include(reference).Replace('\\', '/'))))],
            [.. packages.Select(Include)],
            [.. packages.Where(package => package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null || package.Element("Version") is not null).Select(Include)]);
    }

    private static string Include(XElement element) => element.Attribute("Include")?.Value ?? "";

    private static string WithoutPrefix(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
}
