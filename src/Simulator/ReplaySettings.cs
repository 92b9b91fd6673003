namespace LatencyEngine.Simulator;

/// <summary>What a session starts from. It plays a recording, a live market or a flow market: exactly one of <see cref="RecordingPath"/>, <see cref="Frames"/> and <see cref="Flow"/> is set.</summary>
public sealed record ReplaySettings
{
    /// <summary>The recording: see <see cref="RecordingReader"/>.</summary>
    public string? RecordingPath { get; init; }

    /// <summary>A recording that is open already, or a live market; the session disposes of it.</summary>
    public IFrameSource? Frames { get; init; }

    /// <summary>When the recording begins, ns since 1970: its times and those in its frames are moved there; null leaves them. Of a live market the present.</summary>
    public long? StartNanos { get; init; }

    /// <summary>Whether the recording begins again at its end, for ever.</summary>
    public bool Loops { get; init; }

    /// <summary>Whether public topics that the recording does not hold are written from those that it holds.</summary>
    public bool DerivesTopics { get; init; }

    /// <summary>The flow market.</summary>
    public FlowSettings? Flow { get; init; }

    /// <summary>The venue and its accounts.</summary>
    public required VenueSettings Venue { get; init; }

    /// <summary>Delays between venue and engine; a new model for each session.</summary>
    public required LatencyModel Latency { get; init; }

    /// <summary>Full names of the public topics whose frames are delivered to the engine; null delivers every one. The venue sees all in either case.</summary>
    public IReadOnlySet<string>? Topics { get; init; }

    /// <summary>Whether <c>execution.fast</c> messages are delivered beside the full ones (Bybit V5, 7.3).</summary>
    public bool OffersFastExecutions { get; init; }

    /// <summary>What goes wrong, counted from the beginning; repeated ones by the venue's seed.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Logic time between ticks, ns; above zero.</summary>
    public long TickIntervalNanos { get; init; } = 100_000_000;

    /// <summary>Deliveries this close behind the first are found by the engine in one look: the time an I/O loop takes to drain its sockets, ns.</summary>
    public long BurstWindowNanos { get; init; } = 20_000;
}
