using System.Collections.Concurrent;
using System.Globalization;
using LatencyEngine.MetaModel;
using LatencyEngine.Model;
using LatencyEngine.Signals;
using LatencyEngine.Strategist;
using LatencyEngine.Wire;

namespace LatencyEngine.Host;

/// <summary>The meta-label beside the engine: hourly candles of each symbol make a trend signal, a model says how likely its trade pays, and what it lets pass becomes a bias and, where the strategy trades outright, a position that is wanted. docs/concepts/meta-label.md.</summary>
/// <remarks>A function of the candles, the model and what it hears: equal runs say the same. A model that cannot be used any more leaves no bias and opens nothing.</remarks>
public sealed class MetaLabelThread : ISlowThread, IDisposable
{
    private const long SecondNanos = 1_000_000_000;
    private const int NotesMax = 100;
    private const string Setup = "meta-label";

    // Confidence is the mean of so many of the model's last answers, and nothing is said of it before there are so many in all.
    private const int AnswersMax = 20;
    private const int AnswersMin = 5;
    private const string NoModel = "noModel";
    private const string NoEdge = "noEdge";

    private readonly MetaLabelConfiguration _configuration;
    private readonly EngineConfiguration _engine;
    private readonly BybitDecoder _decoder;
    private readonly Symbol[] _symbols;
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly string _model;
    private readonly TradeRecords? _records;
    private decimal _equityUsdt;
    private bool _knowsAccount;
    private long _hour = long.MinValue;
    private bool _isAnother;
    private long _heardMillis;
    private long _nowMillis;
    private long _id;

    /// <summary>Prepares it for a run.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">Those of the engine.</param>
    /// <param name="files">Where it keeps what it has to know after a restart; null to forget it.</param>
    /// <exception cref="ConfigurationException">The model is refused, or candles cannot be read.</exception>
    /// <exception cref="History.HistoryException">SQLite's library is missing, or the trades of the run before cannot be read.</exception>
    public MetaLabelThread(EngineConfiguration configuration, InstrumentTable instruments, RunFiles? files = null)
    {
        (_engine, _configuration) = (configuration, configuration.MetaLabel);
        _model = _configuration.Model ?? throw new ConfigurationException([$"{configuration.Where("metaLabel:model")} is none: name the folder of a model; ./run.sh train makes one"]);
        _decoder = new BybitDecoder(instruments);
        InstrumentSpec[] specs = [.. Enumerable.Range(0, instruments.Count).Select(index => instruments[new InstrumentId(index)])];
        IReadOnlyList<Candle>[] histories = [.. specs.Select(spec => HourlyHistory.Read(configuration, spec.Symbol))];
        _records = files is null || !configuration.TradesOutright ? null : new TradeRecords(files);
        _symbols = [.. specs.Select((spec, index) => Begin(spec, histories[index]))];
        List<string> refusals = LoadModels();
        if (_symbols.All(symbol => symbol.Lane.Model is null))
        {
            _records?.Dispose();
            throw new ConfigurationException([$"{configuration.Where("metaLabel:model")}: {string.Join("; ", refusals)}"]);
        }

        foreach (string refusal in refusals) Note($"no model: {refusal}");
        foreach (Symbol symbol in _symbols.Where(symbol => symbol.Lane.Model is { Card.HasEdge: false }))
        {
            Note($"the test of {symbol.Lane.Model!.Card.Name} has found no edge in {symbol.Lane.Spec.Symbol}: {(_configuration.TradeWithoutEdge ? "it is traded on all the same (metaLabel:tradeWithoutEdge)" : "its signals are counted, and not traded on")}");
        }
    }

    /// <inheritdoc />
    public long StepNanos => _engine.TradesOutright && _symbols.Any(symbol => symbol.Lane.Trades.IsResuming) ? DirectionalTrades.ResumingStepNanos : OrdinaryStepNanos;

    /// <inheritdoc />
    public void Dispose() => _records?.Dispose();

    /// <summary>What it has done so far. Not while it steps.</summary>
    public MetaLabelResult Result => new(_configuration.TradeWithoutEdge, [.. _symbols.Select(symbol => new MetaLabelSymbolResult
    {
        Symbol = symbol.Lane.Spec.Symbol,
        Model = symbol.Lane.Model?.Card.Name,
        Edge = symbol.Lane.Model?.Card.HasEdge,
        Candles = symbol.Lane.Candles,
        HistorySignals = symbol.HistorySignals,
        HistoryAboveThreshold = symbol.HistoryAboveThreshold,
        Signals = symbol.Signals,
        Entries = symbol.Entries,
        Skipped = symbol.Skipped,
        Exits = symbol.Exits,
        LastProbability = double.IsNaN(symbol.Asked) ? null : symbol.Asked,
    })]);

