using LatencyEngine.Signals;

namespace LatencyEngine.Training;

/// <summary>Labels a signal by which of three barriers its trade meets first: target, stop, or time. Source: López de Prado, Advances in Financial Machine Learning (2018), 3.3; docs/concepts/meta-label.md.</summary>
public sealed record TripleBarrier
{
    /// <summary>Distance of the stop, a fraction of the entry price.</summary>
    public double StopFraction { get; init; } = 0.02;

    /// <summary>Distance of the target, a fraction of the entry price.</summary>
    public double TakeFraction { get; init; } = 0.03;

    /// <summary>Candles that a trade may live, its first included.</summary>
    public int BarsMax { get; init; } = 24;

    /// <summary>Fee of each side, a fraction of its value.</summary>
    public double TakerFeeFraction { get; init; } = 0.00055;

    /// <summary>What each side's price is worse than the candle's, a fraction.</summary>
    public double SlippageFraction { get; init; } = 0.0002;

    /// <summary>The trade of a signal at the close of a candle; null where the candles end before it does.</summary>
    /// <remarks>Of a candle that reaches both barriers the stop counts. One that opens beyond a barrier fills at its open.</remarks>
    /// <param name="candles">Oldest first.</param>
    /// <param name="signalBar">Index of the candle with the signal.</param>
    /// <param name="direction">Which way; not neutral.</param>
    /// <param name="funding">Rates that are paid at their times while the trade lives; none where they are not known.</param>
    public BarrierOutcome? Label(IReadOnlyList<Candle> candles, int signalBar, SignalDirection direction, FundingRates? funding = null)
    {
        if (direction == SignalDirection.Neutral) throw new ArgumentOutOfRangeException(nameof(direction), "a neutral signal has no trade");
        if (signalBar + 1 >= candles.Count) return null;
        int sign = (int)direction;
        double entry = candles[signalBar + 1].Open;
        double stop = entry * (1 - (sign * StopFraction));
        double take = entry * (1 + (sign * TakeFraction));
        for (int bar = signalBar + 1; bar <= signalBar + BarsMax; bar++)
        {
            if (bar == candles.Count) return null;
            Candle candle = candles[bar];
            (double worst, double best) = sign > 0 ? (candle.Low, candle.High) : (candle.High, candle.Low);
            if (sign * (worst - stop) <= 0) return Outcome(bar, BarrierExit.Stop, sign * Math.Min(sign * candle.Open, sign * stop));
            if (sign * (best - take) >= 0) return Outcome(bar, BarrierExit.Take, sign * Math.Max(sign * candle.Open, sign * take));
        }

        int last = signalBar + BarsMax;
        return Outcome(last, BarrierExit.Time, candles[last].Close);

        BarrierOutcome Outcome(int bar, BarrierExit exit, double price)
        {
            double gross = sign * ((price / entry) - 1);
            double paid = funding is null ? 0 : sign * funding.SumWithin(candles[signalBar + 1].OpenMillis, candles[bar].OpenMillis);
            return new BarrierOutcome(entry, bar, exit, price, gross, gross - ((TakerFeeFraction + SlippageFraction) * (1 + (price / entry))) - paid);
        }
    }
}
