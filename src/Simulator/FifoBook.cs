namespace LatencyEngine.Simulator;

/// <summary>One symbol's order book with true price-time priority, in whole ticks and lots.</summary>
/// <remarks>
/// The flow's entries and the clients' stand in the same queues. A level is a list from oldest to newest; the levels of a side lie in one sorted array with the
/// best at its end, where nearly all changes are. One thread; a new entry and a new level allocate.
/// </remarks>
internal sealed class FifoBook
{
    private readonly List<Level> _bids = [];   // rising prices: the best is the last
    private readonly List<Level> _asks = [];   // falling prices: the best is the last
    private int _bidEntries;
    private int _askEntries;

    /// <summary>Rises by one with every change: the matching engine's cross sequence. All fills of one taker share one.</summary>
    public long Sequence { get; private set; }

    /// <summary>Number of resting entries of one side.</summary>
    public int EntryCount(bool bidSide) => bidSide ? _bidEntries : _askEntries;

    /// <summary>Best price of a side, ticks; null when it is empty.</summary>
    public long? BestTicks(bool bidSide) => Side(bidSide) is { Count: > 0 } side ? side[^1].PriceTicks : null;

    /// <summary>Levels of a side with their total quantity, best first.</summary>
    public IEnumerable<(long PriceTicks, long Lots)> Levels(bool bidSide)
    {
        List<Level> side = Side(bidSide);
        for (int i = side.Count - 1; i >= 0; i--) yield return (side[i].PriceTicks, side[i].Lots);
    }

    /// <summary>Total quantity resting at a price, lots.</summary>
    public long LotsAt(bool bidSide, long priceTicks) => Find(bidSide, priceTicks, out int index) ? Side(bidSide)[index].Lots : 0;

    /// <summary>Resting entries at a price, oldest first.</summary>
    public IEnumerable<FifoEntry> EntriesAt(bool bidSide, long priceTicks)
    {
        if (!Find(bidSide, priceTicks, out int index)) yield break;
        for (FifoEntry? entry = Side(bidSide)[index].First; entry is not null; entry = entry.Next) yield return entry;
    }

    /// <summary>Quantity that is served before a resting entry at its own price, lots.</summary>
    public static long LotsAhead(FifoEntry entry)
    {
        long ahead = 0;
        for (FifoEntry? other = entry.Previous; other is not null; other = other.Previous) ahead += other.Lots;
        return ahead;
    }

    /// <summary>Rests a quantity at the back of the queue at its price.</summary>
    /// <exception cref="InvalidOperationException">The price crosses the other side: what crosses is taken first.</exception>
    public FifoEntry Add(bool isBuy, long priceTicks, long lots, VenueOrder? order = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lots);
        if (BestTicks(!isBuy) is { } opposite && Reaches(isBuy, priceTicks, opposite))
        {
            throw new InvalidOperationException($"a {(isBuy ? "bid" : "ask")} at {priceTicks} ticks crosses the other side at {opposite}");
        }

