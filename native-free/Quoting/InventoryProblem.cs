namespace LatencyEngine.Quoting;

/// <summary>A market maker's problem with a bound on inventory, reduced to the numbers that <see cref="InventorySolver"/> works on. Guéant-Lehalle-Fernandez-Tapia and Cartea-Jaimungal differ in these numbers only.</summary>
/// <remarks>
/// With q the inventory in fills and s the time to the horizon: v_q' = (linear(s) q - quadratic q^2) v_q + rate (v_(q-1) + v_(q+1)), v_q(0) = exp(-terminal q^2),
/// and a bid at fixed distance + ln(v_q / v_(q+1)) / k, an ask at fixed distance + ln(v_q / v_(q-1)) / k. docs/models.md, 2.1 and 2.4. The default value is not usable.
/// </remarks>
public readonly record struct InventoryProblem
{
    private InventoryProblem(double k, double fixedDistance, double fillRate, double quadratic, double linear, double terminal)
    {
        K = k;
        FixedDistance = fixedDistance;
        FillRate = fillRate;
        Quadratic = quadratic;
        Linear = linear;
        Terminal = terminal;
    }

    /// <summary>Decay of the arrival intensity, 1/price, positive.</summary>
    public double K { get; }

    /// <summary>The part of both distances that no inventory changes, in price.</summary>
    public double FixedDistance { get; }

    /// <summary>Rate between neighbouring inventories, 1/time, positive.</summary>
    public double FillRate { get; }

    /// <summary>Cost of the risk of inventory, 1/time, not negative.</summary>
    public double Quadratic { get; }

    /// <summary>Gain of the drift at the start, 1/time; signed.</summary>
    public double Linear { get; }

    /// <summary>Cost of the inventory left at the horizon, not negative.</summary>
    public double Terminal { get; }

    /// <summary>Rate at which the drift decays from the start on, 1/time, not negative; 0: it lasts.</summary>
    public double DriftDecay { get; init; }

    /// <summary>Whether every number is finite and within its range.</summary>
    public bool IsUsable =>
        K > 0 && double.IsFinite(K) && FillRate > 0 && double.IsFinite(FillRate) && double.IsFinite(FixedDistance) && double.IsFinite(Linear)
        && Quadratic >= 0 && double.IsFinite(Quadratic) && Terminal >= 0 && double.IsFinite(Terminal) && DriftDecay >= 0 && double.IsFinite(DriftDecay);

    /// <summary>Guéant, Lehalle and Fernandez-Tapia (2013): one fill is one <see cref="GlftParameters.Lot"/>.</summary>
    /// <param name="parameters">The market. What is not usable there gives a problem that is not usable.</param>
    public static InventoryProblem Glft(in GlftParameters parameters) => !parameters.IsUsable
        ? default
        : new InventoryProblem(
            parameters.K,
            Quoting.Glft.FixedDistance(in parameters),
            Quoting.Glft.FillRate(in parameters),
            quadratic: parameters.K * parameters.Gamma * parameters.Lot * parameters.Sigma * parameters.Sigma / 2,
            linear: parameters.K * parameters.Drift,
            terminal: parameters.K * parameters.Impact / 2);

    /// <summary>Cartea, Jaimungal and Penalva, "Algorithmic and High-Frequency Trading" (2015), 10.2: no risk aversion, penalties on inventory instead.</summary>
    /// <param name="orderRate">lambda: market orders of one side, 1/time, positive.</param>
    /// <param name="kappa">Decay of the fill probability exp(-kappa delta), 1/price, positive.</param>
    /// <param name="runningPenalty">phi: price a fill and unit of time, not negative. It does not grow with volatility unless the caller makes it.</param>
    /// <param name="terminalPenalty">a: price a fill left at the horizon, not negative.</param>
    /// <param name="drift">mu: price a unit of time.</param>
    public static InventoryProblem CarteaJaimungal(double orderRate, double kappa, double runningPenalty, double terminalPenalty, double drift) =>
        new(kappa, 1 / kappa, orderRate / Math.E, kappa * runningPenalty, kappa * drift, kappa * terminalPenalty);
}
