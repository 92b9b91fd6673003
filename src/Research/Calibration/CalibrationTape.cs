using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.Research;

/// <summary>What a recording says about one instrument, as the fits take it: tops of the book and public trades in the order and at the times they were received, which is all that a maker could know.</summary>
internal sealed class CalibrationTape
{
    // A V5 book speaks at least every 3 s (depth 1; Bybit V5, 6.1): longer silence is a hole in the recording, not a market that stands still.
    private const long SilenceMaxNanos = 10_000_000_000;

    private readonly List<BookPoint> _books = [];
    private readonly List<(long Nanos, Side TakerSide, long PriceTicks)> _trades = [];
    private readonly OrderBook _book;
    private int _depth;

    public CalibrationTape(InstrumentSpec spec)
    {
        Spec = spec;
        _book = new OrderBook(spec, levelsPerSideMax: 1_000);
    }

    public InstrumentSpec Spec { get; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<BookPoint> Books => _books;

    /// <summary>In the order of time, without those that never fill a resting order.</summary>
    public IReadOnlyList<(long Nanos, Side TakerSide, long PriceTicks)> Trades => _trades;

    /// <summary>True once the book had both sides.</summary>
    public bool HasBook => _books.Exists(book => book.IsUsable);

    /// <summary>From the first usable book to the last message.</summary>
    public double Seconds => HasBook ? (LastNanos - _books.Find(book => book.IsUsable).Nanos) / 1e9 : 0;

    public long LastNanos => Math.Max(_books.Count > 0 ? _books[^1].Nanos : 0, _trades.Count > 0 ? _trades[^1].Nanos : 0);

    /// <summary>A message of the book; of several depths the first that came counts, as in the engine.</summary>
    public void OnBook(BookDelta delta, long nanos)
    {
        if (_depth == 0) _depth = delta.Depth;
        if (delta.Depth != _depth) return;
        _book.Apply(delta);
        _book.TryGetTop(out BookTop top);
        Add(top, nanos);
    }

    public void OnTrades(TradeBatch batch, long nanos)
    {
        foreach (ref readonly Trade trade in batch.Trades.AsSpan(0, batch.Count))
        {
            if (!trade.IsBlockTrade) Add(trade.TakerSide, trade.Price.Ticks, nanos);
        }
    }

    public void Add(BookTop top, long nanos)
    {
        if (_books.Count > 0 && nanos - _books[^1].Nanos > SilenceMaxNanos) _books.Add(new BookPoint(_books[^1].Nanos + SilenceMaxNanos, default));
        _books.Add(new BookPoint(nanos, top));
    }

    public void Add(Side takerSide, long priceTicks, long nanos) => _trades.Add((nanos, takerSide, priceTicks));
}
