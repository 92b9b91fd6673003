using LatencyEngine.MetaModel;
using LatencyEngine.Model;
using LatencyEngine.Signals;
using LatencyEngine.Strategist;

namespace LatencyEngine.Host;

/// <summary>One symbol of the meta-label: its hourly candles, signals and prices, and what is held of it for its sake.</summary>
/// <remarks>Thread: one.</remarks>
internal sealed class MetaLabelLane
{
    /// <summary>Length of a candle, ms.</summary>
    public const long HourMillis = 3_600_000;

    // Trades of an hour may come this long after its end.
    private const long LateMillis = 2_000;

    // A price older than this is none: the market may be away.
    private const long PriceAgeMaxMillis = 60_000;

    // So many hours without a hole the longest of the features rests on.
    private const int HoursAfterShortHole = 100;

    // A longer one is the beginning of another series: what the price did meanwhile is no move of an hour. From its beginning it takes the averages of the longer candles this long to say the same whatever was before.
    private const int HoursFromTheBeginning = 500;
    private const long ShortHoleMillis = FeatureBuilder.LongerFactor * HourMillis;

    // An hour may be taken so long after its beginning: its own, and until something is heard behind it.
    private const long AgeMaxMillis = 3 * HourMillis;

    private readonly HeardCandles _hours = new(HourMillis);
    private readonly Queue<Candle> _heard = new();
    private readonly List<Candle> _heardBefore = [];
    private FeatureBuilder _features = new(HourMillis);
    private IReadOnlyList<Candle> _history;
    private int _historyTaken;
    private int _hoursToCome = HoursFromTheBeginning;
    private double _price = double.NaN;
    private long _priceAtMillis = long.MinValue / 2;
    private PriceE8 _markPrice;

    /// <summary>Begins.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="trader">Its trades.</param>
    /// <param name="trades">What is asked of the engine for them.</param>
    /// <param name="history">Its candles of the past, oldest first; those that lie in the future of the run wait for their time.</param>
    public MetaLabelLane(InstrumentSpec spec, MetaLabelTrader trader, DirectionalTrades trades, IReadOnlyList<Candle> history) => (Spec, Trader, Trades, _history) = (spec, trader, trades, history);

    /// <summary>The instrument.</summary>
    public InstrumentSpec Spec { get; }

    /// <summary>Its trades.</summary>
    public MetaLabelTrader Trader { get; }

    /// <summary>What the engine is asked for, and what it says.</summary>
    public DirectionalTrades Trades { get; }

    /// <summary>Its model; null while none is loaded.</summary>
    public Predictor? Model { get; set; }

    /// <summary>What the features are of, after the candle taken last.</summary>
    public FeatureBuilder Features => _features;

    /// <summary>Hours that were taken.</summary>
    public long Candles { get; private set; }

    /// <summary>Hours that have to come without a hole until a signal counts: 0 where the last hour is the one just past, and none is missing among those that the features rest on.</summary>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public int HoursMissing(long nowMillis) => LastMillis != long.MinValue && nowMillis - LastMillis < AgeMaxMillis ? _hoursToCome : HoursFrom(nowMillis - (nowMillis % HourMillis));

    /// <summary>The direction that stands; none where hours are missing.</summary>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public SignalDirection DirectionAt(long nowMillis) => HoursMissing(nowMillis) == 0 ? _features.Direction : SignalDirection.Neutral;

    /// <summary>A position that nobody has asked for was there at the last look, too.</summary>
    public bool HadStray { get; set; }

    /// <summary>Open of the hour taken last, ms since 1970; the least there is before any.</summary>
    public long LastMillis { get; private set; } = long.MinValue;

    /// <summary>Signed position of the account, lots.</summary>
    public long HeldLots { get; private set; }

    /// <summary>Whether there is a position of it, whoever's, or will be.</summary>
    public bool IsOpen => HeldLots != 0 || Trades.IsUnderWay;

    /// <summary>Lowest price heard since the prices were taken last.</summary>
    public double Low { get; private set; } = double.PositiveInfinity;

    /// <summary>Highest price heard since then.</summary>
    public double High { get; private set; } = double.NegativeInfinity;

    /// <summary>The last trade's price; NaN where it was heard more than a minute ago.</summary>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public double PriceAt(long nowMillis) => nowMillis - _priceAtMillis <= PriceAgeMaxMillis ? _price : double.NaN;

    /// <summary>The price by which what is held is watched: that of the last trade, else the mark price, so that a market without trades keeps nothing open; NaN where there is neither.</summary>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    public double WatchedPriceAt(long nowMillis) => PriceAt(nowMillis) is var price && double.IsNaN(price) && Trades.OwnLots != 0 && _markPrice.Units > 0 ? _markPrice.Units / 1e8 : price;

