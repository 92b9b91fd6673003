namespace LatencyEngine.Simulator;

/// <summary>What has happened before a venue was started: it is only told, and moves no market. Called on the venue's thread.</summary>
public interface IMarketPast
{
    /// <summary>Candles of a symbol, newest first: start in ms since 1970, open, high, low, close, volume, turnover.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="interval">As the protocol writes it (Bybit V5, 6.6).</param>
    /// <param name="startMillis">Earliest start.</param>
    /// <param name="endMillis">Latest start.</param>
    /// <param name="limit">Most rows.</param>
    IEnumerable<(long StartMillis, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal Turnover)> Candles(string symbol, string interval, long startMillis, long endMillis, int limit);

    /// <summary>Settled funding of a symbol, newest first: when, in ms since 1970, and the rate.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="startMillis">Earliest.</param>
    /// <param name="endMillis">Latest.</param>
    /// <param name="limit">Most rows.</param>
    IEnumerable<(long SettledMillis, decimal Rate)> Funding(string symbol, long startMillis, long endMillis, int limit);
}
