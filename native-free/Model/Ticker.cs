namespace LatencyEngine.Model;

/// <summary>One decoded <c>tickers</c> message (Bybit V5, 6.5). Only the fields named in <see cref="Fields"/> are meaningful: merge, never replace.</summary>
public struct Ticker
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>Which fields below the message carried.</summary>
    public TickerFields Fields;

    /// <summary>True for the first message after a subscription, which carries every field.</summary>
    public bool IsSnapshot;

    /// <summary>Last trade price.</summary>
    public PriceTicks LastPrice;

    /// <summary>Mark price; need not lie on a tick.</summary>
    public PriceE8 MarkPrice;

    /// <summary>Index price; need not lie on a tick.</summary>
    public PriceE8 IndexPrice;

    /// <summary>Predicted funding rate for the next stamp, in 1e-8 (0.0001 is 10,000).</summary>
    public long FundingRateE8;

    /// <summary>Next funding stamp, ms since 1970.</summary>
    public long NextFundingMillis;

    /// <summary>Best bid price as the ticker service saw it.</summary>
    public PriceTicks BidPrice;

    /// <summary>Best bid quantity.</summary>
    public QtyLots BidQty;

    /// <summary>Best ask price.</summary>
    public PriceTicks AskPrice;

    /// <summary>Best ask quantity.</summary>
    public QtyLots AskQty;

    /// <summary>Open interest in 1e-8 base units.</summary>
    public long OpenInterestE8;

    /// <summary><c>cs</c>: cross sequence.</summary>
    public long Sequence;

    /// <summary><c>ts</c>: time the push system built the message, ms since 1970.</summary>
    public long PushMillis;
}
