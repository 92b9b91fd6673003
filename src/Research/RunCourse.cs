using LatencyEngine.Host;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>How a run went, beside what engine and venue hold at its end.</summary>
internal sealed record RunCourse
{
    /// <summary>What followed the run.</summary>
    public required RunObserver Observer { get; init; }

    /// <summary>The engine's reader of the inbound ring.</summary>
    public required EngineStep Step { get; init; }

    /// <summary>Threads in use, for people.</summary>
    public required string Placement { get; init; }

    /// <summary>Pace of the run, for people.</summary>
    public required string Speed { get; init; }

    /// <summary>Logic time of the start, ns since 1970.</summary>
    public required long FirstNanos { get; init; }

    /// <summary>Logic time of the end, ns since 1970.</summary>
    public required long LastNanos { get; init; }

    /// <summary>Real time taken.</summary>
    public required TimeSpan Wall { get; init; }

    /// <summary>The operator ended it.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Garbage collections meanwhile.</summary>
    public required int GcCollections { get; init; }

    /// <summary>Meters of the io thread; null without sockets.</summary>
    public IoMeters? Io { get; init; }

    /// <summary>Connections that were lost and came back.</summary>
    public int Reconnects { get; init; }

    /// <summary>Market messages that the slow thread has not heard; null where the market waits for it.</summary>
    public long? SlowMissed { get; init; }

    /// <summary>What the hot threads have met; null without sockets.</summary>
    public TradingCounters? Counters { get; init; }
}
