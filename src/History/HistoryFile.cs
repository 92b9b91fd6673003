namespace LatencyEngine.History;

/// <summary>What a CSV file holds: candles or funding.</summary>
/// <param name="Candles">Its candles, as they come; null where it has funding.</param>
/// <param name="Funding">Its settlements, as they come; null where it has candles.</param>
public sealed record HistoryFile(IReadOnlyList<HistoryCandle>? Candles, IReadOnlyList<FundingSettlement>? Funding)
{
    /// <summary>Whether its layout is that of daily candles, which says their length.</summary>
    public bool IsDaily { get; init; }

    /// <summary>The length of its candles: the shortest step between two; null where it has no two, or no history keeps such.</summary>
    public Timeframe? Timeframe
    {
        get
        {
            if (IsDaily) return History.Timeframe.OfMillis(86_400_000);
            if (Candles is not { Count: > 1 } candles) return null;
            long step = long.MaxValue;
            for (int i = 1; i < candles.Count; i++)
            {
                long one = candles[i].OpenMillis - candles[i - 1].OpenMillis;
                if (one > 0) step = Math.Min(step, one);
            }

            return History.Timeframe.OfMillis(step);
        }
    }
}
