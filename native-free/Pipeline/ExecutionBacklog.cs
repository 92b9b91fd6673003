using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>Executions that wait for older ones: what a position costs and what a close realises depends on the order of the fills, and a look-up tells what the stream missed later than the stream goes on.</summary>
/// <remarks>Thread: hot. Allocates: only when constructed. Throws: never.</remarks>
internal sealed class ExecutionBacklog
{
    /// <summary>Executions held: ten seconds at a hundred a second.</summary>
    public const int Capacity = 1_024;

    private readonly ExecutionEvent[] _executions = new ExecutionEvent[Capacity];
    private int _count;

    /// <summary>True when no further one fits.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>Those held, oldest first; valid until the next call.</summary>
    public ReadOnlySpan<ExecutionEvent> OldestFirst => _executions.AsSpan(0, _count);

    /// <summary>Holds one more in its place by time, sequence and what its order had left; false, and no change, for one that is held already. Not to be called when full.</summary>
    public bool TryAdd(in ExecutionEvent execution)
    {
        int at = _count;
        while (at > 0 && IsBefore(in execution, in _executions[at - 1])) at--;
        for (int i = at; i > 0 && !IsBefore(in _executions[i - 1], in execution); i--)
        {
            if (_executions[i - 1].ExecutionId == execution.ExecutionId) return false;
        }

        Array.Copy(_executions, at, _executions, at + 1, _count - at);
        _executions[at] = execution;
        _count++;
        return true;
    }

    /// <summary>Holds none any more.</summary>
    public void Clear() => _count = 0;

    // Several fills of one moment share the sequence (Bybit V5, 7.2), and a list that is read back need not keep their order: the earlier one has left more open.
    private static bool IsBefore(in ExecutionEvent left, in ExecutionEvent right)
    {
        if (left.ExecutedMillis != right.ExecutedMillis) return left.ExecutedMillis < right.ExecutedMillis;
        if (left.Sequence != right.Sequence) return left.Sequence < right.Sequence;
        return left.LeavesQty > right.LeavesQty;
    }
}
