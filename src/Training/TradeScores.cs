namespace LatencyEngine.Training;

/// <summary>What a list of trades came to, after fees. docs/concepts/meta-label.md.</summary>
public sealed record TradeScores
{
    /// <summary>Share of the equity that each trade risks, as the report counts.</summary>
    public const double SizeFraction = 0.1;

    /// <summary>Trades.</summary>
    public required int Count { get; init; }

    /// <summary>Gains by losses; null without a loss.</summary>
    public required double? ProfitFactor { get; init; }

    /// <summary>Mean return of a trade; null without any.</summary>
    public required double? MeanReturn { get; init; }

    /// <summary>Mean by sample deviation of a trade's return; null where that is not defined. Overlapping trades make it too high.</summary>
    public required double? SharpePerTrade { get; init; }

    /// <summary>Largest loss since a peak, the start included, as a fraction of it.</summary>
    public required double MaxDrawdown { get; init; }

    /// <summary>Equity at the end, 1 at the start.</summary>
    public required double FinalEquity { get; init; }

    /// <summary>Equity after each trade, each risking <see cref="SizeFraction"/>; the start, 1, comes first.</summary>
    /// <param name="returns">Net return of each trade, by exit.</param>
    public static double[] Equity(IReadOnlyList<double> returns)
    {
        double[] equity = new double[returns.Count + 1];
        equity[0] = 1;
        for (int i = 0; i < returns.Count; i++) equity[i + 1] = equity[i] * (1 + (SizeFraction * returns[i]));
        return equity;
    }

    /// <summary>Scores trades.</summary>
    /// <param name="returns">Net return of each trade, by exit.</param>
    public static TradeScores Of(IReadOnlyList<double> returns)
    {
        double[] equity = Equity(returns);
        (double peak, double drawdown) = (1, 0);
        foreach (double value in equity)
        {
            peak = Math.Max(peak, value);
            drawdown = Math.Max(drawdown, (peak - value) / peak);
        }

        double losses = -returns.Where(one => one < 0).Sum();
        return new TradeScores
        {
            Count = returns.Count,
            ProfitFactor = losses == 0 ? null : returns.Where(one => one > 0).Sum() / losses,
            MeanReturn = returns.Count == 0 ? null : returns.Average(),
            SharpePerTrade = Sharpe(returns),
            MaxDrawdown = drawdown,
            FinalEquity = equity[^1],
        };
    }

    /// <summary>Mean by sample deviation; null under two values or where they do not differ.</summary>
    /// <param name="returns">Of trades, or of days.</param>
    public static double? Sharpe(IReadOnlyList<double> returns)
    {
        if (returns.Count < 2) return null;
        double mean = returns.Average();
        double deviation = Math.Sqrt(returns.Sum(one => (one - mean) * (one - mean)) / (returns.Count - 1));
        return deviation == 0 ? null : mean / deviation;
    }
}
