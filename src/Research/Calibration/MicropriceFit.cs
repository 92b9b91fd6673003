using LatencyEngine.Book;

namespace LatencyEngine.Research;

/// <summary>The microprice of Stoikov (2018) by spread and imbalance, fitted to the changes from one book message to the next. docs/models.md, 2.6.</summary>
public sealed record MicropriceFit
{
    /// <summary>Buckets of the spread: 1 tick, 2 ticks and so on, the last one for all that is wider.</summary>
    public const int SpreadBuckets = 3;

    /// <summary>Buckets of the imbalance, of equal width.</summary>
    public const int ImbalanceBuckets = 5;

    /// <summary>Largest move of the mid that counts in full: one print through an empty book must not speak for its state.</summary>
    public const int MoveTicksMax = 10;

    /// <summary>By spread, then by imbalance, as in <see cref="MicropriceTable"/>; empty when there is no fit.</summary>
    public required IReadOnlyList<MicropriceState> States { get; init; }

    /// <summary>Why there is no fit; null when there is one.</summary>
    public required string? Rejected { get; init; }

    /// <summary>Fits the table.</summary>
    /// <param name="books">Tops in the order of time.</param>
    internal static MicropriceFit Of(IReadOnlyList<BookPoint> books)
    {
        MicropriceTransitions[] blocks = [.. Enumerable.Range(0, Jackknife.Blocks).Select(_ => new MicropriceTransitions(SpreadBuckets, ImbalanceBuckets, 2 * MoveTicksMax))];
        for (int i = 1; i < books.Count; i++)
        {
            if (books[i - 1].IsUsable && books[i].IsUsable) blocks[Jackknife.BlockOf(i, books.Count)].Add(books[i - 1].Top, books[i].Top);
        }

        var all = new MicropriceTransitions(SpreadBuckets, ImbalanceBuckets, 2 * MoveTicksMax);
        foreach (MicropriceTransitions block in blocks) all.Add(block, 1);
        if (all.Solve() is not { } whole) return new MicropriceFit { States = [], Rejected = "the mid hardly moves: some states never lead to a change of it" };

        double[]?[] leftOut = [.. blocks.Select(Without)];
        return new MicropriceFit
        {
            States = [.. whole.Select((adjustment, state) => new MicropriceState(
                (state / ImbalanceBuckets) + 1,
                state % ImbalanceBuckets / (double)ImbalanceBuckets,
                ((state % ImbalanceBuckets) + 1) / (double)ImbalanceBuckets,
                all.Changes(state),
                Interval(adjustment, state)))],
            Rejected = null,
        };

        // Of a state that was never seen nothing is known; 0 is what the table says there, the mid.
        Estimate Interval(double adjustment, int state) =>
            all.Changes(state) == 0 ? new Estimate(adjustment, null, null) : Jackknife.Of(adjustment, [.. leftOut.Select(fit => fit?[state] ?? double.NaN)]);

        double[]? Without(MicropriceTransitions block)
        {
            var rest = new MicropriceTransitions(SpreadBuckets, ImbalanceBuckets, 2 * MoveTicksMax);
            rest.Add(all, 1);
            rest.Add(block, -1);
            return rest.Solve();
        }
    }
}
