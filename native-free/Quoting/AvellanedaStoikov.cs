namespace LatencyEngine.Quoting;

/// <summary>The closed formulas of Avellaneda and Stoikov, "High-frequency trading in a limit order book", Quantitative Finance 8(3) 2008.</summary>
/// <remarks>
/// One system of units throughout: price p (a tick, or a quote unit), time t (a second), inventory n (one fill).
/// Then gamma is 1/(p n), sigma is p/sqrt(t) (not a return volatility), tau is t, k is 1/p and drift is p/t.
/// Thread: any. Allocates: never. Throws: never; inputs outside the stated ranges give NaN or infinity.
/// </remarks>
public static class AvellanedaStoikov
{
    /// <summary>Below this gamma/k the spread takes its limit 2/k: the next term of the series is half of gamma/k, relative.</summary>
    private const double RiskNeutralRatio = 1e-8;

    /// <summary>Reservation price (29), with the drift term of dS = mu dt + sigma dW, and total spread (30).</summary>
    /// <param name="mid">Mid or fair price.</param>
    /// <param name="inventory">Signed inventory, long above zero.</param>
    /// <param name="gamma">Risk aversion, positive.</param>
    /// <param name="sigma">Volatility of the price, not negative.</param>
    /// <param name="tau">Time to the horizon, not negative.</param>
    /// <param name="k">Decay of the arrival intensity A exp(-k delta), positive.</param>
    /// <param name="drift">Expected price change per unit of time.</param>
    public static AvellanedaStoikovQuote Quote(double mid, double inventory, double gamma, double sigma, double tau, double k, double drift = 0) =>
        new(mid + (drift * tau) - (inventory * SkewPerUnit(gamma, sigma, tau)), Spread(gamma, sigma, tau, k));

    /// <summary>Shift of the reservation price per unit of inventory: gamma sigma^2 tau, the slope of (29).</summary>
    public static double SkewPerUnit(double gamma, double sigma, double tau) => gamma * sigma * sigma * tau;

    /// <summary>Total spread (30): gamma sigma^2 tau + (2/gamma) ln(1 + gamma/k). It does not depend on the inventory.</summary>
    public static double Spread(double gamma, double sigma, double tau, double k) => SkewPerUnit(gamma, sigma, tau) + ArrivalSpread(gamma, k);

    /// <summary>The part of (30) that comes from the arrival intensity alone: (2/gamma) ln(1 + gamma/k), with limit 2/k as gamma/k goes to 0.</summary>
    public static double ArrivalSpread(double gamma, double k)
    {
        double ratio = gamma / k;
        return ratio < RiskNeutralRatio ? 2 / k : 2 / gamma * LogOnePlus(ratio);
    }

    /// <summary>ln(1 + x) without the digits that 1 + x loses: the rounded sum's own error cancels in the quotient. .NET's double.LogP1 is Log(1 + x).</summary>
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }
}
