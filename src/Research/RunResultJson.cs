using System.Text.Encodings.Web;
using System.Text.Json;

namespace LatencyEngine.Research;

/// <summary>The one JSON form of a run: <c>summary.json</c> and the output of <c>--json</c>.</summary>
public static class RunResultJson
{
    /// <summary>How every document of a report folder is written.</summary>
    internal static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // paths stay readable; the document is never embedded in HTML
    };

    /// <summary>The documents in that form.</summary>
    internal static ResearchJson Json { get; } = new(new JsonSerializerOptions(Options));

    /// <summary>The run as one indented JSON document with camelCase names; decimals as plain numbers, latencies in nanoseconds. Chart samples are left out.</summary>
    public static string Serialize(RunResult result) => JsonSerializer.Serialize(result, Json.RunResult);
}
