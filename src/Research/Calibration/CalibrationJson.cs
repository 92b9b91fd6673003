using System.Text.Json;

namespace LatencyEngine.Research;

/// <summary>The one JSON form of a <see cref="CalibrationResult"/>.</summary>
public static class CalibrationJson
{
    /// <summary>One indented JSON document with camelCase names.</summary>
    public static string Serialize(CalibrationResult result) => JsonSerializer.Serialize(result, RunResultJson.Json.CalibrationResult);
}
