using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by Avellaneda and Stoikov (2008), equations (29) and (30), with a constant horizon.</summary>
/// <remarks>Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public sealed class AvellanedaStoikovQuoter
{
    private readonly InstrumentSpec _spec;
    private readonly QuotePipeline _pipeline;
    private readonly long _positionLotsMax;
    private readonly double _gamma;
    private readonly double _tauSeconds;
    private readonly double _minSigma;
    private readonly double _maxSigma;
    private readonly double _arrivalSpread;

    // What follows from the volatility alone, which moves once a sample of the mid and not with every book.
    private double _pricedSigma = double.NaN;
    private bool _isPriced;
    private long _halfNanoTicks;
    private long _skewNanoTicks;

    /// <summary>Creates the quoter of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public AvellanedaStoikovQuoter(InstrumentSpec spec, AvellanedaStoikovSettings settings)
    {
        RequirePositive(spec, "gamma", settings.Gamma);
        RequirePositive(spec, "k", settings.K);
        RequirePositive(spec, "horizon in seconds", settings.TauSeconds);
        RequirePositive(spec, "smallest sigma in ticks", settings.MinSigmaTicks);
        RequirePositive(spec, "largest sigma in ticks", settings.MaxSigmaTicks);
        if (settings.MaxSigmaTicks < settings.MinSigmaTicks)
        {
            throw new ArgumentException($"quoting {spec.Symbol}: largest sigma must be at least the smallest, {settings.MinSigmaTicks} ticks, was {settings.MaxSigmaTicks}");
        }

        _spec = spec;
        _pipeline = new QuotePipeline(spec, settings.Pipeline);
        _positionLotsMax = QuotePipeline.PositionE8Max / spec.LotE8;
        _gamma = settings.Gamma;
        _tauSeconds = settings.TauSeconds;
        _minSigma = settings.MinSigmaTicks;
        _maxSigma = settings.MaxSigmaTicks;
        _arrivalSpread = AvellanedaStoikov.ArrivalSpread(settings.Gamma, settings.K);
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
        if (sigmaTicksPerSqrtSecond != _pricedSigma) Price(sigmaTicksPerSqrtSecond);
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

    private void Price(double sigmaTicksPerSqrtSecond)
    {
        double sigma = Math.Clamp(sigmaTicksPerSqrtSecond, _minSigma, _maxSigma);
        double skewTicks = AvellanedaStoikov.SkewPerUnit(_gamma, sigma, _tauSeconds);
        _pricedSigma = sigmaTicksPerSqrtSecond;
        _isPriced = double.IsFinite(sigmaTicksPerSqrtSecond)
            & NanoTicks.TryFromTicks((skewTicks + _arrivalSpread) / 2, out _halfNanoTicks)
            & NanoTicks.TryFromTicks(skewTicks, out _skewNanoTicks);
    }

    private static void RequirePositive(InstrumentSpec spec, string name, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new ArgumentException($"quoting {spec.Symbol}: {name} must be a positive number, was {value}");
    }
}
