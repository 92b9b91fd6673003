using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.History;
using LatencyEngine.Model;
using LatencyEngine.Pipeline.Tests;
using LatencyEngine.Risk;
using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The meta-label's thread joined with the hot path and a venue that fills what crosses: every way out of a trade, and every way in that fails, ends with what the account holds.</summary>
public sealed class MetaLabelEngineTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private const long Hour = 3_600 * Second;
    private const long SignalMillis = 1_699_999_200_000;   // 22:00, and the engine begins at 22:13:20
    private const long Mid = 600_000;

    private readonly MetaLabelCase _case = new();
    private readonly LaneFact[] _lanes = new LaneFact[2];
    private readonly List<DirectionalOutcome> _outcomes = [];
    private readonly List<DirectionalRequest> _requests = [];
    private EngineUnderTest _engine = null!;
    private MetaLabelThread _thread = null!;
    private SlowInbox _inbox = null!;
    private readonly List<string> _notes = [];
    private bool _losesFacts;
    private bool _losesAllButTaken;
    private bool _isBehind;   // what the account holds now is not known yet
    private int _refusal;
    private int _execution = 100;
    private int _turnsAfter;

    private MetaLabelSymbolResult Result => _thread.Result.Symbols[0];

    private long Position => _engine.Ledger.Position(_engine.Btc.Id).Lots;

    public void Dispose() => _case.Dispose();

    [Theory]
    [InlineData("target", 618_000, 618_010)]
    [InlineData("stop", 588_000, 587_900)]
    [InlineData("trailPassed", 615_000, 608_000)]
    public void Each_way_out_leaves_nothing_held_and_is_counted_once(string exit, long first, long then)
    {
        Begin(SignalDirection.Up);
        Assert.Equal(6, Position);

        Pass(1, first);   // within a look, of ten seconds
        Pass(30, then);

        Assert.Equal((exit, 1L), Assert.Single(Result.Exits.Select(pair => (pair.Key, pair.Value))));
        Over();
    }

    [Fact]
    public void After_its_hours_it_is_closed()
    {
        Begin(SignalDirection.Up);
        _engine.Advance(23 * Hour);
        Pass(30, Mid);
        Assert.Equal(6, Position);

        _engine.Advance(Hour);
        Pass(30, Mid);
        Assert.Equal(["time"], Result.Exits.Keys);
        Over();
    }

    [Fact]
    public void A_trailed_stop_is_the_engine_s_and_it_closes_there_by_the_mark_price()
    {
        Begin(SignalDirection.Up);
        Pass(30, 612_000);
        Assert.Equal((6, 605_880), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));
        Pass(30, 616_000);
        Assert.Equal((6, 609_840), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));
        Assert.Equal(6, Position);

        Pass(30, 610_500, markTicks: 609_840);
        Assert.Equal(["stop"], Result.Exits.Keys);
        Assert.Equal(3, _requests.Count);
        Over();
    }

    [Fact]
    public void A_trail_that_the_mark_price_has_passed_is_refused_and_closes()
    {
        Begin(SignalDirection.Up);
        Pass(30, 612_000, markTicks: 605_000);

        Assert.Contains(DirectionalOutcome.TooLate, _outcomes);
        Assert.Equal(["trailPassed"], Result.Exits.Keys);
        Over();
    }

    [Fact]
    public void A_position_that_is_filled_in_part_only_has_its_exits_too()
    {
        Begin(SignalDirection.Up, partOfFill: "0.002");
        Assert.Equal(2, Position);

        Pass(30, 618_000);
        Assert.Equal(["target"], Result.Exits.Keys);
        Over();
    }

    [Fact]
    public void The_opposite_signal_closes_first_and_then_opens_the_other_side()
    {
        Begin(turns: true);
        ToTheTurn();
        Pass(30, Mid);

        Assert.Equal([6, 0, -6], _requests.Select(request => request.Wanted.Lots));
        Assert.Equal((2L, 1L, -6L), (Result.Entries, Result.Exits["reversal"], Position));
        Pass(30, 582_000);
        Assert.Equal(1, Result.Exits["target"]);
        Over();
    }

    [Fact]
    public void A_turn_that_cannot_be_entered_in_time_leaves_nothing_held()
    {
        Begin(turns: true);
        ToTheTurn();
        for (int i = 0; i < 60 && _requests.Count < 3; i++) Pass(1, Mid, bookTicks: Mid - 2_000);   // the bid is gone when the order would be sent
        Assert.Equal((-6, 0), (_requests[^1].Wanted.Lots, Position));
        _engine.Advance(Hour);
        Pass(30, Mid - 2_000);

        Assert.Contains(DirectionalOutcome.Expired, _outcomes);
        Assert.Equal(3, _requests.Count);
        Over();
    }

    [Fact]
    public void A_turn_that_is_refused_leaves_nothing_held()
    {
        // A stop of the loss ladder, nearer than the plan's, is reached with the turn: nothing may open for a day.
        Begin(turns: true, losses: new LossLadderSettings { PositionStopE8 = 500_000, PositionStopPauseNanos = 24 * Hour });
        ToTheTurn(Mid - 6_000);
        Pass(60, Mid - 6_000);

        Assert.Contains(DirectionalOutcome.NothingMayOpen, _outcomes);
        Assert.Equal((0, -6), (Position, _requests[^1].Wanted.Lots));
        Over(DirectionalOutcome.NothingMayOpen);
    }

    [Theory]
    [InlineData(618_000)]
    [InlineData(588_000)]
    public void Though_every_answer_of_the_engine_is_lost_what_is_held_is_watched_and_closed(long ticks)
    {
        _losesFacts = true;
        Begin(SignalDirection.Up);
        Assert.Equal(6, Position);
        Pass(30, ticks);
        Assert.Equal(0, Position);

        long requests = _requests.Count;
        Pass(60, ticks);
        Assert.Equal(requests, _requests.Count);   // and it is not asked for any more
    }

    [Fact]
    public void A_restart_with_its_records_goes_on_and_closes_at_the_target()
    {
        RunFiles files = RunFiles.Make(Path.Combine(_case.Model, "state"), "test");
        Begin(SignalDirection.Up, files: files);
        _thread.Dispose();

        Restart(files);
        Pass(5, Mid);
        Assert.Equal((6, 588_000), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));
        Pass(30, 618_000);

        Assert.Equal(["target"], Result.Exits.Keys);
        Over();
        _thread.Dispose();
        using HistoryStore store = HistoryStore.Open(files.TradesPath, isCreated: false);
        Assert.Equal("target", Assert.Single(store.Trades("BTCUSDT", MillisRange.All)).ExitReason);
    }

    [Theory]
    [InlineData(588_000)]
    [InlineData(618_000)]
    public void A_close_that_the_venue_refuses_is_asked_for_until_it_is_taken_once_a_minute_at_last(long ticks)
    {
        Begin(SignalDirection.Up);
        _refusal = 110007;
        Pass(180, ticks);
        Assert.Equal(6, Position);
        Assert.Contains(_notes, note => note.Contains("BTCUSDT is still not closed after ", StringComparison.Ordinal));
        int requests = _requests.Count;
        Pass(60, ticks);
        Assert.Equal(requests + 1, _requests.Count);

        _refusal = 0;
        Pass(75, ticks);
        Assert.Single(Result.Exits);
        Over();
    }

    [Fact]
    public void A_restart_into_an_engine_that_is_killed_holds_the_stop_and_the_exits_go_on()
    {
        RunFiles files = RunFiles.Make(Path.Combine(_case.Model, "state"), "test");
        Begin(SignalDirection.Up, files: files);
        _thread.Dispose();
        _engine.Command(OperatorCommand.Kill);

        Restart(files);
        Pass(20, Mid);
        Assert.Equal((6, 588_000, 6L), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks, Position));
        Pass(30, 618_000);

        Assert.Equal(["target"], Result.Exits.Keys);
        Over();
        _thread.Dispose();
    }

    [Fact]
    public void Where_all_answers_behind_the_first_are_lost_an_entry_that_never_came_frees_its_symbol()
    {
        _losesAllButTaken = true;
        Begin(SignalDirection.Up, bookTicks: Mid + 2_000);   // beyond the bound
        Assert.Equal((1, 0L), (_requests.Count, Position));
        _engine.Advance(Hour);
        Pass(120, Mid);

        Assert.Equal([6, 0], _requests.Select(request => request.Wanted.Lots));
        Assert.Equal((0L, 1L), (Position, Result.Exits["time"]));
        Pass(60, Mid);
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public void A_stop_that_is_to_trail_when_the_position_has_just_gone_buys_nothing_back()
    {
        Begin(SignalDirection.Up);
        while (_engine.NowNanos / Second % 10 != 8) Pass(1, Mid);   // the next look but one
        (_losesFacts, _isBehind) = (true, true);
        int requests = _requests.Count;
        Pass(1, 612_000, bookTicks: 587_900);
        Assert.Equal(0, Position);
        Pass(1, 612_000);
        Assert.Equal((requests + 1, 6L), (_requests.Count, _requests[^1].Wanted.Lots));

        (_losesFacts, _isBehind) = (false, false);
        Pass(3_700, 612_000);
        Assert.Equal(0, Position);
        Assert.Equal(DirectionalOutcome.Ended, _outcomes[^1]);
    }

    [Theory]
    [InlineData("target", 618_000)]
    [InlineData("stop", 588_000)]
    public void In_the_hybrid_strategy_the_quotes_make_way_for_the_trade_and_come_back_behind_it(string exit, long ticks)
    {
        Begin(strategy: "hybrid");
        Assert.Equal(6, Position);
        Assert.Equal(0, _engine.Orders.Exposure(_engine.Btc.Id).OpenOrders);

        Pass(30, ticks);

        Assert.Equal([exit], Result.Exits.Keys);
        Over();
        Assert.Equal(2, _engine.Orders.Exposure(_engine.Btc.Id).OpenOrders);
    }

    [Fact]
    public void A_model_that_loses_its_confidence_has_the_engine_killed_and_its_position_closed_and_recorded()
    {
        RunFiles files = RunFiles.Make(Path.Combine(_case.Model, "state"), "test");
        Begin(losses: new LossLadderSettings { ModelConfidenceMinE8 = 30_000_000, ModelConfidenceNanos = Hour / 2 }, files: files);
        Assert.Equal(6, Position);
        _case.Train(0.1);
        _engine.Advance(Hour);   // it is read again
        Pass(30, Mid);
        Assert.False(_engine.Gate.IsKilled);

        _engine.Advance(Hour / 2);
        Pass(30, Mid);

        Assert.Equal(KillReason.ModelConfidence, _engine.Gate.KilledBy);
        Assert.Empty(Result.Exits);
        Over();
        _thread.Dispose();
        using HistoryStore store = HistoryStore.Open(files.TradesPath, isCreated: false);
        Assert.Equal("closed by the engine", Assert.Single(store.Trades("BTCUSDT", MillisRange.All)).ExitReason);
    }

    /// <summary>From the engine's beginning to where the signal's position is held.</summary>
    private void Begin(SignalDirection direction = SignalDirection.Up, bool turns = false, LossLadderSettings? losses = null, string? partOfFill = null, RunFiles? files = null, long? bookTicks = null, string strategy = "directional")
    {
        _case.Train(0.8);
        if (turns) _turnsAfter = _case.TradeTurning(SignalMillis);
        else _case.Trade(SignalMillis, direction);
        _engine = new EngineUnderTest(balanceUsdt: 25_000, losses: losses, strategy: strategy).Begin().Market();
        Restart(files, strategy);
        Pass(30, Mid, bookTicks: bookTicks, partOfFill: partOfFill);
    }

    private void Restart(RunFiles? files, string strategy = "directional")
    {
        ConfigurationOverride[] overrides =
        [
            new("metaLabel:model", _case.Model, "test"), new("metaLabel:hourlyCandles:BTCUSDT", _case.Candles, "test"), new("metaLabel:entrySeconds", "3600", "test"), new("strategy", strategy, "test"),
        ];
        EngineConfiguration configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/meta-label.json"), Profile.NoEnvironment, overrides);
        _thread = new MetaLabelThread(configuration, InstrumentCatalog.Load(configuration.Data.Instruments).Select(configuration.Symbols), files);
        _inbox = new SlowInbox((kind, payload) =>
        {
            if (kind == InboundKind.DirectionalRequest) _requests.Add(MemoryMarshal.Read<DirectionalRequest>(payload));
            _engine.Hand(kind, payload);
        });
    }

    private void ToTheTurn(long ticks = Mid)
    {
        _engine.Advance(((SignalMillis * 1_000_000) + (_turnsAfter * Hour)) - _engine.NowNanos - (3 * Second));
        Pass(10, ticks);
    }

    /// <summary>Seconds pass with trades, book and mark at a price, or book and mark elsewhere; a step of the thread is taken where one is due.</summary>
    private void Pass(int seconds, long ticks, long? markTicks = null, long? bookTicks = null, string? partOfFill = null)
    {
        for (int i = 0; i < seconds; i++)
        {
            _engine.Advance(Second);
            Market(bookTicks ?? ticks, markTicks ?? bookTicks ?? ticks, partOfFill);
            _thread.OnMarket(
                Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{_engine.NowMillis}},"data":[{"T":{{_engine.NowMillis}},"s":"BTCUSDT","S":"Buy","v":"0.1","p":"{{EngineUnderTest.Price(ticks)}}","L":"PlusTick","i":"a","BT":false,"RPI":false,"seq":1}]}"""), new EpochNanos(_engine.NowNanos));
            long due = _engine.NowNanos / _thread.StepNanos * _thread.StepNanos;
            if (due <= _engine.NowNanos - Second) continue;
            _thread.Step(new EpochNanos(due), _inbox);
            while (_thread.TryTakeNote(out string note)) _notes.Add(note);
            Market(bookTicks ?? ticks, markTicks ?? bookTicks ?? ticks, partOfFill);
        }
    }

    private void Market(long ticks, long markTicks, string? partOfFill)
    {
        _engine.Book(ticks - 1, ticks + 1);
        _engine.Mark(EngineUnderTest.Price(markTicks));
        _engine.Tick();
        while (Hear(_engine.Outbound(), partOfFill))
        {
        }
    }

    private bool Hear(List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> frames, string? partOfFill)
    {
        foreach ((OutboundKind kind, byte[] bytes, long _) in frames)
        {
            switch (kind)
            {
                case OutboundKind.Request:
                    Fill(Encoding.UTF8.GetString(bytes), partOfFill);
                    break;
                case OutboundKind.LaneFact:
                    LaneFact lane = EngineUnderTest.Read<LaneFact>(bytes);
                    _lanes[lane.Instrument.Index] = lane;
                    break;
                case OutboundKind.EngineFact when !_isBehind:
                    EngineFact engine = EngineUnderTest.Read<EngineFact>(bytes);
                    _thread.OnAccount(_lanes, engine.Wallet, engine.State);
                    break;
                case OutboundKind.DirectionalFact when !_losesFacts:
                    DirectionalFact fact = EngineUnderTest.Read<DirectionalFact>(bytes);
                    if (_losesAllButTaken && fact.Outcome != DirectionalOutcome.Taken) break;
                    _outcomes.Add(fact.Outcome);
                    _thread.OnDirectional(in fact);
                    break;
            }
        }

        return frames.Count > 0;
    }

    private void Fill(string request, string? part)
    {
        SentRequest sent = SentRequest.Parse(request);
        if (!request.Contains("\"timeInForce\":\"IOC\"", StringComparison.Ordinal))
        {
            Assert.True(_engine.Lanes[0].IsQuoted, request);
            _engine.Answer([request]);
            return;
        }

        if (_refusal != 0)
        {
            _engine.Refuse(request, _refusal);
            return;
        }

        string qty = part is not null && _execution == 100 ? part : _execution > 100 && part is not null ? "0" : sent.Qty;
        _engine.Trade($$"""{"reqId":"{{sent.RequestId}}","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"","orderLinkId":"{{sent.LinkId}}"},"retExtInfo":{},"header":{},"connId":"c"}""", endOfBurst: false);
        _engine.Order(sent, qty == sent.Qty ? "Filled" : "Cancelled", leaves: "0", filled: qty, endOfBurst: qty == "0");
        if (qty != "0") _engine.Private(EngineUnderTest.ExecutionRow(sent, qty, "0", ++_execution, executedMillis: 1, isMaker: false));
    }

    /// <summary>Nothing is held, wanted or asked for: on both sides.</summary>
    private void Over(DirectionalOutcome last = DirectionalOutcome.Ended)
    {
        Assert.Equal(0, Position);
        Assert.Equal(last, _outcomes[^1]);
        int requests = _requests.Count;
        Pass(60, Mid);
        Assert.Equal((requests, 0L), (_requests.Count, Position));
    }
}
