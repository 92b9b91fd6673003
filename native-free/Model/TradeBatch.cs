namespace LatencyEngine.Model;

/// <summary>One decoded <c>publicTrade</c> message. Allocated once, filled in place, valid until the next decode.</summary>
/// <remarks>Thread: hot.</remarks>
public sealed class TradeBatch
{
    /// <summary>Most trades of one message (Bybit V5, 6.4).</summary>
    public const int TradesMax = 1_024;

    /// <summary>Trades in ascending match time; the first <see cref="Count"/> entries are this message's.</summary>
    public readonly Trade[] Trades = new Trade[TradesMax];

    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Trades in this message.</summary>
    public int Count;

    /// <summary><c>ts</c>: time the push system built the message, ms since 1970.</summary>
    public long PushMillis;
}
