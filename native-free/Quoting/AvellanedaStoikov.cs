namespace LatencyEngine.Quoting;

/// <summary>The closed formulas of Avellaneda and Stoikov, "High-frequency trading in a limit order book", Quantitative Finance 8(3) 2008.</summary>
/// <remarks>
/// One system of units throughout: price p (a tick, or a quote unit), time t (a second), inventory n (one fill).
/// Then gamma is 1/(p n), sigma is p/sqrt(t) (not a return volatility), tau is t, k is 1/p and drift is p/t.
/// Thread: any. Allocates: never. Throws: never; inputs outside the stated ranges give NaN or infinity.
/// </remarks>
public static class AvellanedaStoikov
{
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
    public static double ArrivalSpread(double gamma, double k) => 2 / k * LogRatio(gamma / k);

    /// <summary>Frozen reservation price of the ask, (6): the least at which one who then waits to the horizon would sell one unit.</summary>
    /// <remarks>Parameters as in <see cref="Quote"/>. (29) is the mean of this and <see cref="FrozenReservationBid"/>.</remarks>
    public static double FrozenReservationAsk(double mid, double inventory, double gamma, double sigma, double tau, double drift = 0) =>
        mid + (drift * tau) + ((1 - (2 * inventory)) * SkewPerUnit(gamma, sigma, tau) / 2);

    /// <summary>Frozen reservation price of the bid, (7): the most at which one who then waits to the horizon would buy one unit.</summary>
    /// <remarks>Parameters as in <see cref="Quote"/>.</remarks>
    public static double FrozenReservationBid(double mid, double inventory, double gamma, double sigma, double tau, double drift = 0) =>
        mid + (drift * tau) + ((-1 - (2 * inventory)) * SkewPerUnit(gamma, sigma, tau) / 2);

    /// <summary>ln(1 + x) / x, with limit 1 at 0, without the digits that 1 + x loses: the rounded sum's own error cancels in the quotient. .NET's double.LogP1 is Log(1 + x).</summary>
    internal static double LogRatio(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? 1 : Math.Log(sum) / (sum - 1);
    }
}
