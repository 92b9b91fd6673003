using System.Collections.Concurrent;
using System.Globalization;
using LatencyEngine.Forecast;
using LatencyEngine.Model;
using LatencyEngine.Signals;
using LatencyEngine.Strategist;
using LatencyEngine.Wire;

namespace LatencyEngine.Host;

/// <summary>The hybrid plan beside the engine: daily closes and the trades that are heard become one view of the market, a forecast is made of it once a day, and at each step the score becomes a bias and, where the strategy trades outright, a position that is wanted. docs/concepts/strategist.md.</summary>
/// <remarks>A function of the closes and of what it hears: equal runs say the same. A forecast that fails leaves the last good one, until it is too old.</remarks>
public sealed class HybridThread : ISlowThread
{
    private const long MinuteMillis = 60_000;
    private const long HourMillis = 60 * MinuteMillis;
    private const long DayMillis = 24 * HourMillis;
    private const double CandleTolerance = 1e-9;
    private const int NotesMax = 100;

    private readonly HybridConfiguration _configuration;
    private readonly InstrumentTable _instruments;
    private readonly InstrumentSpec _spec;
    private readonly BybitDecoder _decoder;
    private readonly HybridTrader _trader;
    private readonly CandleFolder _minutes = new(MinuteMillis);
    private readonly CandleFolder _days = new(DayMillis);
    private readonly Queue<Candle> _folded = new();
    private readonly List<(DateOnly Day, double Close)> _closes;
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly IndicatorSet _indicators = new(DayMillis);
    private int _closesTaken;
    private IndicatorValues _values;
    private ForecastPath? _forecast;
    private long _refitAtMillis = long.MinValue;
    private double _price = double.NaN;
    private Holdings _held;
    private bool _knowsAccount;
    private bool _misses;
    private long _id;
    private long _wantedLots;
    private string? _toldReason = "";

    /// <summary>Prepares it for a run.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">Those of the engine.</param>
    /// <exception cref="ConfigurationException">The daily closes cannot be read.</exception>
    public HybridThread(EngineConfiguration configuration, InstrumentTable instruments)
    {
        _configuration = configuration.Hybrid;
        _instruments = instruments;
        _spec = instruments[new InstrumentId(configuration.Symbols.ToList().IndexOf(_configuration.Symbol))];
        _decoder = new BybitDecoder(instruments);
        _trader = new HybridTrader(_configuration.Settings);
        _closes = Read(configuration, _configuration.DailyCloses);
    }

    /// <inheritdoc />
    public long StepNanos => _configuration.StepSeconds * 1_000_000_000L;

    /// <summary>Candles of the venue that differ from those folded from its trades.</summary>
    public long CandleMismatches { get; private set; }

    /// <summary>What runs beside an engine of a configuration; null where nothing does.</summary>
    public static HybridThread? Of(EngineConfiguration configuration, InstrumentTable instruments) => !configuration.TradesOutright ? null : new HybridThread(configuration, instruments);

    /// <inheritdoc />
    public bool TryTakeNote(out string note) => _notes.TryDequeue(out note!);

    /// <inheritdoc />
    public void OnMarket(ReadOnlySpan<byte> message, EpochNanos at)
    {
        switch (_decoder.DecodePublic(message))
        {
            case DecodeStatus.Trades when _decoder.Trades.Instrument == _spec.Id:
                foreach (ref readonly Trade trade in _decoder.Trades.Trades.AsSpan(0, _decoder.Trades.Count)) OnTrade(in trade);
                break;
            case DecodeStatus.Klines:
                foreach (ref readonly Kline kline in _decoder.Klines) OnKline(in kline);
                break;
        }
    }

    /// <inheritdoc />
    public void OnMissed(long messages)
    {
        _misses = true;
        Note($"{messages} messages of the market were missed: the candles of this minute and this day are not whole");
    }

