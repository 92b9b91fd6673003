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
public sealed class MetaLabelThread : ISlowThread
{
    private const int NotesMax = 100;
    private const string NoModel = "noModel";
    private const string NoEdge = "noEdge";

    private readonly MetaLabelConfiguration _configuration;
    private readonly EngineConfiguration _engine;
    private readonly BybitDecoder _decoder;
    private readonly Symbol[] _symbols;
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly string _model;
    private decimal _equityUsdt;
    private bool _knowsAccount;
    private bool _asksForFound;
    private long _modelHour = long.MinValue;
    private double _confidence = 1;
    private long _id;

    /// <summary>Prepares it for a run.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">Those of the engine.</param>
    /// <exception cref="ConfigurationException">The model is refused, or candles cannot be read.</exception>
    /// <exception cref="History.HistoryException">SQLite's library is missing.</exception>
    public MetaLabelThread(EngineConfiguration configuration, InstrumentTable instruments)
    {
        (_engine, _configuration) = (configuration, configuration.MetaLabel);
        _model = _configuration.Model ?? throw new ConfigurationException([$"{configuration.Where("metaLabel:model")} is none: name the folder of a model; ./run.sh train makes one"]);
        _decoder = new BybitDecoder(instruments);
        _symbols = new Symbol[instruments.Count];
        for (int i = 0; i < _symbols.Length; i++)
        {
            InstrumentSpec spec = instruments[new InstrumentId(i)];
            _symbols[i] = new Symbol
            {
                Lane = new MetaLabelLane(spec, new MetaLabelTrader(_configuration.Settings), HourlyHistory.Read(configuration, spec.Symbol)),
                LotsMax = Exact.Lots(spec, configuration.Instruments[spec.Symbol].PositionQtyMax),
            };
        }

        List<string> refusals = LoadModels();
        if (_symbols.All(symbol => symbol.Lane.Model is null)) throw new ConfigurationException([$"{configuration.Where("metaLabel:model")}: {string.Join("; ", refusals)}"]);
        foreach (string refusal in refusals) Note($"no model: {refusal}");
        foreach (Symbol symbol in _symbols.Where(symbol => symbol.Lane.Model is { Card.HasEdge: false }))
        {
            Note($"the test of {symbol.Lane.Model!.Card.Name} has found no edge in {symbol.Lane.Spec.Symbol}: {(_configuration.TradeWithoutEdge ? "it is traded on all the same (metaLabel:tradeWithoutEdge)" : "its signals are counted, and not traded on")}");
        }
    }

    /// <inheritdoc />
    public long StepNanos => _configuration.StepSeconds * 1_000_000_000L;

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
        switch (_decoder.DecodePublic(message))
        {
            case DecodeStatus.Trades:
                MetaLabelLane lane = _symbols[_decoder.Trades.Instrument.Index].Lane;
                foreach (ref readonly Trade trade in _decoder.Trades.Trades.AsSpan(0, _decoder.Trades.Count)) lane.OnTrade(in trade);
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
            _equityUsdt += Exact.Usdt(lane.Unrealised);
            _symbols[lane.Instrument.Index].Lane.HeldLots = lane.Position.Lots;
        }