    /// <inheritdoc />
    public bool TryTakeNote(out string note) => _notes.TryDequeue(out note!);

    /// <inheritdoc />
    public void OnMarket(ReadOnlySpan<byte> message, EpochNanos at)
    {
        _heardMillis = at.Milliseconds;
        switch (_decoder.DecodePublic(message))
        {
            case DecodeStatus.Trades:
                MetaLabelLane lane = _symbols[_decoder.Trades.Instrument.Index].Lane;
                foreach (ref readonly Trade trade in _decoder.Trades.Trades.AsSpan(0, _decoder.Trades.Count)) lane.OnTrade(in trade, _heardMillis);
                break;
            case DecodeStatus.Klines:
                foreach (ref readonly Kline kline in _decoder.Klines) _symbols[kline.Instrument.Index].Lane.OnKline(in kline);
                break;
        }
    }

    /// <inheritdoc />
    public void OnMissed(long messages)
    {
        foreach (Symbol symbol in _symbols) symbol.Lane.OnMissed();
        Note($"{(messages > 0 ? $"{messages} messages of the market were" : "the market was")} missed: the candles of this hour are not whole");
    }

    /// <inheritdoc />
    public void OnAccount(ReadOnlySpan<LaneFact> lanes, MoneyE8 wallet, QuotingState state)
    {
        _equityUsdt = Exact.Usdt(wallet);
        foreach (ref readonly LaneFact lane in lanes)
        {
            Symbol symbol = _symbols[lane.Instrument.Index];
            _equityUsdt += Exact.Usdt(lane.Unrealised);
            symbol.Lane.OnAccount(in lane, state);
        }

        if (!_knowsAccount && state is QuotingState.Active or QuotingState.Reducing) _knowsAccount = true;
    }

    /// <inheritdoc />
    public void OnDirectional(in DirectionalFact fact)
    {
        Symbol symbol = _symbols[fact.Instrument.Index];
        if (fact.Outcome == DirectionalOutcome.StopReached) Count(symbol.Exits, "stop");
        symbol.Lane.Trades.OnDirectional(in fact, _nowMillis);
    }

    /// <inheritdoc />
    public void Step(EpochNanos asOf, SlowInbox inbox)
    {
        _nowMillis = Math.Max(_nowMillis, asOf.Milliseconds);
        if (_engine.TradesOutright)
        {
            // Before anything that takes time: a position of the run before is without its stop until the engine has it.
            bool isResuming = _symbols.Any(symbol => symbol.Lane.Trades.IsResuming);
            foreach (Symbol symbol in _symbols) symbol.Lane.Trades.GoOn(asOf, inbox);
            if (isResuming && asOf.Nanos % OrdinaryStepNanos != 0) return;
        }

        LookAgain(asOf.Milliseconds);
        foreach (Symbol symbol in _symbols)
        {
            MetaLabelLane lane = symbol.Lane;
            if (_engine.Strategy == "directional") CloseStray(symbol, asOf, inbox);
            Follow(lane);
            while (lane.TryTakeHour(asOf.Milliseconds, _heardMillis, out long closeMillis)) OnHour(symbol, closeMillis, asOf, inbox);
            TellMissing(symbol, asOf.Milliseconds);
            if (_engine.TradesOutright) Watch(symbol, asOf, inbox);
        }

        foreach (Symbol symbol in _symbols) Publish(symbol, asOf, inbox);
    }

    private long OrdinaryStepNanos => _configuration.StepSeconds * SecondNanos;

    private Symbol Begin(InstrumentSpec spec, IReadOnlyList<Candle> history)
    {
        long lotsMax = Exact.Lots(spec, _engine.Instruments[spec.Symbol].PositionQtyMax);
        var trades = new DirectionalTrades(_records, Setup, spec, _configuration.EntrySeconds, lotsMax, _engine.Account.AssumedTakerFee, () => ++_id, note => Note($"{spec.Symbol}: {note}"));
        return new Symbol
        {
            Lane = new MetaLabelLane(spec, new MetaLabelTrader(_configuration.Settings), trades, history),
            LotsMax = lotsMax,
            TradedAtMillis = _records?.TradedAtMillis(spec.Symbol) ?? long.MinValue,
        };
    }

