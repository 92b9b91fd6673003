using LatencyEngine.Meter;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>What the hot path measures and counts about itself. Writer: the hot thread; readers look when it is idle.</summary>
public sealed class HotPathMeters
{
    private readonly long[] _connectionsLost = new long[(int)VenueChannel.Trade + 1];

    /// <summary>Decoding of one public frame; of every seventeenth, because the clock costs a good part of what it would measure.</summary>
    public LatencyHistogram Decode { get; } = new();

    /// <summary>At a burst's end, where something has moved that a decision depends on: quotes, plan, checks and requests, whether or not an order changes; book and ledger are up to date before. Of every seventeenth, as <see cref="Decode"/>.</summary>
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

    /// <summary>Frames of a connection that is no longer the channel's, dropped.</summary>
    public long FramesOfLostConnections { get; internal set; }

    /// <summary>Look-ups that the venue was asked for, repeated questions included.</summary>
    public long LookUpsAsked { get; internal set; }

    /// <summary>Look-ups whose end was void since rows of theirs could not be read.</summary>
    public long LookUpsDamaged { get; internal set; }

    /// <summary>Times that every order was to be cancelled by another way than the order-entry connection, repetitions included.</summary>
    public long CancelAllsAsked { get; internal set; }

    /// <summary>Order-entry connections that were to be made anew since their node restarts.</summary>
    public long ReconnectsAsked { get; internal set; }

    /// <summary>Positions taken over by the venue.</summary>
    public long Liquidations { get; internal set; }

    /// <summary>Connections lost on one channel.</summary>
    public long ConnectionsLost(VenueChannel channel) => _connectionsLost[(int)channel];

    /// <summary>A connection of the channel was lost.</summary>
    internal void CountConnectionLost(VenueChannel channel) => _connectionsLost[(int)channel]++;
}
