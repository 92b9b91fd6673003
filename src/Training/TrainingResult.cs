namespace LatencyEngine.Training;

/// <summary>A trained model, and how models made in the same way did on events that came after theirs.</summary>
public sealed record TrainingResult
{
    /// <summary>Trained on all events.</summary>
    public required FittedModel Model { get; init; }

    /// <summary>All events.</summary>
    public required EventTable Events { get; init; }

    /// <summary>The blocks of the walk-forward test.</summary>
    public required IReadOnlyList<FoldResult> Folds { get; init; }

    /// <summary>The events of the blocks that were tested.</summary>
    public required EventTable Tested { get; init; }

    /// <summary>The probability that each got from the model of its block.</summary>
    public required double[] Probabilities { get; init; }

    /// <summary>Over all events tested.</summary>
    public required ClassifierScores Scores { get; init; }

    /// <summary>The events above the threshold.</summary>
    public required TradeScores Filtered { get; init; }

    /// <summary>All of them: the trend signal without the model. Never trading, the third way, has an equity of 1.</summary>
    public required TradeScores Unfiltered { get; init; }

    /// <summary>Of daily returns of the equity, a year; null where that is not defined.</summary>
    public required double? FilteredDailySharpe { get; init; }

    /// <summary>Likewise without the model.</summary>
    public required double? UnfilteredDailySharpe { get; init; }

    /// <summary>Of the area under the curve.</summary>
    public required Interval? AucInterval { get; init; }

    /// <summary>Of the mean net return of the events above the threshold.</summary>
    public required Interval? MeanReturnInterval { get; init; }

    /// <summary>Whether there is an edge: both intervals lie above chance, the area's above one half and the return's above zero, with trades enough to say so.</summary>
    public bool HasEdge => Filtered.Count >= TradesMin && AucInterval is { Low: > 0.5 } && MeanReturnInterval is { Low: > 0 };

    /// <summary>Fewest trades that an edge is believed by.</summary>
    public const int TradesMin = 30;
}
