using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>The levels of one side. Those near the best price lie in a window of consecutive ticks, one quantity a tick, with a mark that says whether the tick has a level; those far behind it lie in a sorted array.</summary>
/// <remarks>
/// A price's rank is its ticks for bids and its negative ticks for asks, so better prices rank higher on both sides. The best level is always in the window, and whatever lies outside ranks below it.
/// The window moves when the best price leaves it or comes near its lower end while levels lie outside; that costs one pass over the levels.
/// Prices are within ±2^53 ticks, as where bytes enter. Thread: the book's owner. Allocates: in the constructor only, and touches there what it will use.
/// </remarks>
internal sealed class BookSide
{
    /// <summary>Ticks of the window: 64 KB of quantities, of which only the lines with levels are ever touched.</summary>
    private const int WindowTicks = 8_192;

    /// <summary>Where the best level comes to lie when the window moves: levels stretch out behind it, so there the room is.</summary>
    private const int CentreIndex = 6_144;

    /// <summary>A best level below this, with levels outside, moves the window.</summary>
    private const int LowIndex = 2_048;

    private const int WordBits = 64;
    private const int NoIndex = -1;

    private readonly int _sign;
    private readonly long[] _lots = new long[WindowTicks];              // by rank above the bottom; means something only where there is a mark
    private readonly sbyte[] _marks = new sbyte[WindowTicks];           // -1 where there is a level, else 0
    private readonly BookLevel[] _far;                                  // all below the window, the best last
    private int _farCount;
    private long _bottomRank;
    private int _bestIndex = NoIndex;

    /// <summary>An empty side.</summary>
    /// <param name="side">Buy for bids, sell for asks.</param>
    /// <param name="capacity">Most levels at any moment.</param>
    public BookSide(Side side, int capacity)
    {
        _sign = side.Sign;
        _far = new BookLevel[capacity];
        _lots.AsSpan().Clear();
        _marks.AsSpan().Clear();
        _far.AsSpan().Clear();
    }

    public int Count { get; private set; }

    /// <summary>The best level; the side is not empty.</summary>
    public BookLevel Best => Near(_bestIndex);

    /// <summary>The level at a distance from the best one; default beyond the last.</summary>
    public BookLevel FromBest(int index)
    {
        if ((uint)index >= (uint)Count) return default;
        int farIndex = Count - 1 - index;
        if (farIndex < _farCount) return _far[farIndex];
        int word = _bestIndex / WordBits;
        ulong bits = Levels(word);
        int better = index;
        for (int levels = BitOperations.PopCount(bits); levels <= better; levels = BitOperations.PopCount(bits))
        {
            better -= levels;
            bits = Levels(--word);
        }

        for (; better > 0; better--) bits ^= 1UL << BitOperations.Log2(bits);
        return Near((word * WordBits) + BitOperations.Log2(bits));
    }

    public QtyLots QtyAt(PriceTicks price)
    {
        long rank = _sign * price.Ticks;
        long index = rank - _bottomRank;
        if ((ulong)index < WindowTicks) return HasLevel((int)index) ? new QtyLots(_lots[index]) : default;
        int at = FirstFarNotWorse(rank);
        return at < _farCount && _far[at].Price == price ? _far[at].Qty : default;
    }

    public void Clear()
    {
        _marks.AsSpan().Clear();
        _bestIndex = NoIndex;
        _farCount = 0;
        Count = 0;
    }

    /// <summary>Replaces all levels; of a price that is there twice the later one counts. Any order is right; sorted with the best first, as snapshots come, nothing has to move.</summary>
    public void Load(ReadOnlySpan<BookLevel> levels)
    {
        Clear();
        if (levels.IsEmpty) return;
        _bottomRank = Rank(in levels[0]) - CentreIndex;
        int near = levels.Length;
        long worse = long.MinValue;
        while (near > 0 && Rank(in levels[near - 1]) is long rank && rank < _bottomRank && rank > worse)
        {
            worse = rank;
            near--;
        }

        Set(levels[..near]);
        for (int i = levels.Length - 1; i >= near; i--) Set(levels.Slice(i, 1));   // each lies above the one before, so none is there twice
    }

    /// <summary>Sets the quantities of some prices, one after the other: inserts, replaces, or with zero deletes; deleting what is not there does nothing.</summary>
    public void Set(ReadOnlySpan<BookLevel> levels)
    {
        for (int done = SetInside(levels); ; done += SetInside(levels[done..]))
        {
            Settle();
            if (done == levels.Length) return;
            SetOutside(in levels[done++]);
        }
    }

