namespace LatencyEngine.Research;

/// <summary>x</summary>
public static class ReportHtml
{
    /// <summary>x</summary>
    public static string Render(RunResult result, IReadOnlyList<TradeRow> trades, IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> latencyCurves) => result.Verb + trades.Count + latencyCurves.Count;
}
