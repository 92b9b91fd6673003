using LatencyEngine.Strategist;

namespace LatencyEngine.Host;

/// <summary>Section <c>hybrid</c>: the daily forecast and what is made of it, in profiles whose <c>signal</c> is hybrid (docs/concepts/strategist.md).</summary>
public sealed record HybridConfiguration
{
    /// <summary>The symbol that the forecast is of; one of those traded.</summary>
    public required string Symbol { get; init; }

    /// <summary>Full path of the daily closes: date and close, a row a day.</summary>
    public required string DailyCloses { get; init; }

    /// <summary>Whether the forecast's members weigh by their skill, none where they have none; else they are equal, as the plan has them.</summary>
    public required bool IsWeighted { get; init; }

    /// <summary>Logic time between two looks, s; 1 to a day.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Age at which a forecast is made anew, hours; 1 to 168.</summary>
    public required int ForecastRefreshHours { get; init; }

    /// <summary>Shift of the quotes at a full score, ticks; the engine takes no more than <c>biasMaxTicks</c>.</summary>
    public required double ShiftTicks { get; init; }

    /// <summary>How long a position may be entered, s; 1 to a day.</summary>
    public required int EntrySeconds { get; init; }

    /// <summary>The score and the trades.</summary>
    public required HybridSettings Settings { get; init; }
}
