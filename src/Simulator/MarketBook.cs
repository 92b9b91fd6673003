using System.Globalization;

namespace LatencyEngine.Simulator;

/// <summary>The recorded book of one symbol: what the public stream displayed last, less what the clients' taker fills took from it a while ago at most.</summary>
/// <param name="takenNanos">How long taken quantity stays taken, ns: the recorded market, which knows nothing of it, goes on to display it.</param>
internal sealed class MarketBook(long takenNanos) : IBookLevels
{
    // Lists: the worst level is asked for at every order, and best first they grow at their end.
    private readonly SortedList<decimal, decimal> _bids = new(Comparer<decimal>.Create((left, right) => right.CompareTo(left)));
    private readonly SortedList<decimal, decimal> _asks = [];
    private readonly List<Taken> _takenBids = [];
    private readonly List<Taken> _takenAsks = [];
    private int _depth;

    /// <summary>The topic the book is built from; empty before its first snapshot.</summary>
    public string TopicName { get; private set; } = "";

    public long UpdateId { get; private set; }

    public long Sequence { get; private set; }

    public long MatchedMillis { get; private set; }

    public bool HasSnapshot => TopicName.Length > 0;

    /// <summary>Nothing can be traded with: the live market behind it is lost, or has not been heard yet. A snapshot ends it.</summary>
    public bool IsAway { get; private set; }

    /// <summary>Best displayed prices; null for an empty side.</summary>
    public (decimal? Bid, decimal? Ask) Displayed => (First(_bids), First(_asks));

    /// <summary>The market behind it is lost: what it displayed is not known any more.</summary>
    public void Clear()
    {
        IsAway = true;
        TopicName = "";
        _depth = 0;
        _bids.Clear();
        _asks.Clear();
        _takenBids.Clear();
        _takenAsks.Clear();
    }

    /// <summary>Applies a book frame (Bybit V5, 6.1). Only the deepest recorded topic counts: others of the same symbol show less of the same book.</summary>
    public void Apply(MarketFrame frame)
    {
        if (frame.TopicName != TopicName)
        {
            int depth = int.Parse(frame.TopicName.Split('.')[1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (!frame.IsSnapshot || depth <= _depth) return;
            TopicName = frame.TopicName;
            _depth = depth;
            IsAway = false;
        }

        if (frame.IsSnapshot)
        {
            _bids.Clear();
            _asks.Clear();
        }

        foreach ((decimal price, decimal qty) in frame.Bids) Set(_bids, price, qty);
        foreach ((decimal price, decimal qty) in frame.Asks) Set(_asks, price, qty);
        UpdateId = frame.UpdateId;
        Sequence = frame.Sequence;
        MatchedMillis = frame.MatchedMillis;
    }

    /// <summary>Displayed quantity at a price; null when the price lies beyond the worst level shown on its side, where nothing is known.</summary>
    public decimal? DisplayedAt(bool bidSide, decimal price)
    {
        SortedList<decimal, decimal> side = bidSide ? _bids : _asks;
        if (side.TryGetValue(price, out decimal displayed)) return displayed;
        if (side.Count == 0) return null;
        decimal worst = side.GetKeyAtIndex(side.Count - 1);
        return (bidSide ? price > worst : price < worst) ? 0m : null;
    }

    /// <summary>Levels of one side that have quantity to take now, best first.</summary>
    public IEnumerable<(decimal Price, decimal Available)> Available(bool bidSide, long nowNanos)
    {
        List<Taken> taken = bidSide ? _takenBids : _takenAsks;
        taken.RemoveAll(each => each.AtNanos + takenNanos <= nowNanos);
        return (bidSide ? _bids : _asks)
            .Select(level => (level.Key, level.Value - taken.Where(each => each.Price == level.Key).Sum(each => each.Qty)))
            .Where(level => level.Item2 > 0);
    }

    /// <summary>Takes quantity from a level.</summary>
    public void Take(bool bidSide, decimal price, decimal qty, long nowNanos) => (bidSide ? _takenBids : _takenAsks).Add(new Taken(price, qty, nowNanos));

    /// <summary>Displayed levels of one side, best first.</summary>
    public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => (bidSide ? _bids : _asks).Select(pair => (pair.Key, pair.Value));

    private static void Set(SortedList<decimal, decimal> side, decimal price, decimal qty)
    {
        if (qty == 0) side.Remove(price);
        else side[price] = qty;
    }

    private static decimal? First(SortedList<decimal, decimal> side) => side.Count == 0 ? null : side.GetKeyAtIndex(0);

    private readonly record struct Taken(decimal Price, decimal Qty, long AtNanos);
}
