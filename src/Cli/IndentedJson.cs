using System.Text.Json.Serialization;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>How a verb writes its one document: names in camel case, a line a member, lines that end alike on every system; without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(LiveResult))]
[JsonSerializable(typeof(SoakResult))]
[JsonSerializable(typeof(WatchdogResult))]
[JsonSerializable(typeof(RunStatus))]
[JsonSerializable(typeof(IReadOnlyList<SelfTestCheck>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigurationValue>))]
[JsonSerializable(typeof(IReadOnlyList<EnvironmentName>))]
internal sealed partial class IndentedJson : JsonSerializerContext;
