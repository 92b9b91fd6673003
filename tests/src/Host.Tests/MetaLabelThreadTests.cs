using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.History;
using LatencyEngine.MetaModel;
using LatencyEngine.Model;
using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The shipped meta-label profile's thread, step by step, with a model that always answers the same.</summary>
public sealed class MetaLabelThreadTests : IDisposable
{
    private const long Hour = 3_600_000;
    private const long Noon = 1_723_118_400_000;   // 2024-08-08 12:00 UTC

    private readonly MetaLabelCase _case = new();
    private readonly List<Bias> _biases = [];
    private readonly List<DirectionalRequest> _requests = [];
    private readonly SlowInbox _inbox;
    private readonly List<string> _notes = [];
    private long _now = Noon - 20_000;
    private MetaLabelThread? _thread;

    public MetaLabelThreadTests() => _inbox = new SlowInbox((kind, payload) =>
    {
        if (kind == InboundKind.Bias) _biases.Add(MemoryMarshal.Read<Bias>(payload));
        else _requests.Add(MemoryMarshal.Read<DirectionalRequest>(payload));
    });

    private MetaLabelSymbolResult Result => _thread!.Result.Symbols[0];

    public void Dispose() => _case.Dispose();

    [Fact]
    public void A_signal_above_the_threshold_becomes_a_bias_and_a_position_with_bound_and_stop()
    {
        Start(0.8);
        Step(Noon - 10_000);
        Assert.Equal((0, 0L), (_biases[0].ScoreE8, Result.Signals));

        Step(Noon);
        DirectionalRequest request = Assert.Single(_requests);
        Assert.Equal((6, 610_305, 597_800, 300), (request.Wanted.Lots, request.Bound.Ticks, request.Stop.Ticks, request.EntrySeconds));   // 25,000 x 2 % x 0.8 is 400 USDT
        Bias bias = _biases.FindLast(bias => bias.Instrument.Index == 0);
        Assert.Equal((60_000_000, 600_000_000, 20_000_000), (bias.ScoreE8, bias.ShiftNanoTicks, bias.DoubtE8));   // 2 x 0.8 - 1, of a tick; 1 - 0.8
        Assert.Equal((1L, 1L, 0), (Result.Signals, Result.Entries, Result.Skipped.Count));
        Assert.Contains("BTCUSDT: a signal up, probability 0.800: opens", _notes);

        Step(Noon + 10_000);
        Assert.Single(_requests);
    }

    [Theory]
    [InlineData(0.6, true, "false", "unsure")]
    [InlineData(0.8, false, "false", "noEdge")]
    [InlineData(0.55, false, "false", "unsure")]
    [InlineData(0.8, false, "true", null)]
    public void A_signal_that_is_not_acted_on_is_counted_with_its_reason(double probability, bool hasEdge, string tradesWithoutEdge, string? expected)
    {
        Start(probability, hasEdge, settings: ("metaLabel:tradeWithoutEdge", tradesWithoutEdge));
        Step(Noon);

        Assert.Equal(expected is null ? 1 : 0, _requests.Count);
        Assert.Equal(expected is null ? [] : [expected], Result.Skipped.Keys);
        Assert.Equal(expected is null ? (int)Math.Round(((2 * probability) - 1) * 1e8) : 0, _biases[0].ScoreE8);   // what is skipped leans no quotes either
    }

    [Fact]
    public void A_signal_of_the_past_is_counted_apart_and_not_acted_on()
    {
        Start(0.8);
        Step(Noon + 300_000);

        Assert.Empty(_requests);
        Assert.Equal(0, Result.Signals);
        Assert.True(Result.HistorySignals > 5 && Result.HistoryAboveThreshold == Result.HistorySignals, $"{Result}");
    }

    [Fact]
    public void What_the_history_knows_of_the_future_changes_nothing()
    {
        Start(0.8, further: 0);
        Step(Noon);
        (byte[] without, long candles) = (Sent(), Result.Candles);
        _biases.Clear();
        _requests.Clear();

        Start(0.8, further: 200);
        Step(Noon);
        Assert.Equal(without, Sent());
        Assert.Equal(candles, Result.Candles);
    }

