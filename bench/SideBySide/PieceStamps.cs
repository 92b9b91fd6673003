using System.Diagnostics;
using System.Numerics;

namespace LatencyEngine.SideBySide;

/// <summary>The consumer's clock after every so many events of a stream.</summary>
/// <param name="pieceEvents">Events of a piece: a power of two.</param>
/// <param name="pieces">Pieces of the stream, at least two: nothing is timed before the end of the first.</param>
internal sealed class PieceStamps(int pieceEvents, int pieces)
{
    private readonly long _pieceMask = BitOperations.IsPow2(pieceEvents) ? pieceEvents - 1 : throw new ArgumentOutOfRangeException(nameof(pieceEvents));
    private readonly long[] _stamps = new long[pieces];
    private int _count;

    /// <summary>Events of the whole stream.</summary>
    public long Events => (_pieceMask + 1) * _stamps.Length;

    /// <summary>Consumer: has taken an event, counted from 0.</summary>
    public void Passed(long number)
    {
        if ((number & _pieceMask) == _pieceMask) _stamps[_count++] = Stopwatch.GetTimestamp();
    }

    /// <summary>How long a piece took at the lower quartile, ns.</summary>
    public double LowerQuartileNanos()
    {
        double[] nanos = [.. _stamps.Skip(1).Zip(_stamps, (end, start) => Stopwatch.GetElapsedTime(start, end).TotalNanoseconds)];
        Array.Sort(nanos);
        return nanos[nanos.Length / 4];
    }
}
