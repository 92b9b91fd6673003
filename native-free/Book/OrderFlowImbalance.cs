using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>Order-flow imbalance at the top of the book (Cont, Kukanov, Stoikov 2014), as a sum in which every event decays: the shape of a short-lived alpha. docs/models.md, 2.6.</summary>
/// <remarks>
/// A sum x of events e decays by dx = -zeta x dt. Times a factor fitted by <c>calibrate</c>, x is the alpha whose shift of the quotes is alpha / (zeta + theta) (docs/models.md, 2.5).
/// Thread: one owner. Allocates: never. Throws: in the constructor only. The independent numbers of e are in <c>book_series.csv</c> of the goldens.
/// </remarks>
public sealed class OrderFlowImbalance
{
    private const double NanosPerSecond = 1e9;

    private BookTop _top;
    private double _sumLots;
    private long _sumNanos;

    /// <summary>Creates a sum of 0 that waits for its first top.</summary>
    /// <param name="halfLifeSeconds">Seconds after which half of an event is left; positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public OrderFlowImbalance(double halfLifeSeconds)
    {
        if (!(halfLifeSeconds > 0) || double.IsInfinity(halfLifeSeconds)) throw new ArgumentOutOfRangeException(nameof(halfLifeSeconds), halfLifeSeconds, "the half-life must be a positive number of seconds");
        DecayPerSecond = Math.Log(2) / halfLifeSeconds;
    }

    /// <summary>zeta: ln 2 / half-life.</summary>
    public double DecayPerSecond { get; }

    /// <summary>One event: what a change of the top added to the demand less what it added to the supply, in lots.</summary>
    /// <param name="before">Top before the change, of a usable book.</param>
    /// <param name="after">Top after it.</param>
    /// <returns>1[b1 >= b0] qb1 - 1[b1 &lt;= b0] qb0 - 1[a1 &lt;= a0] qa1 + 1[a1 >= a0] qa0; above zero, buyers press.</returns>
    public static long EventLots(in BookTop before, in BookTop after)
    {
        long lots = 0;
        if (after.BidPrice >= before.BidPrice) lots += after.BidQty.Lots;
        if (after.BidPrice <= before.BidPrice) lots -= before.BidQty.Lots;
        if (after.AskPrice <= before.AskPrice) lots -= after.AskQty.Lots;
        if (after.AskPrice >= before.AskPrice) lots += before.AskQty.Lots;
        return lots;
    }

    /// <summary>Takes the top after a book message.</summary>
    /// <param name="top">Of a usable book.</param>
    /// <param name="timeNanos">Its logic time, ns; one before the last counts as the last.</param>
    public void OnTop(in BookTop top, long timeNanos)
    {
        bool isFirst = _top.BidQty.Lots == 0;
        _sumLots = isFirst ? 0 : SumLotsAt(timeNanos) + EventLots(in _top, in top);
        _sumNanos = isFirst ? timeNanos : Math.Max(_sumNanos, timeNanos);
        _top = top;
    }

    /// <summary>The decayed sum, in lots; 0 before the second top.</summary>
    /// <param name="timeNanos">Logic time of the question, ns.</param>
    public double SumLotsAt(long timeNanos)
    {
        // As ulong the difference of any two times fits; as double the times themselves would lose hundreds of nanoseconds.
        double seconds = timeNanos > _sumNanos ? (ulong)(timeNanos - _sumNanos) / NanosPerSecond : 0;
        return _sumLots * Math.Exp(-DecayPerSecond * seconds);
    }

    /// <summary>Forgets everything: the book was lost, and what happened meanwhile is not an event.</summary>
    public void Reset()
    {
        _top = default;
        _sumLots = 0;
    }
}
