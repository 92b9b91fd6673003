namespace LatencyEngine.Simulator;

/// <summary>What has happened in one symbol's market: recent trades, candles of every interval, the figures of the last 24 hours, settled funding, liquidations.</summary>
/// <remarks>
/// A candle opens at the close of the one before, as recorded ones do. Memory is bounded: the newest <see cref="TradesKept"/> trades and
/// <see cref="CandlesKept"/> candles of each interval. Time comes in through arguments and must not go back. One thread; it allocates.
/// </remarks>
internal sealed class MarketTape
{
    /// <summary>Most rows of a <c>recent-trade</c> answer (Bybit V5, 13).</summary>
    public const int TradesKept = 1_000;

    /// <summary>Somewhat more than a day of minutes, and than the rows of a <c>kline</c> answer.</summary>
    public const int CandlesKept = 1_500;

    private const int RowsKept = 1_000;
    private const int MinutesPerDay = 1_440;
    private const int MinutesPerHour = 60;

    private readonly RecentRows<Candle>[] _candles = [.. CandleInterval.All.Select(_ => new RecentRows<Candle>(CandlesKept))];
    private DayFigures _closedMinutes;   // of the last 24 hours without the open minute
    private decimal? _lastPrice;
    private string _lastDirection = "ZeroPlusTick";

    /// <summary>Trades, oldest first.</summary>
    public RecentRows<TapeTrade> Trades { get; } = new(TradesKept);

    /// <summary>Liquidations, oldest first.</summary>
    public RecentRows<TapeLiquidation> Liquidations { get; } = new(RowsKept);

    /// <summary>Settled funding, oldest first.</summary>
    public RecentRows<TapeFunding> Funding { get; } = new(RowsKept);

    /// <summary>Price of the last trade; null before any.</summary>
    public decimal? LastPrice => _lastPrice;

    /// <summary>How the last trade's price stood to the one before (Bybit V5, 15).</summary>
    public string TickDirection => _lastDirection;

    /// <summary>The last 24 hours; null before the first trade.</summary>
    public DayFigures? Day
    {
        get
        {
            if (_candles[0].Count == 0) return null;
            Candle open = _candles[0][_candles[0].Count - 1];
            return _closedMinutes with
            {
                High = Math.Max(_closedMinutes.High, open.High),
                Low = Math.Min(_closedMinutes.Low, open.Low),
                Volume = _closedMinutes.Volume + open.Volume,
                Turnover = _closedMinutes.Turnover + open.Turnover,
            };
        }
    }

    /// <summary>Candles of an interval, oldest first; the last is open.</summary>
    public RecentRows<Candle> Candles(CandleInterval interval)
    {
        for (int i = 0; i < _candles.Length; i++)
        {
            if (CandleInterval.All[i] == interval) return _candles[i];
        }

        throw new ArgumentException($"no candle interval {interval.Name}", nameof(interval));
    }

    /// <summary>A trade was printed. Block trades are told, but make no price.</summary>
    public void OnTrade(MarketTrade trade)
    {
        if (trade.IsBlock)
        {
            Trades.Add(new TapeTrade(trade, _lastDirection));
            return;
        }

        _lastDirection = Direction(trade.Price);
        _lastPrice = trade.Price;
        Trades.Add(new TapeTrade(trade, _lastDirection));
        bool isFirst = _candles[0].Count == 0;
        if (!isFirst) Advance(trade.MatchMillis);
        for (int i = 0; i < _candles.Length; i++)
        {
            RecentRows<Candle> candles = _candles[i];
            if (isFirst) candles.Add(Candle.Empty(CandleInterval.All[i], trade.MatchMillis, trade.Price));
            ref Candle open = ref candles[candles.Count - 1];
            open = open.With(trade.Price, trade.Qty);
        }

        if (isFirst) _closedMinutes = new DayFigures(trade.Price, trade.Price, trade.Price, trade.Price, 0, 0);
    }

    /// <summary>Time passes: candles that have ended are closed.</summary>
    public void Advance(long nowMillis)
    {
        for (int i = 0; i < _candles.Length; i++)
        {
            RecentRows<Candle> candles = _candles[i];
            if (candles.Count == 0) return;
            while (candles[candles.Count - 1] is var open && open.NextStartMillis <= nowMillis)
            {
                candles.Add(Candle.Empty(CandleInterval.All[i], open.NextStartMillis, open.Close));
                if (i == 0) SumClosedMinutes();
            }
        }
    }

    private string Direction(decimal price)
    {
        if (_lastPrice is not { } last || price == last) return _lastDirection is "PlusTick" or "ZeroPlusTick" ? "ZeroPlusTick" : "ZeroMinusTick";
        return price > last ? "PlusTick" : "MinusTick";
    }

    private void SumClosedMinutes()
    {
        RecentRows<Candle> minutes = _candles[0];
        long open = minutes.Count - 1;
        long first = Math.Max(minutes.First, open - MinutesPerDay + 1);
        Candle oldest = minutes[first];
        Candle hourAgo = minutes[Math.Max(minutes.First, open - MinutesPerHour)];
        var figures = new DayFigures(oldest.Open, hourAgo.Open, minutes[open].Open, minutes[open].Open, 0, 0);
        for (long i = first; i < open; i++)
        {
            Candle minute = minutes[i];
            figures = figures with
            {
                High = Math.Max(figures.High, minute.High),
                Low = Math.Min(figures.Low, minute.Low),
                Volume = figures.Volume + minute.Volume,
                Turnover = figures.Turnover + minute.Turnover,
            };
        }

        _closedMinutes = figures;
    }
}
