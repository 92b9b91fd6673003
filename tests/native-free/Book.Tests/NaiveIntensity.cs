using LatencyEngine.Model;

namespace LatencyEngine.Book.Tests;

/// <summary>The slow twin of <see cref="ArrivalIntensity"/>: keeps every mid and trade, and at each fit goes through all of them again.</summary>
internal sealed class NaiveIntensity(int depthMaxTicks, int windowSeconds, int warmUpSeconds)
{
    private readonly List<(long Step, long TwiceMid)> _mids = [];
    private readonly List<(long Step, Side Side, long TwicePrice)> _trades = [];
    private long _step = -1;
    private long? _fittedAt;

    public NaiveFit Bids { get; private set; } = new(IntensityFitStatus.Unset, 0, 0, 0, 0);

    public NaiveFit Asks { get; private set; } = new(IntensityFitStatus.Unset, 0, 0, 0, 0);

    public void OnMid(long twiceMidTicks, long timeMillis)
    {
        if (Begin(timeMillis)) _mids.Add((_step, twiceMidTicks));
    }

    public void OnTrade(Side side, long priceTicks, long timeMillis)
    {
        if (Begin(timeMillis)) _trades.Add((_step, side, 2 * priceTicks));
    }

    private bool Begin(long timeMillis)
    {
        long step = timeMillis / 100;
        if (step < _step) return false;
        _step = step;
        if (_mids.Count == 0) return true;

        long first = _mids[0].Step + 1;
        if (step < (_fittedAt ?? first) + 50) return true;
        _fittedAt = step;
        long watched = Math.Min(10 * windowSeconds, step - first);
        Bids = Fit(Bids, Side.Sell, watched);
        Asks = Fit(Asks, Side.Buy, watched);
        return true;
    }

    private NaiveFit Fit(NaiveFit last, Side taker, long watched)
    {
        if (watched < 10 * warmUpSeconds) return last with { Status = IntensityFitStatus.WarmingUp };
        int sign = taker == Side.Buy ? 1 : -1;
        double[] deepestTicks =
        [
            .. _trades.Where(trade => trade.Side == taker && trade.Step >= _step - watched && trade.Step < _step)
                .GroupBy(trade => trade.Step)
                .Select(step => step.Max(trade => sign * (trade.TwicePrice - _mids.Last(mid => mid.Step < step.Key).TwiceMid) / 2.0)),
        ];
        (double Depth, double Count, double LogRate)[] points =
        [
            .. Enumerable.Range(1, 2 * depthMaxTicks).Select(halfTicks => halfTicks / 2.0)
                .Select(depth => (Depth: depth, Count: (double)deepestTicks.Count(deepest => deepest > depth)))
                .Where(point => point.Count >= 5)
                .Select(point => (point.Depth, point.Count, Math.Log(point.Count / (watched / 10.0)))),
        ];
        NaiveFit refused = last with { UsableDepths = points.Length, RSquared = 0 };
        if (points.Length < 5) return refused with { Status = IntensityFitStatus.TooFewDepths };
        if (points.All(point => point.Count == points[0].Count)) return refused with { Status = IntensityFitStatus.NoDecay };

        double weight = points.Sum(point => point.Count);
        double meanDepth = points.Sum(point => point.Count * point.Depth) / weight;
        double meanLog = points.Sum(point => point.Count * point.LogRate) / weight;
        double slope = points.Sum(point => point.Count * (point.Depth - meanDepth) * (point.LogRate - meanLog)) / points.Sum(point => point.Count * Math.Pow(point.Depth - meanDepth, 2));
        double residuals = points.Sum(point => point.Count * Math.Pow(point.LogRate - meanLog - (slope * (point.Depth - meanDepth)), 2));
        double rSquared = 1 - (residuals / points.Sum(point => point.Count * Math.Pow(point.LogRate - meanLog, 2)));
        double rate = Math.Exp(meanLog - (slope * meanDepth));
        refused = refused with { RSquared = rSquared };
        if (rSquared < 0.5) return refused with { Status = IntensityFitStatus.PoorFit };
        if (rate is < 0.01 or > 1_000) return refused with { Status = IntensityFitStatus.RateOutOfRange };
        if (last.Rate == 0) return refused with { Status = IntensityFitStatus.Taken, Rate = rate, Decay = -slope };

        double newRate = Math.Max(0.8 * last.Rate, Math.Min(1.2 * last.Rate, rate));
        double newDecay = Math.Max(0.8 * last.Decay, Math.Min(1.2 * last.Decay, -slope));
        return refused with { Status = newRate == rate && newDecay == -slope ? IntensityFitStatus.Taken : IntensityFitStatus.TakenInPart, Rate = newRate, Decay = newDecay };
    }

    /// <summary>What one side says.</summary>
    internal sealed record NaiveFit(IntensityFitStatus Status, double Rate, double Decay, double RSquared, int UsableDepths);
}
