namespace LatencyEngine.Forecast;

/// <summary>
/// The weights of the ensemble at one horizon. A member has skill when its mean absolute log error over the scored origins is below that of the last
/// price; a member without skill has the weight 0. The others and the last price share the weight in proportion to the inverse of those errors,
/// none of them less than 0.1 before the sum is brought back to 1. With fewer than five scored origins nothing is known of skill, and the members are equal.
/// </summary>
/// <param name="PowerLaw">Of the anchored power law.</param>
/// <param name="CycleAnalog">Of the cycle analog.</param>
/// <param name="TrendModel">Of the anchored trend model.</param>
/// <param name="Naive">Of the last price.</param>
/// <param name="ScoredOrigins">How many origins they rest on.</param>
public readonly record struct Weights(double PowerLaw, double CycleAnalog, double TrendModel, double Naive, int ScoredOrigins)
{
    /// <summary>Origins whose outcome must be known before errors say anything.</summary>
    public const int ScoredOriginsMin = 5;

    private const double WeightMin = 0.1;

    /// <summary>The weights that scored origins earn.</summary>
    /// <param name="scored">Forecasts of one horizon whose outcome is known.</param>
    public static Weights From(IReadOnlyCollection<OriginForecast> scored)
    {
        if (scored.Count < ScoredOriginsMin) return new Weights(1.0 / 3, 1.0 / 3, 1.0 / 3, 0, scored.Count);
        double Error(Forecaster forecaster) => Math.Max(scored.Average(forecast => Math.Abs(forecast.LogError(forecaster))), 1e-12);
        double naive = Error(Forecaster.Naive);
        double[] errors = [Error(Forecaster.AnchoredPowerLaw), Error(Forecaster.CycleAnalog), Error(Forecaster.AnchoredTrendModel), naive];
        double[] shares = [.. errors.Select((error, i) => i < 3 && error >= naive ? 0 : 1 / error)];
        double sum = shares.Sum();
        shares = [.. shares.Select(share => share == 0 ? 0 : Math.Max(WeightMin, share / sum))];
        sum = shares.Sum();
        return new Weights(shares[0] / sum, shares[1] / sum, shares[2] / sum, shares[3] / sum, scored.Count);
    }

    /// <summary>The weighted ensemble's ln(price).</summary>
    /// <param name="logPrices">What each forecaster says, from <see cref="Members.LogPrices"/>.</param>
    public double Apply(double[] logPrices) =>
        (PowerLaw * logPrices[(int)Forecaster.AnchoredPowerLaw])
        + (CycleAnalog * logPrices[(int)Forecaster.CycleAnalog])
        + (TrendModel * logPrices[(int)Forecaster.AnchoredTrendModel])
        + (Naive * logPrices[(int)Forecaster.Naive]);
}
