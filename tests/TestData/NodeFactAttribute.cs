using Xunit;

namespace LatencyEngine.TestData;

/// <summary>A fact that holds this project against an independent implementation from npm; skipped by name where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    /// <summary>Names the package of <c>tests/foreign</c>.</summary>
    public NodeFactAttribute(string package)
    {
        Package = package;
        if (!NodeScripts.IsInstalled(package)) Skip = $"needs node and {package}; ./run.sh test installs it with npm ci in tests/foreign where npm is present";
    }

    /// <summary>The package's name.</summary>
    public string Package { get; }
}
