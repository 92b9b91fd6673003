using System.Collections.Concurrent;
using System.Globalization;
using LatencyEngine.Forecast;
using LatencyEngine.History;
using LatencyEngine.Model;
using LatencyEngine.Signals;
using LatencyEngine.Strategist;
using LatencyEngine.Wire;

namespace LatencyEngine.Host;

/// <summary>The hybrid plan beside the engine: daily closes and the trades that are heard become one view of the market, a forecast is made of it once a day, and at each step the score becomes a bias and, where the strategy trades outright, a position that is wanted. docs/concepts/strategist.md.</summary>
/// <remarks>A function of the closes and of what it hears: equal runs say the same. A forecast that fails leaves the last good one, until it is too old.</remarks>
public sealed class HybridThread : ISlowThread, IDisposable
{
    private const long MinuteMillis = 60_000;
    private const long HourMillis = 60 * MinuteMillis;
    private const long DayMillis = 24 * HourMillis;
    private const double CandleTolerance = 1e-9;
    private const int NotesMax = 100;
    private const long SecondNanos = 1_000_000_000;

    // Trades of a minute may come this long after its end.
    private const long LateMillis = 2_000;

    // A price older than this is none: the market may be away.
    private const long PriceAgeMaxMillis = 60_000;

    // So many closes, one a day, the RSI and the momentum rest on.
    private const int ClosesMin = 15;

    // A future has its own price, but not by so much.
    private const double StoredTolerance = 0.02;

    private readonly HybridConfiguration _configuration;
    private readonly bool _tradesOutright;
    private readonly InstrumentTable _instruments;
    private readonly InstrumentSpec _spec;
    private readonly BybitDecoder _decoder;
    private readonly HybridTrader _trader;
    private readonly TradeRecords? _records;
    private readonly string? _forecastPath;
    private readonly DirectionalTrades _trades;
    private readonly HeardCandles _minutes = new(MinuteMillis);
    private readonly HeardCandles _days = new(DayMillis);
    private readonly Queue<Candle> _folded = new();
    private readonly DailyHistory _history;
    private readonly long _lotsMax;
    private readonly ConcurrentQueue<string> _notes = new();
    private IndicatorSet _indicators = new(DayMillis);
    private IndicatorValues _values;
    private ForecastPath? _forecast;
    private bool _hasSkill;
    private long _refitAtMillis = long.MinValue;
    private double _price = double.NaN;
    private long _priceAtMillis;
    private Holdings _held;
    private bool _knowsAccount;
    private long _rereadAtMillis = long.MinValue;
    private long _nowMillis;
    private long _heardMillis;
    private long _id;
    private string? _toldReason = "";

    /// <summary>Prepares it for a run.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">Those of the engine.</param>
    /// <param name="files">Where it keeps what it has to know after a restart; null to forget it.</param>
    /// <exception cref="ConfigurationException">The daily closes cannot be read.</exception>
    /// <exception cref="HistoryException">The trades of the run before cannot be read.</exception>
    public HybridThread(EngineConfiguration configuration, InstrumentTable instruments, RunFiles? files = null)
    {
        _configuration = configuration.Hybrid;
        _tradesOutright = configuration.TradesOutright;
        _instruments = instruments;
        _spec = instruments[new InstrumentId(configuration.Symbols.ToList().IndexOf(_configuration.Symbol))];
        _decoder = new BybitDecoder(instruments);
        _trader = new HybridTrader(_configuration.Settings);
        _history = DailyHistory.Read(configuration, _configuration.DailyCloses, _configuration.Symbol);
        _lotsMax = Exact.Lots(_spec, configuration.Instruments[_configuration.Symbol].PositionQtyMax);
        _forecastPath = files?.ForecastPath(_configuration.Symbol);
        _records = files is null ? null : new TradeRecords(files);
        _trades = new DirectionalTrades(_records, "hybrid", _spec, _configuration.EntrySeconds, _lotsMax, _configuration.Settings.FeeFraction, () => ++_id, Note);
        Remember();
    }

    /// <inheritdoc />
    public long StepNanos => _trades.IsResuming && _tradesOutright ? DirectionalTrades.ResumingStepNanos : OrdinaryStepNanos;

    /// <inheritdoc />
    public void Dispose() => _records?.Dispose();

    /// <inheritdoc />
    public bool TryTakeNote(out string note) => _notes.TryDequeue(out note!);

    /// <inheritdoc />
    public void OnMarket(ReadOnlySpan<byte> message, EpochNanos at)
    {
        _nowMillis = Math.Max(_nowMillis, at.Milliseconds);
        _heardMillis = at.Milliseconds;
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
        _minutes.OnMissed();
        _days.OnMissed();
        Note($"{(messages > 0 ? $"{messages} messages of the market were" : "the market was")} missed: the candles of this minute and this day are not whole");
    }

