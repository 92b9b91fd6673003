namespace LatencyEngine.Orders;

/// <summary>The last N ids, of executions or orders: a ring that forgets the oldest, and hash chains through it to find one.</summary>
/// <remarks>Thread: hot. Allocates: only when constructed. Throws: only when constructed.</remarks>
internal sealed class IdMemory
{
    private const int None = -1;

    private readonly UInt128[] _ids;
    private readonly int[] _nextInChain;
    private readonly int[] _chains;
    private readonly int _shift;
    private int _next;
    private int _count;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="capacity">Ids remembered; a power of two.</param>
    public IdMemory(int capacity)
    {
        if (capacity < 2 || !int.IsPow2(capacity)) throw new ArgumentException($"id memory: capacity must be a power of two from 2, was {capacity}");
        _ids = new UInt128[capacity];
        _nextInChain = new int[capacity];
        _chains = new int[2 * capacity];
        Array.Fill(_chains, None);
        _shift = 64 - int.Log2(_chains.Length);
    }

    /// <summary>Remembers an id in the place of the oldest; false when it is remembered already.</summary>
    public bool TryAdd(UInt128 id)
    {
        if (Contains(id)) return false;
        int chain = ChainOf(id);
        if (_count == _ids.Length) Forget(_next);
        else _count++;
        _ids[_next] = id;
        _nextInChain[_next] = _chains[chain];
        _chains[chain] = _next;
        _next = (_next + 1) & (_ids.Length - 1);
        return true;
    }

    /// <summary>True while an id is remembered.</summary>
    public bool Contains(UInt128 id)
    {
        for (int i = _chains[ChainOf(id)]; i != None; i = _nextInChain[i])
        {
            if (_ids[i] == id) return true;
        }

        return false;
    }

    private void Forget(int index)
    {
        ref int link = ref _chains[ChainOf(_ids[index])];
        while (link != index) link = ref _nextInChain[link];
        link = _nextInChain[index];
    }

    // Fibonacci hashing of the folded id: ids are UUIDs, but nothing here relies on their bits being random.
    private int ChainOf(UInt128 id) => (int)((((ulong)id ^ (ulong)(id >> 64)) * 0x9E37_79B9_7F4A_7C15) >> _shift);
}
