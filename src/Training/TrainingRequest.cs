namespace LatencyEngine.Training;

/// <summary>What <c>train</c> is asked for.</summary>
public sealed record TrainingRequest
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The instrument that the candles are of.</summary>
    public required string Symbol { get; init; }

    /// <summary>Length of the candles, ms.</summary>
    public required long IntervalMillis { get; init; }

    /// <summary>File of candles.</summary>
    public required string CandlesPath { get; init; }

    /// <summary>File of funding rates, or null: they are then missing numbers to the model and cost nothing.</summary>
    public string? FundingPath { get; init; }

    /// <summary>Folder that the model is written to; made where it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>How the model is searched for and tested.</summary>
    public TrainingSettings Settings { get; init; } = new();
}
