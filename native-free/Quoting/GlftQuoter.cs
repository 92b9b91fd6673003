using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The wanted quotes of one instrument after Guéant, Lehalle and Fernandez-Tapia for an endless horizon, with the maker fee inside the optimum: by the closed form, or exact within the bound on inventory once a table of them has come.</summary>
/// <remarks>The fee is reckoned at the fair price of the moment when the volatility last moved, that of a table at the one it was asked with. Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor.</remarks>
public sealed class GlftQuoter : Quoter
{
    /// <summary>Creates the quoter of one instrument.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names the instrument, the setting, what it was and what is allowed.</exception>
    public GlftQuoter(InstrumentSpec spec, GlftSettings settings)
        : base(spec, settings.Gamma, settings.ArrivalRatePerSecond, settings.K, settings.MinSigmaTicks, settings.MaxSigmaTicks, settings.Pipeline, isTabled: settings.IsExact)
    {
        RequirePositive(spec, "arrival rate per second", settings.ArrivalRatePerSecond);
        RequireNotNegative(spec, "execution gamma", settings.ExecutionGamma);
        RequireNotNegative(spec, "impact in ticks", settings.ImpactTicks);
        Require(!settings.IsExact || settings.Pipeline.UnitsMax <= QuoteTable.UnitsLimit, spec, $"largest inventory must be at most {QuoteTable.UnitsLimit} base orders for exact quotes", settings.Pipeline.UnitsMax);
        Settings = settings;
    }

    /// <summary>What it was created with. Any thread.</summary>
    public GlftSettings Settings { get; }

    /// <inheritdoc />
    private protected override void Price(double sigmaTicksPerSqrtSecond, double fairTicks, out double halfTicks, out double skewTicks)
    {
        bool isPriced = Glft.TryQuote(Settings.At(sigmaTicksPerSqrtSecond, fairTicks, ArrivalRatePerSecond, DecayPerTick), out GlftQuote quote);
        halfTicks = isPriced ? quote.HalfSpread : double.NaN;
        skewTicks = quote.SkewPerUnit;
    }

    private static void RequireNotNegative(InstrumentSpec spec, string name, double value) =>
        Require(value >= 0 && double.IsFinite(value), spec, $"{name} must be a number and not negative", value);
}
