namespace LatencyEngine.Simulator;

/// <summary>Topic families of the public stream that the venue acts on.</summary>
internal enum MarketTopic
{
    /// <summary>Klines, control replies and anything else: passed on, not acted on.</summary>
    Other = 0,

    /// <summary><c>orderbook.{depth}.{symbol}</c>.</summary>
    Book = 1,

    /// <summary><c>publicTrade.{symbol}</c>.</summary>
    Trade = 2,

    /// <summary><c>tickers.{symbol}</c>.</summary>
    Ticker = 3,
}
