using LatencyEngine.MetaModel;
using static System.FormattableString;

namespace LatencyEngine.Strategist;

/// <summary>The parameters of the meta-label plan: how a signal that the model lets pass is traded. Fractions are fractions, 0.02 and not 2. docs/concepts/meta-label.md.</summary>
public sealed record MetaLabelSettings
{
    /// <summary>What the model's calibrated probability must exceed; never below <see cref="BetSize.Threshold"/>.</summary>
    public double ProbabilityAbove { get; init; } = BetSize.Threshold;

    /// <summary>Largest position, a share of the equity.</summary>
    public decimal PositionFraction { get; init; } = 0.10m;

    /// <summary>Most positions at a time, over all symbols.</summary>
    public int OpenPositionsMax { get; init; } = 3;

    /// <summary>Distance of the stop from the entry.</summary>
    public decimal StopFraction { get; init; } = 0.02m;

    /// <summary>Distance of the target from the entry.</summary>
    public decimal TargetFraction { get; init; } = 0.03m;

    /// <summary>Profit at which the stop begins to trail. Above what the trail gives back: 1 % below a peak of 1 % would be a loss.</summary>
    public decimal TrailFromFraction { get; init; } = 0.015m;

    /// <summary>Distance of a trailing stop from the best price since the entry.</summary>
    public decimal TrailFraction { get; init; } = 0.01m;

    /// <summary>Longest time that a position is held, hours.</summary>
    public int HoldMaxHours { get; init; } = 24;

    /// <summary>How far through the price an entry may go.</summary>
    public decimal SlippageFraction { get; init; } = 0.0005m;

    /// <summary>What is wrong with them, a line each; none when they hold.</summary>
    public IEnumerable<string> Faults()
    {
        if (!(ProbabilityAbove >= BetSize.Threshold && ProbabilityAbove < 1)) yield return Fault("probabilityAbove", Invariant($"{BetSize.Threshold} to below 1"), ProbabilityAbove);
        if (PositionFraction is <= 0 || PositionFraction > (decimal)BetSize.FractionMax) yield return Fault("positionFraction", Invariant($"above 0, at most {BetSize.FractionMax}: a fraction, not percent"), PositionFraction);
        if (OpenPositionsMax is < 1 or > 64) yield return Fault("openPositionsMax", "1 to 64", OpenPositionsMax);
        foreach ((string name, decimal value) in new[] { ("stopFraction", StopFraction), ("targetFraction", TargetFraction), ("trailFromFraction", TrailFromFraction), ("trailFraction", TrailFraction) })
        {
            if (value is <= 0 or >= 0.5m) yield return Fault(name, "above 0 and below 0.5: a fraction, not percent", value);
        }

        if (TrailFromFraction < 0.5m && TrailFraction is > 0 and < 0.5m && (1 + TrailFromFraction) * (1 - TrailFraction) <= 1) yield return Fault("trailFromFraction", Invariant($"so far above trailFraction ({TrailFraction}) that a stop which begins to trail lies beyond the entry"), TrailFromFraction);
        if (HoldMaxHours is < 1 or > 8_760) yield return Fault("holdMaxHours", "1 to 8760", HoldMaxHours);
        if (SlippageFraction is < 0 or >= 0.01m) yield return Fault("slippageFraction", "0 to below 0.01: a fraction, not percent", SlippageFraction);
    }

    private static string Fault(string name, string rule, object was) => Invariant($"{name} must be {rule}, was {was}");
}
