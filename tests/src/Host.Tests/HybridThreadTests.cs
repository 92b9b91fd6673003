using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.History;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The shipped hybrid profile's thread, step by step.</summary>
public sealed class HybridThreadTests
{
    private const long Minute = 60_000_000_000;

    // 2024-08-08 12:00 UTC: the shipped closes go on until 2025.
    private static readonly EpochNanos Noon = new(1_723_118_400L * 1_000_000_000);

    private readonly List<Bias> _biases = [];
    private readonly List<DirectionalRequest> _requests = [];
    private readonly SlowInbox _inbox;
    private EpochNanos _now = Noon;
    private long _lastId;

    public HybridThreadTests() => _inbox = new SlowInbox((kind, payload) =>
    {
        if (kind == InboundKind.Bias) _biases.Add(MemoryMarshal.Read<Bias>(payload));
        else _requests.Add(MemoryMarshal.Read<DirectionalRequest>(payload));
    });

    [Fact]
    public void It_forecasts_from_the_closes_of_days_that_are_over_and_its_score_becomes_a_bias()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Step(thread);

        Assert.StartsWith("forecast from closes to 2024-08-07: ", Notes(thread)[0]);
        Bias bias = Assert.Single(_biases);
        Assert.True(bias.ScoreE8 is > 30_000_000 and <= 100_000_000, $"{bias.ScoreE8}");   // its members, equal, were above the price that day
        Assert.Equal(((long)bias.ScoreE8 * 10, _now), (bias.ShiftNanoTicks, bias.MadeAt));   // a tick at a full score
    }

    [Fact]
    public void Weighed_by_skill_a_forecast_without_any_makes_no_bias()
    {
        HybridThread thread = Thread(setting: ("hybrid:ensemble", "weighted"));
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: no member of the forecast has skill", Notes(thread)[^1]);
    }

    [Fact]
    public void Without_a_price_there_is_no_bias_and_it_says_so_once()
    {
        HybridThread thread = Thread();
        Step(thread);
        Step(thread);

        Assert.Equal([0, 0], _biases.Select(bias => bias.ScoreE8));
        Assert.Equal(["no bias: there is no price"], Notes(thread).Skip(1));
    }

    [Fact]
    public void A_history_that_is_too_short_or_too_old_makes_no_bias()
    {
        using var file = new TemporaryFile("date,close\n2024-08-06,61000\n2024-08-07,61000\n");
        HybridThread thread = Thread(file.Path);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.StartsWith("no new forecast, the last one stays: ", Notes(thread)[0]);

        using var old = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Select(day => $"{new DateOnly(2023, 7, 4).AddDays(day):yyyy-MM-dd},{30_000 + day}\n")));
        thread = Thread(old.Path);   // to 2024-08-06: 36 h before this noon
        Trade(thread, 30_000);
        Step(thread);
        Assert.Contains("no bias: the forecast is older than 36 h", Notes(thread));
    }

    [Fact]
    public void A_signal_asks_for_a_position_once_with_a_bound_and_a_stop_by_the_plan()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);

        DirectionalRequest request = Assert.Single(_requests);
        double score = Math.Abs(_biases[^1].ScoreE8 / 1e8);
        Assert.Equal((long)(25_000 * 0.1 * score / 61_000 / 0.001), request.Wanted.Lots);
        Assert.Equal((610_305, 561_200, 600), (request.Bound.Ticks, request.Stop.Ticks, request.EntrySeconds));

        Told(thread, DirectionalOutcome.Taken, request.Wanted.Lots);
        Account(thread, request.Wanted.Lots);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Single(_requests);
    }

    [Fact]
    public void With_market_making_alone_it_leans_the_quotes_and_asks_for_nothing()
    {
        HybridThread thread = Thread(setting: ("strategy", "market-making"));
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);

        Assert.NotEqual(0, _biases[^1].ScoreE8);
        Assert.Empty(_requests);
    }

    [Fact]
    public void Nothing_is_asked_for_before_the_engine_knows_its_account()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 0, QuotingState.Blind);
        Step(thread);
        Assert.Empty(_requests);

        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);
        Assert.Single(_requests);
    }

    [Fact]
    public void What_the_quotes_hold_is_not_taken_for_its_own()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 9);
        Step(thread);

        Assert.True(Assert.Single(_requests).Wanted.Lots > 9);
    }

    [Fact]
    public void A_candle_of_the_venue_that_its_trades_do_not_make_is_an_alert_and_one_that_they_make_is_none()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);   // the first minute was joined in its middle
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000, "0.5");
        Trade(thread, 61_200, "0.25");
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_100, "1");
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_100, "1");

        Kline(thread, minutesAgo: 2, close: 61_200, high: 61_200, volume: "0.75");
        Assert.Empty(Notes(thread));
        Kline(thread, minutesAgo: 1, close: 61_100, high: 61_150, volume: "1");

        Assert.Equal(["the minute of 12:02 UTC differs: its trades make 61200 61200 61100 61100, 1 traded; the venue has 61000 61150 61000 61100, 1"], Notes(thread));
    }

    [Fact]
    public void A_candle_of_the_venue_opens_at_the_close_of_the_one_before_and_that_is_no_alert()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_050, "1");
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_100, "1");

        Kline(thread, minutesAgo: 1, close: 61_050, high: 61_050, volume: "1");   // open and low 61,000

        Assert.Empty(Notes(thread));
    }

    [Fact]
    public void What_was_missed_leaves_its_minute_unheard_of()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000);
        thread.OnMissed(3);
        _now = new EpochNanos(_now.Nanos + Minute);
        Trade(thread, 61_000);

        Kline(thread, minutesAgo: 1, close: 1, high: 2, volume: "1");

        Assert.Equal(["3 messages of the market were missed: the candles of this minute and this day are not whole"], Notes(thread));
    }

    [Fact]
    public void A_price_of_more_than_a_minute_ago_is_none()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Step(thread);
        Assert.NotEqual(0, _biases[^1].ScoreE8);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: there is no price", Notes(thread)[^1]);
    }

    [Fact]
    public void A_close_that_is_missing_among_the_last_makes_no_bias()
    {
        using var file = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Where(day => day != 395).Select(day => $"{new DateOnly(2023, 7, 5).AddDays(day):yyyy-MM-dd},{60_000 + day}\n")));
        HybridThread thread = Thread(file.Path);   // to 2024-08-07
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(0, _biases[^1].ScoreE8);
        Assert.Equal("no bias: the close of 2024-08-03 is missing", Notes(thread)[^1]);
    }

    [Fact]
    public void A_day_that_was_heard_through_becomes_a_close_and_a_new_forecast()
    {
        using var file = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 400).Select(day => $"{new DateOnly(2023, 7, 5).AddDays(day):yyyy-MM-dd},{60_000 + day}\n")));
        HybridThread thread = Thread(file.Path);
        _now = new EpochNanos(Noon.Nanos - (12 * 60 * Minute) - Minute);   // 23:59 of the 7th
        Trade(thread, 60_400);
        for (int hour = 0; hour < 24; hour++)
        {
            _now = new EpochNanos(Noon.Nanos + ((hour - 12) * 60 * Minute));
            Trade(thread, 60_500 + hour);
        }

        _now = new EpochNanos(Noon.Nanos + (12 * 60 * Minute));
        Trade(thread, 60_600);
        Step(thread);

        Assert.StartsWith("forecast from closes to 2024-08-08: ", Notes(thread)[0]);
    }

    [Fact]
    public void After_a_stop_the_position_is_not_its_own_any_more_and_a_refusal_is_told()
    {
        HybridThread thread = Thread();
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);
        long wanted = Assert.Single(_requests).Wanted.Lots;
        Told(thread, DirectionalOutcome.Taken, wanted);
        Account(thread, wanted);
        Told(thread, DirectionalOutcome.StopReached, wanted);
        Told(thread, DirectionalOutcome.Ended, wanted);
        Told(thread, DirectionalOutcome.NothingMayOpen, wanted);
        Assert.Equal(["the stop is reached", "the engine has refused it: NothingMayOpen"], Notes(thread).TakeLast(2));

        Account(thread, wanted);   // what the quotes hold now
        _now = new EpochNanos(_now.Nanos + (5 * 60 * Minute));
        Trade(thread, 61_000);
        Step(thread);

        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public void Closes_that_cannot_be_read_are_one_line()
    {
        using var file = new TemporaryFile("day,price\nnonsense\n");

        ConfigurationException fault = Assert.Throws<ConfigurationException>(() => Thread(file.Path));

        Assert.StartsWith("hybrid:dailyCloses: ", Assert.Single(fault.Faults));
        Assert.Equal("hybrid:dailyCloses: /nowhere.csv: no such file; name a CSV with the columns date and close, or a history", Assert.Single(Assert.Throws<ConfigurationException>(() => Thread("/nowhere.csv")).Faults));
    }

    [Fact]
    public void After_a_restart_an_open_trade_is_held_again_with_its_stop_and_the_four_hours_count_on()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out DirectionalRequest first);

        using HybridThread thread = Thread(files: folder.Files);
        _now = new EpochNanos(_now.Nanos + (10 * Minute));
        Trade(thread, 61_000);
        Account(thread, lots: 0, QuotingState.Blind);   // nobody knows yet what is held
        Step(thread);
        Assert.Empty(_requests);
        Account(thread, wanted);
        Step(thread);

        DirectionalRequest again = Assert.Single(_requests);
        Assert.Equal((first.Wanted, first.Stop), (again.Wanted, again.Stop));
        Assert.True(again.Bound.Ticks > again.Stop.Ticks);
        Told(thread, DirectionalOutcome.Taken, wanted);
        Told(thread, DirectionalOutcome.Reached, wanted, position: wanted);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Single(_requests);

        // The stop is reached, and less than four hours later nothing is opened.
        Told(thread, DirectionalOutcome.StopReached, wanted, position: wanted);
        Told(thread, DirectionalOutcome.Ended, wanted);
        Account(thread, lots: 0);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Single(_requests);
        using HistoryStore trades = HistoryStore.Open(folder.Files.TradesPath, isCreated: false);
        HistoryTrade trade = Assert.Single(trades.Trades("BTCUSDT", MillisRange.All));
        Assert.Equal(("hybrid", Side.Buy, 0.001m * wanted, 56_120m, "the stop is reached"), (trade.Setup, trade.Side, trade.Qty, trade.StopPrice, trade.ExitReason));
        Assert.Equal((61_000m, 61_000m, -2 * 61_000m * trade.Qty * 0.00055m), (trade.EntryPrice, trade.ExitPrice, trade.PnlUsdt));
    }

    [Fact]
    public void A_position_that_is_gone_after_a_restart_ends_its_trade_and_nothing_is_asked_for_it()
    {
        using var folder = new RunFolder();
        Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);

        Assert.Empty(_requests);   // four hours lie between two trades
        Assert.Contains("the position of the run before is gone", Notes(thread));
        using HistoryStore trades = HistoryStore.Open(folder.Files.TradesPath, isCreated: false);
        Assert.Equal("gone when the engine came back", Assert.Single(trades.Trades("BTCUSDT", MillisRange.All)).ExitReason);
    }

    [Fact]
    public void A_position_beyond_its_stop_after_a_restart_is_closed()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Trade(thread, 55_000);
        Account(thread, wanted);
        Step(thread);
        Assert.True(Assert.Single(_requests).Stop.Ticks > 550_000);
        Told(thread, DirectionalOutcome.TooLate, wanted, position: wanted, mark: 55_000);
        Step(thread);

        Assert.Equal(0, _requests[1].Wanted.Lots);
        Assert.Equal((0, 0), (_requests[1].Bound.Ticks, _requests[1].Stop.Ticks));
        Told(thread, DirectionalOutcome.NothingMayOpen, 0, position: wanted, mark: 55_000);   // whatever refuses it: it is asked for until it is taken
        Step(thread);
        Assert.Equal((3, 0L), (_requests.Count, _requests[2].Wanted.Lots));
        Told(thread, DirectionalOutcome.Taken, 0, position: wanted, mark: 55_000);
        Told(thread, DirectionalOutcome.Ended, 0, mark: 54_900);
        Assert.Equal("beyond its stop when the engine came back", Recorded(folder)[0].ExitReason);
    }

    [Fact]
    public void Of_a_position_that_has_shrunk_what_is_left_is_held()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Account(thread, wanted - 3);
        Step(thread);

        Assert.Equal(wanted - 3, Assert.Single(_requests).Wanted.Lots);
    }

    [Fact]
    public void A_killed_engine_that_comes_back_killed_holds_the_position_with_its_stop_all_the_same()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out DirectionalRequest first);

        using HybridThread thread = Thread(files: folder.Files);
        Account(thread, lots: 0, QuotingState.Killed);   // not known yet, or gone: nobody can tell
        Step(thread);
        Assert.Empty(_requests);
        Account(thread, wanted, QuotingState.Killed);
        Step(thread);

        Assert.Equal((wanted, first.Stop), (Assert.Single(_requests).Wanted.Lots, _requests[0].Stop));
    }

    [Theory]
    [InlineData(DirectionalOutcome.NothingMayOpen)]
    [InlineData(DirectionalOutcome.TooLate)]
    public void A_take_over_that_is_refused_is_asked_for_again(DirectionalOutcome outcome)
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Account(thread, wanted);
        Step(thread);
        Told(thread, outcome, wanted, position: wanted - 2);
        Account(thread, wanted - 2);   // the quotes have sold some meanwhile
        Step(thread);

        Assert.Equal(2, _requests.Count);
        Assert.Equal(outcome == DirectionalOutcome.TooLate ? wanted : wanted - 2, _requests[1].Wanted.Lots);
        Assert.NotEqual(0, _requests[1].Stop.Ticks);
    }

    [Fact]
    public void A_take_over_without_an_answer_is_asked_for_again_and_one_that_cannot_be_is_closed()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Account(thread, wanted);
        Step(thread);
        Step(thread);
        Assert.Equal([wanted, wanted], _requests.Select(request => request.Wanted.Lots));
        Told(thread, DirectionalOutcome.Impossible, wanted, position: wanted);
        Step(thread);

        Assert.Equal(0, _requests[2].Wanted.Lots);
    }

    [Fact]
    public void While_a_trade_of_the_run_before_is_to_be_taken_over_a_tenth_of_a_second_lies_between_steps()
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);

        using HybridThread thread = Thread(files: folder.Files);
        Assert.Equal(100_000_000, thread.StepNanos);
        Account(thread, wanted);
        _now = new EpochNanos(_now.Nanos + 100_000_000);
        thread.Step(_now, _inbox);
        Assert.Single(_requests);
        Assert.Empty(_biases.Skip(1));   // of the run before: nothing else is done that takes time
        Told(thread, DirectionalOutcome.Taken, wanted, position: wanted);
        Assert.Equal(Minute, thread.StepNanos);
    }

    [Fact]
    public void Of_a_position_that_is_being_turned_a_restart_holds_what_it_finds_with_the_stop_that_belongs_to_it()
    {
        foreach (int sign in (int[])[1, -1, 0])
        {
            using var folder = new RunFolder();
            long wanted = Open(folder.Files, out DirectionalRequest first);
            DirectionalRequest turn;
            using (HybridThread thread = Thread(files: folder.Files))
            {
                Account(thread, wanted);
                Step(thread);
                Told(thread, DirectionalOutcome.Taken, wanted, position: wanted);
                _now = new EpochNanos(_now.Nanos + (6 * 60 * Minute));
                Trade(thread, 90_000);   // far above its path: the signal turns
                Account(thread, wanted);
                Step(thread);
                turn = _requests[^1];
                Assert.True(turn.Wanted.Lots < 0, $"{turn.Wanted.Lots}");
                Told(thread, DirectionalOutcome.Taken, turn.Wanted.Lots, position: wanted, mark: 90_000);
                Told(thread, DirectionalOutcome.Opened, turn.Wanted.Lots, position: wanted - 1, mark: 90_000);
            }

            Assert.Equal(2, Recorded(folder).Count(trade => trade.ClosedMillis is null));   // the old one is held still
            _requests.Clear();
            using (HybridThread thread = Thread(files: folder.Files))
            {
                Account(thread, sign * 2);
                Step(thread);
                HistoryTrade[] open = [.. Recorded(folder).Where(trade => trade.ClosedMillis is null)];
                if (sign == 0)
                {
                    Assert.Empty(_requests);
                    Assert.Empty(open);
                    Assert.Contains(Recorded(folder), trade => trade is { ExitReason: "nothing was filled", PnlUsdt: 0 });
                    _biases.Clear();
                    continue;
                }

                Assert.Equal((sign * 2L, sign > 0 ? first.Stop : turn.Stop), (_requests[0].Wanted.Lots, _requests[0].Stop));
                Assert.Equal(sign > 0 ? Side.Buy : Side.Sell, Assert.Single(open).Side);
            }

            _requests.Clear();
            _biases.Clear();
            _now = Noon;
        }
    }

    [Theory]
    [InlineData(DirectionalOutcome.Expired)]
    [InlineData(DirectionalOutcome.Halted)]
    public void What_is_left_of_a_turn_that_has_come_to_its_end_half_way_is_closed(DirectionalOutcome ending)
    {
        using var folder = new RunFolder();
        long wanted = Open(folder.Files, out _);
        using HybridThread thread = Thread(files: folder.Files);
        Account(thread, wanted);
        Step(thread);
        Told(thread, DirectionalOutcome.Taken, wanted, position: wanted);
        _now = new EpochNanos(_now.Nanos + (6 * 60 * Minute));
        Trade(thread, 90_000);   // far above its path: the signal turns
        Account(thread, wanted);
        Step(thread);
        long turned = _requests[^1].Wanted.Lots;
        Told(thread, DirectionalOutcome.Taken, turned, position: wanted, mark: 90_000);
        Told(thread, ending, turned, position: wanted, mark: 90_000);
        Account(thread, wanted);
        _now = new EpochNanos(_now.Nanos + Minute);
        Step(thread);

        Assert.Equal((-1, 0), (Math.Sign(turned), _requests[^1].Wanted.Lots));
        Told(thread, DirectionalOutcome.Taken, 0, position: wanted, mark: 90_000);
        Told(thread, DirectionalOutcome.Ended, 0, mark: 90_000);
        Assert.All(Recorded(folder), trade => Assert.NotNull(trade.ClosedMillis));
    }

    [Fact]
    public void A_trade_that_was_asked_for_and_never_filled_is_that_after_a_restart_too()
    {
        using var folder = new RunFolder();
        using (HybridThread thread = Thread(files: folder.Files))
        {
            Trade(thread, 61_000);
            Account(thread, lots: 0);
            Step(thread);
            Assert.Single(Recorded(folder));   // before the engine has said anything
        }

        using HybridThread again = Thread(files: folder.Files);
        Account(again, lots: 0);
        Step(again);

        Assert.Equal(("nothing was filled", 0m), (Recorded(folder)[0].ExitReason, Recorded(folder)[0].PnlUsdt));
    }

    [Fact]
    public void What_cannot_be_recorded_is_not_asked_for()
    {
        using var folder = new RunFolder();
        HybridThread thread = Thread(files: folder.Files);
        thread.Dispose();   // its file is closed: every write fails
        Trade(thread, 61_000);
        Account(thread, lots: 0);

        Assert.ThrowsAny<Exception>(() => Step(thread));
        Assert.Empty(_requests);
    }

    [Fact]
    public void A_trade_of_which_nothing_was_filled_is_recorded_as_that()
    {
        using var folder = new RunFolder();
        using (HybridThread thread = Thread(files: folder.Files))
        {
            Trade(thread, 61_000);
            Account(thread, lots: 0);
            Step(thread);
            Told(thread, DirectionalOutcome.Taken, _requests[^1].Wanted.Lots);
            Told(thread, DirectionalOutcome.Expired, _requests[^1].Wanted.Lots);
            Told(thread, DirectionalOutcome.Ended, _requests[^1].Wanted.Lots);
        }

        using HistoryStore trades = HistoryStore.Open(folder.Files.TradesPath, isCreated: false);
        HistoryTrade trade = Assert.Single(trades.Trades("BTCUSDT", MillisRange.All));
        Assert.Equal(("nothing was filled", 0m), (trade.ExitReason, trade.PnlUsdt));
    }

    [Fact]
    public void The_last_good_forecast_is_there_after_a_restart_whose_fit_fails()
    {
        using var folder = new RunFolder();
        using (HybridThread thread = Thread(files: folder.Files))
        {
            Trade(thread, 61_000);
            Step(thread);
        }

        // Fifteen closes to decide on, and too few to fit.
        using var file = new TemporaryFile("date,close\n" + string.Concat(Enumerable.Range(0, 16).Select(day => $"{new DateOnly(2024, 7, 23).AddDays(day):yyyy-MM-dd},61000\n")));
        using (HybridThread thread = Thread(file.Path, files: folder.Files))
        {
            Trade(thread, 61_000);
            Step(thread);
            Assert.StartsWith("no new forecast, the last one stays: ", Notes(thread)[0]);
            Assert.NotEqual(0, _biases[^1].ScoreE8);
        }

        File.WriteAllText(folder.Files.ForecastPath("BTCUSDT"), "{}");
        using (HybridThread thread = Thread(file.Path, files: folder.Files))
        {
            Trade(thread, 61_000);
            Step(thread);
            Assert.StartsWith("the forecast of the run before is not used: ", Notes(thread)[0]);
            Assert.Equal(0, _biases[^1].ScoreE8);
        }
    }

    [Fact]
    public void Closes_come_from_a_history_and_one_that_is_downloaded_meanwhile_is_found()
    {
        using var folder = new RunFolder();
        string path = Path.Combine(folder.Files.Folder, "history.db");
        HistoryCandle[] days = [.. File.ReadLines(ReferenceFiles.Sample("btc-usd-daily.csv")).Skip(1).Select(line => line.Split(',')).Where(cells => string.CompareOrdinal(cells[0], "2024-08-20") < 0).Select(cells =>
        {
            double close = double.Parse(cells[1], CultureInfo.InvariantCulture);
            return new HistoryCandle((long)(DateTime.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture) - DateTime.UnixEpoch).TotalMilliseconds, close, close, close, close, double.NaN, double.NaN);
        })];
        DateTime missing = new(2024, 8, 5, 0, 0, 0, DateTimeKind.Utc);
        using HistoryStore store = HistoryStore.Open(path, isCreated: true);
        store.AddCandles("BTCUSDT", Timeframe.Find("D")!, days.Where(day => day.OpenMillis != new DateTimeOffset(missing).ToUnixTimeMilliseconds()), jumpFactor: 100);
        HybridThread thread = Thread(path);
        Trade(thread, 61_000);
        Step(thread);
        Assert.Contains("no bias: the close of 2024-08-05 is missing", Notes(thread));

        store.AddCandles("BTCUSDT", Timeframe.Find("D")!, days, jumpFactor: 100);
        _now = new EpochNanos(_now.Nanos + (60 * Minute));
        Trade(thread, 61_000);
        Step(thread);
        HybridThread whole = Thread();
        Trade(whole, 61_000);
        _now = new EpochNanos(_now.Nanos - Minute);
        Step(whole);

        Assert.NotEqual(0, _biases[^2].ScoreE8);
        Assert.Equal(_biases[^1].ScoreE8, _biases[^2].ScoreE8);   // as from the CSV
        Assert.Contains("it has no days of BTCUSDT; get them with ./run.sh download-data", Assert.Single(Assert.Throws<ConfigurationException>(() => Thread(folder.EmptyHistory())).Faults), StringComparison.Ordinal);
    }

    private static IReadOnlyList<HistoryTrade> Recorded(RunFolder folder)
    {
        using HistoryStore trades = HistoryStore.Open(folder.Files.TradesPath, isCreated: false);
        return trades.Trades("BTCUSDT", MillisRange.All);
    }

    /// <summary>A run that opens a trade and dies.</summary>
    private long Open(RunFiles files, out DirectionalRequest request)
    {
        using HybridThread thread = Thread(files: files);
        Trade(thread, 61_000);
        Account(thread, lots: 0);
        Step(thread);
        request = Assert.Single(_requests);
        long wanted = request.Wanted.Lots;
        Told(thread, DirectionalOutcome.Taken, wanted);
        Told(thread, DirectionalOutcome.Opened, wanted, position: 1);
        Told(thread, DirectionalOutcome.Reached, wanted, position: wanted);
        Account(thread, wanted);
        _requests.Clear();
        return wanted;
    }

    private static HybridThread Thread(string? closes = null, (string Key, string Value)? setting = null, RunFiles? files = null)
    {
        (string Key, string Value)? changed = closes is null ? setting : ("hybrid:dailyCloses", closes);
        EngineConfiguration configuration = ConfigurationReader.Load(
            ReferenceFiles.InRepository("configs/hybrid.json"), Profile.NoEnvironment, changed is { } one ? [new ConfigurationOverride(one.Key, one.Value, "test")] : []);
        return new HybridThread(configuration, InstrumentCatalog.Load(configuration.Data.Instruments).Select(configuration.Symbols), files);
    }

    private void Step(HybridThread thread)
    {
        _now = new EpochNanos(_now.Nanos + Minute);
        thread.Step(_now, _inbox);
    }

    private void Trade(HybridThread thread, int price, string qty = "0.1") => thread.OnMarket(
        Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{_now.Milliseconds}},"data":[{"T":{{_now.Milliseconds}},"s":"BTCUSDT","S":"Buy","v":"{{qty}}","p":"{{price}}.00","L":"PlusTick","i":"a","BT":false,"RPI":false,"seq":1}]}"""), _now);

    private void Kline(HybridThread thread, int minutesAgo, int close, int high, string volume)
    {
        long start = (_now.Milliseconds / 60_000 * 60_000) - (minutesAgo * 60_000);
        thread.OnMarket(Encoding.UTF8.GetBytes($$"""{"topic":"kline.1.BTCUSDT","data":[{"start":{{start}},"end":{{start + 59_999}},"interval":"1","open":"61000","close":"{{close}}","high":"{{high}}","low":"61000","volume":"{{volume}}","turnover":"1","confirm":true,"timestamp":{{start + 59_000}}}],"ts":{{start + 60_100}},"type":"snapshot"}"""), _now);
    }

    private static void Account(HybridThread thread, long lots, QuotingState state = QuotingState.Active) => thread.OnAccount(
        [
            new LaneFact
            {
                Instrument = new InstrumentId(0), LiveOrders = 0, BestBid = default, BestAsk = default, OwnBid = default, OwnAsk = default, Position = new QtyLots(lots), MarkPrice = new PriceE8(61_000 * PriceE8.One),
                LiquidationPrice = default, Unrealised = default, MaintenanceMargin = default,
            },
        ],
        new MoneyE8(25_000 * MoneyE8.One),
        state);

    private void Told(HybridThread thread, DirectionalOutcome outcome, long wanted, long position = 0, int mark = 61_000)
    {
        long id = _requests.Count > 0 ? _requests[^1].Id : _lastId;
        _lastId = id;
        var fact = new DirectionalFact { Instrument = new InstrumentId(0), Outcome = outcome, Id = id, Wanted = new QtyLots(wanted), Position = new QtyLots(position), MarkPrice = new PriceE8(mark * PriceE8.One), GateReason = 0 };
        thread.OnDirectional(in fact);
    }

    private static List<string> Notes(HybridThread thread)
    {
        var notes = new List<string>();
        while (thread.TryTakeNote(out string note)) notes.Add(note);
        return notes;
    }

    /// <summary>The files of a run that is started again and again.</summary>
    private sealed class RunFolder : IDisposable
    {
        public RunFiles Files { get; } = RunFiles.Make(Directory.CreateTempSubdirectory("hybrid-").FullName, "test");

        public string EmptyHistory()
        {
            string path = Path.Combine(Files.Folder, "empty.db");
            using (HistoryStore.Open(path, isCreated: true)) { }
            return path;
        }

        public void Dispose() => Directory.Delete(Files.Folder, recursive: true);
    }

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"closes-{Guid.NewGuid():N}.csv");

        public void Dispose() => File.Delete(Path);
    }
}
