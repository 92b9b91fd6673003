using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>The golden table of events with a structure that a model can learn; each event is a candle of its own.</summary>
internal static class MetaTable
{
    private static readonly string[] Names = ["rsi", "macd_hist_atr", "ema_gap_atr", "atr_pct", "bb_pctb", "vol_ratio", "funding", "hour"];

    public static EventTable Part(string part)
    {
        IReadOnlyDictionary<string, string>[] rows = [.. ReferenceFiles.GoldenRows("meta_table.csv").Where(row => row["part"] == part)];
        return new EventTable
        {
            FeatureNames = Names,
            Features = [.. rows.SelectMany(row => Names.Select(name => row[name].Length == 0 ? float.NaN : float.Parse(row[name])))],
            Labels = [.. rows.Select(row => row["label"] == "1")],
            NetReturns = [.. rows.Select(row => double.Parse(row["net_return"]))],
            Spans = [.. rows.Select((_, i) => new LabelSpan(2 * i, (2 * i) + 1))],
            ExitMillis = [.. rows.Select((_, i) => ((2L * i) + 2) * GoldenCandles.HourMillis)],
        };
    }
}
