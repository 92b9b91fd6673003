using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>Chooses the charts of a run.</summary>
internal static class ReportCharts
{
    private const double NanosPerSecond = 1e9;

    /// <summary>Equity, then inventory, price with fills, and quotes by instrument; all on the same time axis. Empty for a run without samples.</summary>
    public static IReadOnlyList<Chart> OverTime(RunResult result, IReadOnlyList<TradeRow> trades)
    {
        IReadOnlyList<RunSample> samples = result.Samples;
        if (samples.Count == 0) return [];

        ChartAxis time = TimeAxis(samples, trades);
        ChartLine equity = Line("equity, USDT", samples, sample => sample.Equity, isStep: false);
        var charts = new List<Chart>
        {
            new(
                "Equity",
                $"Equity in USDT over time, from {Figures.Usdt(result.StartEquity)} to {Figures.Usdt(result.EndEquity)}; the dashed line is the start.",
                time,
                ChartAxis.Linear(equity.Points.Select(point => point.Y).Append((double)result.StartEquity)),
                [equity],
                [],
                (double)result.StartEquity),
        };

        for (int i = 0; i < result.Symbols.Count; i++)
        {
            charts.Add(Inventory(result.Symbols[i], i, samples, time));
            charts.Add(Price(result.Symbols[i], i, samples, trades, time));
            charts.Add(Quotes(result.Symbols[i], i, samples, time));
        }

        return charts;
    }

    /// <summary>Latency by percentile, a line a stage; null when no stage has a value.</summary>
    public static Chart? Latency(RunResult result, IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> curves)
    {
        long countMax = result.Latency.Values.Select(summary => summary.Count).DefaultIfEmpty(0).Max();
        if (countMax == 0) return null;

        double decadesMax = Math.Log10(Math.Max(countMax, 10));
        ChartLine[] lines =
        [
            .. curves.Where(curve => curve.Value.Count > 0).OrderBy(curve => curve.Key == "tickToOrder" ? 0 : 1).Select(curve =>
                new ChartLine(RunTable.StageName(curve.Key), [.. curve.Value.Select(point => OnLogScales(point, ResolvedDecades(result, curve.Key, decadesMax)))], IsStep: false)),
        ];
        return lines.Length == 0
            ? null
            : new Chart(
                "Latency by percentile",
                "Latency by stage and percentile, both axes logarithmic.",
                ChartAxis.Percentile(decadesMax),
                ChartAxis.Latency(lines.SelectMany(line => line.Points).Select(point => point.Y)),
                lines,
                [],
                Baseline: null);
    }

    private static Chart Inventory(string symbol, int index, IReadOnlyList<RunSample> samples, ChartAxis time)
    {
        ChartLine position = Line($"{symbol} position", samples, sample => sample.PositionQty[index], isStep: true);
        return new Chart(
            $"Inventory {symbol}",
            $"Signed position in {symbol} over time, in base coin.",
            time,
            ChartAxis.Linear(position.Points.Select(point => point.Y).Append(0)),
            [position],
            [],
            Baseline: 0);
    }

    private static Chart Price(string symbol, int index, IReadOnlyList<RunSample> samples, IReadOnlyList<TradeRow> trades, ChartAxis time)
    {
        ChartLine mid = Line($"{symbol} mid", samples, sample => sample.Mid[index], isStep: false);
        ChartMark[] fills = [.. trades.Where(trade => trade.Symbol == symbol).Select(Fill)];
        return new Chart(
            $"Mid price and own fills {symbol}",
            $"Mid price of {symbol} over time with {Figures.Count(fills.Length)} own fills: triangles up are buys, triangles down are sells, diamonds are liquidations.",
            time,
            ChartAxis.Linear(mid.Points.Select(point => point.Y).Concat(fills.Select(fill => fill.At.Y))),
            [mid],
            fills,
            Baseline: null);
    }

    private static Chart Quotes(string symbol, int index, IReadOnlyList<RunSample> samples, ChartAxis time)
    {
        ChartLine[] lines =
        [
            Line($"{symbol} mid", samples, sample => sample.Mid[index], isStep: false),
            Line("own bid", samples, sample => sample.OwnBid[index], isStep: true),
            Line("own ask", samples, sample => sample.OwnAsk[index], isStep: true),
        ];
        return new Chart(
            $"Quotes against mid {symbol}",
            $"Best own bid and best own ask in {symbol} over time, in steps around the mid price; a gap where there was no such order.",
            time,
            ChartAxis.Linear(lines.SelectMany(line => line.Points).Select(point => point.Y)),
            lines,
            [],
            Baseline: null);
    }

    /// <summary>One figure of the samples over time; a gap where it is null.</summary>
    private static ChartLine Line(string name, IReadOnlyList<RunSample> samples, Func<RunSample, decimal?> figure, bool isStep) =>
        new(name, [.. samples.Select(sample => new ChartPoint(UnixSeconds(sample.Utc), (double?)figure(sample) ?? double.NaN))], isStep);

    private static ChartMark Fill(TradeRow trade)
    {
        bool isLiquidation = trade.ExecType == "BustTrade";
        return new ChartMark(
            new ChartPoint(trade.ExecutedAtNanos / NanosPerSecond, (double)trade.Price),
            isLiquidation ? MarkStyle.Liquidation : trade.Side == "Buy" ? MarkStyle.Buy : MarkStyle.Sell,
            $"{(isLiquidation ? "Liquidation " : "")}{trade.Side} {Figures.Exact(trade.Qty)} at {Figures.Exact(trade.Price)}, {Figures.Utc(DateTime.UnixEpoch.AddTicks(trade.ExecutedAtNanos / TimeSpan.NanosecondsPerTick))}");
    }

    private static ChartAxis TimeAxis(IReadOnlyList<RunSample> samples, IReadOnlyList<TradeRow> trades)
    {
        double first = UnixSeconds(samples[0].Utc);
        double last = UnixSeconds(samples[^1].Utc);
        foreach (TradeRow trade in trades)
        {
            first = Math.Min(first, trade.ExecutedAtNanos / NanosPerSecond);
            last = Math.Max(last, trade.ExecutedAtNanos / NanosPerSecond);
        }

        return ChartAxis.Time(first, last);
    }

    /// <summary>n values resolve percentiles up to 1 - 1/n; everything above is the highest value, so it is drawn there.</summary>
    private static double ResolvedDecades(RunResult result, string stage, double decadesMax) =>
        result.Latency.TryGetValue(stage, out LatencySummary? summary) && summary.Count > 0 ? Math.Log10(summary.Count) : decadesMax;

    private static ChartPoint OnLogScales(PercentilePoint point, double decadesMax)
    {
        double decades = point.Percentile >= 100 ? decadesMax : Math.Min(decadesMax, -Math.Log10(1 - (point.Percentile / 100)));
        return new ChartPoint(decades, Math.Log10(Math.Max(point.Nanos, 1)));
    }

    private static double UnixSeconds(DateTime utc) => (utc - DateTime.UnixEpoch).TotalSeconds;
}
