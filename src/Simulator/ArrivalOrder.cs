using System.Runtime.InteropServices;

namespace LatencyEngine.Simulator;

/// <summary>Keeps the order of each path: however the delays fall, nothing arrives before what left earlier on the same connection. Paths do not wait for each other.</summary>
/// <remarks>The session's thread. What it keeps is bounded by the paths that have something on its way.</remarks>
internal sealed class ArrivalOrder
{
    private const int PathsMin = 64;

    private readonly Dictionary<(DeliveryChannel Channel, long Origin, long Uid), long> _lastNanos = [];
    private int _pathsMax = PathsMin;

    /// <summary>When something arrives at the earliest: as its delay says, and not before the one ahead of it. Times in ns since 1970.</summary>
    /// <param name="channel">The kind of connection.</param>
    /// <param name="origin">The connection; 0 where there is none, or all are told the same.</param>
    /// <param name="uid">The account; 0 for everyone.</param>
    /// <param name="arrivalNanos">When its delay is over.</param>
    /// <param name="playedNanos">Nothing leaves before this moment any more.</param>
    public long Next(DeliveryChannel channel, long origin, long uid, long arrivalNanos, long playedNanos)
    {
        if (_lastNanos.Count >= _pathsMax) Forget(playedNanos);
        ref long lastNanos = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastNanos, (channel, origin, uid), out _);
        lastNanos = Math.Max(lastNanos, arrivalNanos);
        return lastNanos;
    }

    /// <summary>Paths that are remembered.</summary>
    public int Paths => _lastNanos.Count;

    /// <summary>Drops the paths on which everything has arrived: whatever leaves later arrives later.</summary>
    private void Forget(long playedNanos)
    {
        foreach (((DeliveryChannel, long, long) path, long lastNanos) in _lastNanos)
        {
            if (lastNanos <= playedNanos) _lastNanos.Remove(path);
        }

        _pathsMax = Math.Max(PathsMin, 2 * _lastNanos.Count);
    }
}
