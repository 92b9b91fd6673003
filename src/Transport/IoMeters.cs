using LatencyEngine.Meter;

namespace LatencyEngine.Transport;

/// <summary>What the io thread measures and counts. Writer: the io thread; other threads may read, and may see figures that are a moment old.</summary>
public sealed class IoMeters
{
    private long _killAnsweredAtNanos;

    /// <summary>From the publication of a request in the outbound ring until the kernel has taken it.</summary>
    public LatencyHistogram Send { get; } = new();

    /// <summary>From the receipt of the frame on which a request was decided until the kernel has taken the request: the whole way through this process.</summary>
    public LatencyHistogram TickToTrade { get; } = new();

    /// <summary>From then until its acknowledgement is read: two network ways and the venue.</summary>
    public LatencyHistogram RoundTrip { get; } = new();

    /// <summary>Data messages of all sockets.</summary>
    public long Messages { get; internal set; }

    /// <summary>Requests handed to the trade socket.</summary>
    public long RequestsSent { get; internal set; }

    /// <summary>Requests that did not find the trade connection they were meant for: it was lost after the engine had decided.</summary>
    public long RequestsDropped { get; internal set; }

    /// <summary>Times that a frame had to wait because a reader of the inbound ring was too far behind.</summary>
    public long BackPressure { get; internal set; }

    /// <summary>Book subscriptions made anew because the engine asked for a snapshot.</summary>
    public long Resubscriptions { get; internal set; }

    /// <summary>Bytes that the io thread has allocated since all connections first stood, by data message; set when the loop ends. With the engine inline its bytes are among them.</summary>
    public double AllocatedBytesPerMessage { get; internal set; }

    /// <summary>Pings of the private socket that were left out since the engine took no frames.</summary>
    public long PingsWithheld { get; internal set; }

    /// <summary>Connections that were made anew by plan, for their age.</summary>
    public long ConnectionsRenewed { get; internal set; }

    /// <summary>When the first cancel behind the last <see cref="Model.OperatorCommand.Kill"/> was handed to the kernel, or to REST's queue where orders go by REST; 0 from the kill until then. By the clock of the stages.</summary>
    public long KillAnsweredAtNanos
    {
        get => Volatile.Read(ref _killAnsweredAtNanos);
        internal set => Volatile.Write(ref _killAnsweredAtNanos, value);
    }

    /// <summary>Turns of the loop.</summary>
    public long Turns { get; internal set; }

    /// <summary>Answers of the venue that could not be read.</summary>
    public long UnreadableReplies { get; internal set; }
}
