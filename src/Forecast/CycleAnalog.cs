namespace LatencyEngine.Forecast;

/// <summary>
/// What the price does from here on if it does half of what it did in the completed earlier halving cycles: ln P(t) + 0.5 (A(n + h) - A(n)),
/// n days after the halving, A(n) the mean over those cycles of ln(price n days after the halving / price at the halving).
/// </summary>
public static class CycleAnalog
{
    private const double Share = 0.5;

    /// <summary>The change of ln(price) from the last day of the history on; 0 where no earlier cycle tells.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="daysAhead">Days after its last day.</param>
    public static double LogChange(DailyCloses closes, int daysAhead)
    {
        CyclePosition now = HalvingCycle.PositionOf(closes.LastDay);
        return MeanChange(closes, now.CycleIndex, now.DaysSinceHalving + daysAhead) is { } then && MeanChange(closes, now.CycleIndex, now.DaysSinceHalving) is { } today ? Share * (then - today) : 0;
    }

    private static double? MeanChange(DailyCloses closes, int cycleIndex, int days)
    {
        double sum = 0;
        int count = 0;
        for (int index = 0; index < cycleIndex; index++)
        {
            int halving = HalvingCycle.StartOf(index).DayNumber;
            if (closes.RowOf(halving) is not { } from || closes.RowOf(halving + days) is not { } to) continue;
            sum += closes.LogPrices[to] - closes.LogPrices[from];
            count++;
        }

        return count == 0 ? null : sum / count;
    }
}
