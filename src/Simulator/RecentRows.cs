namespace LatencyEngine.Simulator;

/// <summary>The newest rows of an endless list, numbered from 0 in the order of their coming.</summary>
/// <remarks>One thread; allocates once.</remarks>
internal sealed class RecentRows<T>(int capacity)
{
    private readonly T[] _rows = new T[capacity];

    /// <summary>Rows that have ever come.</summary>
    public long Count { get; private set; }

    /// <summary>Number of the oldest row still held.</summary>
    public long First => Math.Max(0, Count - capacity);

    /// <summary>Rows held.</summary>
    public int Held => (int)(Count - First);

    /// <summary>A row by its number, from <see cref="First"/> to one below <see cref="Count"/>.</summary>
    public ref T this[long number]
    {
        get
        {
            if (number < First || number >= Count) throw new ArgumentOutOfRangeException(nameof(number), number, $"rows {First} to {Count - 1} are held");
            return ref _rows[number % capacity];
        }
    }

    public void Add(T row) => _rows[Count++ % capacity] = row;

    /// <summary>Rows from a number on, or from the oldest held, oldest first.</summary>
    public IEnumerable<T> Since(long number)
    {
        for (long i = Math.Max(number, First); i < Count; i++) yield return _rows[i % capacity];
    }

    /// <summary>Rows held, newest first.</summary>
    public IEnumerable<T> NewestFirst()
    {
        for (long i = Count - 1; i >= First; i--) yield return _rows[i % capacity];
    }
}