    [Fact]
    public void Over_a_hole_in_the_candles_it_does_not_act()
    {
        // A hole so far back that the signal stays, and so near that the features still feel it.
        Start(0.8, change: candles => [.. candles.Where((_, index) => index != candles.Count - 90)]);
        Step(Noon);

        Assert.Empty(_requests);
        Assert.Equal((1L, 1L), (Result.Signals, Result.Skipped["missingCandles"]));
        Assert.Equal(0, _biases[0].ScoreE8);
    }

    [Fact]
    public void Without_a_price_or_an_account_it_does_not_act()
    {
        Start(0.8);
        _thread!.Step(new EpochNanos(Noon * 1_000_000), _inbox);
        Assert.Equal(["noAccount"], Result.Skipped.Keys);

        Start(0.8);
        Account(0);
        _thread!.Step(new EpochNanos(Noon * 1_000_000), _inbox);
        Assert.Equal(["noPrice"], Result.Skipped.Keys);
        Assert.Empty(_requests);
    }

    [Fact]
    public void Its_trade_trails_its_stop_and_closes_at_the_target()
    {
        Start(0.8);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Step(Noon + 10_000, price: 61_920, lots: 6);   // 1.5 %
        Assert.Equal((6, 613_008), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));   // 1 % below
        Step(Noon + 20_000, price: 62_830, lots: 6);   // 3 %
        Assert.Equal((0, 0, 0), (_requests[^1].Wanted.Lots, _requests[^1].Bound.Ticks, _requests[^1].Stop.Ticks));
        Assert.Equal(3, _requests.Count);
        Assert.Equal(["target"], Result.Exits.Keys);
    }

    [Fact]
    public void Its_trade_closes_after_a_day()
    {
        Start(0.8);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Step(Noon + (24 * Hour) - 1_000, lots: 6);
        Assert.Single(_requests);
        Step(Noon + (24 * Hour), lots: 6);
        Assert.Equal(["time"], Result.Exits.Keys);
        Assert.Equal(0, _biases[^1].ScoreE8);
    }

    [Theory]
    [InlineData(10 * 60_000, 62_830, "target")]
    [InlineData(24 * Hour, 61_000, "time")]
    public void Where_the_market_has_no_trades_the_mark_price_watches_what_is_held(long later, int mark, string exit)
    {
        Start(0.8);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Account(6);
        _thread!.Step(new EpochNanos((Noon + later - 10_000) * 1_000_000), _inbox);
        Assert.Single(_requests);

        Account(6, mark);
        _thread.Step(new EpochNanos((Noon + later) * 1_000_000), _inbox);

        Assert.Equal((2, 0L), (_requests.Count, _requests[^1].Wanted.Lots));
        Assert.Equal([exit], Result.Exits.Keys);
    }

    [Fact]
    public void A_price_is_as_old_as_the_moment_it_was_heard_whatever_the_venue_s_clock_says()
    {
        Start(0.8);
        Account(0);
        Trade(Noon - (5 * 60_000), 61_000, heardMillis: Noon - 1_000);
        _thread!.Step(new EpochNanos(Noon * 1_000_000), _inbox);

        Assert.Single(_requests);
    }

    [Fact]
    public void A_signal_leans_nothing_any_more_once_hours_are_missing()
    {
        Start(0.8);
        Step(Noon);
        _thread!.OnMissed(0);
        Step(Noon + Hour);
        Assert.Equal(60_000_000, _biases.FindLast(bias => bias.Instrument.Index == 0).ScoreE8);

        _thread.OnMissed(0);
        Step(Noon + (2 * Hour));
        Assert.Equal(0, _biases.FindLast(bias => bias.Instrument.Index == 0).ScoreE8);
    }

    [Fact]
    public void The_opposite_signal_closes_what_is_held_and_its_own_is_asked_for_once_that_is_gone()
    {
        Start(0.8, further: 60, settings: ("metaLabel:holdMaxHours", "100"));
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        int hour = 0;
        while (_requests.Count == 1 && ++hour <= 60) Step(Noon + (hour * Hour), lots: 6);
        Assert.Equal(0, _requests[^1].Wanted.Lots);
        Assert.Equal(["reversal"], Result.Exits.Keys);
        long turnedAt = _now;

        Told(DirectionalOutcome.Taken, 0);
        Step(turnedAt + 10_000, lots: 6);
        Assert.All(_requests.Skip(1), request => Assert.Equal(0, request.Wanted.Lots));
        Told(DirectionalOutcome.Ended, 0);
        Step(turnedAt + 20_000);
        Assert.True(_requests[^1].Wanted.Lots < 0, $"{_requests[^1]}");
        Assert.Equal((2L, 1L, 280), (Result.Entries, Result.Exits["reversal"], _requests[^1].EntrySeconds));   // 20 s of the 300 are over
    }

    [Fact]
    public void A_close_is_asked_for_again_until_nothing_is_held()
    {
        Start(0.8);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Step(Noon + 10_000, price: 62_830, lots: 6);
        Assert.Equal(0, _requests[^1].Wanted.Lots);
        Step(Noon + 20_000, lots: 6);   // no answer has come
        Told(DirectionalOutcome.TooLate, 0);
        Step(Noon + 30_000, lots: 6);
        Assert.Equal([6L, 0L, 0L, 0L], _requests.Select(request => request.Wanted.Lots));
        Assert.Equal(1, Result.Exits["target"]);

        Step(Noon + 40_000);
        Step(Noon + 50_000, lots: 6);   // of the quotes, or by hand
        Assert.Equal(4, _requests.Count);
    }

    [Theory]
    [InlineData(60_900, true)]
    [InlineData(61_920, false)]
    public void A_refused_trail_leaves_the_stop_as_it_was_and_closes_where_the_mark_price_has_passed_it(int mark, bool isPassed)
    {
        Start(0.8);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Told(DirectionalOutcome.Opened, 6, lots: 6);
        Step(Noon + 10_000, price: 61_920, lots: 6);
        Assert.Equal(613_008, _requests[^1].Stop.Ticks);
        Told(DirectionalOutcome.TooLate, 6, mark: mark);

        Step(Noon + 20_000, price: 61_920, lots: 6);
        Assert.Equal(isPassed ? (0, 0) : (6, 613_008), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));
        Assert.Equal(isPassed ? ["trailPassed"] : [], Result.Exits.Keys);
        Assert.Equal(3, _requests.Count);
    }

    [Fact]
    public void Late_in_its_time_a_signal_may_be_entered_for_what_is_left_of_it_only()
    {
        Start(0.8);
        Step(Noon + 290_000);

        Assert.Equal(10, Assert.Single(_requests).EntrySeconds);
    }

    [Fact]
    public void An_hour_during_which_the_connection_was_lost_is_not_taken_whatever_came_after()
    {
        Start(0.8);
        Step(Noon);
        long before = Result.Candles;
        for (int minute = 0; minute < 55; minute++) Trade(Noon + (minute * 60_000), 61_000);
        Account(0);
        _thread!.Step(new EpochNanos((Noon + Hour + 10_000) * 1_000_000), _inbox);   // silence over the hour's end: it may have been heard whole, or not
        Assert.Equal(before, Result.Candles);

        _thread.OnMissed(0);
        for (int minute = 61; minute < 180; minute++) Trade(Noon + (minute * 60_000), 61_000);
        Step(Noon + (3 * Hour) + 10_000);
        Assert.Equal(before + 1, Result.Candles);   // the third hour alone

        Kline(Noon + (3 * Hour));
        Step(Noon + (4 * Hour) + 10_000);
        Assert.Equal(before + 2, Result.Candles);
    }

    [Fact]
    public void Confidence_is_the_mean_of_the_last_answers_those_to_the_past_among_them_and_nothing_is_said_before_there_are_five()
    {
        Start(0.3);
        Step(Noon - 10_000);
        Assert.All(_biases, bias => Assert.Equal(70_000_000, bias.DoubtE8));   // as after a restart

        Start(0.3, change: candles => [.. candles.Skip(candles.Count - 60)]);
        _biases.Clear();
        Step(Noon - 10_000);
        Assert.All(_biases, bias => Assert.Equal(Bias.NoDoubtTold, bias.DoubtE8));
    }

    [Fact]
    public void After_a_restart_its_trade_goes_on_with_its_stop_its_time_and_its_exits()
    {
        foreach ((string strategy, long later, int price, string exit) in new[] { ("directional", 3 * Hour, 62_830, "target"), ("hybrid", 24 * Hour, 61_000, "time") })
        {
            RunFiles files = RunFiles.Make(Path.Combine(_case.Model, strategy), "test");
            Start(0.8, settings: ("strategy", strategy), files: files);
            Step(Noon);
            Told(DirectionalOutcome.Taken, 6);
            Told(DirectionalOutcome.Opened, 6, lots: 6, mark: 61_000);
            Told(DirectionalOutcome.Reached, 6, lots: 6, mark: 61_000);
            Step(Noon + 10_000, price: 61_920, lots: 6);
            Told(DirectionalOutcome.Taken, 6);
            _thread!.Dispose();
            _requests.Clear();

            Start(0.8, settings: ("strategy", strategy), files: files);
            Assert.Equal(100_000_000, _thread!.StepNanos);
            Step(Noon + later - 9_000, lots: 6);
            Assert.Equal((6, 613_008), (_requests[^1].Wanted.Lots, _requests[^1].Stop.Ticks));
            Told(DirectionalOutcome.Taken, 6);
            Step(Noon + later, price: price, lots: 6);
            Assert.Equal(0, _requests[^1].Wanted.Lots);
            Assert.Equal([exit], Result.Exits.Keys);
            Told(DirectionalOutcome.Taken, 0);
            Told(DirectionalOutcome.Ended, 0, mark: price);
            _thread!.Dispose();
            _requests.Clear();
            using HistoryStore store = HistoryStore.Open(files.TradesPath, isCreated: false);
            Assert.Empty(store.OpenTrades("BTCUSDT"));
            HistoryTrade kept = store.Trades("BTCUSDT", MillisRange.All)[^1];
            Assert.Equal(("meta-label", exit, 61_300.8m), (kept.Setup, kept.ExitReason, kept.StopPrice));
        }
    }

    [Fact]
    public void The_hours_that_follow_are_folded_from_trades_or_come_from_the_venue()
    {
        Start(0.8);
        Step(Noon);
        long before = Result.Candles;
        for (int minute = 0; minute < 120; minute++) Trade(Noon + (minute * 60_000), 61_000);
        Step(Noon + (2 * Hour) + 10_000);
        Assert.Equal(before + 2, Result.Candles);

        Kline(Noon + (2 * Hour));
        Step(Noon + (3 * Hour) + 1_000);
        Assert.Equal(before + 3, Result.Candles);   // heard in the middle only: the venue's own is whole
        _thread!.OnMissed(4);
        Step(Noon + (4 * Hour) + 10_000);
        Assert.Equal(before + 3, Result.Candles);
        Assert.Contains("4 messages of the market were missed: the candles of this hour are not whole", _notes);
    }

    [Fact]
    public void A_model_that_has_not_answered_enough_does_not_stand_for_the_one_before_that_was_refused()
    {
        Start(0.3, further: 60, change: candles => [.. candles.Skip(candles.Count - 120)]);
        Step(Noon);
        File.AppendAllText(Path.Combine(_case.Model, ModelCard.ModelFileName), " ");
        _biases.Clear();
        Step(Noon + Hour);
        Assert.All(_biases, bias => Assert.Equal(100_000_000, bias.DoubtE8));

        _case.Train(0.3);
        _biases.Clear();
        Step(Noon + (2 * Hour));
        Step(Noon + (2 * Hour) + 10_000);

        Assert.Equal([0L, Bias.NoDoubtTold, Bias.NoDoubtTold, Bias.NoDoubtTold], _biases.Select(bias => (long)bias.DoubtE8));   // of two symbols each time
    }

    [Fact]
    public void A_model_that_becomes_of_no_use_while_it_runs_leaves_no_bias_and_says_so_once()
    {
        Start(0.8, further: 60);
        Step(Noon);
        Assert.Equal(60_000_000, _biases[0].ScoreE8);
        File.AppendAllText(Path.Combine(_case.Model, ModelCard.ModelFileName), " ");
        _biases.Clear();
        Step(Noon + 10_000);
        Assert.Equal(60_000_000, _biases[0].ScoreE8);   // it is looked at once an hour

        _biases.Clear();
        Step(Noon + Hour);
        Step(Noon + (2 * Hour));
        Assert.All(_biases, bias => Assert.Equal((0, 100_000_000), (bias.ScoreE8, bias.DoubtE8)));
        Assert.Contains("not the model that meta-model.json describes", Assert.Single(_notes, note => note.Contains("no bias and no more trades, the model is refused", StringComparison.Ordinal)), StringComparison.Ordinal);

        _case.Train(0.7);
        _biases.Clear();
        Step(Noon + (3 * Hour));
        Assert.All(_biases, bias => Assert.NotEqual(100_000_000, bias.DoubtE8));
        Assert.Contains(_notes, note => note.StartsWith("BTCUSDT: another model from now on, constant", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_that_cannot_be_used_is_refused_at_the_start_in_one_line()
    {
        (string Reason, Action Spoil)[] cases =
        [
            ("Could not find file", () => File.Delete(Path.Combine(_case.Model, ModelCard.ModelFileName))),
            ("not the model that meta-model.json describes", () => File.AppendAllText(Path.Combine(_case.Model, ModelCard.ModelFileName), " ")),
            ("other features than this program makes", () => _case.Train(0.8, change: card => card with { Features = [.. card.Features.Skip(1)] })),
            ("BTCUSDT has none, constant is of SOLUSDT", () => _case.Train(0.8, symbol: "SOLUSDT")),
            ("trained with the funding rate, which is not known here", () => _case.Train(0.8, change: card => card with { UsesFunding = true })),
            ("candles of 15 minutes", () => _case.Train(0.8, change: card => card with { IntervalMillis = 900_000 })),
        ];
        foreach ((string reason, Action spoil) in cases)
        {
            _case.Train(0.8);
            _case.Trade(Noon, SignalDirection.Up);
            spoil();
            string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Make()).Faults);
            Assert.StartsWith("test (metaLabel:model): ", fault, StringComparison.Ordinal);
            Assert.Contains(reason, fault, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault);
        }
    }

    [Fact]
    public void Each_symbol_has_its_own_model_where_the_folder_has_one_named_after_it()
    {
        _case.Trade(Noon, SignalDirection.Up);
        _case.Train(0.7, symbol: "ETHUSDT");
        Directory.Move(_case.Model, _case.Model + "-");
        _case.Train(0.8);
        Directory.Move(_case.Model + "-", Path.Combine(_case.Model, "ETHUSDT"));
        MetaLabelThread thread = Make();

        Assert.All(thread.Result.Symbols, symbol => Assert.Equal("constant", symbol.Model));
        Directory.Delete(Path.Combine(_case.Model, "ETHUSDT"), recursive: true);
        Assert.Equal(["constant", null], Make().Result.Symbols.Select(symbol => symbol.Model));
    }

    [Theory]
    [InlineData("date,close\n2024-08-07,1\n", "the first line must be")]
    [InlineData("open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n3600000,1,1,2,1,1\n", "cannot have happened")]
    [InlineData("open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n3600000,1,1,1,1,1\n3600000,1,1,1,1,1\n", "not later than the one before")]
    [InlineData("open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n86400000,1,1,1,1,1\n", "no candles of an hour")]
    public void Candles_that_cannot_be_used_are_refused_at_the_start_in_one_line(string text, string reason)
    {
        _case.Train(0.8);
        File.WriteAllText(_case.Candles, text);

        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Make()).Faults);
        Assert.StartsWith("metaLabel:hourlyCandles:BTCUSDT: ", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_gives_the_same_signals_as_a_CSV()
    {
        Start(0.8);
        Step(Noon);
        byte[] expected = Sent();
        _biases.Clear();
        _requests.Clear();

        string path = Path.Combine(_case.Model, "history.db");
        using (HistoryStore store = HistoryStore.Open(path, isCreated: true)) store.AddCandles("BTCUSDT", Timeframe.Find("1h")!, HistoryCsv.Read(_case.Candles).Candles!);
        _thread = Make(("metaLabel:hourlyCandles:BTCUSDT", path));
        Step(Noon);
        Assert.Equal(expected, Sent());

        string unknown = Path.Combine(_case.Model, "unknown.db");
        using (HistoryStore store = HistoryStore.Open(unknown, isCreated: true)) store.AddCandles("BTCUSDT", Timeframe.Find("1h")!, [.. HistoryCsv.Read(_case.Candles).Candles!.Select((candle, index) => index == 480 ? candle with { Volume = double.NaN } : candle)]);
        _thread = Make(("metaLabel:hourlyCandles:BTCUSDT", unknown));
        Step(Noon);
        Assert.Equal(["missingCandles"], Result.Skipped.Keys);

        string fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Make(("metaLabel:hourlyCandles:ETHUSDT", path))).Faults);
        Assert.Equal($"metaLabel:hourlyCandles:ETHUSDT: {path}: it has no hours of ETHUSDT with their volume; get them with ./run.sh download-data --symbol ETHUSDT --interval 60 --from 2020-01-01 --db {path}", fault);
    }

    [Fact]
    public void Where_nothing_quotes_a_position_that_nothing_has_asked_for_is_closed_at_the_second_look_and_no_signal_is_lost_uncounted()
    {
        Start(0.8);
        Step(Noon - 20_000, lots: 5);
        Assert.Empty(_requests);
        Step(Noon - 10_000, lots: 5);
        Assert.Equal(0, Assert.Single(_requests).Wanted.Lots);
        Step(Noon, lots: 5);
        Assert.Equal(["closing"], Result.Skipped.Keys);

        Told(DirectionalOutcome.Taken, 0);
        Told(DirectionalOutcome.Ended, 0, mark: 61_000);
        Step(Noon + 10_000);
        int asked = _requests.Count;
        Step(Noon + 20_000, lots: -2);   // behind a fact that was lost, say
        Step(Noon + 30_000, lots: -2);
        Assert.Equal((asked + 1, 0L), (_requests.Count, _requests[^1].Wanted.Lots));

        Start(0.8, settings: ("strategy", "hybrid"));
        _requests.Clear();
        Step(Noon - 20_000, lots: 5);
        Step(Noon - 10_000, lots: 5);
        Assert.Empty(_requests);
    }

    [Fact]
    public void After_a_restart_with_an_old_history_the_direction_that_stood_then_closes_nothing_and_it_is_told_that_no_signal_counts()
    {
        RunFiles files = RunFiles.Make(Path.Combine(_case.Model, "state"), "test");
        Start(0.8, files: files);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Told(DirectionalOutcome.Reached, 6, lots: 6, mark: 61_000);
        _thread!.Dispose();
        _requests.Clear();
        _notes.Clear();

        _case.Trade(Noon - (30 * 24 * Hour), SignalDirection.Down);
        _thread = Make(files: files);
        Step(Noon + Hour, lots: 6);
        Told(DirectionalOutcome.Taken, 6);
        Step(Noon + Hour + 10_000, lots: 6);
        Step(Noon + Hour + 20_000, lots: 6);

        Assert.Equal([6L], _requests.Select(request => request.Wanted.Lots));
        Assert.Contains("BTCUSDT: hourly candles are missing (the last is of ", Assert.Single(_notes, note => note.Contains("missing", StringComparison.Ordinal)), StringComparison.Ordinal);
        _thread.Dispose();
    }

    [Fact]
    public void Hours_that_are_missing_are_read_again_every_hour_and_the_next_signal_counts()
    {
        IReadOnlyList<Candle> all = _case.Trade(Noon, SignalDirection.Up);
        Start(0.8, change: candles => [.. candles.Take(candles.Count - 40)]);
        Step(Noon - (2 * Hour));
        Assert.Contains(_notes, note => note.Contains("its signals do not count for 500 hours", StringComparison.Ordinal));
        (long history, long candlesBefore) = (Result.HistorySignals, Result.Candles);

        _case.Trade(Noon, SignalDirection.Up);
        Step(Noon - (2 * Hour) + 10_000);
        Assert.Equal(candlesBefore, Result.Candles);
        Step(Noon - Hour);
        Assert.Contains("BTCUSDT: no hour is missing any more, its signals count", _notes);
        Assert.True(Result.HistorySignals >= history);
        Step(Noon);

        Assert.Equal((all.Count, 1L, 1L), (Result.Candles, Result.Signals, Result.Entries));
    }

    [Fact]
    public void Of_an_outage_that_grows_it_is_told_again_where_signals_will_not_count_for_longer()
    {
        Start(0.8);
        Step(Noon);
        for (int hour = 1; hour <= 9; hour++)
        {
            _thread!.Step(new EpochNanos((Noon + (hour * Hour) + 10_000) * 1_000_000), _inbox);   // nothing is heard
            while (_thread.TryTakeNote(out string note)) _notes.Add(note);
        }

        string[] told = [.. _notes.Where(note => note.Contains("its signals do not count for", StringComparison.Ordinal)).Select(note => note.Split("not count for ")[1].Split(' ')[0])];
        Assert.Equal(["100", "500"], told);
    }

    [Fact]
    public void A_signal_that_the_run_before_has_traded_on_is_not_entered_again_by_a_restart_within_its_time()
    {
        RunFiles files = RunFiles.Make(Path.Combine(_case.Model, "state"), "test");
        Start(0.8, files: files);
        Step(Noon);
        Told(DirectionalOutcome.Taken, 6);
        Told(DirectionalOutcome.Reached, 6, lots: 6, mark: 61_000);
        Told(DirectionalOutcome.StopReached, 6, lots: 6, mark: 59_700);
        Told(DirectionalOutcome.Ended, 6, mark: 59_700);
        _thread!.Dispose();
        _requests.Clear();

        Start(0.8, files: files);
        Step(Noon + 60_000);

        Assert.Empty(_requests);
        Assert.Equal(0, Result.Signals);
        _thread!.Dispose();
    }

    [Fact]
    public void Another_model_has_its_own_answers_to_the_signals_of_the_past()
    {
        Start(0.8);
        Step(Noon - Hour);
        (long history, long above) = (Result.HistorySignals, Result.HistoryAboveThreshold);
        Assert.InRange(_biases[0].DoubtE8, 19_999_999, 20_000_001);
        _biases.Clear();

        _case.Train(0.1, change: card => card with { DataSha256 = "other candles" });
        Step(Noon);

        Assert.InRange(_biases[0].DoubtE8, 89_999_999, 90_000_001);
        Assert.Equal((history, above), (Result.HistorySignals, Result.HistoryAboveThreshold));
    }

    [Fact]
    public void With_market_making_alone_it_leans_the_quotes_and_asks_for_nothing()
    {
        Start(0.8, settings: ("strategy", "market-making"));
        Step(Noon);

        Assert.Empty(_requests);
        Assert.Equal(60_000_000, _biases[0].ScoreE8);
    }

    private void Start(double probability, bool hasEdge = true, int further = 0, Func<IReadOnlyList<Candle>, IReadOnlyList<Candle>>? change = null, (string Key, string Value)? settings = null, RunFiles? files = null)
    {
        _case.Train(probability, hasEdge);
        IReadOnlyList<Candle> candles = _case.Trade(Noon, SignalDirection.Up, further);
        if (change is not null)
        {
            string[] lines = File.ReadAllLines(_case.Candles);
            HashSet<long> kept = [.. change(candles).Select(candle => candle.OpenMillis)];
            File.WriteAllLines(_case.Candles, lines.Where((line, index) => index == 0 || kept.Contains(long.Parse(line.Split(',')[0]))));
        }

        _thread = Make(settings, files);
    }

    private MetaLabelThread Make((string Key, string Value)? setting = null, RunFiles? files = null)
    {
        ConfigurationOverride[] overrides =
        [
            new("metaLabel:model", _case.Model, "test"), new("metaLabel:hourlyCandles:BTCUSDT", _case.Candles, "test"), .. setting is { } one ? (ConfigurationOverride[])[new(one.Key, one.Value, "test")] : [],
        ];
        EngineConfiguration configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/meta-label.json"), Profile.NoEnvironment, overrides);
        return new MetaLabelThread(configuration, InstrumentCatalog.Load(configuration.Data.Instruments).Select(configuration.Symbols), files);
    }

    private void Step(long millis, int price = 61_000, long lots = 0)
    {
        _now = millis;
        Trade(millis - 1_000, price);
        Account(lots);
        _thread!.Step(new EpochNanos(millis * 1_000_000), _inbox);
        while (_thread.TryTakeNote(out string note)) _notes.Add(note);
    }

    private byte[] Sent() => [.. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_biases)), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_requests))];

    private void Trade(long millis, int price, long? heardMillis = null) => _thread!.OnMarket(
        Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{millis}},"data":[{"T":{{millis}},"s":"BTCUSDT","S":"Buy","v":"0.1","p":"{{price}}.00","L":"PlusTick","i":"a","BT":false,"RPI":false,"seq":1}]}"""), new EpochNanos((heardMillis ?? millis) * 1_000_000));

    private void Kline(long start) => _thread!.OnMarket(
        Encoding.UTF8.GetBytes($$"""{"topic":"kline.60.BTCUSDT","data":[{"start":{{start}},"end":{{start + Hour - 1}},"interval":"60","open":"61000","close":"61000","high":"61000","low":"61000","volume":"1","turnover":"1","confirm":true,"timestamp":{{start + Hour}}}],"ts":{{start + Hour + 100}},"type":"snapshot"}"""), new EpochNanos((start + Hour + 100) * 1_000_000));

    private void Account(long lots, int mark = 61_000) => _thread!.OnAccount([Lane(0, lots, mark), Lane(1, 0, mark)], new MoneyE8(25_000 * MoneyE8.One), QuotingState.Active);

    private static LaneFact Lane(int index, long lots, int mark) => new()
    {
        Instrument = new InstrumentId(index), LiveOrders = 0, BestBid = default, BestAsk = default, OwnBid = default, OwnAsk = default, Position = new QtyLots(lots), MarkPrice = new PriceE8(mark * PriceE8.One),
        LiquidationPrice = default, Unrealised = default, MaintenanceMargin = default,
    };

    private void Told(DirectionalOutcome outcome, long wanted, long lots = 0, int mark = 0)
    {
        var fact = new DirectionalFact { Instrument = new InstrumentId(0), Outcome = outcome, Id = _requests[^1].Id, Wanted = new QtyLots(wanted), Position = new QtyLots(lots), MarkPrice = new PriceE8(mark * PriceE8.One), GateReason = 0 };
        _thread!.OnDirectional(in fact);
    }
}
