using System.Diagnostics;
using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>The levels of one side, in one sorted array with the best last: most changes are near the best price, where little has to move.</summary>
internal sealed class BookSide(Side side, int capacity)
{
    private readonly int _sign = side.Sign;   // a price's rank is sign x ticks: better prices rank higher on both sides
    private readonly BookLevel[] _levels = new BookLevel[capacity];

    public int Count { get; private set; }

    /// <summary>The level at a distance from the best one; default beyond the last.</summary>
    public BookLevel FromBest(int index) => (uint)index < (uint)Count ? _levels[Count - 1 - index] : default;

    public QtyLots QtyAt(PriceTicks price)
    {
        int at = FirstNotWorse(price);
        return at < Count && _levels[at].Price == price ? _levels[at].Qty : default;
    }

    public void Clear() => Count = 0;

    /// <summary>Sets the quantity of one price: inserts, replaces, or with zero deletes; deleting what is not there does nothing.</summary>
    public void Set(BookLevel level)
    {
        Debug.Assert(level.Qty.Lots >= 0, "Quantities are checked where bytes enter.");
        int at = FirstNotWorse(level.Price);
        bool exists = at < Count && _levels[at].Price == level.Price;
        if (level.Qty.Lots == 0)
        {
            if (exists) Delete(at);
        }
        else if (exists)
        {
            _levels[at] = level;
        }
        else
        {
            Insert(at, level);
        }
    }

    private void Insert(int at, BookLevel level)
    {
        Debug.Assert(Count < _levels.Length, "The capacity holds the deepest book plus one whole message.");
        Array.Copy(_levels, at, _levels, at + 1, Count - at);
        _levels[at] = level;
        Count++;
    }

    private void Delete(int at)
    {
        Count--;
        Array.Copy(_levels, at + 1, _levels, at, Count - at);
    }

    private int FirstNotWorse(PriceTicks price)
    {
        long rank = _sign * price.Ticks;
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_sign * _levels[middle].Price.Ticks < rank) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
