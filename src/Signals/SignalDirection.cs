namespace LatencyEngine.Signals;

/// <summary>Which way a signal points. The number is its sign.</summary>
public enum SignalDirection
{
    /// <summary>Down: a short position earns.</summary>
    Down = -1,

    /// <summary>Neither.</summary>
    Neutral = 0,

    /// <summary>Up: a long position earns.</summary>
    Up = 1,
}
