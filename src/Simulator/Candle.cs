namespace LatencyEngine.Simulator;

/// <summary>One candle, built from trades. Prices in USDT, volume in base coin, turnover in USDT.</summary>
/// <param name="StartMillis">Start, ms since 1970.</param>
/// <param name="NextStartMillis">Start of the next one.</param>
/// <param name="Open">Close of the candle before; the first price for the first of all.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded quantity.</param>
/// <param name="Turnover">Traded value.</param>
internal readonly record struct Candle(long StartMillis, long NextStartMillis, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal Turnover)
{
    /// <summary>A candle in which nothing has traded.</summary>
    public static Candle Empty(CandleInterval interval, long millis, decimal price) => new(interval.StartOf(millis), interval.NextStart(millis), price, price, price, price, 0, 0);

    /// <summary>The candle with one trade more.</summary>
    public Candle With(decimal price, decimal qty) =>
        this with { High = Math.Max(High, price), Low = Math.Min(Low, price), Close = price, Volume = Volume + qty, Turnover = Turnover + (price * qty) };
}
