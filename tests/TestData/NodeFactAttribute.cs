using Xunit;

namespace LatencyEngine.TestData;

/// <summary>A fact that holds this project against an independent implementation from npm; skipped by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    /// <summary>Names the package.</summary>
    /// <param name="package">Of the folder's <c>package.json</c>.</param>
    /// <param name="folder">Below <c>tests</c>.</param>
    public NodeFactAttribute(string package, string folder = "foreign")
    {
        Package = package;
        Folder = folder;
        if (!NodeScripts.IsInstalled(folder, package)) Skip = $"needs node and {package}; ./run.sh test installs it with npm ci in tests/{folder} where npm is present";
    }

    /// <summary>The package's name.</summary>
    public string Package { get; }

    /// <summary>The folder below <c>tests</c> that the package is installed in.</summary>
    public string Folder { get; }
}
