using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>How much of the time quotes could be made, of that in which the venue could be reached.</summary>
/// <remarks>The venue counts as away from the first attempt to connect that fails until one succeeds: a connection that is lost and comes back at once is the engine's downtime, not the venue's. Thread: one.</remarks>
internal sealed class Uptime
{
    private long _firstActiveNanos = -1;
    private long _lastNanos;
    private long _activeNanos;
    private long _awayNanos;

    /// <summary>Real time since quotes could first be made, ns; 0 before.</summary>
    public long ElapsedNanos => _firstActiveNanos < 0 ? 0 : _lastNanos - _firstActiveNanos;

    /// <summary>Quotes could be made at least once.</summary>
    public bool HasBegun => _firstActiveNanos >= 0;

    /// <summary>Of that time, in which the venue could not be reached, ns.</summary>
    public long AwayNanos => _awayNanos;

    /// <summary>In percent; null before quotes could first be made.</summary>
    public double? Percent => ElapsedNanos - _awayNanos > 0 ? 100.0 * _activeNanos / (ElapsedNanos - _awayNanos) : null;

    /// <summary>Takes a look.</summary>
    /// <param name="nowNanos">Real time.</param>
    /// <param name="state">Whether the engine quotes.</param>
    /// <param name="io">How the connections stand.</param>
    public void Look(long nowNanos, QuotingState state, IoLoop io)
    {
        bool isActive = state == QuotingState.Active;
        if (_firstActiveNanos < 0)
        {
            if (!isActive) return;
            (_firstActiveNanos, _lastNanos) = (nowNanos, nowNanos);
        }

        long stepNanos = nowNanos - _lastNanos;
        _lastNanos = nowNanos;
        if (isActive) _activeNanos += stepNanos;
        else if (EngineThreads.Channels.Any(channel => io.Status(channel).IsAway)) _awayNanos += stepNanos;
    }
}