    /// <inheritdoc />
    public void OnAccount(ReadOnlySpan<LaneFact> lanes, MoneyE8 wallet)
    {
        decimal equity = Exact.Usdt(wallet);
        decimal elsewhere = 0;
        foreach (ref readonly LaneFact lane in lanes)
        {
            equity += Exact.Usdt(lane.Unrealised);
            if (lane.Instrument != _spec.Id) elsewhere += Math.Abs(Exact.Qty(_instruments[lane.Instrument], lane.Position)) * Exact.Price(lane.MarkPrice);
        }

        // What the quotes hold is theirs; it goes where the trade goes, once there is one.
        QtyLots position = lanes[_spec.Id.Index].Position;
        bool isOurs = _wantedLots != 0 && Math.Sign(_wantedLots) == Math.Sign(position.Lots);
        _held = new Holdings(equity, isOurs ? Exact.Qty(_spec, position) : 0, elsewhere);
        _knowsAccount = true;
    }

    /// <inheritdoc />
    public void Step(EpochNanos asOf, SlowInbox inbox)
    {
        long now = asOf.Milliseconds;
        if (_minutes.OnTime(now, out Candle minute)) OnMinute(in minute);
        if (_days.OnTime(now, out Candle day)) OnDay(in day);
        TakeCloses(now);
        Refit(now);
        HybridSignal signal = HybridSignal.Of(_configuration.Settings, _forecast, _price, CloseBefore(_configuration.Settings.MomentumCandles), in _values, now);
        if (signal.Reason != _toldReason) Note(signal.Reason is null ? Describe(signal) : $"no bias: {signal.Reason}");
        _toldReason = signal.Reason;
        Bias.TryScore(signal.Score, out int scoreE8);
        inbox.Publish(new Bias
        {
            Instrument = _spec.Id,
            ScoreE8 = scoreE8,
            ShiftNanoTicks = (long)Math.Round(scoreE8 * (_configuration.ShiftTicks * 1e9 / Bias.FullScoreE8)),
            MadeAt = asOf,
            Id = ++_id,
        });
        if (_knowsAccount && _price > 0) Trade(signal, asOf, inbox);
    }

