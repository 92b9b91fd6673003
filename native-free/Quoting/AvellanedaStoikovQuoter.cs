using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by Avellaneda and Stoikov (2008), equations (29) and (30), with a constant horizon and the maker fee inside the optimum.</summary>
/// <remarks>The fee is reckoned at the fair price of the moment when the volatility last moved. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public sealed class AvellanedaStoikovQuoter : Quoter
{
    private readonly double _gamma;
    private readonly double _tauSeconds;
    private readonly QuotePipelineSettings _pipeline;
    private double _arrivalSpread;

    /// <summary>Creates the quoter of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public AvellanedaStoikovQuoter(InstrumentSpec spec, AvellanedaStoikovSettings settings)
        : base(spec, settings.Gamma, arrivalRatePerSecond: 0, settings.K, settings.MinSigmaTicks, settings.MaxSigmaTicks, settings.Pipeline)
    {
        RequirePositive(spec, "horizon in seconds", settings.TauSeconds);
        _gamma = settings.Gamma;
        _tauSeconds = settings.TauSeconds;
        _pipeline = settings.Pipeline;
        OnIntensity();
    }

    /// <inheritdoc />
    private protected override void OnIntensity() => _arrivalSpread = AvellanedaStoikov.ArrivalSpread(_gamma, DecayPerTick);

    /// <inheritdoc />
    private protected override void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks)
    {
        skewTicks = AvellanedaStoikov.SkewPerUnit(_gamma, sigmaTicksPerSqrtSecond, _tauSeconds);
        halfTicks = ((skewTicks + _arrivalSpread) / 2) + _pipeline.MakerFeeTicks(fairTicks);
    }

    /// <summary>The move that the signal leaves to be expected within the horizon, as a drift enters (29): <see cref="DirectionalBias.ExpectedMove"/>.</summary>
    private protected override double DecayingShift(double alphaTicksPerSecond, double decayPerSecond, double sigmaTicksPerSqrtSecond, double skewTicks) =>
        DirectionalBias.ExpectedMove(alphaTicksPerSecond, decayPerSecond, _tauSeconds);
}
