namespace LatencyEngine.Host;

/// <summary>What the meta-label has done in one symbol.</summary>
public sealed record MetaLabelSymbolResult
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Name of the model in use at the end; null where none was.</summary>
    public required string? Model { get; init; }

    /// <summary>Whether its own test has found an edge; null without a model.</summary>
    public required bool? Edge { get; init; }

    /// <summary>Hourly candles taken, of the history and of the run.</summary>
    public required long Candles { get; init; }

    /// <summary>Signals of the history before the run, which nobody could act on any more.</summary>
    public required long HistorySignals { get; init; }

    /// <summary>Those of them that the model gave more than the threshold.</summary>
    public required long HistoryAboveThreshold { get; init; }

    /// <summary>Signals of the run.</summary>
    public required long Signals { get; init; }

    /// <summary>Positions that were asked for, turns among them.</summary>
    public required long Entries { get; init; }

    /// <summary>Signals of the run that were passed over, by why.</summary>
    public required IReadOnlyDictionary<string, long> Skipped { get; init; }

    /// <summary>Positions that were asked to be closed, by why; and <c>stop</c>, those that the engine's stop has closed.</summary>
    public required IReadOnlyDictionary<string, long> Exits { get; init; }

    /// <summary>What the model answered last, of the history or of the run; null before it was asked.</summary>
    public required double? LastProbability { get; init; }
}
