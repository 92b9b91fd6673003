namespace LatencyEngine.Research;

/// <summary>One instrument under one way of quoting: means over the runs, with intervals of 95 % (Student's t over the runs; none below four). On a recording the runs differ in their latencies alone, and the intervals say nothing of another market.</summary>
public sealed record SweepRow
{
    /// <summary>Instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>quoting:model</c>.</summary>
    public required string Model { get; init; }

    /// <summary>True: the same spread, but alike on both sides whatever is held.</summary>
    public required bool IsSymmetric { get; init; }

    /// <summary>Executions a run.</summary>
    public required Estimate Fills { get; init; }

    /// <summary>Realised and unrealised P&amp;L less fees, without funding, USDT a run.</summary>
    public required Estimate NetPnl { get; init; }

    /// <summary>Of the symmetric quotes of the same model and seed, less theirs, USDT a run; null in their own row.</summary>
    public required Estimate? NetPnlLessSymmetric { get; init; }

    /// <summary>Inventory in base orders, squared, the mean over time: its variance around the target 0.</summary>
    public required Estimate InventoryVariance { get; init; }

    /// <summary>As <see cref="NetPnlLessSymmetric"/>.</summary>
    public required Estimate? InventoryVarianceLessSymmetric { get; init; }

    /// <summary>Distance of the own best quotes while both rest, ticks, the mean over time; null where never both did.</summary>
    public required Estimate? OwnSpreadTicks { get; init; }

    /// <summary>By horizon in seconds: how far the mid lies in favour of a maker fill after that time, from the fill's price, ticks, the mean over fills; null without fills.</summary>
    public required IReadOnlyDictionary<string, Estimate?> MarkOutTicks { get; init; }
}
