using LatencyEngine.Meter;

namespace LatencyEngine.Pipeline;

/// <summary>What the hot path measures and counts about itself. Writer: the hot thread; readers look when it is idle.</summary>
public sealed class HotPathMeters
{
    /// <summary>Decoding of one frame, per frame.</summary>
    public LatencyHistogram Decode { get; } = new();

    /// <summary>At a burst's end: from the newest book to the last decision, whether or not it changed an order.</summary>
    public LatencyHistogram Decide { get; } = new();

    /// <summary>From the receive stamp of the oldest frame of the burst to the publication of each request it led to.</summary>
    public LatencyHistogram TickToOrder { get; } = new();

    /// <summary>Market frames that decoded completely, by use or not.</summary>
    public long FramesDecoded { get; internal set; }

    /// <summary>Malformed frames of any source, dropped.</summary>
    public long FramesRejected { get; internal set; }

    /// <summary>Public frames for symbols this engine does not trade.</summary>
    public long FramesForOtherSymbols { get; internal set; }

    /// <summary>Books that became unusable by a gap or a crossed top.</summary>
    public long BookFailures { get; internal set; }

    /// <summary>Positions taken over by the venue.</summary>
    public long Liquidations { get; internal set; }

    /// <summary>Forgets what was measured so far; counts of frames stay. For the end of the warm-up.</summary>
    public void ForgetLatencies()
    {
        Decode.Reset();
        Decide.Reset();
        TickToOrder.Reset();
    }
}
