using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.History;

namespace LatencyEngine.Cli;

/// <summary>What was stored, kept out and is missing, for people and for programs.</summary>
internal static class HistoryReport
{
    private const int ShownMax = 20;

    /// <summary>A part of a JSON document.</summary>
    public static JsonNode Document(HistoryDownloadResult result, long rows) => new JsonObject
    {
        ["symbol"] = result.Symbol,
        ["series"] = Name(result.Timeframe),
        ["from"] = HistoryText.Time(result.Range.FromMillis),
        ["to"] = HistoryText.Time(result.Range.ToMillis),
        ["requests"] = result.Requests,
        ["stored"] = result.Stored,
        ["rows"] = rows,
        ["keptOut"] = result.Faults.Count,
        ["keptOutRows"] = KeptOut(result.Faults),
        ["missing"] = Missing(result),
        ["gaps"] = new JsonArray([.. result.Gaps.Select(gap => (JsonNode)new JsonObject { ["from"] = HistoryText.Time(gap.FromMillis), ["to"] = HistoryText.Time(gap.ToMillis), ["candles"] = Candles(gap, result.Timeframe) })]),
    };

    /// <summary>Rows that were kept out, the first of them.</summary>
    public static JsonArray KeptOut(IReadOnlyList<HistoryFault> faults) =>
        new([.. faults.Take(ShownMax).Select(fault => (JsonNode)new JsonObject { ["time"] = HistoryText.Time(fault.AtMillis), ["kind"] = Word(fault.Kind), ["text"] = fault.Text })]);

    /// <summary>Lines for people.</summary>
    public static void Write(HistoryDownloadResult result, long rows, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Symbol,-12} {Name(result.Timeframe),-8} {HistoryText.Time(result.Range.FromMillis)} to {HistoryText.Time(result.Range.ToMillis)}: {result.Stored:#,0} stored, {rows:#,0} in the history, requests {result.Requests:#,0}"));
        WriteGaps(result, output);
        WriteFaults(result.Faults, output);
    }

    /// <summary>Rows that were kept out, the first of them.</summary>
    public static void WriteFaults(IReadOnlyList<HistoryFault> faults, TextWriter output)
    {
        if (faults.Count == 0) return;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  kept out   {faults.Count:#,0}"));
        foreach (HistoryFault fault in faults.Take(ShownMax)) output.WriteLine($"    {HistoryText.Time(fault.AtMillis)}  {Word(fault.Kind)}: {fault.Text}");
        if (faults.Count(fault => fault.Kind == HistoryFaultKind.Jump) >= ShownMax) output.WriteLine("    so many jumps are one: if the move is real, name a larger --jump-factor; if the last good candle is wrong, ./run.sh history --delete-before removes it");
        if (faults.Count > ShownMax) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    and {faults.Count - ShownMax:#,0} more"));
    }

    /// <summary>What a series is called.</summary>
    public static string Name(Timeframe? timeframe) => timeframe?.Name ?? "funding";

    private static void WriteGaps(HistoryDownloadResult result, TextWriter output)
    {
        if (result.Gaps.Count == 0)
        {
            output.WriteLine("  no gap");
            return;
        }

        string missing = result.Timeframe is null ? "" : string.Create(CultureInfo.InvariantCulture, $", candles missing {Missing(result):#,0}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  gaps       {result.Gaps.Count:#,0}{missing}"));
        foreach (MillisRange gap in result.Gaps.Take(ShownMax)) output.WriteLine($"    {HistoryText.Time(gap.FromMillis)} to {HistoryText.Time(gap.ToMillis)}");
        if (result.Gaps.Count > ShownMax) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    and {result.Gaps.Count - ShownMax:#,0} more"));
    }

    private static long? Missing(HistoryDownloadResult result) => result.Timeframe is null ? null : result.Gaps.Sum(gap => Candles(gap, result.Timeframe) ?? 0);

    private static long? Candles(MillisRange gap, Timeframe? timeframe) => timeframe is null ? null : (gap.ToMillis - gap.FromMillis) / timeframe.Millis;

    private static string Word(HistoryFaultKind kind) => kind switch
    {
        HistoryFaultKind.OutOfOrder => "out of order",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