        var entry = new FifoEntry(isBuy, priceTicks, lots, order);
        List<Level> side = Side(isBuy);
        if (!Find(isBuy, priceTicks, out int index)) side.Insert(index, new Level(priceTicks));
        side[index].Append(entry);
        Count(isBuy, 1);
        Sequence++;
        return entry;
    }

    /// <summary>Takes a resting entry out.</summary>
    public void Remove(FifoEntry entry) => Reduce(entry, entry.Lots);

    /// <summary>Shrinks a resting entry; it keeps its place, and leaves when nothing is left.</summary>
    /// <param name="entry">A resting entry of this book.</param>
    /// <param name="lots">By how much, above zero and at most what rests.</param>
    public void Reduce(FifoEntry entry, long lots)
    {
        Fill(entry, lots);
        Sequence++;
    }

    /// <summary>What a taker would get within its limit, lots, counted up to what it wants.</summary>
    public long Available(bool takerBuys, long limitTicks, long wantedLots)
    {
        long available = 0;
        List<Level> side = Side(!takerBuys);
        for (int i = side.Count - 1; i >= 0 && available < wantedLots && Reaches(takerBuys, limitTicks, side[i].PriceTicks); i--) available += side[i].Lots;
        return Math.Min(available, wantedLots);
    }

    /// <summary>Fills a taker: best price first, oldest first at a price.</summary>
    /// <param name="takerBuys">Side of the taker.</param>
    /// <param name="limitTicks">Worst price that it accepts.</param>
    /// <param name="lots">What it wants.</param>
    /// <param name="fills">The fills are added to it in order.</param>
    /// <returns>What it got, lots.</returns>
    public long Take(bool takerBuys, long limitTicks, long lots, List<FifoFill> fills)
    {
        List<Level> side = Side(!takerBuys);
        long left = lots;
        while (left > 0 && side.Count > 0 && Reaches(takerBuys, limitTicks, side[^1].PriceTicks))
        {
            FifoEntry maker = side[^1].First!;
            long filled = Math.Min(left, maker.Lots);
            Reduce(maker, filled, side.Count - 1);
            left -= filled;
            fills.Add(new FifoFill(maker, maker.PriceTicks, filled));
        }

        if (left < lots) Sequence++;
        return lots - left;
    }

    /// <summary>A taker begins to take what was planned: its fills share one sequence.</summary>
    public void BeginTaker() => Sequence++;

    /// <summary>Fills a part of a resting entry for the taker that has begun.</summary>
    /// <param name="entry">A resting entry of this book.</param>
    /// <param name="lots">By how much, above zero and at most what rests.</param>
    public void Fill(FifoEntry entry, long lots)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lots, entry.Lots);
        if (!Find(entry.IsBuy, entry.PriceTicks, out int index)) throw new InvalidOperationException($"no level at {entry.PriceTicks} ticks");
        Reduce(entry, lots, index);
    }

    private static bool Reaches(bool isBuy, long limitTicks, long oppositeTicks) => isBuy ? limitTicks >= oppositeTicks : limitTicks <= oppositeTicks;

    private List<Level> Side(bool bidSide) => bidSide ? _bids : _asks;

    private void Reduce(FifoEntry entry, long lots, int levelIndex)
    {
        List<Level> side = Side(entry.IsBuy);
        Level level = side[levelIndex];
        level.Lots -= lots;
        entry.Lots -= lots;
        if (entry.Lots > 0) return;
        level.Unlink(entry);
        Count(entry.IsBuy, -1);
        if (level.First is null) side.RemoveAt(levelIndex);
    }

    private void Count(bool isBuy, int change)
    {
        if (isBuy) _bidEntries += change;
        else _askEntries += change;
    }

    /// <summary>Index of the level at a price, or where it belongs.</summary>
    private bool Find(bool bidSide, long priceTicks, out int index)
    {
        List<Level> side = Side(bidSide);
        int sign = bidSide ? 1 : -1;
        int low = 0;
        int high = side.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sign * side[middle].PriceTicks < sign * priceTicks) low = middle + 1;
            else high = middle;
        }

        index = low;
        return low < side.Count && side[low].PriceTicks == priceTicks;
    }

    private sealed class Level(long priceTicks)
    {
        private FifoEntry? _last;

        public long PriceTicks { get; } = priceTicks;

        public long Lots { get; set; }

        public FifoEntry? First { get; private set; }

        public void Append(FifoEntry entry)
        {
            entry.Previous = _last;
            if (_last is null) First = entry;
            else _last.Next = entry;
            _last = entry;
            Lots += entry.Lots;
        }

        public void Unlink(FifoEntry entry)
        {
            if (entry.Previous is null) First = entry.Next;
            else entry.Previous.Next = entry.Next;
            if (entry.Next is null) _last = entry.Previous;
            else entry.Next.Previous = entry.Previous;
            entry.Previous = entry.Next = null;
        }
    }
}
