using System.Text.Json;

namespace LatencyEngine.Research;

/// <summary>The one JSON form of a <see cref="PaperTable"/>: <c>summary.json</c> and the output of <c>--json</c>.</summary>
public static class PaperTableJson
{
    /// <summary>One indented JSON document with camelCase names. The path of the chart is left out.</summary>
    public static string Serialize(PaperTable table) => JsonSerializer.Serialize(table, RunResultJson.Json.PaperTable);
}
