using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by a model whose half-spread and skew follow from the volatility.</summary>
/// <remarks>The model is asked when the volatility moved, once a sample of the mid, and not with every book. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public abstract class Quoter
{
    private readonly InstrumentSpec _spec;
    private readonly QuotePipeline _pipeline;
    private readonly long _positionLotsMax;
    private readonly double _minSigma;
    private readonly double _maxSigma;

    private double _pricedSigma = double.NaN;
    private bool _isPriced;
    private long _halfNanoTicks;
    private long _skewNanoTicks;

    /// <summary>Creates what all models share.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="minSigmaTicks">Volatility in ticks per square root of a second below which the estimate is not believed; positive.</param>
    /// <param name="maxSigmaTicks">Volatility above which it is not believed; at least <paramref name="minSigmaTicks"/>.</param>
    /// <param name="pipeline">Fee floor, ladder and inventory bound.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    private protected Quoter(InstrumentSpec spec, double minSigmaTicks, double maxSigmaTicks, QuotePipelineSettings pipeline)
    {
        RequirePositive(spec, "smallest sigma in ticks", minSigmaTicks);
        RequirePositive(spec, "largest sigma in ticks", maxSigmaTicks);
        if (maxSigmaTicks < minSigmaTicks) throw new ArgumentException($"quoting {spec.Symbol}: largest sigma must be at least the smallest, {minSigmaTicks} ticks, was {maxSigmaTicks}");
        _spec = spec;
        _pipeline = new QuotePipeline(spec, pipeline);
        _positionLotsMax = QuotePipeline.PositionE8Max / spec.LotE8;
        _minSigma = minSigmaTicks;
        _maxSigma = maxSigmaTicks;
    }

    /// <summary>Entries of one run: every side and level.</summary>
    public int TargetCount => _pipeline.TargetCount;

    /// <summary>Names the wanted quotes.</summary>
    /// <param name="top">Best bid and ask; only their prices matter, for post-only.</param>
    /// <param name="fairTicks">Fair price in ticks, positive.</param>
    /// <param name="sigmaTicksPerSqrtSecond">Volatility estimate in ticks per square root of a second; taken within the settings' bounds.</param>
    /// <param name="position">Signed position, long above zero.</param>
    /// <param name="biasTicks">Directional shift in ticks: above zero raises both quotes. Clamped to 0.8 of the model's half-spread.</param>
    /// <param name="targets">[2 x levels]: the bids from level 0, then the asks from level 0. Every entry is written; quantity 0 means no order there.</param>
    /// <returns>Entries written: <see cref="TargetCount"/>, or 0 when <paramref name="targets"/> is shorter than that.</returns>
    /// <remarks>An input that is not a usable number (NaN, infinite, a fair price of zero) gives quantity 0 everywhere: the quotes are pulled.</remarks>
    public int Quote(in BookTop top, double fairTicks, double sigmaTicksPerSqrtSecond, QtyLots position, double biasTicks, Span<QuoteTarget> targets)
    {
        if (sigmaTicksPerSqrtSecond != _pricedSigma) Price(sigmaTicksPerSqrtSecond, fairTicks);
        if (!_isPriced
            || !NanoTicks.TryFromTicks(fairTicks, out long fair)
            || fair <= 0
            || !NanoTicks.TryFromTicks(biasTicks, out long bias)
            || position.Lots > _positionLotsMax
            || position.Lots < -_positionLotsMax)
        {
            return _pipeline.WriteNothing(targets);
        }

        var inputs = new QuotePipelineInputs(fair, _halfNanoTicks, _skewNanoTicks, bias, position.Lots * _spec.LotE8, top.BidPrice, top.AskPrice);
        int count = _pipeline.Build(in inputs, targets);
        VenueFilters.Apply(_spec, targets[..count]);
        return count;
    }

    /// <summary>What the model makes of a volatility.</summary>
    /// <param name="sigmaTicksPerSqrtSecond">Within the settings' bounds, or NaN.</param>
    /// <param name="fairTicks">Fair price in ticks; any float.</param>
    /// <param name="halfTicks">Half the spread.</param>
    /// <param name="skewTicks">Shift of the centre per base order of inventory.</param>
    /// <remarks>What is not a number, or beyond <see cref="NanoTicks.TicksMax"/>, pulls the quotes. A half-spread below zero counts as zero.</remarks>
    private protected abstract void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks);

    /// <summary>Refuses what is not a positive, finite number.</summary>
    private protected static void RequirePositive(InstrumentSpec spec, string name, double value) =>
        Require(value > 0 && double.IsFinite(value), spec, $"{name} must be a positive number", value);

    /// <summary>Refuses a setting that breaks a rule.</summary>
    private protected static void Require(bool holds, InstrumentSpec spec, string rule, double was)
    {
        if (!holds) throw new ArgumentException($"quoting {spec.Symbol}: {rule}, was {was}");
    }

    private void Price(double sigmaTicksPerSqrtSecond, double fairTicks)
    {
        Price(Math.Clamp(sigmaTicksPerSqrtSecond, _minSigma, _maxSigma), fairTicks, out double halfTicks, out double skewTicks);
        _isPriced = double.IsFinite(sigmaTicksPerSqrtSecond)
            & NanoTicks.TryFromTicks(Math.Max(0, halfTicks), out _halfNanoTicks)
            & NanoTicks.TryFromTicks(skewTicks, out _skewNanoTicks);
        // Not a price: the next quote asks again, for the fair price may be usable then.
        _pricedSigma = _isPriced ? sigmaTicksPerSqrtSecond : double.NaN;
    }
}
