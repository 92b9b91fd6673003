using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>Where a resting order stands in the queue at its price, from public data: at most so much is ahead of it (docs/models.md, 2.9).</summary>
/// <remarks>
/// What was displayed when it came to rest, less what has traded at the price since, and never more than is displayed: who cancels is taken to be behind it while anybody can be.
/// Where the venue displays the order itself, as Bybit does and a recording does not, the bound is wider by its own quantity and still holds.
/// </remarks>
internal struct QueuePlace
{
    private long _aheadLots;
    private long _displayedLots;
    private long _sinceMillis;

    /// <summary>The book has been looked at since the order came to rest.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Most that can be ahead, in lots; 0 while unknown.</summary>
    public readonly long AheadLots => _aheadLots;

    /// <summary>Lots that the place is ahead of the back of a queue; 0 while unknown.</summary>
    /// <param name="displayed">Length of that queue.</param>
    public readonly long LeadLots(QtyLots displayed) => IsKnown ? Math.Max(0, displayed.Lots - _aheadLots) : 0;

    /// <summary>As <see cref="LeadLots"/>, over the back of the order's own queue.</summary>
    public readonly long LeadAtItsPriceLots => LeadLots(new QtyLots(_displayedLots));

    /// <summary>The order has come to rest at the back, at a moment of the venue's time in ms.</summary>
    public void Join(long atMillis) => this = new QueuePlace { _sinceMillis = atMillis };

    /// <summary>It was filled in part: nobody is ahead of it.</summary>
    public void ReachFront() => _aheadLots = 0;

    /// <summary>The book at its price.</summary>
    public void See(QtyLots displayed)
    {
        _displayedLots = displayed.Lots;
        _aheadLots = IsKnown ? Math.Min(_aheadLots, displayed.Lots) : displayed.Lots;
        IsKnown = true;
    }

    /// <summary>A trade that met its side of the book.</summary>
    /// <param name="trade">From the book, at any price.</param>
    /// <param name="beyondTicks">How far its price is beyond the order's, as the taker sees it: 0 at the order's price, negative before it.</param>
    public void OnTrade(in Trade trade, long beyondTicks)
    {
        // One of the millisecond in which the order came to rest may be older than the order.
        if (!IsKnown || beyondTicks < 0 || trade.MatchMillis <= _sinceMillis) return;
        _aheadLots = beyondTicks > 0 ? 0 : Math.Max(0, _aheadLots - trade.Qty.Lots);
    }
}
