namespace LatencyEngine.Strategist;

/// <summary>The parameters of the hybrid plan: a daily forecast that says where to, and a tactical layer that says when. Fractions are fractions, 0.1 and not 10; percent say so. docs/concepts/strategist.md.</summary>
public sealed record HybridSettings
{
    /// <summary>Share of the forecast in the score; the rest is the tactical layer's. 0 to 1.</summary>
    public double ForecastWeight { get; init; } = 0.6;

    /// <summary>How far ahead the forecast is asked, days.</summary>
    public int LookforwardDays { get; init; } = 30;

    /// <summary>Change of the price, in percent, that is a full score of the forecast.</summary>
    public double FullChangePercent { get; init; } = 15;

    /// <summary>Candles over which momentum is measured.</summary>
    public int MomentumCandles { get; init; } = 7;

    /// <summary>Change over them, in percent, that is a full momentum.</summary>
    public double FullMomentumPercent { get; init; } = 10;

    /// <summary>Distance of the price from the forecast's path, in percent, that is a full deviation.</summary>
    public double FullDeviationPercent { get; init; } = 10;

    /// <summary>Distance of the RSI from 50 that is a full score: 20 is at 30 and at 70.</summary>
    public double FullRsiDistance { get; init; } = 20;

    /// <summary>Weight of the momentum in the tactical score, against the two others.</summary>
    public double MomentumWeight { get; init; } = 1;

    /// <summary>Weight of the RSI.</summary>
    public double RsiWeight { get; init; } = 1;

    /// <summary>Weight of the deviation.</summary>
    public double DeviationWeight { get; init; } = 1;

    /// <summary>Below it nothing is done. 0 to 1.</summary>
    public double MinSignalScore { get; init; } = 0.3;

    /// <summary>Age of a forecast beyond which it counts as none, hours.</summary>
    public int ForecastAgeMaxHours { get; init; } = 36;

    /// <summary>Shortest time between two trades of a symbol, hours; a stop does not wait.</summary>
    public int MinTradeIntervalHours { get; init; } = 4;

    /// <summary>Longest time that a position is held without a signal for it, hours.</summary>
    public int HoldMaxHours { get; init; } = 336;

    /// <summary>Share of the capital in one position.</summary>
    public decimal PositionFraction { get; init; } = 0.10m;

    /// <summary>Share of the capital in all positions.</summary>
    public decimal ExposureFraction { get; init; } = 0.70m;

    /// <summary>Distance of the stop from the entry.</summary>
    public decimal StopFraction { get; init; } = 0.08m;

    /// <summary>Smallest trade, USDT.</summary>
    public decimal MinTradeUsdt { get; init; } = 500;

    /// <summary>Fee of a trade that takes.</summary>
    public decimal FeeFraction { get; init; } = 0.00055m;

    /// <summary>What a trade that takes costs beside its fee; also how far through the price it may go.</summary>
    public decimal SlippageFraction { get; init; } = 0.0005m;

    /// <summary>Capital that is traded with in each phase, USDT, rising. No more is, whatever the equity.</summary>
    public IReadOnlyList<decimal> CapitalPhasesUsdt { get; init; } = [25_000, 100_000, 250_000, 400_000];

    /// <summary>The present phase, from 1. An operator's decision.</summary>
    public int Phase { get; init; } = 1;

    /// <summary>What is wrong with them, a line each; none when they hold.</summary>
    public IEnumerable<string> Faults()
    {
        if (!(ForecastWeight is >= 0 and <= 1)) yield return Fault("forecastWeight", "0 to 1", ForecastWeight);
        if (LookforwardDays is < 1 or > 360) yield return Fault("lookforwardDays", "1 to 360", LookforwardDays);
        if (MomentumCandles is < 1 or > 1_000) yield return Fault("momentumCandles", "1 to 1000", MomentumCandles);
        foreach ((string name, double value) in new[] { ("fullChangePercent", FullChangePercent), ("fullMomentumPercent", FullMomentumPercent), ("fullDeviationPercent", FullDeviationPercent), ("fullRsiDistance", FullRsiDistance) })
        {
            if (!(value is > 0 and <= 1_000)) yield return Fault(name, "above 0, at most 1000", value);
        }

        foreach ((string name, double value) in new[] { ("momentumWeight", MomentumWeight), ("rsiWeight", RsiWeight), ("deviationWeight", DeviationWeight) })
        {
            if (!(value is >= 0 and <= 1_000)) yield return Fault(name, "0 to 1000", value);
        }

        if (MomentumWeight + RsiWeight + DeviationWeight == 0) yield return "momentumWeight, rsiWeight and deviationWeight must not all be 0";
        if (!(MinSignalScore is >= 0 and <= 1)) yield return Fault("minSignalScore", "0 to 1", MinSignalScore);
        foreach ((string name, int value) in new[] { ("forecastAgeMaxHours", ForecastAgeMaxHours), ("holdMaxHours", HoldMaxHours) })
        {
            if (value is < 1 or > 8_760) yield return Fault(name, "1 to 8760", value);
        }

        if (MinTradeIntervalHours is < 0 or > 8_760) yield return Fault("minTradeIntervalHours", "0 to 8760", MinTradeIntervalHours);
        foreach ((string name, decimal value) in new[] { ("positionFraction", PositionFraction), ("exposureFraction", ExposureFraction), ("stopFraction", StopFraction) })
        {
            if (value is <= 0 or >= 1) yield return Fault(name, "above 0 and below 1: a fraction, not percent", value);
        }

        foreach ((string name, decimal value) in new[] { ("feeFraction", FeeFraction), ("slippageFraction", SlippageFraction) })
        {
            if (value is < 0 or >= 0.01m) yield return Fault(name, "0 to below 0.01: a fraction, not percent", value);
        }

        if (MinTradeUsdt is < 0 or > 1_000_000) yield return Fault("minTradeUsdt", "0 to 1000000", MinTradeUsdt);
        if (CapitalPhasesUsdt.Count == 0 || CapitalPhasesUsdt[0] <= 0 || CapitalPhasesUsdt.Zip(CapitalPhasesUsdt.Skip(1)).Any(pair => pair.Second <= pair.First)) yield return "capitalPhasesUsdt must be positive and rise";
        else if (Phase < 1 || Phase > CapitalPhasesUsdt.Count) yield return Fault("phase", $"1 to {CapitalPhasesUsdt.Count}", Phase);
    }

    private static string Fault(string name, string rule, object was) => FormattableString.Invariant($"{name} must be {rule}, was {was}");
}