    /// <summary>Lowest and highest begin anew.</summary>
    public void ForgetPrices() => (Low, High) = (double.PositiveInfinity, double.NegativeInfinity);

    /// <summary>What the account holds.</summary>
    /// <param name="lane">As the engine tells it.</param>
    /// <param name="state">Whether the engine quotes.</param>
    public void OnAccount(in LaneFact lane, QuotingState state)
    {
        (HeldLots, _markPrice) = (lane.Position.Lots, lane.MarkPrice);
        Trades.OnAccount(in lane, state);
    }

    /// <summary>A trade of the market.</summary>
    /// <param name="trade">The trade.</param>
    /// <param name="atMillis">When it was heard, ms since 1970.</param>
    public void OnTrade(in Trade trade, long atMillis)
    {
        if (trade.IsBlockTrade) return;
        (double price, double qty) = (trade.Price.Ticks * Spec.TickE8 / 1e8, trade.Qty.Lots * Spec.LotE8 / 1e8);
        (_price, _priceAtMillis) = (price, atMillis);
        (Low, High) = (Math.Min(Low, price), Math.Max(High, price));
        if (_hours.OnTrade(trade.MatchMillis, price, qty, out Candle hour)) _heard.Enqueue(hour);
    }

    /// <summary>A candle of the venue: what its trades make, whether they were heard or not.</summary>
    public void OnKline(in Kline kline)
    {
        if (!kline.IsClosed || kline.Interval != KlineInterval.OneHour) return;
        var hour = new Candle(kline.StartMillis, kline.Open.Units / 1e8, kline.High.Units / 1e8, kline.Low.Units / 1e8, kline.Close.Units / 1e8, kline.VolumeE4 / 1e4);
        if (hour.IsSound) _heard.Enqueue(hour);
    }

    /// <summary>Messages were lost: the hour that is forming is not whole.</summary>
    public void OnMissed() => _hours.OnMissed();

    /// <summary>Takes the next hour that is over into the features: of the history, else as it was heard. What the history knows of the future is not given.</summary>
    /// <param name="nowMillis">The present, ms since 1970.</param>
    /// <param name="heardMillis">When the market was heard last, ms since 1970: until something is heard after its end nobody knows whether an hour was heard whole.</param>
    /// <param name="closeMillis">Its end, ms since 1970.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTakeHour(long nowMillis, long heardMillis, out long closeMillis)
    {
        if (_hours.OnTime(Math.Min(nowMillis, heardMillis) - LateMillis, out Candle folded)) _heard.Enqueue(folded);
        closeMillis = 0;
        while (TryNext(nowMillis, out Candle hour))
        {
            if (hour.OpenMillis <= LastMillis) continue;   // known already
            if (IsBeginning(hour.OpenMillis)) _features = new FeatureBuilder(HourMillis);
            _hoursToCome = Math.Max(0, HoursFrom(hour.OpenMillis) - 1);
            LastMillis = hour.OpenMillis;
            _features.Next(in hour);
            Candles++;
            closeMillis = hour.OpenMillis + HourMillis;
            return true;
        }

        return false;
    }

    /// <summary>All hours are taken anew: the history as it is now, and those heard that it does not have.</summary>
    /// <param name="history">The history; null for the one that there is.</param>
    public void Again(IReadOnlyList<Candle>? history)
    {
        var hours = new SortedDictionary<long, Candle>();
        foreach (Candle hour in _heardBefore) hours[hour.OpenMillis] = hour;
        foreach (Candle hour in history ?? _history) hours[hour.OpenMillis] = hour;
        _history = [.. hours.Values];
        (_features, _historyTaken, LastMillis, _hoursToCome, Candles) = (new FeatureBuilder(HourMillis), 0, long.MinValue, HoursFromTheBeginning, 0);
    }

    /// <summary>Whether an hour has a long hole before it, or nothing at all.</summary>
    /// <param name="openMillis">Its open, ms since 1970.</param>
    private bool IsBeginning(long openMillis) => LastMillis == long.MinValue || openMillis - LastMillis - HourMillis > ShortHoleMillis;

    /// <summary>How many hours have to come, from one on.</summary>
    /// <param name="openMillis">Its open, ms since 1970.</param>
    private int HoursFrom(long openMillis) =>
        IsBeginning(openMillis) ? HoursFromTheBeginning
        : openMillis - LastMillis > HourMillis ? Math.Max(_hoursToCome, HoursAfterShortHole)
        : _hoursToCome;

    private bool TryNext(long nowMillis, out Candle hour)
    {
        hour = _historyTaken < _history.Count ? _history[_historyTaken] : default;
        if (_historyTaken < _history.Count && hour.OpenMillis + HourMillis <= nowMillis)
        {
            _historyTaken++;
            return true;
        }

        if (!_heard.TryDequeue(out hour)) return false;
        _heardBefore.Add(hour);
        return true;
    }
}
