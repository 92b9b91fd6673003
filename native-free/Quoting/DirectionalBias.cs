namespace LatencyEngine.Quoting;

/// <summary>What is known of the market's direction, as the quotes take it. Three different things: a drift that lasts, a signal that decays, and a slow view; docs/models.md, 2.5.</summary>
/// <remarks>
/// Units as in <see cref="GlftParameters"/>. A target moves the centre by the skew per unit times the target; every shift is then clamped by <see cref="QuotePipeline"/>, with a table by <see cref="Quoter"/>.
/// Thread: any. Allocates: never. Throws: never; NaN in gives NaN out, which the quoter refuses.
/// </remarks>
public static class DirectionalBias
{
    /// <summary>Largest target of a lasting drift, as a share of the largest inventory: the target grows without bound as volatility falls.</summary>
    private const double DriftTargetShareMax = 0.5;

    /// <summary>Inventory to hold while a drift lasts: mu / (gamma sigma^2), at most half the largest inventory either way.</summary>
    /// <param name="quote">The model's quotes under that drift.</param>
    /// <param name="unitsMax">Largest inventory, positive.</param>
    public static double DriftTarget(in GlftQuote quote, double unitsMax) =>
        Clamp(quote.TargetInventory, DriftTargetShareMax * unitsMax);

    /// <summary>Shift of both quotes for a signal that decays: alpha / (zeta + theta), theta = gamma sigma^2 / S the rate at which the quotes themselves unwind inventory.</summary>
    /// <param name="alpha">Expected price change now, p/t.</param>
    /// <param name="zeta">Rate of its decay, 1/t, not negative; half-life ln 2 / zeta.</param>
    /// <param name="gamma">Aversion to the risk of inventory, 1/(p n), positive.</param>
    /// <param name="sigma">Volatility, p/sqrt(t), positive.</param>
    /// <param name="skewPerUnit">S, p/n, positive.</param>
    /// <returns>Price units: above zero raises both quotes.</returns>
    /// <remarks>An approximation of a solution with the decaying drift: within 2 % of it, save where the inventory that it asks for meets the bound.</remarks>
    public static double DecayingShift(double alpha, double zeta, double gamma, double sigma, double skewPerUnit) =>
        alpha / (zeta + (gamma * sigma * sigma / skewPerUnit));

    /// <summary>The same signal's expected move within a horizon, alpha (1 - exp(-zeta tau)) / zeta: the term to add to the reservation price (29) of Avellaneda and Stoikov.</summary>
    /// <param name="alpha">Expected price change now, p/t.</param>
    /// <param name="zeta">Rate of its decay, 1/t, not negative.</param>
    /// <param name="tau">Time to the horizon, t, not negative.</param>
    public static double ExpectedMove(double alpha, double zeta, double tau)
    {
        double left = Math.Exp(-zeta * tau);
        if (left == 1) return alpha * tau;
        // Near 1 the rounding of what is left cancels in the quotient.
        return alpha * (left > 0.5 ? tau * (left - 1) / Math.Log(left) : (1 - left) / zeta);
    }

    /// <summary>Inventory to hold under a view that outlasts any single holding: clamp(score, -1, 1) x weight x largest inventory.</summary>
    /// <param name="score">The view, -1 to 1; more counts as 1.</param>
    /// <param name="weight">Share of the largest inventory at a full score, 0 to 1.</param>
    /// <param name="unitsMax">Largest inventory, positive.</param>
    public static double ViewTarget(double score, double weight, double unitsMax) => Clamp(score, 1) * weight * unitsMax;

    private static double Clamp(double value, double most) => Math.Min(Math.Max(value, -most), most);
}
