using LatencyEngine.Strategist;

namespace LatencyEngine.Host;

/// <summary>Section <c>metaLabel</c>: the trend signal on hourly candles, the model that judges it, and what is made of both, in profiles whose <c>signal</c> is meta-label (docs/concepts/meta-label.md).</summary>
public sealed record MetaLabelConfiguration
{
    /// <summary>Full path of the model's folder; it may hold one folder a symbol, named after it. Null for none.</summary>
    public required string? Model { get; init; }

    /// <summary>Whether a model is acted on whose own test has found no edge.</summary>
    public required bool TradeWithoutEdge { get; init; }

    /// <summary>Full path of each symbol's hourly candles of the past, a CSV or a history; a symbol with none begins with what it hears.</summary>
    public required IReadOnlyDictionary<string, string?> HourlyCandles { get; init; }

    /// <summary>Logic time between two looks, s; 1 to an hour.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Shift of the quotes at a full bias, ticks; the engine takes no more than <c>biasMaxTicks</c>.</summary>
    public required double ShiftTicks { get; init; }

    /// <summary>How long after the close of its candle a signal is acted on, and a position may be entered, s; 1 to an hour.</summary>
    public required int EntrySeconds { get; init; }

    /// <summary>The trades.</summary>
    public required MetaLabelSettings Settings { get; init; }
}