    private static List<(DateOnly Day, double Close)> Read(EngineConfiguration configuration, string path)
    {
        if (!File.Exists(path)) throw new ConfigurationException([$"hybrid:dailyCloses: {configuration.ShownPath(path)}: no such file; name a CSV with the columns date and close"]);
        try
        {
            var closes = DailyCloses.Parse(File.ReadLines(path), configuration.ShownPath(path));
            return [.. closes.DayNumbers.Zip(closes.Prices, (day, price) => (DateOnly.FromDayNumber(day), price))];
        }
        catch (Exception fault) when (fault is ForecastException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"hybrid:dailyCloses: {fault.Message}"]);
        }
    }

    private static string Describe(HybridSignal signal) => string.Create(
        CultureInfo.InvariantCulture,
        $"bias {signal.Score:0.000}: forecast {signal.Forecast:0.000} ({100 * signal.ExpectedChange:0.0} % expected), tactical {signal.Tactical:0.000} (momentum {signal.Momentum:0.000}, RSI {signal.Rsi:0.000}, deviation {signal.Deviation:0.000})");

    private static DateOnly DayOf(long millis) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds(millis));

    private static long MillisOf(DateOnly day) => (long)(day.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).TotalMilliseconds;

    private void OnTrade(in Trade trade)
    {
        if (trade.IsBlockTrade) return;
        (double price, double qty) = (trade.Price.Ticks * (_spec.TickE8 / 1e8), trade.Qty.Lots * (_spec.LotE8 / 1e8));
        _price = price;
        if (_minutes.OnTrade(trade.MatchMillis, price, qty, out Candle minute)) OnMinute(in minute);
        if (_days.OnTrade(trade.MatchMillis, price, qty, out Candle day)) OnDay(in day);
    }

    /// <summary>Kept until the venue's own candle of the minute comes, if it does.</summary>
    private void OnMinute(in Candle minute)
    {
        if (!_minutes.IsWhole || _misses) return;
        _folded.Enqueue(minute);
        if (_folded.Count > NotesMax) _folded.Dequeue();
    }

    /// <summary>The close of a day that was heard through is as good as a stored one.</summary>
    private void OnDay(in Candle day)
    {
        DateOnly date = DayOf(day.OpenMillis);
        if (_days.IsWhole && !_misses && (_closes.Count == 0 || date > _closes[^1].Day)) _closes.Add((date, day.Close));
        _misses = false;
    }

    private void OnKline(in Kline kline)
    {
        if (kline.Instrument != _spec.Id || !kline.IsClosed || kline.Interval != KlineInterval.OneMinute) return;
        while (_folded.TryPeek(out Candle own) && own.OpenMillis <= kline.StartMillis)
        {
            _folded.Dequeue();
            if (own.OpenMillis == kline.StartMillis) Compare(in own, in kline);
        }
    }

    private void Compare(in Candle own, in Kline kline)
    {
        (double open, double high, double low, double close, double volume) = (kline.Open.Units / 1e8, kline.High.Units / 1e8, kline.Low.Units / 1e8, kline.Close.Units / 1e8, kline.VolumeE4 / 1e4);
        if (Near(own.Open, open) && Near(own.High, high) && Near(own.Low, low) && Near(own.Close, close) && Math.Abs(own.Volume - volume) <= 1e-4) return;
        CandleMismatches++;
        Note(string.Create(
            CultureInfo.InvariantCulture,
            $"the minute of {DateTime.UnixEpoch.AddMilliseconds(own.OpenMillis):HH:mm} UTC differs: its trades make {own.Open} {own.High} {own.Low} {own.Close}, {own.Volume} traded; the venue has {open} {high} {low} {close}, {volume}"));

        static bool Near(double left, double right) => Math.Abs(left - right) <= CandleTolerance * right;
    }

    /// <summary>The closes of days that are over go into the indicators, and never one of a day that is not: what a file knows of the future is not used.</summary>
    private void TakeCloses(long now)
    {
        DateOnly today = DayOf(now);
        for (; _closesTaken < _closes.Count && _closes[_closesTaken].Day < today; _closesTaken++)
        {
            (DateOnly date, double close) = _closes[_closesTaken];
            _values = _indicators.Next(new Candle(MillisOf(date), close, close, close, close, 0));
        }
    }

    private double CloseBefore(int candles) => _closesTaken >= candles ? _closes[_closesTaken - candles].Close : double.NaN;

    private void Refit(long now)
    {
        if (now < _refitAtMillis || _closesTaken == 0) return;
        _refitAtMillis = now + (_configuration.ForecastRefreshHours * HourMillis);
        try
        {
            DailyForecast forecast = DailyForecaster.Forecast(DailyCloses.From(_closes.Take(_closesTaken)), _configuration.Settings.LookforwardDays + 2, new ForecastSettings());
            _forecast = new ForecastPath(MillisOf(forecast.LastDay) + DayMillis, forecast.LastPrice, [.. forecast.Days.Select(ahead => ahead.Price)]);
            Note(string.Create(CultureInfo.InvariantCulture, $"forecast from closes to {forecast.LastDay:yyyy-MM-dd}: {forecast.Days[_configuration.Settings.LookforwardDays - 1].Price:0.##} in {_configuration.Settings.LookforwardDays} days, phase {forecast.Phase.Position.Label}"));
        }
        catch (ForecastException fault)
        {
            _refitAtMillis = now + HourMillis;
            Note($"no new forecast, the last one stays: {fault.Message}");
        }
    }

    private void Trade(HybridSignal signal, EpochNanos asOf, SlowInbox inbox)
    {
        TradeDecision decision = _trader.Decide(signal, (decimal)_price, _held, asOf.Milliseconds);
        if (!decision.IsTrade) return;
        long lots = (long)decimal.Truncate(decision.WantedQty / (_spec.LotE8 / 1e8m));
        _wantedLots = lots;
        Note(string.Create(CultureInfo.InvariantCulture, $"wants {Exact.Qty(_spec, new QtyLots(lots))} {_spec.Symbol}: {decision.Reason}"));
        inbox.Publish(new DirectionalRequest
        {
            Instrument = _spec.Id,
            EntrySeconds = _configuration.EntrySeconds,
            Wanted = new QtyLots(lots),
            Bound = lots == 0 ? default : Ticks(decision.Bound),
            Stop = lots == 0 ? default : Ticks(decision.Stop),
            MadeAt = asOf,
            Id = ++_id,
        });
    }

    private PriceTicks Ticks(decimal price) => new((long)decimal.Round(price / (_spec.TickE8 / 1e8m)));

    private void Note(string note)
    {
        if (_notes.Count < NotesMax) _notes.Enqueue(note);
    }
}
