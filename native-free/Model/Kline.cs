namespace LatencyEngine.Model;

/// <summary>One candle of a <c>kline</c> message (Bybit V5, 6.6).</summary>
public struct Kline
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Length of the candle.</summary>
    public KlineInterval Interval;

    /// <summary><c>confirm</c>: true for the candle's last message; what an open candle says may still change.</summary>
    public bool IsClosed;

    /// <summary><c>start</c>: first moment of the candle, ms since 1970.</summary>
    public long StartMillis;

    /// <summary><c>end</c>: last moment of the candle, ms since 1970.</summary>
    public long EndMillis;

    /// <summary>First price. The prices of a long candle may be older than the instrument's tick, so none of them need lie on one.</summary>
    public PriceE8 Open;

    /// <summary>Highest price.</summary>
    public PriceE8 High;

    /// <summary>Lowest price.</summary>
    public PriceE8 Low;

    /// <summary>Last price.</summary>
    public PriceE8 Close;

    /// <summary>Traded quantity in 1e-4 base units, rounded half-even there. A month's volume at 1e-8 need not fit 64 bits; at 1e-4 the lots that V5 lists today are exact.</summary>
    public long VolumeE4;

    /// <summary>Traded value in 1e-4 USDT, rounded half-even there: the digits that V5 prints, and a month of a large market fits.</summary>
    public long TurnoverE4;

    /// <summary><c>timestamp</c>: time of the last trade in the candle, ms since 1970.</summary>
    public long LastTradeMillis;

    /// <summary><c>ts</c>: time the push system built the message, ms since 1970.</summary>
    public long PushMillis;
}
