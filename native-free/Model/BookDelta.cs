namespace LatencyEngine.Model;

/// <summary>One decoded <c>orderbook</c> message (Bybit V5, 6.1): a snapshot or a delta. Allocated once, filled in place by the decoder, valid until the next decode.</summary>
/// <remarks>Thread: hot.</remarks>
public sealed class BookDelta
{
    /// <summary>Levels a side that one message can hold: the deepest V5 topic has 1,000, doubled so that a delta may delete and insert every one.</summary>
    public const int LevelsPerSideMax = 2_000;

    /// <summary>Bids as sent; the first <see cref="BidCount"/> entries are this message's.</summary>
    public readonly BookLevel[] Bids = new BookLevel[LevelsPerSideMax];

    /// <summary>Asks as sent; the first <see cref="AskCount"/> entries are this message's.</summary>
    public readonly BookLevel[] Asks = new BookLevel[LevelsPerSideMax];

    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Depth of the topic: 1, 50, 200 or 1000.</summary>
    public int Depth;

    /// <summary>True when the message replaces the whole book.</summary>
    public bool IsSnapshot;

    /// <summary>Bid levels in this message.</summary>
    public int BidCount;

    /// <summary>Ask levels in this message.</summary>
    public int AskCount;

    /// <summary><c>u</c>: rises by exactly 1 from delta to delta of one topic; 1 in a snapshot after a service restart.</summary>
    public long UpdateId;

    /// <summary><c>seq</c>: cross sequence, comparable between depths of one symbol.</summary>
    public long Sequence;

    /// <summary><c>cts</c>: matching-engine time, ms since 1970.</summary>
    public long MatchMillis;

    /// <summary><c>ts</c>: time the push system built the message, ms since 1970.</summary>
    public long PushMillis;
}
