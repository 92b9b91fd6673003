namespace LatencyEngine.Quoting;

/// <summary>What came of solving an <see cref="InventoryProblem"/>.</summary>
public enum SolveStatus
{
    /// <summary>Not solved yet.</summary>
    Unset = 0,

    /// <summary>The table holds the quotes.</summary>
    Solved,

    /// <summary>A number of the problem, the bound on inventory or the horizon is not within its range.</summary>
    OutOfRange,

    /// <summary>The horizon is so long that the work has no bound worth the name; the endless horizon gives the same quotes.</summary>
    HorizonTooLong,

    /// <summary>The quotes at the largest inventories lie beyond what floats can tell apart, or a table can hold: use a smaller bound on inventory.</summary>
    BeyondPrecision,
}
