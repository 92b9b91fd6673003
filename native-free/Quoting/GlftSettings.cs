namespace LatencyEngine.Quoting;

/// <summary>Parameters of the Guéant-Lehalle-Fernandez-Tapia quotes of one instrument. Units: price in ticks, time in seconds, inventory in base orders (<see cref="QuotePipelineSettings.BaseQty"/>).</summary>
public sealed record GlftSettings
{
    /// <summary>Aversion to the risk of inventory, 1/(tick x base order), positive. It belongs to this tick and this base quantity: change either and it must change too.</summary>
    public required double Gamma { get; init; }

    /// <summary>Aversion to the risk of not being filled, in the same unit, not negative. <see cref="Gamma"/> itself is the model of 2013; 0 penalises inventory alone.</summary>
    public required double ExecutionGamma { get; init; }

    /// <summary>Fills of one side at the fair price, a second, positive: the A of A exp(-k delta).</summary>
    public required double ArrivalRatePerSecond { get; init; }

    /// <summary>Decay of the arrival intensity, 1/tick, positive.</summary>
    public required double K { get; init; }

    /// <summary>How far a fill moves the fair price against us, in ticks, not negative.</summary>
    public required double ImpactTicks { get; init; }

    /// <summary>Volatility in ticks per square root of a second below which the estimate is not believed; positive, so that the skew never vanishes.</summary>
    public required double MinSigmaTicks { get; init; }

    /// <summary>Volatility above which the estimate is not believed; at least <see cref="MinSigmaTicks"/>.</summary>
    public required double MaxSigmaTicks { get; init; }

    /// <summary>True: the exact quotes within the bound on inventory, by tables that are asked for; the closed form until the first one comes.</summary>
    public bool IsExact { get; init; }

    /// <summary>Fee floor, ladder and inventory bound. Its maker fee is part of the optimum too.</summary>
    public required QuotePipelineSettings Pipeline { get; init; }

    /// <summary>The market as the model sees it at a volatility and a fair price, with the base order as its lot.</summary>
    /// <param name="sigmaTicks">Volatility, ticks per square root of a second.</param>
    /// <param name="fairTicks">Fair price at which the fee is reckoned, ticks.</param>
    /// <param name="arrivalRatePerSecond">A in force, 1/s: <see cref="ArrivalRatePerSecond"/>, or one that rolls with the market.</param>
    /// <param name="decayPerTick">k in force, 1/tick: <see cref="K"/>, or one that rolls with the market.</param>
    /// <remarks>Allocates: never. Throws: never.</remarks>
    public GlftParameters At(double sigmaTicks, double fairTicks, double arrivalRatePerSecond, double decayPerTick)
    {
        return new GlftParameters
        {
            Gamma = Gamma,
            ExecutionGamma = ExecutionGamma,
            Sigma = sigmaTicks,
            ArrivalRate = arrivalRatePerSecond,
            K = decayPerTick,
            Lot = 1,
            Impact = ImpactTicks,
            Fee = Pipeline.MakerFeeTicks(fairTicks),
        };
    }
}
