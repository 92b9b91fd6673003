using System.Text.Json.Nodes;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The shipped profile, changed for one test and written to a file of its own.</summary>
internal sealed class Profile : IDisposable
{
    public static readonly string Shipped = ReferenceFiles.InRepository("configs/market-making.json");

    public static readonly IReadOnlyDictionary<string, string> NoEnvironment = new Dictionary<string, string>();

    public Profile(Action<JsonNode> change)
    {
        JsonNode document = JsonNode.Parse(File.ReadAllText(Shipped))!;
        change(document);
        File.WriteAllText(Path, document.ToJsonString());
    }

    public Profile(string text) => File.WriteAllText(Path, text);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"profile-{Guid.NewGuid():N}.json");

    public EngineConfiguration Load(IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<ConfigurationOverride> overrides) =>
        ConfigurationReader.Load(Path, environment ?? NoEnvironment, overrides);

    /// <summary>The faults of loading it, without the file's name in front.</summary>
    public IReadOnlyList<string> Faults(IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<ConfigurationOverride> overrides) =>
        [.. Assert.Throws<ConfigurationException>(() => Load(environment, overrides)).Faults.Select(fault => fault.Replace($"{Path}: ", "", StringComparison.Ordinal))];

    public void Dispose() => File.Delete(Path);
}
