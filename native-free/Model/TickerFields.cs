namespace LatencyEngine.Model;

/// <summary>Which fields a <c>tickers</c> message carried: deltas hold only what changed.</summary>
[Flags]
public enum TickerFields
{
    /// <summary>None of the fields below.</summary>
    None = 0,

    /// <summary><see cref="Ticker.LastPrice"/>.</summary>
    LastPrice = 1,

    /// <summary><see cref="Ticker.MarkPrice"/>.</summary>
    MarkPrice = 2,

    /// <summary><see cref="Ticker.IndexPrice"/>.</summary>
    IndexPrice = 4,

    /// <summary><see cref="Ticker.FundingRateE8"/>.</summary>
    FundingRate = 8,

    /// <summary><see cref="Ticker.NextFundingMillis"/>.</summary>
    NextFundingTime = 16,

    /// <summary><see cref="Ticker.BidPrice"/>.</summary>
    BidPrice = 32,

    /// <summary><see cref="Ticker.BidQty"/>.</summary>
    BidQty = 64,

    /// <summary><see cref="Ticker.AskPrice"/>.</summary>
    AskPrice = 128,

    /// <summary><see cref="Ticker.AskQty"/>.</summary>
    AskQty = 256,

    /// <summary><see cref="Ticker.OpenInterestE8"/>.</summary>
    OpenInterest = 512,
}