    /// <summary>The trader goes by what the engine and the account say: what is gone is forgotten, and what a restart has found is gone on with.</summary>
    private static void Follow(MetaLabelLane lane)
    {
        if (!lane.Trades.IsUnderWay) lane.Trader.Forget();
        else if (lane.Trader.Side == 0 && !lane.Trades.IsResuming && !lane.Trades.IsClosing && lane.Trades.Held is { EntryPrice: { } entry } held)
        {
            lane.Trader.Resume(held.Side == Side.Buy ? 1 : -1, entry, held.StopPrice ?? entry, held.OpenedMillis);
        }
    }

    private static void Count(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static string NameOf(MetaLabelOutcome outcome) => JsonName(outcome.ToString());

    private static string JsonName(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>Once an hour, in time for its candle: a model that was trained anew is taken, one that has become of no use is left, and where hours are missing the history is read again: somebody may have downloaded them.</summary>
    private void LookAgain(long nowMillis)
    {
        long hour = nowMillis / MetaLabelLane.HourMillis;
        if (hour == _hour) return;
        bool isFirst = _hour == long.MinValue;
        _hour = hour;
        if (isFirst) return;   // all has just been read
        TakeModels();
        foreach (Symbol symbol in _symbols.Where(symbol => symbol.Lane.HoursMissing(nowMillis) > 0)) Reread(symbol);
    }

    private void Reread(Symbol symbol)
    {
        try
        {
            IReadOnlyList<Candle> history = HourlyHistory.Read(_engine, symbol.Lane.Spec.Symbol);
            if (history.Count > 0) TakeHoursAgain(symbol, history);
        }
        catch (Exception fault) when (fault is ConfigurationException or History.HistoryException)
        {
            Note($"the hourly candles cannot be read again: {fault.Message}");
        }
    }

    /// <summary>The signals of all hours are put to the model again; none is counted, or acted on, twice.</summary>
    private static void TakeHoursAgain(Symbol symbol, IReadOnlyList<Candle>? history)
    {
        symbol.Forget();
        symbol.Lane.Again(history);
    }

    /// <summary>Says it where no signal can count, again where that will last longer, and once when they do again.</summary>
    private void TellMissing(Symbol symbol, long nowMillis)
    {
        MetaLabelLane lane = symbol.Lane;
        int missing = lane.HoursMissing(nowMillis);
        if (lane.Model is null) return;
        bool isNews = missing > symbol.HoursMissed || (missing == 0 && symbol.HoursMissed > 0);
        symbol.HoursMissed = missing;
        if (!isNews) return;
        string last = lane.LastMillis == long.MinValue ? "there is none" : $"the last is of {DateTime.UnixEpoch.AddMilliseconds(lane.LastMillis):yyyy-MM-dd HH:mm}";
        Note(missing == 0
            ? $"{lane.Spec.Symbol}: no hour is missing any more, its signals count"
            : $"{lane.Spec.Symbol}: hourly candles are missing ({last}): its signals do not count for {missing} hours, or until they are in metaLabel:hourlyCandles, which is read again every hour; ./run.sh download-data --symbol {lane.Spec.Symbol} --interval 60 gets them");
    }

    /// <summary>Without quotes a position that nobody has asked for has nobody who watches it: of the run before without a record, or of an answer that came too late. One that is seen twice is closed.</summary>
    private void CloseStray(Symbol symbol, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        bool isStray = _knowsAccount && lane.HeldLots != 0 && !lane.Trades.IsUnderWay;
        if (isStray && lane.HadStray) Close(symbol, "a position that nothing has asked for", asOf, inbox);
        lane.HadStray = isStray;
    }

    private void TakeModels()
    {
        Predictor?[] before = [.. _symbols.Select(symbol => symbol.Lane.Model)];
        List<string> refusals = LoadModels();
        for (int i = 0; i < _symbols.Length; i++)
        {
            (Predictor? was, Predictor? now) = (before[i], _symbols[i].Lane.Model);
            if (was is not null && now is null) Note($"{_symbols[i].Lane.Spec.Symbol}: no bias and no more trades, the model is refused: {string.Join("; ", refusals)}");
            else if (now is not null && now.Card.Identity != was?.Card.Identity)
            {
                _isAnother = true;
                Note($"{_symbols[i].Lane.Spec.Symbol}: another model from now on, {now.Card.Name} of candles to {DateTime.UnixEpoch.AddMilliseconds(now.Card.TrainedUntilMillis):yyyy-MM-dd}, {(now.Card.HasEdge ? "with an edge" : "no edge")}");
            }
        }
    }

    /// <summary>Each symbol's model: the folder itself, or the one in it that has the symbol's name.</summary>
    /// <returns>Why a symbol has none, a line each.</returns>
    private List<string> LoadModels()
    {
        var refusals = new List<string>();
        foreach (Symbol symbol in _symbols)
        {
            string name = symbol.Lane.Spec.Symbol;
            string own = Path.Combine(_model, name);
            Predictor? model = Predictor.TryLoad(Directory.Exists(own) ? own : _model, out string refusal);
            if (model is not null && model.Card.IntervalMillis != MetaLabelLane.HourMillis) refusal = $"{model.Card.Name} is of candles of {model.Card.IntervalMillis / 60_000} minutes, where hours are wanted; train it with --timeframe 1h";
            else if (model is not null && model.Card.Symbol != name) refusal = $"{name} has none, {model.Card.Name} is of {model.Card.Symbol}";
            else if (model is { Card.UsesFunding: true }) refusal = $"{model.Card.Name} was trained with the funding rate, which is not known here; train it without --funding";
            if (refusal.Length > 0) model = null;
            bool isAnother = model?.Card.Identity != symbol.Lane.Model?.Card.Identity;
            symbol.Lane.Model = model;
            if (isAnother) TakeHoursAgain(symbol, null);   // its answers were another's
            if (isAnother && model is not null) TellOtherTrades(symbol, model.Card);
            if (refusal.Length > 0 && !refusals.Contains(refusal)) refusals.Add(refusal);
        }

        return refusals;
    }

    /// <summary>What it says of trades with other exits than it learnt from is worth less.</summary>
    private void TellOtherTrades(Symbol symbol, ModelCard card)
    {
        MetaLabelSettings settings = _configuration.Settings;
        if (card.StopFraction == (double)settings.StopFraction && card.TargetFraction == (double)settings.TargetFraction && card.CandlesMax == settings.HoldMaxHours) return;
        Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{symbol.Lane.Spec.Symbol}: {card.Name} has learnt from trades with a stop of {card.StopFraction}, a target of {card.TargetFraction} and {card.CandlesMax} hours, and the profile trades with {settings.StopFraction}, {settings.TargetFraction} and {settings.HoldMaxHours}: its probabilities are of other trades"));
    }

    private void OnHour(Symbol symbol, long closeMillis, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        FeatureBuilder features = lane.Features;
        long entryEndsMillis = closeMillis + (_configuration.EntrySeconds * 1_000L);
        if (features.Direction != symbol.View.Direction) symbol.View = default;
        if (!features.IsEvent) return;
        bool isAbove = Judge(symbol, closeMillis);
        if (closeMillis <= symbol.CountedToMillis) return;
        symbol.CountedToMillis = closeMillis;
        bool isFresh = asOf.Milliseconds < entryEndsMillis && closeMillis > symbol.TradedAtMillis;   // what the run before has traded on is of the past
        if (!isFresh)
        {
            symbol.HistorySignals++;
            if (isAbove) symbol.HistoryAboveThreshold++;
            return;
        }

        symbol.Signals++;
        MetaLabelDecision decision = Decide(symbol, entryEndsMillis, asOf, out string? skip);
        Note(string.Create(CultureInfo.InvariantCulture, $"{lane.Spec.Symbol}: a signal {(features.Direction == SignalDirection.Up ? "up" : "down")}, probability {symbol.Asked:0.000}: {skip ?? (_engine.TradesOutright ? NameOf(decision.Outcome) : "a bias")}"));
        if (skip is not null) Count(symbol.Skipped, skip);
        if (decision.IsTrade) Ask(symbol, decision, asOf, inbox);
    }

    /// <summary>Asks the model, and says why its answer may not be acted on.</summary>
    /// <returns>Whether it lies above the threshold.</returns>
    private bool Judge(Symbol symbol, long closeMillis)
    {
        MetaLabelLane lane = symbol.Lane;
        symbol.Asked = lane.Model?.Probability(lane.Features.Values) ?? double.NaN;
        if (lane.Model is not null) symbol.Answered(double.IsNaN(symbol.Asked) ? 0 : symbol.Asked);
        bool isAbove = symbol.Asked > Threshold(lane);
        symbol.WhyNot = lane.Model is null ? NoModel
            : lane.HoursMissing(closeMillis) > 0 ? "missingCandles"
            : !isAbove ? NameOf(MetaLabelOutcome.Unsure)
            : !lane.Model.Card.HasEdge && !_configuration.TradeWithoutEdge ? NoEdge
            : null;
        symbol.View = (lane.Features.Direction, symbol.Asked, closeMillis);
        return isAbove;
    }

    private double Threshold(MetaLabelLane lane) => Math.Max(_configuration.Settings.ProbabilityAbove, lane.Model?.Card.Threshold ?? 0);

    private MetaLabelDecision Decide(Symbol symbol, long entryEndsMillis, EpochNanos asOf, out string? skip)
    {
        MetaLabelLane lane = symbol.Lane;
        skip = symbol.WhyNot;
        if (!_engine.TradesOutright) return default;
        double price = lane.PriceAt(asOf.Milliseconds);
        if (double.IsNaN(price) || !_knowsAccount)
        {
            skip ??= _knowsAccount ? "noPrice" : "noAccount";
            return default;
        }

        if (lane.Trades.IsClosing && lane.Trader.Side == 0)   // of a position that is not its own
        {
            skip ??= "closing";
            return default;
        }

        // A signal that may not be acted on is judged all the same: it takes the place of one that waits for the other side to be closed.
        var signal = new MetaLabelSignal(lane.Features.Direction, IsEvent: true, skip is null ? symbol.Asked : double.NaN);
        MetaLabelDecision decision = lane.Trader.OnCandle(signal, entryEndsMillis, (decimal)price, Held(symbol), asOf.Milliseconds);
        if (decision.Skip != MetaLabelOutcome.None) skip ??= NameOf(decision.Skip);
        return Sized(symbol, decision, ref skip);
    }

    /// <summary>What would be less than a lot is not opened.</summary>
    private static MetaLabelDecision Sized(Symbol symbol, MetaLabelDecision decision, ref string? skip)
    {
        if (decision.Outcome != MetaLabelOutcome.Opens || LotsOf(symbol, decision) != 0) return decision;
        symbol.Lane.Trader.Forget();
        skip = "lessThanALot";
        return default;
    }

    private void Watch(Symbol symbol, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        double price = lane.WatchedPriceAt(asOf.Milliseconds);
        if (double.IsNaN(price) || (!_knowsAccount && lane.Trades.OwnLots == 0) || lane.Trades.IsResuming) return;   // to open, equity must be known; to close, not
        decimal Seen(double extreme) => double.IsFinite(extreme) ? (decimal)extreme : (decimal)price;
        MetaLabelDecision decision = lane.Trader.OnPrices(lane.DirectionAt(asOf.Milliseconds), Seen(lane.Low), Seen(lane.High), (decimal)price, Held(symbol), asOf.Milliseconds);
        if (lane.Trades.IsPassed && decision.Outcome == MetaLabelOutcome.Trails) decision = new MetaLabelDecision(MetaLabelOutcome.TrailPassed);   // by the mark price
        lane.ForgetPrices();
        string? skip = decision.Skip == MetaLabelOutcome.None ? null : NameOf(decision.Skip);
        decision = Sized(symbol, decision, ref skip);
        if (skip is not null) Count(symbol.Skipped, skip);
        if (decision.IsTrade) Ask(symbol, decision, asOf, inbox);
    }

    private MetaLabelHoldings Held(Symbol symbol) => new(
        _equityUsdt, Exact.Qty(symbol.Lane.Spec, new QtyLots(symbol.Lane.Trades.OwnLots)), symbol.Lane.Trades.Stop, _symbols.Count(other => other != symbol && other.Lane.IsOpen));

    private static long LotsOf(Symbol symbol, MetaLabelDecision decision) =>
        Math.Clamp(Exact.Lots(symbol.Lane.Spec, decision.WantedQty), -symbol.LotsMax, symbol.LotsMax);

    private void Ask(Symbol symbol, MetaLabelDecision decision, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        if (lane.Trades.IsClosing) return;   // it is asked again until it is so
        if (decision.Closes)
        {
            string reason = NameOf(decision.Outcome == MetaLabelOutcome.Turns ? MetaLabelOutcome.Reversal : decision.Outcome);
            Count(symbol.Exits, reason);
            Close(symbol, reason, asOf, inbox);
            return;
        }

        if (decision.Outcome == MetaLabelOutcome.Trails)
        {
            Note(string.Create(CultureInfo.InvariantCulture, $"{lane.Spec.Symbol}: the stop moves to {Exact.Price(lane.Spec, Exact.Ticks(lane.Spec, decision.Stop))}"));
            lane.Trades.MoveStop(decision.Stop, asOf, inbox);
            return;
        }

        long lots = LotsOf(symbol, decision);
        symbol.Entries++;
        Note(string.Create(CultureInfo.InvariantCulture, $"wants {Exact.Qty(lane.Spec, new QtyLots(lots))} {lane.Spec.Symbol}"));
        int entrySeconds = (int)Math.Max(1, (lane.Trader.EntryEndsMillis - asOf.Milliseconds) / 1_000);
        lane.Trades.Ask(lots, decision.Bound, decision.Stop, entrySeconds, "a signal", asOf, inbox);
    }

    private void Close(Symbol symbol, string reason, EpochNanos asOf, SlowInbox inbox)
    {
        Note($"{symbol.Lane.Spec.Symbol}: closes what is held: {reason}");
        symbol.Lane.Trades.Ask(0, 0, 0, _configuration.EntrySeconds, reason, asOf, inbox);
    }

    /// <summary>The mean of the last answers of all models, those to the signals of the past among them, so that a restart forgets none, from 1: what is left is the doubt. All of it where every model is refused; before there are enough answers none is told, but for one word that there is no doubt where another model has taken the place: what was said of the one before does not count on.</summary>
    private long DoubtE8()
    {
        if (_symbols.All(symbol => symbol.Lane.Model is null)) return Bias.FullScoreE8;
        int count = _symbols.Sum(symbol => symbol.Answers.Count);
        long few = _isAnother ? 0 : Bias.NoDoubtTold;
        _isAnother = false;
        return count < AnswersMin ? few : (long)Math.Round((1 - Math.Clamp(_symbols.Sum(symbol => symbol.Answers.Sum()) / count, 0, 1)) * Bias.FullScoreE8);
    }

    /// <summary>The view of the last signal that is acted on, while its trade could still live and no hour is missing; how sure the models are is told with it.</summary>
    private void Publish(Symbol symbol, EpochNanos asOf, SlowInbox inbox)
    {
        bool counts = symbol.WhyNot is null && symbol.Lane.HoursMissing(asOf.Milliseconds) == 0 && asOf.Milliseconds - symbol.View.CloseMillis < _configuration.Settings.HoldMaxHours * MetaLabelLane.HourMillis;
        Bias.TryScore(counts ? new MetaLabelSignal(symbol.View.Direction, true, symbol.View.Probability).Bias : 0, out int scoreE8);
        inbox.Publish(new Bias
        {
            Instrument = symbol.Lane.Spec.Id,
            ScoreE8 = scoreE8,
            ShiftNanoTicks = (long)Math.Round(scoreE8 * (_configuration.ShiftTicks * 1e9 / Bias.FullScoreE8)),
            MadeAt = asOf,
            Id = ++_id,
            DoubtE8 = DoubtE8(),
        });
    }

    private void Note(string note)
    {
        if (_notes.Count < NotesMax) _notes.Enqueue(note);
    }

    /// <summary>One symbol, with what is counted of it.</summary>
    private sealed class Symbol
    {
        public required MetaLabelLane Lane { get; init; }

        public required long LotsMax { get; init; }

        public (SignalDirection Direction, double Probability, long CloseMillis) View { get; set; }

        /// <summary>Close of the last signal that was counted, ms since 1970.</summary>
        public long CountedToMillis { get; set; } = long.MinValue;

        /// <summary>When the run before traded last, ms since 1970.</summary>
        public long TradedAtMillis { get; init; }

        /// <summary>How many hours had to come until a signal counts, at the last look.</summary>
        public int HoursMissed { get; set; }

        /// <summary>What the model answered last; NaN where none did.</summary>
        public double Asked { get; set; } = double.NaN;

        /// <summary>Why that may not be acted on.</summary>
        public string? WhyNot { get; set; }

        /// <summary>What the model answered to its last signals, oldest first.</summary>
        public Queue<double> Answers { get; } = new();

        public long HistorySignals { get; set; }

        public long HistoryAboveThreshold { get; set; }

        public long Signals { get; set; }

        public long Entries { get; set; }

        public SortedDictionary<string, long> Skipped { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, long> Exits { get; } = new(StringComparer.Ordinal);

        /// <summary>The model has answered to a signal.</summary>
        public void Answered(double probability)
        {
            Answers.Enqueue(probability);
            if (Answers.Count > AnswersMax) Answers.Dequeue();
        }

        /// <summary>The model is another now, or none.</summary>
        public void Forget()
        {
            Answers.Clear();
            View = default;
        }
    }
}