        // Without quotes a position of the run before has nobody who watches it.
        if (!_knowsAccount && state is QuotingState.Active or QuotingState.Reducing) (_knowsAccount, _asksForFound) = (true, _engine.Strategy == "directional");
    }

    /// <inheritdoc />
    public void OnDirectional(in DirectionalFact fact)
    {
        Symbol symbol = _symbols[fact.Instrument.Index];
        switch (fact.Outcome)
        {
            case DirectionalOutcome.Taken:
                (symbol.Lane.AskedLots, symbol.Lane.WantedLots) = (0, fact.Wanted.Lots != 0 ? fact.Wanted.Lots : symbol.Lane.WantedLots);
                break;
            case DirectionalOutcome.StopReached:
                Count(symbol.Exits, "stop");
                Note($"{symbol.Lane.Spec.Symbol}: the stop is reached");
                break;
            case DirectionalOutcome.Ended:
                symbol.Lane.WantedLots = 0;
                break;
            case DirectionalOutcome.NotOfTheStrategy or DirectionalOutcome.Impossible or DirectionalOutcome.TooLate or DirectionalOutcome.NothingMayOpen:
                symbol.Lane.AskedLots = 0;
                Note($"{symbol.Lane.Spec.Symbol}: the engine has refused it: {fact.Outcome}");
                break;
        }
    }

    /// <inheritdoc />
    public void Step(EpochNanos asOf, SlowInbox inbox)
    {
        TakeModels(asOf.Milliseconds / MetaLabelLane.HourMillis);
        foreach (Symbol symbol in _symbols)
        {
            if (_asksForFound && symbol.Lane.HeldLots != 0)
            {
                Note($"{symbol.Lane.Spec.Symbol}: a position of the run before is closed");
                Ask(symbol, new MetaLabelDecision(MetaLabelOutcome.None), asOf, inbox);
            }

            while (symbol.Lane.TryTakeHour(asOf.Milliseconds, out long closeMillis)) OnHour(symbol, closeMillis, asOf, inbox);
            if (_engine.TradesOutright) Watch(symbol, asOf, inbox);
        }

        _asksForFound = false;
        foreach (Symbol symbol in _symbols) Publish(symbol, asOf, inbox);
    }

    private static void Count(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static string NameOf(MetaLabelOutcome outcome) => JsonName(outcome.ToString());

    private static string JsonName(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>Once an hour, in time for its candle: a model that was trained anew is taken, one that has become of no use is left.</summary>
    private void TakeModels(long hour)
    {
        if (hour == _modelHour) return;
        bool isFirst = _modelHour == long.MinValue;
        _modelHour = hour;
        if (isFirst) return;   // they have just been read
        Predictor?[] before = [.. _symbols.Select(symbol => symbol.Lane.Model)];
        List<string> refusals = LoadModels();
        for (int i = 0; i < _symbols.Length; i++)
        {
            (Predictor? was, Predictor? now) = (before[i], _symbols[i].Lane.Model);
            if (was is not null && now is null) Note($"{_symbols[i].Lane.Spec.Symbol}: no bias and no more trades, the model is refused: {string.Join("; ", refusals)}");
            else if (now is not null && now.Card.ModelSha256 != was?.Card.ModelSha256) Note($"{_symbols[i].Lane.Spec.Symbol}: another model from now on, {now.Card.Name} of candles to {DateTime.UnixEpoch.AddMilliseconds(now.Card.TrainedUntilMillis):yyyy-MM-dd}, {(now.Card.HasEdge ? "with an edge" : "no edge")}");
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
            symbol.Lane.Model = refusal.Length == 0 ? model : null;
            if (refusal.Length > 0 && !refusals.Contains(refusal)) refusals.Add(refusal);
        }

        return refusals;
    }

    private void OnHour(Symbol symbol, long closeMillis, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        FeatureBuilder features = lane.Features;
        bool isFresh = asOf.Milliseconds - closeMillis < _configuration.EntrySeconds * 1_000L;
        if (features.Direction != symbol.View.Direction) symbol.View = default;
        if (features.IsEvent) Judge(symbol, closeMillis, isFresh);
        if (!isFresh) return;
        var signal = new MetaLabelSignal(features.Direction, features.IsEvent, features.IsEvent && symbol.WhyNot is null ? symbol.Asked : double.NaN);
        if (features.IsEvent) symbol.Signals++;
        MetaLabelDecision decision = Decide(symbol, signal, asOf, out string? skip);
        if (features.IsEvent) Note(string.Create(CultureInfo.InvariantCulture, $"{lane.Spec.Symbol}: a signal {(features.Direction == SignalDirection.Up ? "up" : "down")}, probability {symbol.Asked:0.000}: {skip ?? (_engine.TradesOutright ? NameOf(decision.Outcome) : "a bias")}"));
        if (skip is not null) Count(symbol.Skipped, skip);
        if (decision.IsTrade) Ask(symbol, decision, asOf, inbox);
    }

    /// <summary>Asks the model, and says why its answer may not be acted on.</summary>
    private void Judge(Symbol symbol, long closeMillis, bool isFresh)
    {
        MetaLabelLane lane = symbol.Lane;
        symbol.Asked = lane.Model?.Probability(lane.Features.Values) ?? double.NaN;
        bool isAbove = symbol.Asked > Threshold(lane);
        symbol.WhyNot = lane.Model is null ? NoModel
            : !lane.IsUnbroken ? "missingCandles"
            : !lane.Model.Card.HasEdge && !_configuration.TradeWithoutEdge && isAbove ? NoEdge
            : null;
        symbol.View = (lane.Features.Direction, symbol.Asked, closeMillis);
        if (isFresh)
        {
            if (lane.Model is not null) _confidence = symbol.Asked;
            return;
        }

        symbol.HistorySignals++;
        if (isAbove) symbol.HistoryAboveThreshold++;
    }

    private double Threshold(MetaLabelLane lane) => Math.Max(_configuration.Settings.ProbabilityAbove, lane.Model?.Card.Threshold ?? 0);

    private MetaLabelDecision Decide(Symbol symbol, MetaLabelSignal signal, EpochNanos asOf, out string? skip)
    {
        MetaLabelLane lane = symbol.Lane;
        skip = null;
        if (!_engine.TradesOutright) return default;
        double price = lane.PriceAt(asOf.Milliseconds);
        if (double.IsNaN(price) || !_knowsAccount)
        {
            if (signal.IsEvent) skip = symbol.WhyNot ?? (_knowsAccount ? "noPrice" : "noAccount");
            return default;
        }

        if (signal.Probability <= Threshold(lane)) signal = signal with { Probability = Math.Min(signal.Probability, BetSize.Threshold) };
        MetaLabelDecision decision = lane.Trader.OnCandle(signal, (decimal)price, Held(symbol), asOf.Milliseconds);
        if (decision.Skip != MetaLabelOutcome.None) skip = symbol.WhyNot ?? NameOf(decision.Skip);
        if (decision.Outcome is not (MetaLabelOutcome.Opens or MetaLabelOutcome.Turns) || LotsOf(symbol, decision) != 0) return decision;
        skip = "lessThanALot";
        return default;
    }

    private void Watch(Symbol symbol, EpochNanos asOf, SlowInbox inbox)
    {
        MetaLabelLane lane = symbol.Lane;
        double price = lane.PriceAt(asOf.Milliseconds);
        if (double.IsNaN(price) || !_knowsAccount) return;
        decimal Seen(double extreme) => double.IsFinite(extreme) ? (decimal)extreme : (decimal)price;
        MetaLabelDecision decision = lane.Trader.OnPrices(Seen(lane.Low), Seen(lane.High), (decimal)price, Held(symbol), asOf.Milliseconds);
        lane.ForgetPrices();
        if (decision.IsTrade) Ask(symbol, decision, asOf, inbox);
    }

    private MetaLabelHoldings Held(Symbol symbol) => new(
        _equityUsdt, Exact.Qty(symbol.Lane.Spec, new QtyLots(symbol.Lane.OwnLots)), _symbols.Count(other => other != symbol && other.Lane.IsOpen));

    private static long LotsOf(Symbol symbol, MetaLabelDecision decision) =>
        Math.Clamp(Exact.Lots(symbol.Lane.Spec, decision.WantedQty), -symbol.LotsMax, symbol.LotsMax);

    private void Ask(Symbol symbol, MetaLabelDecision decision, EpochNanos asOf, SlowInbox inbox)
    {
        InstrumentSpec spec = symbol.Lane.Spec;
        long lots = LotsOf(symbol, decision);
        if (decision.Outcome is MetaLabelOutcome.Opens or MetaLabelOutcome.Turns) symbol.Entries++;
        if (decision.Outcome is MetaLabelOutcome.Turns) Count(symbol.Exits, NameOf(MetaLabelOutcome.Reversal));
        else if (lots == 0 && decision.Outcome != MetaLabelOutcome.None) Count(symbol.Exits, NameOf(decision.Outcome));
        symbol.Lane.AskedLots = lots;
        Note(string.Create(CultureInfo.InvariantCulture, $"wants {Exact.Qty(spec, new QtyLots(lots))} {spec.Symbol}: {NameOf(decision.Outcome)}"));
        inbox.Publish(new DirectionalRequest
        {
            Instrument = spec.Id,
            EntrySeconds = _configuration.EntrySeconds,
            Wanted = new QtyLots(lots),
            Bound = lots == 0 ? default : Exact.Ticks(spec, decision.Bound),
            Stop = lots == 0 ? default : Exact.Ticks(spec, decision.Stop),
            MadeAt = asOf,
            Id = ++_id,
        });
    }

    /// <summary>The view of the last signal, while its trade could still live; how sure the model was is told with it, of whichever symbol it was asked last.</summary>
    private void Publish(Symbol symbol, EpochNanos asOf, SlowInbox inbox)
    {
        bool counts = symbol.Lane.Model is { } model && (model.Card.HasEdge || _configuration.TradeWithoutEdge) && symbol.WhyNot is null && asOf.Milliseconds - symbol.View.CloseMillis < _configuration.Settings.HoldMaxHours * MetaLabelLane.HourMillis;
        Bias.TryScore(counts ? new MetaLabelSignal(symbol.View.Direction, true, symbol.View.Probability).Bias : 0, out int scoreE8);
        double confidence = _symbols.All(each => each.Lane.Model is null) ? 0 : Math.Clamp(_confidence, 0, 1);
        inbox.Publish(new Bias
        {
            Instrument = symbol.Lane.Spec.Id,
            ScoreE8 = scoreE8,
            ShiftNanoTicks = (long)Math.Round(scoreE8 * (_configuration.ShiftTicks * 1e9 / Bias.FullScoreE8)),
            MadeAt = asOf,
            Id = ++_id,
            DoubtE8 = (long)Math.Round((1 - confidence) * Bias.FullScoreE8),
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

        /// <summary>What the model answered last; NaN where none did.</summary>
        public double Asked { get; set; } = double.NaN;

        /// <summary>Why that may not be acted on.</summary>
        public string? WhyNot { get; set; }

        public long HistorySignals { get; set; }

        public long HistoryAboveThreshold { get; set; }

        public long Signals { get; set; }

        public long Entries { get; set; }

        public SortedDictionary<string, long> Skipped { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, long> Exits { get; } = new(StringComparer.Ordinal);
    }
}
