using LatencyEngine.Meter;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>What the hot path measures and counts about itself. Writer: the hot thread; readers look when it is idle.</summary>
public sealed class HotPathMeters
{
    private readonly long[] _connectionsLost = new long[(int)VenueChannel.Trade + 1];
    private readonly long[] _quotesHeld = new long[(int)Model.QuotesHeldBy.Directional + 1];

    /// <summary>Decoding of one public frame; of every seventeenth, because the clock costs a good part of what it would measure.</summary>
    public LatencyHistogram Decode { get; } = new();

    /// <summary>At a burst's end, where something has moved that a decision depends on: quotes, plan, checks and requests, whether or not an order changes; book and ledger are up to date before. Of every seventeenth, as <see cref="Decode"/>.</summary>
    public LatencyHistogram Decide { get; } = new();

    /// <summary>From the receive stamp of the oldest frame of the burst to the publication of each request it led to.</summary>
    public LatencyHistogram TickToOrder { get; } = new();

    /// <summary>Logic time from the loss of the private or the order-entry connection, or from a contradiction, until quotes may be made again; of losses that follow before that, from the first.</summary>
    public LatencyHistogram Recover { get; } = new();

    /// <summary>How far each book message was behind logic time when it came, by its own time of sending.</summary>
    public LatencyHistogram FeedLag { get; } = new();

    /// <summary>Market frames that decoded completely, by use or not.</summary>
    public long FramesDecoded { get; internal set; }

    /// <summary>Malformed frames of any source, dropped.</summary>
    public long FramesRejected { get; internal set; }

    /// <summary>Texts of an enumeration that have no rule here, as of the latest tick: what they stand for was taken as the safest there is.</summary>
    public long UnknownEnumValues { get; internal set; }

    /// <summary>Public frames for symbols this engine does not trade.</summary>
    public long FramesForOtherSymbols { get; internal set; }

    /// <summary>Books that became unusable by a gap or a crossed top.</summary>
    public long BookFailures { get; internal set; }

    /// <summary>Frames of a connection that is no longer the channel's, dropped.</summary>
    public long FramesOfLostConnections { get; internal set; }

    /// <summary>Books and mark prices by REST that were taken, while the public connection was not of use.</summary>
    public long PolledFrames { get; internal set; }

    /// <summary>Those that came when the public connection had taken over, dropped.</summary>
    public long PolledFramesLate { get; internal set; }

    /// <summary>Look-ups that the venue was asked for, repeated questions included.</summary>
    public long LookUpsAsked { get; internal set; }

    /// <summary>Look-ups whose end was void since rows of theirs could not be read or were not there, or others were.</summary>
    public long LookUpsDamaged { get; internal set; }

    /// <summary>Look-ups that have ended with the engine's books known to be the venue's.</summary>
    public long Reconciliations { get; internal set; }

    /// <summary>Figures of the ledger that were replaced by the venue's; what the venue held when the session began is none.</summary>
    public long Differences { get; internal set; }

    /// <summary>Executions, and ends of orders, that were told again and changed nothing. Every look-up tells again what overlaps the one before.</summary>
    public long DuplicatesIgnored { get; internal set; }

    /// <summary>Times that every order was to be cancelled by another way than the order-entry connection, repetitions included.</summary>
    public long CancelAllsAsked { get; internal set; }

    /// <summary>Order-entry connections that were to be made anew, since their node restarts or by plan.</summary>
    public long ReconnectsAsked { get; internal set; }

    /// <summary>Positions taken over by the venue.</summary>
    public long Liquidations { get; internal set; }

    /// <summary>Closing orders sent, for <see cref="OperatorCommand.Flatten"/> or a cut.</summary>
    public long ClosesSent { get; internal set; }

    /// <summary>Tables of exact quotes that were taken.</summary>
    public long QuoteTables { get; internal set; }

    /// <summary>Those that were refused: malformed, without a solution, or the answer to another question.</summary>
    public long QuoteTablesRefused { get; internal set; }

    /// <summary>Biases that were taken.</summary>
    public long BiasUpdates { get; internal set; }

    /// <summary>Biases that were refused, each of which left its instrument without one.</summary>
    public long BiasesRefused { get; internal set; }

    /// <summary>Directional requests that were refused.</summary>
    public long DirectionalRefused { get; internal set; }

    /// <summary>Positions that directional requests have opened.</summary>
    public long DirectionalTrades { get; internal set; }

    /// <summary>Times that an instrument's quotes began to be held back or further out by a reason, or with <see cref="Model.QuotesHeldBy.Nothing"/> were let go again.</summary>
    public long QuotesHeldBy(QuotesHeldBy reason) => _quotesHeld[(int)reason];

    /// <summary>Connections lost on one channel.</summary>
    public long ConnectionsLost(VenueChannel channel) => _connectionsLost[(int)channel];

    /// <summary>What holds an instrument's quotes back is another reason now.</summary>
    internal void CountQuotesHeldBy(QuotesHeldBy reason) => _quotesHeld[(int)reason]++;

    /// <summary>A connection of the channel was lost.</summary>
    internal void CountConnectionLost(VenueChannel channel) => _connectionsLost[(int)channel]++;
}
