using System.Globalization;

namespace LatencyEngine.Simulator;

/// <summary>The recorded book of one symbol: what the public stream displayed last, less what the account's own taker fills took from it.</summary>
internal sealed class MarketBook : IBookLevels
{
    private readonly SortedDictionary<decimal, Level> _bids = new(Comparer<decimal>.Create((left, right) => right.CompareTo(left)));
    private readonly SortedDictionary<decimal, Level> _asks = [];
    private int _depth;

    /// <summary>The topic the book is built from; empty before its first snapshot.</summary>
    public string TopicName { get; private set; } = "";

    public long UpdateId { get; private set; }

    public long Sequence { get; private set; }

    public long MatchedMillis { get; private set; }

    public bool HasSnapshot => TopicName.Length > 0;

    /// <summary>Best displayed prices; null for an empty side.</summary>
    public (decimal? Bid, decimal? Ask) Displayed => (First(_bids), First(_asks));

    /// <summary>The middle of the displayed best prices; null unless both sides are there.</summary>
    public decimal? Mid => Displayed is ({ } bid, { } ask) ? (bid + ask) / 2m : null;

    /// <summary>Applies a book frame (Bybit V5, 6.1). Only the deepest recorded topic counts: others of the same symbol show less of the same book.</summary>
    public void Apply(MarketFrame frame)
    {
        if (frame.TopicName != TopicName)
        {
            int depth = int.Parse(frame.TopicName.Split('.')[1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (!frame.IsSnapshot || depth <= _depth) return;
            TopicName = frame.TopicName;
            _depth = depth;
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
        SortedDictionary<decimal, Level> side = bidSide ? _bids : _asks;
        if (side.TryGetValue(price, out Level? level)) return level.Displayed;
        if (side.Count == 0) return null;
        decimal worst = side.Keys.Last();
        return (bidSide ? price > worst : price < worst) ? 0m : null;
    }

    /// <summary>Levels of one side that still have quantity to take, best first.</summary>
    public IEnumerable<(decimal Price, decimal Available)> Available(bool bidSide) =>
        (bidSide ? _bids : _asks).Where(pair => pair.Value.Displayed > pair.Value.Taken).Select(pair => (pair.Key, pair.Value.Displayed - pair.Value.Taken));

    /// <summary>Takes quantity from a level; it stays taken until the stream updates that level.</summary>
    public void Take(bool bidSide, decimal price, decimal qty) => (bidSide ? _bids : _asks)[price].Taken += qty;

    /// <summary>Displayed levels of one side, best first.</summary>
    public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => (bidSide ? _bids : _asks).Select(pair => (pair.Key, pair.Value.Displayed));

    private static void Set(SortedDictionary<decimal, Level> side, decimal price, decimal qty)
    {
        if (qty == 0) side.Remove(price);
        else side[price] = new Level { Displayed = qty };
    }

    private static decimal? First(SortedDictionary<decimal, Level> side)
    {
        foreach (decimal price in side.Keys) return price;
        return null;
    }

    private sealed class Level
    {
        public required decimal Displayed { get; init; }

        public decimal Taken { get; set; }
    }
}
