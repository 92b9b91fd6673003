using System.Text;
using System.Text.Json;
using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>A <see cref="RequoteComparison"/> for people and for programs.</summary>
public static class RequoteComparisonText
{
    private const string Gap = "  ";

    private static readonly string[] Headings = ["requote", "requests", "saved", "unsent", "fills", "a fill", "net P&L", "instrument", "bid off", "ask off", "bid missing", "ask missing"];

    /// <summary>Plain text in aligned columns, lines ended by a newline, no trailing spaces.</summary>
    public static string Render(RequoteComparison comparison)
    {
        var text = new StringBuilder();
        text.Append($"Requoting over {Figures.OneLine(comparison.Data)} ({Figures.OneLine(comparison.DataLabel)}), {Figures.Seconds(comparison.RecordingSeconds)}, seed {comparison.Seed}\n\n");
        string[][] lines = [Headings, .. comparison.Rows.SelectMany(Lines)];
        int[] widths = [.. Headings.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines) text.Append(string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        text.Append("\nsaved: share of the naive way's requests; unsent: changes for which no request was left in the second;\noff: ticks from where a quote was wanted, by time; missing: of the time in which one was wanted\n");
        return text.ToString();
    }

    /// <summary>One indented JSON document with camelCase names.</summary>
    public static string Serialize(RequoteComparison comparison) => JsonSerializer.Serialize(comparison, RunResultJson.Json.RequoteComparison);

    /// <summary>A line an instrument; those after the first do not repeat what is of the whole run.</summary>
    private static IEnumerable<string[]> Lines(RequoteRow row)
    {
        string[] run =
        [
            row.Policy, Figures.Count(row.Messages), Figures.Share(row.Saved), Figures.Count(row.BudgetRefusals), Figures.Count(row.Fills), Figures.Mean(row.MessagesPerFill), Figures.SignedUsdt(row.NetPnl),
        ];
        foreach ((string symbol, TrackingResult tracking) in row.Tracking)
        {
            yield return [.. run, symbol, Figures.Mean(tracking.BidErrorTicks), Figures.Mean(tracking.AskErrorTicks), Figures.Share(tracking.BidMissingShare), Figures.Share(tracking.AskMissingShare)];
            run = [.. run.Select(_ => "")];
        }
    }
}
