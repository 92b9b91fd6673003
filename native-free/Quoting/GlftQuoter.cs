using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument by the closed form of Guéant, Lehalle and Fernandez-Tapia for an endless horizon, with the maker fee inside the optimum.</summary>
/// <remarks>The fee is reckoned at the fair price of the moment when the volatility last moved. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public sealed class GlftQuoter : Quoter
{
    private readonly double _makerFee;
    private readonly GlftParameters _parameters;

    /// <summary>Creates the quoter of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public GlftQuoter(InstrumentSpec spec, GlftSettings settings)
        : base(spec, settings.MinSigmaTicks, settings.MaxSigmaTicks, settings.Pipeline)
    {
        const double OneE8 = 1e8;
        RequirePositive(spec, "gamma", settings.Gamma);
        RequirePositive(spec, "k", settings.K);
        RequirePositive(spec, "arrival rate per second", settings.ArrivalRatePerSecond);
        RequireNotNegative(spec, "execution gamma", settings.ExecutionGamma);
        RequireNotNegative(spec, "impact in ticks", settings.ImpactTicks);
        _makerFee = settings.Pipeline.MakerFeeE8 / OneE8;
        _parameters = new GlftParameters
        {
            Gamma = settings.Gamma,
            ExecutionGamma = settings.ExecutionGamma,
            Sigma = settings.MinSigmaTicks,
            ArrivalRate = settings.ArrivalRatePerSecond,
            K = settings.K,
            Lot = 1,
            Impact = settings.ImpactTicks,
        };
    }

    /// <inheritdoc />
    private protected override void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks)
    {
        bool isPriced = Glft.TryQuote(_parameters with { Sigma = sigmaTicksPerSqrtSecond, Fee = _makerFee * fairTicks }, out GlftQuote quote);
        halfTicks = isPriced ? quote.HalfSpread : double.NaN;
        skewTicks = quote.SkewPerUnit;
    }

    private static void RequireNotNegative(InstrumentSpec spec, string name, double value) =>
        Require(value >= 0 && double.IsFinite(value), spec, $"{name} must be a number and not negative", value);
}
