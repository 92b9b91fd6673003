namespace LatencyEngine.Quoting;

/// <summary>The closed formulas of Guéant, Lehalle and Fernandez-Tapia, "Dealing with the inventory risk" (2013), for an endless horizon, with a lot size and separated risk aversions after Guéant, "Optimal market making" (2017).</summary>
/// <remarks>
/// They approximate the exact quotes of <see cref="InventorySolver"/>: well near no inventory, too timidly near a bound on it. Units as in <see cref="GlftParameters"/>; docs/models.md, 2.2, 2.3, 2.6.
/// Thread: any. Allocates: never. Throws: never.
/// </remarks>
public static class Glft
{
    /// <summary>The quotes at every inventory.</summary>
    /// <param name="parameters">The market.</param>
    /// <param name="quote">The quotes; default when refused.</param>
    /// <returns>False when the parameters are not usable, or lead beyond what a float holds.</returns>
    public static bool TryQuote(in GlftParameters parameters, out GlftQuote quote)
    {
        double skewPerFill = parameters.Sigma * Math.Sqrt(parameters.Gamma * parameters.Lot / (2 * parameters.K * FillRate(in parameters)));
        quote = new GlftQuote(
            FixedDistance(in parameters) + (skewPerFill / 2),
            skewPerFill / parameters.Lot,
            parameters.Drift / (parameters.Gamma * parameters.Sigma * parameters.Sigma));
        bool isUsable = parameters.IsUsable && double.IsFinite(quote.HalfSpread) && quote.SkewPerUnit > 0 && double.IsFinite(quote.SkewPerUnit) && double.IsFinite(quote.TargetInventory);
        if (!isUsable) quote = default;
        return isUsable;
    }

    /// <summary>The part of both distances that no inventory changes: ln(1 + x/k)/x + impact/2 + fee, x the execution risk of one fill.</summary>
    internal static double FixedDistance(in GlftParameters parameters) =>
        (AvellanedaStoikov.LogRatio(ExecutionRatio(in parameters)) / parameters.K) + (parameters.Impact / 2) + parameters.Fee;

    /// <summary>eta: fills of one side at the model's own distance, A (1 + x/k)^-(1 + k/x), less what the fee and the impact keep away.</summary>
    internal static double FillRate(in GlftParameters parameters)
    {
        double ratio = ExecutionRatio(in parameters);
        // (1 + y)^(1 + 1/y) in logs: its limit at 0 is e.
        double log = ((1 + ratio) * AvellanedaStoikov.LogRatio(ratio)) + (parameters.K * (parameters.Fee + (parameters.Impact / 2)));
        return parameters.ArrivalRate * Math.Exp(-log);
    }

    private static double ExecutionRatio(in GlftParameters parameters) => parameters.ExecutionGamma * parameters.Lot / parameters.K;
}
