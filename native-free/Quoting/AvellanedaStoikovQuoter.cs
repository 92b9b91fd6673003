using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by Avellaneda and Stoikov (2008), equations (29) and (30), with a constant horizon.</summary>
/// <remarks>Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public sealed class AvellanedaStoikovQuoter : Quoter
{
    private readonly double _gamma;
    private readonly double _tauSeconds;
    private readonly double _arrivalSpread;

    /// <summary>Creates the quoter of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public AvellanedaStoikovQuoter(InstrumentSpec spec, AvellanedaStoikovSettings settings)
        : base(spec, settings.MinSigmaTicks, settings.MaxSigmaTicks, settings.Pipeline)
    {
        RequirePositive(spec, "gamma", settings.Gamma);
        RequirePositive(spec, "k", settings.K);
        RequirePositive(spec, "horizon in seconds", settings.TauSeconds);
        _gamma = settings.Gamma;
        _tauSeconds = settings.TauSeconds;
        _arrivalSpread = AvellanedaStoikov.ArrivalSpread(settings.Gamma, settings.K);
    }

    /// <inheritdoc />
    private protected override void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks)
    {
        skewTicks = AvellanedaStoikov.SkewPerUnit(_gamma, sigmaTicksPerSqrtSecond, _tauSeconds);
        halfTicks = (skewTicks + _arrivalSpread) / 2;
    }
}
