using System.Text.Json;

namespace LatencyEngine.Research;

/// <summary>The one JSON form of a <see cref="SweepResult"/>.</summary>
public static class SweepJson
{
    /// <summary>One indented JSON document with camelCase names.</summary>
    public static string Serialize(SweepResult result) => JsonSerializer.Serialize(result, RunResultJson.Json.SweepResult);
}
