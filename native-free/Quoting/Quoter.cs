using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by a model whose half-spread and skew follow from the volatility, or whose distances come in a table.</summary>
/// <remarks>The model is asked when the volatility moved, once a sample of the mid, and not with every book. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public abstract class Quoter
{
    private readonly InstrumentSpec _spec;
    private readonly QuotePipeline _pipeline;
    private readonly TabledQuotes? _tabled;
    private readonly double _gamma;
    private readonly double _unitsPerLot;
    private readonly double _skewFraction;
    private readonly double _unitsMax;
    private readonly double _viewWeight;
    private readonly double _viewUnits;
    private readonly double _biasUnitsMax;
    private readonly long _biasShiftMaxNanoTicks;
    private readonly double _driftTicksPerSecond;
    private readonly long _positionLotsMax;
    private readonly double _minSigma;
    private readonly double _maxSigma;

    private double _pricedSigma = double.NaN;
    private bool _isPriced;
    private double _skewTicks;
    private long _halfNanoTicks;
    private long _skewNanoTicks;
    private double _biasUnits;
    private long _biasShiftNanoTicks;
    private double _driftUnits;
    private double _targetUnits;
    private long _leanNanoTicks;   // by the target, and by the shift of a bias

    /// <summary>Creates what all models share.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="gamma">Aversion to the risk of inventory, 1/(tick x base order), positive.</param>
    /// <param name="arrivalRatePerSecond">A of the arrival intensity A exp(-k depth), 1/s; 0 in a model that makes no use of it.</param>
    /// <param name="decayPerTick">Its k, 1/tick, positive.</param>
    /// <param name="minSigmaTicks">Volatility in ticks per square root of a second below which the estimate is not believed; positive.</param>
    /// <param name="maxSigmaTicks">Volatility above which it is not believed; at least <paramref name="minSigmaTicks"/>.</param>
    /// <param name="pipeline">Fee floor, ladder and inventory bound.</param>
    /// <param name="isTabled">Tables of distances are asked for, and quoted by.</param>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    private protected Quoter(InstrumentSpec spec, double gamma, double arrivalRatePerSecond, double decayPerTick, double minSigmaTicks, double maxSigmaTicks, QuotePipelineSettings pipeline, bool isTabled = false)
    {
        RequirePositive(spec, "gamma", gamma);
        RequirePositive(spec, "k", decayPerTick);
        RequirePositive(spec, "smallest sigma in ticks", minSigmaTicks);
        RequirePositive(spec, "largest sigma in ticks", maxSigmaTicks);
        if (maxSigmaTicks < minSigmaTicks) throw new ArgumentException($"quoting {spec.Symbol}: largest sigma must be at least the smallest, {minSigmaTicks} ticks, was {maxSigmaTicks}");
        _spec = spec;
        _pipeline = new QuotePipeline(spec, pipeline);
        _tabled = isTabled ? new TabledQuotes(spec.Id, pipeline.UnitsMax) : null;
        Require(pipeline.SkewFraction >= 0 && double.IsFinite(pipeline.SkewFraction), spec, "share of the skew must be a number and not negative", pipeline.SkewFraction);
        Require(pipeline.ViewWeight is >= 0 and <= 1, spec, "weight of the view must be 0 to 1", pipeline.ViewWeight);
        Require(pipeline.ViewScore is >= -1 and <= 1, spec, "view must be -1 to 1", pipeline.ViewScore);
        Require(pipeline.BiasUnitsMax >= 0, spec, "largest inventory for a bias must not be negative", pipeline.BiasUnitsMax);
        Require(pipeline.BiasTicksMax >= 0 & NanoTicks.TryFromTicks(pipeline.BiasTicksMax, out _biasShiftMaxNanoTicks), spec, $"largest shift for a bias must be 0 to {NanoTicks.TicksMax} ticks", pipeline.BiasTicksMax);
        Require(double.IsFinite(pipeline.DriftTicksPerSecond), spec, "drift must be a number", pipeline.DriftTicksPerSecond);
        _gamma = gamma;
        ArrivalRatePerSecond = arrivalRatePerSecond;
        DecayPerTick = decayPerTick;
        BaseQty = pipeline.BaseQty;
        _unitsPerLot = 1.0 / pipeline.BaseQty.Lots;
        _skewFraction = pipeline.SkewFraction;
        _unitsMax = pipeline.UnitsMax;
        _viewWeight = pipeline.ViewWeight;
        _viewUnits = DirectionalBias.ViewTarget(pipeline.ViewScore, _viewWeight, _unitsMax);
        _biasUnitsMax = Math.Min(pipeline.BiasUnitsMax, _unitsMax);
        _driftTicksPerSecond = pipeline.DriftTicksPerSecond;
        _positionLotsMax = QuotePipeline.PositionE8Max / spec.LotE8;
        _minSigma = minSigmaTicks;
        _maxSigma = maxSigmaTicks;
    }

    /// <summary>Quantity of level 0, the unit of inventory.</summary>
    public QtyLots BaseQty { get; }

    /// <summary>Entries of one run: every side and level.</summary>
    public int TargetCount => _pipeline.TargetCount;

    /// <summary>A of the arrival intensity in force, 1/s; 0 in a model that makes no use of it.</summary>
    private protected double ArrivalRatePerSecond { get; private set; }

    /// <summary>k of the arrival intensity in force, 1/tick.</summary>
    private protected double DecayPerTick { get; private set; }

    /// <summary>Takes another arrival intensity A exp(-k depth) than the configured one; the next quotes follow it, those of a table when its successor has come.</summary>
    /// <param name="arrivalRatePerSecond">A, 1/s, positive and finite: what is not pulls the quotes of a model that uses it.</param>
    /// <param name="decayPerTick">k, 1/tick, positive and finite: what is not pulls the quotes.</param>
    public void TakeIntensity(double arrivalRatePerSecond, double decayPerTick)
    {
        ArrivalRatePerSecond = arrivalRatePerSecond;
        DecayPerTick = decayPerTick;
        _pricedSigma = double.NaN;
        OnIntensity();
    }

    /// <summary>The inventory that the quotes lean towards for the sake of a bias, signed, in base orders.</summary>
    public double BiasUnits => _biasUnits;

    /// <summary>The shift of both quotes for the sake of a bias, in 1e-9 ticks, above zero upwards.</summary>
    public long BiasShiftNanoTicks => _biasShiftNanoTicks;

    /// <summary>Takes what a bias is worth now: the quotes lean towards the inventory that <see cref="DirectionalBias.ViewTarget"/> makes of the score, and are shifted, each within its bound in the settings.</summary>
    /// <param name="scoreE8">-1 to 1 in 1e-8, up above zero; more counts as 1.</param>
    /// <param name="shiftNanoTicks">In 1e-9 ticks, above zero upwards.</param>
    public void TakeBias(int scoreE8, long shiftNanoTicks)
    {
        _biasUnits = Math.Clamp(DirectionalBias.ViewTarget((double)scoreE8 / Bias.FullScoreE8, _viewWeight, _unitsMax), -_biasUnitsMax, _biasUnitsMax);
        _biasShiftNanoTicks = Math.Clamp(shiftNanoTicks, -_biasShiftMaxNanoTicks, _biasShiftMaxNanoTicks);
        Aim();
    }

    /// <summary>Names the wanted quotes.</summary>
    /// <param name="top">Best bid and ask; only their prices matter, for post-only.</param>
    /// <param name="fairTicks">Fair price in ticks, positive.</param>
    /// <param name="sigmaTicksPerSqrtSecond">Volatility estimate in ticks per square root of a second; taken within the settings' bounds.</param>
    /// <param name="position">Signed position, long above zero.</param>
    /// <param name="biasTicks">Directional shift in ticks: above zero raises both quotes. With the shift towards the target inventory clamped to 0.8 of the model's half-spread.</param>
    /// <param name="targets">[2 x levels]: the bids from level 0, then the asks from level 0. Every entry is written; quantity 0 means no order there.</param>
    /// <param name="bidWideningNanoTicks">How much further out the bids lie than the model has them, in 1e-9 ticks; not negative, at most 9e9 ticks.</param>
    /// <param name="askWideningNanoTicks">The same of the asks.</param>
    /// <returns>Entries written: <see cref="TargetCount"/>, or 0 when <paramref name="targets"/> is shorter than that.</returns>
    /// <remarks>An input that is not a usable number (NaN, infinite, a fair price of zero) gives quantity 0 everywhere: the quotes are pulled.</remarks>
    public int Quote(in BookTop top, double fairTicks, double sigmaTicksPerSqrtSecond, QtyLots position, double biasTicks, Span<QuoteTarget> targets, long bidWideningNanoTicks = 0, long askWideningNanoTicks = 0)
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

        (long half, long skew, long shift) = (_halfNanoTicks, _skewNanoTicks, 0);
        if (_tabled is not null && TryLean(_tabled, position.Lots * _unitsPerLot, out double bidTicks, out double askTicks))
        {
            (double bidAimedTicks, double askAimedTicks) = (bidTicks, askTicks);
            if (_targetUnits != 0) TryLean(_tabled, (position.Lots * _unitsPerLot) - _targetUnits, out bidAimedTicks, out askAimedTicks);

            // Clamped by the spread of the moment a bias would fall with that spread, and a quote could rise with inventory.
            double biasMaxTicks = QuotePipeline.BiasShareMax * Math.Max(0, _tabled.SmallestHalfTicks);
            double shiftTicks = biasTicks + ((double)_biasShiftNanoTicks / NanoTicks.One);
            bidTicks += Math.Clamp(shiftTicks + bidAimedTicks - bidTicks, -biasMaxTicks, biasMaxTicks);
            askTicks += Math.Clamp(shiftTicks + askAimedTicks - askTicks, -biasMaxTicks, biasMaxTicks);
            (skew, bias) = (0, 0);
            bool fits = NanoTicks.TryFromTicks(Math.Max(0, (askTicks - bidTicks) / 2), out half) & NanoTicks.TryFromTicks((askTicks + bidTicks) / 2, out shift);
            if (!fits) return _pipeline.WriteNothing(targets);
        }
        else if (_leanNanoTicks != 0)
        {
            bias = (long)Int128.Clamp((Int128)bias + _leanNanoTicks, -NanoTicks.Most, NanoTicks.Most);
        }

        var inputs = new QuotePipelineInputs(fair, half, skew, bias, position.Lots * _spec.LotE8, top.BidPrice, top.AskPrice, shift, bidWideningNanoTicks, askWideningNanoTicks);
        int count = _pipeline.Build(in inputs, targets);
        VenueFilters.Apply(_spec, targets[..count]);
        return count;
    }

    /// <summary>The shift of both quotes that a signal which decays is worth, as <see cref="Quote"/> takes it for its bias, by the closed form of the model, which a table's quotes follow near no inventory.</summary>
    /// <param name="alphaTicksPerSecond">Expected change of the price now, ticks a second.</param>
    /// <param name="decayPerSecond">Rate of its decay, 1/s, positive.</param>
    /// <param name="sigmaTicksPerSqrtSecond">As in <see cref="Quote"/>.</param>
    /// <param name="fairTicks">As in <see cref="Quote"/>.</param>
    /// <returns>Ticks, above zero upwards, at most <see cref="NanoTicks.TicksMax"/> either way; 0 where the model has no price, NaN for an alpha that is NaN.</returns>
    public double DecayingShiftTicks(double alphaTicksPerSecond, double decayPerSecond, double sigmaTicksPerSqrtSecond, double fairTicks)
    {
        if (sigmaTicksPerSqrtSecond != _pricedSigma) Price(sigmaTicksPerSqrtSecond, fairTicks);
        if (!_isPriced) return 0;
        double shiftTicks = DecayingShift(alphaTicksPerSecond, decayPerSecond, Math.Clamp(sigmaTicksPerSqrtSecond, _minSigma, _maxSigma), _skewTicks);
        return Math.Clamp(shiftTicks, -NanoTicks.TicksMax, NanoTicks.TicksMax);
    }

    /// <summary>Whether a table of distances is to be solved; the question then counts as asked, and is to be published.</summary>
    /// <param name="sigmaTicksPerSqrtSecond">As in <see cref="Quote"/>.</param>
    /// <param name="fairTicks">As in <see cref="Quote"/>.</param>
    /// <param name="request">The question.</param>
    /// <returns>False for a model without tables, while an answer is awaited, while the last one will do, and for what is not a usable number.</returns>
    public bool TryAskForTable(double sigmaTicksPerSqrtSecond, double fairTicks, out QuoteTableRequest request)
    {
        request = default;
        return _tabled is not null && _tabled.TryAsk(Math.Clamp(sigmaTicksPerSqrtSecond, _minSigma, _maxSigma), fairTicks, ArrivalRatePerSecond, DecayPerTick, out request);
    }

    /// <summary>Takes the answer to the question that was asked; the quotes follow its distances from then on.</summary>
    /// <param name="answered">The question.</param>
    /// <param name="content">As <see cref="QuoteTable.Read"/> takes it.</param>
    /// <returns>False when it is refused, and what was held stays: not the question that was asked, or not a table of this quoter's bound.</returns>
    public bool TryTakeTable(in QuoteTableRequest answered, ReadOnlySpan<byte> content) => _tabled is not null && _tabled.TryTake(in answered, content);

    /// <summary>What the model makes of a volatility.</summary>
    /// <param name="sigmaTicksPerSqrtSecond">Within the settings' bounds, or NaN.</param>
    /// <param name="fairTicks">Fair price in ticks; any float.</param>
    /// <param name="halfTicks">Half the spread.</param>
    /// <param name="skewTicks">Shift of the centre per base order of inventory.</param>
    /// <remarks>What is not a number, or beyond <see cref="NanoTicks.TicksMax"/>, pulls the quotes. A half-spread below zero counts as zero.</remarks>
    private protected abstract void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks);

    /// <summary>What the model makes of a signal that decays: <see cref="DirectionalBias.DecayingShift"/>.</summary>
    /// <param name="alphaTicksPerSecond">Expected change of the price now, ticks a second; any float.</param>
    /// <param name="decayPerSecond">Rate of its decay, 1/s, positive.</param>
    /// <param name="sigmaTicksPerSqrtSecond">Within the settings' bounds.</param>
    /// <param name="skewTicks">As <see cref="Price(double, double, out double, out double)"/> had it at that volatility.</param>
    private protected virtual double DecayingShift(double alphaTicksPerSecond, double decayPerSecond, double sigmaTicksPerSqrtSecond, double skewTicks) =>
        DirectionalBias.DecayingShift(alphaTicksPerSecond, decayPerSecond, _gamma, sigmaTicksPerSqrtSecond, skewTicks);

    /// <summary>The arrival intensity has changed: a model that keeps something made of it makes it anew.</summary>
    private protected virtual void OnIntensity()
    {
    }

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
        double sigmaTicks = Math.Clamp(sigmaTicksPerSqrtSecond, _minSigma, _maxSigma);
        Price(sigmaTicks, fairTicks, out double halfTicks, out _skewTicks);
        _isPriced = double.IsFinite(sigmaTicksPerSqrtSecond)
            & DecayPerTick > 0
            & double.IsFinite(DecayPerTick)
            & NanoTicks.TryFromTicks(Math.Max(0, halfTicks), out _halfNanoTicks)
            & NanoTicks.TryFromTicks(_skewTicks * _skewFraction, out _skewNanoTicks);
        if (_driftTicksPerSecond != 0) _driftUnits = DirectionalBias.DriftTarget(new GlftQuote(halfTicks, _skewTicks, _driftTicksPerSecond / (_gamma * sigmaTicks * sigmaTicks)), _unitsMax);
        if (_viewUnits != 0 || _driftUnits != 0 || _biasUnits != 0) Aim();
        // Not a price: the next quote asks again, for the fair price may be usable then.
        _pricedSigma = _isPriced ? sigmaTicksPerSqrtSecond : double.NaN;
    }

    /// <summary>Bid and ask of a table from the fair price on, upwards, at an inventory.</summary>
    private bool TryLean(TabledQuotes tabled, double units, out double bidTicks, out double askTicks)
    {
        bool hasTable = tabled.TryDistances(units, out double belowTicks, out double aboveTicks);
        double halfTicks = (belowTicks + aboveTicks) / 2;
        double leanTicks = (aboveTicks - belowTicks) / 2 * _skewFraction;
        (bidTicks, askTicks) = (leanTicks - halfTicks, leanTicks + halfTicks);
        return hasTable;
    }

    /// <summary>The inventory that view, drift and bias ask for together, and what it and the bias shift the quotes of the closed form by.</summary>
    private void Aim()
    {
        _targetUnits = Math.Clamp(_viewUnits + _driftUnits + _biasUnits, -_unitsMax, _unitsMax);
        NanoTicks.TryFromTicks(Math.Clamp(_skewTicks * _skewFraction * _targetUnits, -NanoTicks.TicksMax, NanoTicks.TicksMax), out long targetNanoTicks);
        _leanNanoTicks = (long)Int128.Clamp((Int128)targetNanoTicks + _biasShiftNanoTicks, -NanoTicks.Most, NanoTicks.Most);
    }
}
