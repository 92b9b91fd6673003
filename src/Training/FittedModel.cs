using LatencyEngine.MetaModel;

namespace LatencyEngine.Training;

/// <summary>A trained model with its calibration.</summary>
public sealed record FittedModel
{
    /// <summary>As XGBoost saved it.</summary>
    public required byte[] Json { get; init; }

    /// <summary>The same, read again as trading reads it.</summary>
    public required BoostedTrees Trees { get; init; }

    /// <summary>Fitted out of fold.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>What the search chose.</summary>
    public required BoosterParameters Parameters { get; init; }

    /// <summary>Log loss of the candidates' best, over the inner folds.</summary>
    public required double InnerLogLoss { get; init; }

    /// <summary>The probability of every event, calibrated, by the code that trades.</summary>
    /// <param name="events">With the features that it was trained on.</param>
    public double[] Probabilities(EventTable events) => [.. Enumerable.Range(0, events.Count).Select(i => Calibration.Of(Trees.Margin(events.Row(i))))];
}
