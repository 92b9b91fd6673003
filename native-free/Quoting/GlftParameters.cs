namespace LatencyEngine.Quoting;

/// <summary>A market as Guéant, Lehalle and Fernandez-Tapia (2013) see it, with the fee, impact and separated risk aversions of docs/models.md, 2.2, 2.3 and 2.6.</summary>
/// <remarks>One system of units: price p (a tick), time t (a second), inventory n (a base order). The default value is not usable.</remarks>
public readonly record struct GlftParameters
{
    /// <summary>Aversion to the risk of inventory, 1/(p n), positive.</summary>
    public required double Gamma { get; init; }

    /// <summary>Aversion to the risk of not being filled, 1/(p n), not negative. <see cref="Gamma"/> itself is the model of 2013; 0 counts the penalty on inventory alone.</summary>
    public required double ExecutionGamma { get; init; }

    /// <summary>Volatility of the price, p/sqrt(t), positive.</summary>
    public required double Sigma { get; init; }

    /// <summary>Fills of one side at distance 0 from the mid, 1/t, positive: the A of A exp(-k delta).</summary>
    public required double ArrivalRate { get; init; }

    /// <summary>Decay of that rate with the distance, 1/p, positive.</summary>
    public required double K { get; init; }

    /// <summary>Size of one fill, n, positive.</summary>
    public required double Lot { get; init; }

    /// <summary>Expected price change that is taken to last, p/t.</summary>
    public double Drift { get; init; }

    /// <summary>How far the mid moves against the maker at each fill, p, not negative.</summary>
    public double Impact { get; init; }

    /// <summary>Fee a unit filled, p: the maker fee fraction times the price; negative is a rebate.</summary>
    public double Fee { get; init; }

    /// <summary>Whether every number is finite and within its range.</summary>
    public bool IsUsable =>
        IsPositive(Gamma) && IsPositive(Sigma) && IsPositive(ArrivalRate) && IsPositive(K) && IsPositive(Lot)
        && ExecutionGamma >= 0 && double.IsFinite(ExecutionGamma)
        && Impact >= 0 && double.IsFinite(Impact)
        && double.IsFinite(Drift) && double.IsFinite(Fee);

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);
}
