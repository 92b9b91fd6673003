using System.Collections;

namespace LatencyEngine.Simulator;

/// <summary>The newest rows of an endless list, numbered from 0 in the order of their coming; enumerated, those held, oldest first.</summary>
/// <remarks>One thread; allocates while it grows to its capacity.</remarks>
internal sealed class RecentRows<T>(int capacity) : IReadOnlyCollection<T>
{
    private const int RowsAtFirst = 16;

    private T[] _rows = new T[Math.Min(capacity, RowsAtFirst)];

    /// <summary>Rows that have ever come.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the oldest row still held.</summary>
    public long First => Math.Max(0, Count - capacity);

    /// <summary>Rows held.</summary>
    public int Held => (int)(Count - First);

    /// <summary>Whether the next row displaces the oldest.</summary>
    public bool IsFull => Held == capacity;

    int IReadOnlyCollection<T>.Count => Held;

    /// <summary>A row by its number, from <see cref="First"/> to one below <see cref="Count"/>.</summary>
    public ref T this[long number]
    {
        get
        {
            if (number < First || number >= Count) throw new ArgumentOutOfRangeException(nameof(number), number, $"rows {First} to {Count - 1} are held");
            return ref _rows[number % _rows.Length];
        }
    }

    public void Add(T row)
    {
        // Only an array that has not wrapped grows, so a row's place stays its number.
        if (Count == _rows.Length && Count < capacity) Array.Resize(ref _rows, (int)Math.Min(capacity, 2L * _rows.Length));
        _rows[Count++ % _rows.Length] = row;
    }

    /// <summary>Rows from a number on, or from the oldest held, oldest first.</summary>
    public IEnumerable<T> Since(long number)
    {
        for (long i = Math.Max(number, First); i < Count; i++) yield return this[i];
    }

    /// <summary>Rows held, newest first.</summary>
    public IEnumerable<T> NewestFirst()
    {
        for (long i = Count - 1; i >= First; i--) yield return this[i];
    }

    /// <summary>Rows of lower numbers with their numbers, newest first.</summary>
    public IEnumerable<(long Number, T Row)> Below(long number)
    {
        for (long i = Math.Min(number, Count) - 1; i >= First; i--) yield return (i, this[i]);
    }

    /// <summary>The number behind the last row held that is not later than a time; <see cref="First"/> when all are.</summary>
    /// <param name="timeOf">A row's time; it does not go back from row to row.</param>
    /// <param name="time">In the same unit.</param>
    public long EndAt(Func<T, long> timeOf, long time)
    {
        (long low, long high) = (First, Count);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (timeOf(this[middle]) <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    public IEnumerator<T> GetEnumerator() => Since(First).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
