namespace LatencyEngine.Host;

/// <summary>Section <c>losses</c>: the loss ladder (docs/concepts/losses.md). A limit of 0 is off.</summary>
public sealed record LossesConfiguration
{
    /// <summary>A position that has lost this share of its entry value is closed; 0 to below 1.</summary>
    public required decimal PositionStopFraction { get; init; }

    /// <summary>Its instrument is not quoted for so long then; 1 to 30 days.</summary>
    public required int PositionStopPauseSeconds { get; init; }

    /// <summary>Share of the day's first equity (00:00 UTC) whose loss flattens and pauses; 0 to below 1.</summary>
    public required decimal DailyLossFraction { get; init; }

    /// <summary>For so long; 1 to 30 days.</summary>
    public required int DailyPauseSeconds { get; init; }

    /// <summary>The same share of one instrument's loss, which closes its position and pauses it alone; 0 to below 1.</summary>
    public required decimal SymbolDailyLossFraction { get; init; }

    /// <summary>Share of the week's first equity (Monday, 00:00 UTC) whose loss flattens and pauses; 0 to below 1.</summary>
    public required decimal WeeklyLossFraction { get; init; }

    /// <summary>For so long; 1 to 30 days.</summary>
    public required int WeeklyPauseSeconds { get; init; }

    /// <summary>Share of the highest equity by which it may be below it before the engine is killed and flattened; 0 to below 1.</summary>
    public required decimal DrawdownFraction { get; init; }

    /// <summary>While so many instruments are held no other is quoted; 0 to 64.</summary>
    public required int OpenPositionsMax { get; init; }

    /// <summary>So many requests that the venue fails within a minute have the engine only reduce; 0 to 10,000.</summary>
    public required int ApiErrorsPerMinute { get; init; }

    /// <summary>So many creates and amends that the venue refuses within a minute do the same; 0 to 10,000.</summary>
    public required int RejectsPerMinute { get; init; }

    /// <summary>For so long; 1 to 30 days.</summary>
    public required int RequestPauseSeconds { get; init; }

    /// <summary>An instrument is not quoted once the market goes against the fills of a side by this share of the price on the mean; 0 to below 1.</summary>
    public required decimal MarkOutLossFraction { get; init; }

    /// <summary>For so long; 1 to 30 days.</summary>
    public required int MarkOutPauseSeconds { get; init; }

    /// <summary>The engine only reduces while no view of the market has come for so long; 0 to 30 days.</summary>
    public required int SlowThreadSilentSeconds { get; init; }

    /// <summary>The engine only reduces while what runs beside is less sure of itself than this; 0 to below 1.</summary>
    public required decimal ModelConfidenceMin { get; init; }

    /// <summary>And has been for so long; 1 to 30 days.</summary>
    public required int ModelConfidenceSeconds { get; init; }
}
