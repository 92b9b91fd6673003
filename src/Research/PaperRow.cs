namespace LatencyEngine.Research;

/// <summary>One strategy of the paper's experiment: what came out here, and what was published.</summary>
public sealed record PaperRow
{
    /// <summary>Risk aversion, in 1 / (price x unit).</summary>
    public required double Gamma { get; init; }

    /// <summary><c>inventory</c> or <c>symmetric</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>How the spread was read: <c>full</c>, formula (30), or <c>constant</c>, the part of it that does not depend on time.</summary>
    public required string SpreadReading { get; init; }

    /// <summary>Total spread, mean of the steps; the same on every path.</summary>
    public required double Spread { get; init; }

    /// <summary>Mean profit of the paths.</summary>
    public required double Profit { get; init; }

    /// <summary>Standard deviation of the profit over the paths.</summary>
    public required double StdProfit { get; init; }

    /// <summary>Mean inventory at the end, in units.</summary>
    public required double FinalQ { get; init; }

    /// <summary>Standard deviation of the inventory at the end over the paths.</summary>
    public required double StdFinalQ { get; init; }

    /// <summary>Standard error of <see cref="Profit"/>.</summary>
    public required double StderrProfit { get; init; }

    /// <summary>Standard error of <see cref="StdProfit"/>.</summary>
    public required double StderrStdProfit { get; init; }

    /// <summary>Standard error of <see cref="FinalQ"/>.</summary>
    public required double StderrFinalQ { get; init; }

    /// <summary>Standard error of <see cref="StdFinalQ"/>.</summary>
    public required double StderrStdFinalQ { get; init; }

    /// <summary>Where <see cref="Published"/> is from.</summary>
    public required string Source { get; init; }

    /// <summary>What was published; for both readings of a spread the same.</summary>
    public required PublishedFigures Published { get; init; }
}
