namespace LatencyEngine.Risk;

/// <summary>The limits of the loss ladder. A limit of 0 is off; fractions are in 1e-8, times in nanoseconds of logic time.</summary>
public sealed record LossLadderSettings
{
    /// <summary>Share of a position's entry value that it may lose.</summary>
    public long PositionStopE8 { get; init; }

    /// <summary>How long its instrument is not quoted then.</summary>
    public long PositionStopPauseNanos { get; init; }

    /// <summary>Share of the day's first equity that may be lost.</summary>
    public long DailyLossE8 { get; init; }

    /// <summary>How long it pauses.</summary>
    public long DailyPauseNanos { get; init; }

    /// <summary>Share of the day's first equity that one instrument may lose; it is held for as long.</summary>
    public long SymbolDailyLossE8 { get; init; }

    /// <summary>Share of the week's first equity that may be lost.</summary>
    public long WeeklyLossE8 { get; init; }

    /// <summary>How long it pauses.</summary>
    public long WeeklyPauseNanos { get; init; }

    /// <summary>Share of the peak by which equity may be below it.</summary>
    public long DrawdownE8 { get; init; }

    /// <summary>Instruments that may be held at a time.</summary>
    public int OpenPositionsMax { get; init; }

    /// <summary>Requests that the venue may fail within a minute, less one.</summary>
    public int ApiErrorsPerMinute { get; init; }

    /// <summary>Creates and amends that it may refuse within a minute, less one.</summary>
    public int RejectsPerMinute { get; init; }

    /// <summary>How long it only reduces after either.</summary>
    public long RequestPauseNanos { get; init; }

    /// <summary>Mean move against the fills of a side, as a share of the price.</summary>
    public long MarkOutLossE8 { get; init; }

    /// <summary>How long the instrument is not quoted then.</summary>
    public long MarkOutPauseNanos { get; init; }

    /// <summary>Longest time without a view of the market.</summary>
    public long SlowThreadSilentNanos { get; init; }

    /// <summary>Least confidence of what runs beside, in 1e-8.</summary>
    public long ModelConfidenceMinE8 { get; init; }

    /// <summary>How long it may be below that.</summary>
    public long ModelConfidenceNanos { get; init; }

    /// <summary>Whether there is any limit.</summary>
    public bool HasLimits =>
        (PositionStopE8 | DailyLossE8 | SymbolDailyLossE8 | WeeklyLossE8 | DrawdownE8 | (long)OpenPositionsMax | (long)ApiErrorsPerMinute | (long)RejectsPerMinute | MarkOutLossE8 | SlowThreadSilentNanos | ModelConfidenceMinE8) != 0;
}
