using System.Text.Json;

namespace LatencyEngine.Cli;

/// <summary>How a verb writes its one document.</summary>
internal static class IndentedJson
{
    /// <summary>Names in camel case, a line a member, lines that end alike on every system.</summary>
    public static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" };
}
