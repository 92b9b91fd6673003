using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LatencyEngine.Forecast;

namespace LatencyEngine.Research;

/// <summary>A forecast with what its page and its JSON need beside it.</summary>
/// <param name="Data">The file of the history, as the operator named it.</param>
/// <param name="Closes">The history.</param>
/// <param name="Forecast">The forecast.</param>
/// <param name="FitSeconds">Time from the history to the forecast: the fit of every member, and the fits of earlier days that give weights and conformal intervals.</param>
/// <param name="ReportPath">Folder of the report; null where there is none.</param>
public sealed record ForecastReport(string Data, DailyCloses Closes, DailyForecast Forecast, double FitSeconds, string? ReportPath)
{
    /// <summary>The one JSON form: <c>summary.json</c> and the output of <c>--json</c>.</summary>
    public string ToJson() => ForecastDocument.Write(json =>
    {
        json.WriteString("source", Data);
        ForecastJson.WriteMembers(json, Forecast);
        json.WriteNumber("fitSeconds", FitSeconds);
        json.WriteString("reportPath", ReportPath);
    });
}

/// <summary>An evaluation with what its page and its JSON need beside it.</summary>
/// <param name="Data">The file of the history, as the operator named it.</param>
/// <param name="Evaluation">The evaluation.</param>
/// <param name="EvaluationSeconds">Time that it took.</param>
/// <param name="ReportPath">Folder of the report; null where there is none.</param>
public sealed record EvaluationReport(string Data, Evaluation Evaluation, double EvaluationSeconds, string? ReportPath)
{
    /// <summary>The one JSON form: <c>summary.json</c> and the output of <c>--json</c>.</summary>
    public string ToJson() => ForecastDocument.Write(json =>
    {
        json.WriteString("source", Data);
        EvaluationJson.WriteMembers(json, Evaluation);
        json.WriteNumber("evaluationSeconds", EvaluationSeconds);
        json.WriteString("reportPath", ReportPath);
    });
}

/// <summary>How the two documents are written.</summary>
internal static class ForecastDocument
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object with the members that are written into it.</summary>
    public static string Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
