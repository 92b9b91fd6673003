using LatencyEngine.Model;

namespace LatencyEngine.Book.Tests;

/// <summary>The slow obvious twin: two dictionaries from price to quantity, and the rules of Bybit V5, 6.1 as they are written.</summary>
internal sealed class NaiveBook(int levelsPerSideMax)
{
    private long _updateId;

    public Dictionary<long, long> Bids { get; } = [];

    public Dictionary<long, long> Asks { get; } = [];

    public bool IsUsable { get; private set; }

    public BookChange Apply(BookDelta message)
    {
        if (message.IsSnapshot)
        {
            if (message.Depth == 1 && IsUsable && message.UpdateId == _updateId) return BookChange.Heartbeat;
            Bids.Clear();
            Asks.Clear();
        }
        else if (!IsUsable)
        {
            return BookChange.AwaitingSnapshot;
        }
        else if (message.UpdateId - _updateId != 1)
        {
            return Drop(BookChange.Gap);
        }

        Merge(Bids, message.Bids.AsSpan(0, message.BidCount));
        Merge(Asks, message.Asks.AsSpan(0, message.AskCount));
        _updateId = message.UpdateId;
        IsUsable = true;
        if (Bids.Count > levelsPerSideMax || Asks.Count > levelsPerSideMax) return Drop(BookChange.TooDeep);
        if (Bids.Count > 0 && Asks.Count > 0 && Bids.Keys.Max() >= Asks.Keys.Min()) return Drop(BookChange.Crossed);
        return message.IsSnapshot ? BookChange.Snapshot : BookChange.Updated;
    }

    private static void Merge(Dictionary<long, long> side, ReadOnlySpan<BookLevel> levels)
    {
        foreach (BookLevel level in levels)
        {
            if (level.Qty.Lots == 0) side.Remove(level.Price.Ticks);
            else side[level.Price.Ticks] = level.Qty.Lots;
        }
    }

    private BookChange Drop(BookChange why)
    {
        IsUsable = false;
        Bids.Clear();
        Asks.Clear();
        return why;
    }
}
