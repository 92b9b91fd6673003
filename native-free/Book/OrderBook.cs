using System.Diagnostics;
using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>The L2 book of one instrument, kept from one <c>orderbook</c> topic (Bybit V5, 6.1). A book that cannot be trusted is empty: there is nothing in it to quote from.</summary>
/// <remarks>Thread: one owner. Allocates: in the constructor only, about 240 KB at 1,000 levels. Blocks, throws after construction: never.</remarks>
public sealed class OrderBook
{
    private readonly BookSide _bids;
    private readonly BookSide _asks;
    private readonly int _levelsPerSideMax;
    private BookTop _top;

    /// <summary>An empty book that awaits its first snapshot.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="levelsPerSideMax">Depth of the topic: more levels than this on a side is <see cref="BookChange.TooDeep"/>. 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is out of range.</exception>
    public OrderBook(InstrumentSpec spec, int levelsPerSideMax)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (levelsPerSideMax is < 1 or > 1_000) throw new ArgumentOutOfRangeException(nameof(levelsPerSideMax), levelsPerSideMax, $"book {spec.Symbol}: the topics have 1 to 1000 levels a side");
        Spec = spec;
        _levelsPerSideMax = levelsPerSideMax;

        // A message may insert at the top before it deletes at the bottom: the depth is checked after the whole message, so a side must hold both.
        int capacity = levelsPerSideMax + BookDelta.LevelsPerSideMax;
        _bids = new BookSide(Side.Buy, capacity);
        _asks = new BookSide(Side.Sell, capacity);
    }

    /// <summary>The instrument.</summary>
    public InstrumentSpec Spec { get; }

    /// <summary>True from a good snapshot until a gap, a crossed or too deep book, or <see cref="Invalidate"/>. A usable book may still have an empty side.</summary>
    public bool IsUsable { get; private set; }

    /// <summary><c>u</c> of the last message applied; 0 before the first.</summary>
    public long UpdateId { get; private set; }

    /// <summary><c>cts</c> of the last message applied: matching-engine time, ms since 1970; 0 before the first.</summary>
    public long MatchMillis { get; private set; }

    /// <summary>Applies one message of the book's topic.</summary>
    /// <param name="delta">The decoded message; its instrument is this book's.</param>
    /// <returns>What happened; see <see cref="BookChange"/> for which answers leave the book usable.</returns>
    public BookChange Apply(BookDelta delta)
    {
        Debug.Assert(delta.Instrument == Spec.Id, "The caller picks the book by the message's instrument.");

        if (delta.IsSnapshot) return ApplySnapshot(delta);
        if (!IsUsable) return BookChange.AwaitingSnapshot;
        if (delta.UpdateId != UpdateId + 1)
        {
            Invalidate();
            return BookChange.Gap;
        }

        _bids.Set(delta.Bids.AsSpan(0, delta.BidCount));
        _asks.Set(delta.Asks.AsSpan(0, delta.AskCount));
        return Finish(delta, BookChange.Updated);
    }

    /// <summary>Best bid and ask.</summary>
    /// <param name="top">Both quantities are positive and the bid is below the ask; default when the answer is false.</param>
    /// <returns>False when the book is unusable or a side is empty.</returns>
    public bool TryGetTop(out BookTop top)
    {
        top = _top;
        return top.BidQty.Lots != 0;
    }

    /// <summary>Levels of a side; 0 when the book is unusable.</summary>
    public int LevelCount(Side side) => Of(side).Count;

    /// <summary>One level of a side.</summary>
    /// <param name="side">Buy for bids, sell for asks.</param>
    /// <param name="index">0 is the best level.</param>
    /// <returns>The level; default (quantity 0) at and beyond <see cref="LevelCount"/>.</returns>
    public BookLevel Level(Side side, int index) => Of(side).FromBest(index);

    /// <summary>The quantity at a price; 0 when there is no such level.</summary>
    public QtyLots QtyAt(Side side, PriceTicks price) => Of(side).QtyAt(price);

    /// <summary>Empties the book until the next snapshot: the caller lost its connection or its trust.</summary>
    public void Invalidate()
    {
        IsUsable = false;
        _top = default;
        _bids.Clear();
        _asks.Clear();
    }

    private BookChange ApplySnapshot(BookDelta delta)
    {
        // u = 1 after a service restart needs no rule of its own: a snapshot replaces the book whatever the previous u was (Bybit V5, 6.1 rule 3).
        if (delta.Depth == 1 && IsUsable && delta.UpdateId == UpdateId) return BookChange.Heartbeat;

        _bids.Load(delta.Bids.AsSpan(0, delta.BidCount));
        _asks.Load(delta.Asks.AsSpan(0, delta.AskCount));
        IsUsable = true;
        return Finish(delta, BookChange.Snapshot);
    }

    private BookChange Finish(BookDelta delta, BookChange change)
    {
        UpdateId = delta.UpdateId;
        MatchMillis = delta.MatchMillis;
        _top = Top();
        if (_bids.Count > _levelsPerSideMax || _asks.Count > _levelsPerSideMax) change = BookChange.TooDeep;
        else if (_top.BidQty.Lots != 0 && _top.BidPrice >= _top.AskPrice) change = BookChange.Crossed;

        if (change is BookChange.TooDeep or BookChange.Crossed) Invalidate();
        return change;
    }

    private BookTop Top()
    {
        if (_bids.Count == 0 || _asks.Count == 0) return default;
        BookLevel bid = _bids.Best;
        BookLevel ask = _asks.Best;
        return new BookTop(bid.Price, bid.Qty, ask.Price, ask.Qty);
    }

    private BookSide Of(Side side)
    {
        Debug.Assert(side is Side.Buy or Side.Sell, "A book has a bid side and an ask side.");
        return side == Side.Buy ? _bids : _asks;
    }
}
