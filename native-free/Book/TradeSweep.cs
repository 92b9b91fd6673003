using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>Takers that go through several levels of the book at once, told by the public trades: they come before the book that shows what is left.</summary>
/// <remarks>
/// <para>A burst is the trades of one taker side with one match time, also over several messages. Its levels are its first price and each further one that lies beyond all before it, up for buyers and down for sellers.
/// What did not meet the displayed book, block trades and retail price improvement, does not count (docs/models.md, 2.10).</para>
/// <para>A trade costs O(1). Thread: one owner. Allocates: never. Throws: in the constructor only.</para>
/// </remarks>
public sealed class TradeSweep
{
    private readonly int _levels;
    private readonly long _holdNanos;
    private Burst _buys;
    private Burst _sells;
    private long _holdsUntilNanos = long.MinValue;

    /// <summary>Creates one that has seen nothing.</summary>
    /// <param name="levels">Levels of a burst that make it a sweep, 2 or more.</param>
    /// <param name="holdNanos">How long a sweep holds, nanoseconds of logic time; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public TradeSweep(int levels, long holdNanos)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(holdNanos);
        _levels = levels;
        _holdNanos = holdNanos;
    }

    /// <summary>Takes the trades of one message.</summary>
    /// <param name="trades">In ascending match time.</param>
    /// <param name="nowNanos">Logic time of the message.</param>
    /// <returns>True when a sweep was among them, or went on.</returns>
    public bool OnTrades(TradeBatch trades, long nowNanos)
    {
        bool isSweep = false;
        foreach (ref readonly Trade trade in trades.Trades.AsSpan(0, trades.Count))
        {
            if (trade.IsBlockTrade || trade.IsRpi || trade.TakerSide == Side.Unset) continue;
            ref Burst burst = ref trade.TakerSide == Side.Buy ? ref _buys : ref _sells;
            bool isNewLevel = burst.Add(in trade);
            isSweep |= isNewLevel && burst.Levels >= _levels;
        }

        if (isSweep) _holdsUntilNanos = nowNanos + _holdNanos;
        return isSweep;
    }

    /// <summary>Whether the newest sweep still holds. Each further level of it, and each further sweep, begins the time anew.</summary>
    /// <param name="nowNanos">Logic time, not before that of the last message.</param>
    public bool HoldsAt(long nowNanos) => nowNanos < _holdsUntilNanos;

    /// <summary>The trades of one side at one match time.</summary>
    private struct Burst
    {
        private long _matchMillis;
        private PriceTicks _furthest;

        /// <summary>Levels so far.</summary>
        public int Levels { get; private set; }

        /// <summary>Takes a trade; true when it is a level further.</summary>
        public bool Add(in Trade trade)
        {
            bool isFirst = Levels == 0 || trade.MatchMillis != _matchMillis;
            if (!isFirst && (trade.Price.Ticks - _furthest.Ticks) * trade.TakerSide.Sign <= 0) return false;
            Levels = isFirst ? 1 : Levels + 1;
            _matchMillis = trade.MatchMillis;
            _furthest = trade.Price;
            return true;
        }
    }
}
