namespace LatencyEngine.MetaModel;

/// <summary>How much to trade on a probability, as fractions of the equity. Every rule trades only above the threshold. docs/concepts/meta-label.md.</summary>
public static class BetSize
{
    /// <summary>What a probability must exceed to be acted on.</summary>
    public const double Threshold = 0.6;

    /// <summary>Largest position.</summary>
    public const double FractionMax = 0.1;

    private const double BaseFraction = 0.02;

    /// <summary>Whether to act: strictly above the threshold. NaN does not.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    public static bool Acts(double probability) => probability > Threshold;

    /// <summary>Two percent of the equity times the probability, never above the largest position.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    public static double Confidence(double probability) => Acts(probability) ? Math.Min(BaseFraction * probability, FractionMax) : 0;

    /// <summary>The position that loses a given share of the equity at its stop, without a cap.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    /// <param name="riskFraction">What the stop may cost, of the equity.</param>
    /// <param name="stopFraction">Distance of the stop, of the price; above zero.</param>
    public static double AtRisk(double probability, double riskFraction, double stopFraction) => Acts(probability) ? riskFraction / stopFraction : 0;

    /// <summary>That position, scaled with the probability from a quarter of it to all of it at 0.8, never above the largest position.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    /// <param name="riskFraction">What the stop may cost, of the equity.</param>
    /// <param name="stopFraction">Distance of the stop, of the price; above zero.</param>
    public static double ScaledAtRisk(double probability, double riskFraction, double stopFraction) =>
        Acts(probability) ? Math.Min(AtRisk(probability, riskFraction, stopFraction) * Math.Clamp((probability - 0.5) / 0.3, 0.25, 1), FractionMax) : 0;

    /// <summary>A quarter of Kelly's share, never above the largest position. Source: Kelly (1956).</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    /// <param name="payoff">Gain of a trade that pays by the loss of one that does not.</param>
    public static double QuarterKelly(double probability, double payoff) => Acts(probability) ? Math.Clamp(Kelly(probability, payoff) / 4, 0, FractionMax) : 0;

    /// <summary>Kelly's share, of the equity, whatever the threshold.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    /// <param name="payoff">Gain of a trade that pays by the loss of one that does not.</param>
    public static double Kelly(double probability, double payoff) => probability - ((1 - probability) / payoff);

    /// <summary>How sure a probability is, 0 to 1: <c>2 Phi((p - 1/2) / sqrt(p (1 - p))) - 1</c>. Source: López de Prado (2018), 10.3.</summary>
    /// <param name="probability">Calibrated, 0 to 1.</param>
    /// <param name="step">Sizes are multiples of it, so that small changes trade nothing; 0 for none.</param>
    public static double Significance(double probability, double step = 0)
    {
        if (!Acts(probability)) return 0;
        double size = CentralNormal((probability - 0.5) / Math.Sqrt(probability * (1 - probability)));
        return step == 0 ? size : Math.Clamp(Math.Round(size / step) * step, 0, 1);
    }

    /// <summary>The bias for quoting, -1 to 1: the direction times what the probability is above even; 0 without a probability.</summary>
    /// <param name="directionSign">1 up, -1 down, 0 neither.</param>
    /// <param name="probability">Calibrated, 0 to 1; NaN where no model speaks.</param>
    public static double Bias(int directionSign, double probability) => double.IsNaN(probability) ? 0 : Math.Sign(directionSign) * Math.Clamp((2 * probability) - 1, 0, 1);

    /// <summary>Chance that a standard normal lies within a distance of its mean, by the rising series of Marsaglia (2004).</summary>
    private static double CentralNormal(double distance)
    {
        const double Certain = 8;
        if (distance >= Certain) return 1;
        (double sum, double term) = (distance, distance);
        for (int i = 3; sum + term != sum; i += 2)
        {
            term *= distance * distance / i;
            sum += term;
        }

        return sum * Math.Sqrt(2 / Math.PI) * Math.Exp(-distance * distance / 2);
    }
}