    /// <summary>The same up to the first level outside the window; the best one is not named again.</summary>
    /// <returns>Levels set.</returns>
    /// <remarks>It calls nothing: a call in the loop, even one that is never made, would keep most of its variables in memory.</remarks>
    private int SetInside(ReadOnlySpan<BookLevel> levels)
    {
        ref long lotsOfIndex = ref MemoryMarshal.GetArrayDataReference(_lots);
        ref sbyte marks = ref MemoryMarshal.GetArrayDataReference(_marks);
        long sign = _sign;
        long bottomRank = _bottomRank;
        long highest = _bestIndex;
        int count = Count;
        ref BookLevel first = ref MemoryMarshal.GetReference(levels);
        ref BookLevel end = ref Unsafe.Add(ref first, levels.Length);
        ref BookLevel level = ref first;
        for (; Unsafe.IsAddressLessThan(ref level, ref end); level = ref Unsafe.Add(ref level, 1))
        {
            long lots = level.Qty.Lots;
            Debug.Assert(lots >= 0, "Quantities are checked where bytes enter.");
            long index = (sign * level.Price.Ticks) - bottomRank;
            if ((ulong)index >= WindowTicks) break;

            // Whether a level is inserted, replaced or deleted cannot be predicted: there is no branch on it. A mark is written whole: in a word of bits each level would wait for the one before.
            ref sbyte mark = ref Unsafe.Add(ref marks, (nint)index);
            int before = mark;
            int after = (int)(-lots >> 63);
            mark = (sbyte)after;
            Unsafe.Add(ref lotsOfIndex, (nint)index) = lots;
            count += before - after;
            highest = Math.Max(highest, index);
        }

        _bestIndex = (int)highest;   // no level lies above it
        Count = count;
        return (int)((nuint)Unsafe.ByteOffset(ref first, ref level) / (nuint)Unsafe.SizeOf<BookLevel>());
    }

    private BookLevel Near(int index) => new(new PriceTicks(_sign * (_bottomRank + index)), new QtyLots(_lots[index]));

    private bool HasLevel(int index) => _marks[index] != 0;

    /// <summary>A bit for each level of 64 ticks, the lowest first.</summary>
    private ulong Levels(int word) => Vector512.Create(_marks, word * WordBits).ExtractMostSignificantBits();

    /// <summary>Names the best level again after changes inside the window: it is not above the one named now.</summary>
    private void Settle()
    {
        // Mostly it has a level still. A look at one mark is cheap, where one at 64 would wait until those written just now are in the cache.
        if (_bestIndex != NoIndex && !HasLevel(_bestIndex)) _bestIndex = HighestAtOrBelow(_bestIndex);
        if (_bestIndex < LowIndex && _farCount > 0) MoveWindow(_bestIndex == NoIndex ? Rank(in _far[_farCount - 1]) : _bottomRank + _bestIndex);
    }

    /// <summary>The index of the best level that is not above an index; <see cref="NoIndex"/> when there is none.</summary>
    private int HighestAtOrBelow(int index)
    {
        if (index < 0) return NoIndex;
        int word = (int)((uint)index / WordBits);
        int bitsAbove = WordBits - 1 - (int)((uint)index % WordBits);
        ulong bits = Levels(word) << bitsAbove >> bitsAbove;
        while (bits == 0)
        {
            if (--word < 0) return NoIndex;
            bits = Levels(word);
        }

        return (word * WordBits) + BitOperations.Log2(bits);
    }

    /// <summary>Sets one price that lay outside the window before the side was settled.</summary>
    private void SetOutside(in BookLevel level)
    {
        bool isDelete = level.Qty.Lots == 0;
        long rank = Rank(in level);
        bool isInside = (ulong)(rank - _bottomRank) < WindowTicks;   // settling may have moved the window
        if (!isInside && (Count == 0 || rank > _bottomRank))
        {
            if (isDelete) return;
            MoveWindow(rank);
            isInside = true;
        }

        if (isInside)
        {
            Set(new ReadOnlySpan<BookLevel>(in level));
            return;
        }

        int at = FirstFarNotWorse(rank);
        bool exists = at < _farCount && _far[at].Price == level.Price;
        if (isDelete)
        {
            if (exists) DeleteFar(at);
        }
        else if (exists)
        {
            _far[at] = level;
        }
        else
        {
            InsertFar(at, level);
            if (_bestIndex < LowIndex) MoveWindow(_bottomRank + _bestIndex);
        }
    }

    /// <summary>Moves the window so that a rank, the best level's present or coming one, lies at the centre index.</summary>
    private void MoveWindow(long bestRank)
    {
        for (int word = 0; word <= _bestIndex / WordBits; word++)
        {
            for (ulong bits = Levels(word); bits != 0; bits &= bits - 1) _far[_farCount++] = Near((word * WordBits) + BitOperations.TrailingZeroCount(bits));
        }

        _marks.AsSpan().Clear();
        _bestIndex = NoIndex;
        _bottomRank = bestRank - CentreIndex;
        for (; _farCount > 0 && Rank(in _far[_farCount - 1]) >= _bottomRank; _farCount--)
        {
            int index = (int)(Rank(in _far[_farCount - 1]) - _bottomRank);
            _lots[index] = _far[_farCount - 1].Qty.Lots;
            _marks[index] = -1;
            _bestIndex = Math.Max(_bestIndex, index);
        }
    }

    private long Rank(in BookLevel level) => _sign * level.Price.Ticks;

    private void InsertFar(int at, BookLevel level)
    {
        Debug.Assert(Count < _far.Length, "The capacity holds the deepest book plus one whole message.");
        Array.Copy(_far, at, _far, at + 1, _farCount - at);
        _far[at] = level;
        _farCount++;
        Count++;
    }

    private void DeleteFar(int at)
    {
        _farCount--;
        Count--;
        Array.Copy(_far, at + 1, _far, at, _farCount - at);
    }

    private int FirstFarNotWorse(long rank)
    {
        int low = 0;
        int high = _farCount;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (Rank(in _far[middle]) < rank) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