    /// <inheritdoc />
    public void OnAccount(ReadOnlySpan<LaneFact> lanes, MoneyE8 wallet, QuotingState state)
    {
        decimal equity = Exact.Usdt(wallet);
        decimal elsewhere = 0;
        foreach (ref readonly LaneFact lane in lanes)
        {
            equity += Exact.Usdt(lane.Unrealised);
            if (lane.Instrument != _spec.Id) elsewhere += Math.Abs(Exact.Qty(_instruments[lane.Instrument], lane.Position)) * Exact.Price(lane.MarkPrice);
        }

        // What the quotes hold is theirs; it goes where the trade goes, once there is one.
        _trades.OnAccount(in lanes[_spec.Id.Index], state);
        _held = new Holdings(equity, Exact.Qty(_spec, new QtyLots(_trades.OwnLots)), elsewhere);
        _knowsAccount |= state is QuotingState.Active or QuotingState.Reducing;   // before, the wallet is the profile's and not the account's
    }

    /// <inheritdoc />
    public void OnDirectional(in DirectionalFact fact)
    {
        if (fact.Instrument == _spec.Id) _trades.OnDirectional(in fact, _nowMillis);
    }

    /// <inheritdoc />
    public void Step(EpochNanos asOf, SlowInbox inbox)
    {
        long now = asOf.Milliseconds;
        _nowMillis = Math.Max(_nowMillis, now);
        bool isResuming = _trades.IsResuming;
        if (_tradesOutright)
        {
            // Before anything that takes time: a position is without its stop until the engine has it.
            _trades.GoOn(asOf, inbox);
            if (isResuming && asOf.Nanos % OrdinaryStepNanos != 0) return;
        }

        // While nothing is heard nobody knows whether all was: the connection may be away.
        long heardMillis = Math.Min(now, _heardMillis) - LateMillis;
        if (_minutes.OnTime(heardMillis, out Candle minute)) OnMinute(in minute);
        if (_days.OnTime(heardMillis, out Candle day)) OnDay(in day);
        TakeCloses(now);
        Refit(now);
        HybridSignal signal = Signal(now);
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
            DoubtE8 = Bias.NoDoubtTold,
        });
        if (_tradesOutright && !isResuming && !_trades.IsClosing && _knowsAccount && now - _priceAtMillis <= PriceAgeMaxMillis) Trade(signal, asOf, inbox);
    }

    private long OrdinaryStepNanos => _configuration.StepSeconds * SecondNanos;

    private HybridSignal Signal(long now)
    {
        HybridSettings settings = _configuration.Settings;
        if (_forecast is not null && !_hasSkill) return HybridSignal.None("no member of the forecast has skill");
        DateOnly today = DayOf(now);
        if (now - _priceAtMillis > PriceAgeMaxMillis) return HybridSignal.None("there is no price");
        if (_history.WhyIncomplete(today, Math.Max(ClosesMin, settings.MomentumCandles)) is { } missing && HybridSignal.WhyNot(settings, _forecast, now) is null) return HybridSignal.None(missing);
        return HybridSignal.Of(settings, _forecast, _price, _history.CloseBefore(today, settings.MomentumCandles), in _values, now);
    }

    private static string Describe(HybridSignal signal) => string.Create(
        CultureInfo.InvariantCulture,
        $"bias {signal.Score:0.000}: forecast {signal.Forecast:0.000} ({100 * signal.ExpectedChange:0.0} % expected), tactical {signal.Tactical:0.000} (momentum {signal.Momentum:0.000}, RSI {signal.Rsi:0.000}, deviation {signal.Deviation:0.000})");

    private static DateOnly DayOf(long millis) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds(millis));

    private static long MillisOf(DateOnly day) => (long)(day.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).TotalMilliseconds;

    private void OnTrade(in Trade trade)
    {
        if (trade.IsBlockTrade) return;
        (double price, double qty) = (trade.Price.Ticks * _spec.TickE8 / 1e8, trade.Qty.Lots * _spec.LotE8 / 1e8);
        (_price, _priceAtMillis) = (price, trade.MatchMillis);
        if (_minutes.OnTrade(trade.MatchMillis, price, qty, out Candle minute)) OnMinute(in minute);
        if (_days.OnTrade(trade.MatchMillis, price, qty, out Candle day)) OnDay(in day);
    }

    /// <summary>Kept until the venue's own candle of the minute comes, if it does.</summary>
    private void OnMinute(in Candle minute)
    {
        _folded.Enqueue(minute);
        if (_folded.Count > NotesMax) _folded.Dequeue();
    }

    /// <summary>The close of a day that was heard through is as good as a stored one.</summary>
    private void OnDay(in Candle day)
    {
        DateOnly date = DayOf(day.OpenMillis);
        if (_history.Add(date, day.Close) is { } stored && Math.Abs(day.Close - stored) > StoredTolerance * stored)
        {
            Note(string.Create(CultureInfo.InvariantCulture, $"the stored close of {date:yyyy-MM-dd}, {stored}, differs from what was heard, {day.Close}"));
        }
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
        Note(string.Create(
            CultureInfo.InvariantCulture,
            $"the minute of {DateTime.UnixEpoch.AddMilliseconds(own.OpenMillis):HH:mm} UTC differs: its trades make {own.Open} {own.High} {own.Low} {own.Close}, {own.Volume} traded; the venue has {open} {high} {low} {close}, {volume}"));

        static bool Near(double left, double right) => Math.Abs(left - right) <= CandleTolerance * right;
    }

    /// <summary>A new close makes a new forecast due.</summary>
    private void TakeCloses(long now)
    {
        Reread(now);
        while (_history.TryTake(DayOf(now), out (DateOnly Day, double Close) next))
        {
            _values = _indicators.Next(new Candle(MillisOf(next.Day), next.Close, next.Close, next.Close, next.Close, 0));
            _refitAtMillis = long.MinValue;
        }
    }

    /// <summary>Where a close is missing, a history is looked at again once an hour: somebody may have downloaded it.</summary>
    private void Reread(long now)
    {
        if (now < _rereadAtMillis || _history.WhyIncomplete(DayOf(now), ClosesMin) is null) return;
        bool isFirst = _rereadAtMillis == long.MinValue;
        _rereadAtMillis = now + HourMillis;
        if (isFirst) return;   // it has just been read
        try
        {
            if (_history.TryReread()) _indicators = new IndicatorSet(DayMillis);
        }
        catch (HistoryException fault)
        {
            Note($"the daily closes cannot be read again: {fault.Message}");
        }
    }

    /// <summary>Whatever a fit fails of, the last forecast stays.</summary>
    private void Refit(long now)
    {
        if (now < _refitAtMillis || _history.IsEmpty) return;
        _refitAtMillis = now + (_configuration.ForecastRefreshHours * HourMillis);
        try
        {
            DailyForecast forecast = DailyForecaster.Forecast(DailyCloses.From(_history.Known), _configuration.Settings.LookforwardDays + 2, new ForecastSettings());
            Take(forecast);
            ForecastDay there = forecast.Days[_configuration.Settings.LookforwardDays - 1];
            Note(string.Create(
                CultureInfo.InvariantCulture,
                $"forecast from closes to {forecast.LastDay:yyyy-MM-dd}: in {_configuration.Settings.LookforwardDays} days {there.EqualWeights:0.##} with equal weights, {there.Price:0.##} weighted by skill{(there.Weights.Naive == 1 ? ", of which no member has any" : "")}; phase {forecast.Phase.Position.Label}"));
            if (_forecastPath is not null) Keep(forecast, _forecastPath);
        }
#pragma warning disable CA1031 // A fit that fails, of whatever, must not end the thread that watches over biases and trades.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _refitAtMillis = now + HourMillis;
            Note($"no new forecast, the last one stays: {fault.Message}");
        }
    }

    private void Take(DailyForecast forecast)
    {
        _forecast = new ForecastPath(MillisOf(forecast.LastDay) + DayMillis, forecast.LastPrice, [.. forecast.Days.Select(ahead => _configuration.IsWeighted ? ahead.Price : ahead.EqualWeights)]);
        _hasSkill = !_configuration.IsWeighted || forecast.Days[_configuration.Settings.LookforwardDays - 1].Weights.Naive < 1;   // else it is the last close, which foretells nothing
    }

    /// <summary>The last good forecast and the open trade of the run before. A forecast that is of no use is not missed for long: a new one is made at the first step.</summary>
    private void Remember()
    {
        try
        {
            if (File.Exists(_forecastPath) && ForecastFile.Load(_forecastPath) is { } forecast && forecast.Days.Count >= _configuration.Settings.LookforwardDays) Take(forecast);
        }
        catch (ForecastException fault)
        {
            Note($"the forecast of the run before is not used: {fault.Message}");
        }

        if (_records?.TradedAtMillis(_configuration.Symbol) is { } tradedAt) _trader.Resume(tradedAt);
    }

    /// <summary>In place of the one before, which stays where it cannot be written.</summary>
    private static void Keep(DailyForecast forecast, string path)
    {
        try
        {
            AtomicFile.Write(path, ForecastFile.Serialize(forecast));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ForecastException($"{path}: {fault.Message}", fault);
        }
    }

    private void Trade(HybridSignal signal, EpochNanos asOf, SlowInbox inbox)
    {
        TradeDecision decision = _trader.Decide(signal, (decimal)_price, _held, asOf.Milliseconds);
        if (!decision.IsTrade) return;
        long lots = Math.Clamp(Exact.Lots(_spec, decision.WantedQty), -_lotsMax, _lotsMax);
        if (lots == 0 && decision.WantedQty != 0) return;   // less than a lot
        Note(string.Create(CultureInfo.InvariantCulture, $"wants {Exact.Qty(_spec, new QtyLots(lots))} {_spec.Symbol}: {decision.Reason}"));
        _trades.Ask(lots, decision.Bound, decision.Stop, _configuration.EntrySeconds, decision.Reason, asOf, inbox);
    }

    private void Note(string note)
    {
        if (_notes.Count < NotesMax) _notes.Enqueue(note);
    }
}
