using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>What order-flow imbalance says about the mid of the next second (Cont, Kukanov, Stoikov 2014), judged on a part of the recording that the fit has not seen. docs/models.md, 2.6.</summary>
public sealed record OrderFlowFit
{
    /// <summary>Length of a window.</summary>
    public const double WindowSeconds = 1;

    private const long WindowNanos = 1_000_000_000;

    // The first two thirds are fitted, the last third judges.
    private const int FittedParts = 2;
    private const int Parts = 3;

    private static readonly double[] HalfLives = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

    /// <summary>Windows that were fitted.</summary>
    public required int Windows { get; init; }

    /// <summary>Later windows that the fit is judged by.</summary>
    public required int WindowsAfter { get; init; }

    /// <summary>Share of the mid's variance that the imbalance of the same window explains: high by construction, and of no use for quoting.</summary>
    public required double SameWindowR2 { get; init; }

    /// <summary>Ticks a lot of imbalance in the same window.</summary>
    public required double SameWindowTicksPerLot { get; init; }

    /// <summary>Half-life of the decaying sum that explains the next window best where it was fitted.</summary>
    public required double HalfLifeSeconds { get; init; }

    /// <summary>Expected change of the mid over the next window for a lot of the decayed sum.</summary>
    public required Estimate NextWindowTicksPerLot { get; init; }

    /// <summary>The same as an alpha now, in ticks a second a lot: what <c>alpha</c> of docs/models.md, 2.5 is for a lot of the decayed sum.</summary>
    public required double AlphaTicksPerSecondPerLot { get; init; }

    /// <summary>Share of the next window's variance explained where it was fitted.</summary>
    public required double R2InSample { get; init; }

    /// <summary>The same on the windows after: below 0 the mean of the fitted ones would have been the better forecast.</summary>
    public required double R2OutOfSample { get; init; }

    /// <summary>Fits; null where there are too few windows, or nothing moves in them.</summary>
    /// <param name="books">Tops in the order of time.</param>
    internal static OrderFlowFit? Of(IReadOnlyList<BookPoint> books)
    {
        List<Window> windows = Cut(books);
        int fitted = windows.Count * FittedParts / Parts;
        if (fitted < Jackknife.Blocks || SameWindow(windows) is not { } same) return null;

        double[] moves = [.. windows.Take(fitted).Select(window => window.NextMove)];
        (int Place, LineFit Line)? best = null;
        for (int place = 0; place < HalfLives.Length; place++)
        {
            if (LineFit.Of([.. windows.Take(fitted).Select(window => window.Sums[place])], moves) is { } line && (best is null || line.R2 > best.Value.Line.R2)) best = (place, line);
        }

        double meanMove = moves.Average();
        if (best is not (int at, LineFit fit) || moves.All(move => move == meanMove)) return null;
        double decay = Math.Log(2) / HalfLives[at];
        return new OrderFlowFit
        {
            Windows = fitted,
            WindowsAfter = windows.Count - fitted,
            SameWindowR2 = same.R2,
            SameWindowTicksPerLot = same.Slope,
            HalfLifeSeconds = HalfLives[at],
            NextWindowTicksPerLot = Jackknife.Of(fit.Slope, [.. Enumerable.Range(0, Jackknife.Blocks).Select(block => Without(windows, fitted, at, block))]),
            AlphaTicksPerSecondPerLot = fit.Slope * decay / (1 - Math.Exp(-decay * WindowSeconds)),
            R2InSample = fit.R2,
            R2OutOfSample = Judge(windows.Skip(fitted), at, fit, meanMove),
        };
    }

    private static LineFit? SameWindow(List<Window> windows) => LineFit.Of([.. windows.Select(window => (double)window.EventLots)], [.. windows.Select(window => window.Move)]);

    private static double Without(List<Window> windows, int fitted, int place, int block)
    {
        Window[] rest = [.. windows.Take(fitted).Where((_, i) => Jackknife.BlockOf(i, fitted) != block)];
        return LineFit.Of([.. rest.Select(window => window.Sums[place])], [.. rest.Select(window => window.NextMove)])?.Slope ?? double.NaN;
    }

    private static double Judge(IEnumerable<Window> after, int place, LineFit fit, double meanMove)
    {
        (double missed, double around) = (0, 0);
        foreach (Window window in after)
        {
            double miss = window.NextMove - fit.Intercept - (fit.Slope * window.Sums[place]);
            missed += miss * miss;
            around += (window.NextMove - meanMove) * (window.NextMove - meanMove);
        }

        return around == 0 ? 0 : 1 - (missed / around);
    }

    /// <summary>Cuts the recording into windows; those that a lost book touches, or whose next one is touched, are left out.</summary>
    private static List<Window> Cut(IReadOnlyList<BookPoint> books)
    {
        OrderFlowImbalance[] flows = [.. HalfLives.Select(halfLife => new OrderFlowImbalance(halfLife))];
        var ends = new List<(bool IsWhole, double MidTicks, long EventLots, double[] Sums)>();
        int first = 0;
        while (first < books.Count && !books[first].IsUsable) first++;
        if (first == books.Count) return [];
        long end = books[first].Nanos + WindowNanos;
        (BookTop top, long lots, bool isWhole) = (books[first].Top, 0, true);
        foreach (OrderFlowImbalance flow in flows) flow.OnTop(in top, books[first].Nanos);
        ends.Add((true, books[first].MidTicks, 0, new double[HalfLives.Length]));
        for (int i = first + 1; i < books.Count; i++)
        {
            for (; books[i].Nanos > end; end += WindowNanos)
            {
                ends.Add((isWhole && top.BidQty.Lots != 0, top.TwiceMidTicks * 0.5, lots, [.. flows.Select(flow => flow.SumLotsAt(end))]));
                (lots, isWhole) = (0, top.BidQty.Lots != 0);
            }

            BookTop next = books[i].Top;
            isWhole &= books[i].IsUsable;
            if (!books[i].IsUsable)
            {
                foreach (OrderFlowImbalance flow in flows) flow.Reset();
            }
            else
            {
                if (top.BidQty.Lots != 0) lots += OrderFlowImbalance.EventLots(in top, in next);
                foreach (OrderFlowImbalance flow in flows) flow.OnTop(in next, books[i].Nanos);
            }

            top = next;
        }

        var windows = new List<Window>();
        for (int i = 1; i + 1 < ends.Count; i++)
        {
            if (ends[i].IsWhole && ends[i + 1].IsWhole) windows.Add(new Window(ends[i].EventLots, ends[i].MidTicks - ends[i - 1].MidTicks, ends[i + 1].MidTicks - ends[i].MidTicks, ends[i].Sums));
        }

        return windows;
    }

    /// <summary>One window: its events and the mid's move in it, the move in the next one, and at its end the decayed sums by half-life.</summary>
    private sealed record Window(long EventLots, double Move, double NextMove, double[] Sums);
}
