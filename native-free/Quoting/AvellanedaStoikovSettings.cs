namespace LatencyEngine.Quoting;

/// <summary>Parameters of the Avellaneda-Stoikov quotes of one instrument. Units: price in ticks, time in seconds, inventory in base orders (<see cref="QuotePipelineSettings.BaseQty"/>).</summary>
public sealed record AvellanedaStoikovSettings
{
    /// <summary>Risk aversion, 1/(tick x base order), positive. It belongs to this tick and this base quantity: change either and it must change too.</summary>
    public required double Gamma { get; init; }

    /// <summary>Decay of the arrival intensity, 1/tick, positive.</summary>
    public required double K { get; init; }

    /// <summary>Horizon in seconds, positive. It stays constant: a perpetual has no end, and a clock running to zero would take the skew away.</summary>
    public required double TauSeconds { get; init; }

    /// <summary>Volatility in ticks per square root of a second below which the estimate is not believed; positive, so that the skew never vanishes.</summary>
    public required double MinSigmaTicks { get; init; }

    /// <summary>Volatility above which the estimate is not believed; at least <see cref="MinSigmaTicks"/>.</summary>
    public required double MaxSigmaTicks { get; init; }

    /// <summary>Fee floor, ladder and inventory bound. Its maker fee is part of the optimum too.</summary>
    public required QuotePipelineSettings Pipeline { get; init; }
}
