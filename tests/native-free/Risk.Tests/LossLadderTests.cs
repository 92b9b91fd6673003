using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

public sealed class LossLadderTests
{
    private const long Second = 1_000_000_000;
    private const long Hour = 3_600 * Second;
    private const long Day = 24 * Hour;

    // Wednesday, 2023-11-15 12:00 UTC.
    private const long NoonNanos = 1_700_049_600 * Second;

    private static readonly InstrumentId First = new(0);
    private static readonly InstrumentId Other = new(1);

    private static readonly LossLadderSettings Plans = new()
    {
        PositionStopE8 = 8_000_000,
        PositionStopPauseNanos = 300 * Second,
        DailyLossE8 = 2_000_000,
        DailyPauseNanos = Day,
        WeeklyLossE8 = 5_000_000,
        WeeklyPauseNanos = 7 * Day,
        DrawdownE8 = 15_000_000,
        OpenPositionsMax = 2,
        ApiErrorsPerMinute = 10,
        RejectsPerMinute = 30,
        RequestPauseNanos = 60 * Second,
        MarkOutLossE8 = 100_000,
        MarkOutPauseNanos = 300 * Second,
    };

    private static readonly LossLadderSettings Confidence = new() { ModelConfidenceMinE8 = 60_000_000, ModelConfidenceNanos = Hour };

    [Fact]
    public void A_model_that_is_unsure_of_itself_for_too_long_kills_and_who_lets_the_engine_go_on_waits_as_long_again()
    {
        LossLadder ladder = Begun(Confidence);
        ladder.OnView(40_000_001, isKilled: false, At(0));
        ladder.OnView(40_000_000, isKilled: false, At(Hour));   // 60 % is enough: it counts anew
        ladder.OnView(40_000_001, isKilled: false, At(Hour));
        ladder.OnView(50_000_000, isKilled: false, At((2 * Hour) - 2));
        ladder.OnView(-1, isKilled: false, At((2 * Hour) - 1));   // it does not say
        Assert.False(ladder.IsUnsureTooLong(At(2 * Hour)));
        ladder.OnView(40_000_001, isKilled: false, At(2 * Hour));   // and the time has gone on

        Assert.True(ladder.IsUnsureTooLong(At(2 * Hour)));
        Assert.Equal((true, 1L), (ladder.HasNews, ladder.Hits(LossRule.ModelConfidence)));
        ladder.OnView(50_000_000, isKilled: true, At(3 * Hour));
        Assert.False(ladder.IsUnsureTooLong(At(9 * Hour)));

        LossLadder next = Restarted(ladder, Confidence, At(9 * Hour));   // let go on by its operator, in one run or before the next
        foreach (LossLadder goesOn in (LossLadder[])[ladder, next])
        {
            goesOn.OnView(50_000_000, isKilled: false, At(10 * Hour));
            Assert.False(goesOn.IsUnsureTooLong(At((11 * Hour) - 1)));
            Assert.True(goesOn.IsUnsureTooLong(At(11 * Hour)));
        }

        ladder.OnView(50_000_000, isKilled: false, At(12 * Hour));
        ladder.OnView(0, isKilled: false, At(13 * Hour));
        Assert.False(ladder.IsUnsureTooLong(At(14 * Hour)));
    }

    [Fact]
    public void A_kill_ends_the_unsure_time_at_once_whether_a_view_comes_behind_it_or_not()
    {
        LossLadder ladder = Begun(Confidence);
        ladder.OnView(50_000_000, isKilled: false, At(0));
        ladder.OnKilled();

        Assert.False(ladder.IsUnsureTooLong(At(9 * Hour)));
        LossLadder next = Restarted(ladder, Confidence, At(9 * Hour));
        next.OnView(50_000_000, isKilled: false, At(9 * Hour));
        Assert.False(next.IsUnsureTooLong(At((10 * Hour) - 1)));
        Assert.True(next.IsUnsureTooLong(At(10 * Hour)));
    }

    [Fact]
    public void A_kill_for_another_reason_ends_the_unsure_time()
    {
        LossLadder ladder = Begun(Confidence);
        ladder.OnView(50_000_000, isKilled: false, At(0));
        ladder.OnView(-1, isKilled: true, At(1));
        ladder.OnView(50_000_000, isKilled: false, At(Hour));

        Assert.False(ladder.IsUnsureTooLong(At((2 * Hour) - 1)));
        Assert.True(ladder.IsUnsureTooLong(At(2 * Hour)));
    }

    [Theory]
    [InlineData(40_000_001, true)]
    [InlineData(40_000_000, false)]
    public void A_restart_does_not_begin_the_unsure_time_anew_but_the_first_view_decides_whether_it_goes_on(long doubtE8, bool isKilled)
    {
        LossLadder before = Begun(Confidence);
        before.OnView(50_000_000, isKilled: false, At(0));
        LossLadder ladder = Restarted(before, Confidence, At(2 * Hour));
        Assert.False(ladder.IsUnsureTooLong(At(2 * Hour)));
        ladder.OnView(doubtE8, isKilled: false, At(2 * Hour));

        Assert.Equal(isKilled, ladder.IsUnsureTooLong(At(2 * Hour)));
    }

    private static readonly LossLadderSettings SymbolLimit = new() { SymbolDailyLossE8 = 1_500_000, DailyPauseNanos = Day };

    [Theory]
    [InlineData(9_800.00000001, false)]
    [InlineData(9_800, true)]
    public void The_daily_loss_counts_from_the_first_equity_of_the_day_and_pauses_for_a_day_at_its_figure(decimal equity, bool pauses)
    {
        LossLadder ladder = Begun();

        Assert.False(ladder.OnEquity(Usdt(equity), At(Hour)));

        Assert.Equal((pauses, pauses, pauses ? 1 : 0), (ladder.Reduces, ladder.Flattens, ladder.Hits(LossRule.DailyLoss)));
        Assert.Equal(pauses ? NoonNanos + Hour + Day : 0, ladder.State.PausedUntil(LossRule.DailyLoss).Nanos);
    }

    [Theory]
    [InlineData(-149.99999999, false)]
    [InlineData(-150, true)]
    public void One_instruments_loss_of_the_day_closes_and_holds_it_alone(decimal lost, bool isHeld)
    {
        LossLadder ladder = Begun(SymbolLimit);

        ladder.OnResult(First, Usdt(-100), Usdt(lost + 100), At(Hour));

        Assert.Equal((isHeld, isHeld, isHeld ? 1 : 0), (ladder.Closes(First), ladder.Holds(First, isFlat: false, At(Hour)), ladder.Hits(LossRule.SymbolLoss)));
        Assert.False(ladder.Reduces || ladder.Closes(Other) || ladder.Holds(Other, isFlat: true, At(Hour)));
        Assert.Equal(isHeld ? NoonNanos + Hour + Day : 0, ladder.State.HeldUntil(First).Nanos);
        ladder.OnResult(First, Usdt(-100), Usdt(lost + 100), At(2 * Hour));   // it is held already
        Assert.Equal(isHeld ? 1 : 0, ladder.Hits(LossRule.SymbolLoss));
    }

    [Fact]
    public void An_instrument_that_is_held_for_something_milder_is_closed_for_its_loss_all_the_same()
    {
        LossLadder ladder = Begun(SymbolLimit with { MarkOutLossE8 = 100_000, MarkOutPauseNanos = 300 * Second });
        ladder.OnMarkOut(First, 100_000, At(0));
        Assert.False(ladder.Closes(First));

        ladder.OnResult(First, Usdt(-150), default, At(Second));

        Assert.True(ladder.Closes(First));
        Assert.Equal(NoonNanos + Second + Day, ladder.State.HeldUntil(First).Nanos);
    }

    [Fact]
    public void An_instruments_loss_begins_anew_with_the_day_and_what_its_position_had_lost_by_then_is_of_the_day_before()
    {
        LossLadder ladder = Begun(SymbolLimit);
        ladder.OnResult(First, Usdt(-60), Usdt(-80), At(Hour));
        ladder.OnEquity(Usdt(9_860), At(12 * Hour));   // midnight

        ladder.OnResult(First, Usdt(-140), default, At(13 * Hour));   // closed at the loss that it had
        Assert.Equal(default, ladder.State.DayResult(First));
        ladder.OnResult(First, Usdt(-140), Usdt(-147.89m), At(13 * Hour));
        Assert.False(ladder.Closes(First));
        ladder.OnResult(First, Usdt(-140), Usdt(-147.9m), At(13 * Hour));   // 1.5 % of 9,860
        Assert.True(ladder.Closes(First));
    }

    [Fact]
    public void An_instruments_loss_goes_on_after_a_restart()
    {
        LossLadder before = Begun(SymbolLimit);
        before.OnResult(First, Usdt(-100), default, At(Hour));
        byte[] content = new byte[before.State.LengthBytes];
        before.State.Write(content);
        var ladder = new LossLadder(2, SymbolLimit);
        Assert.True(ladder.TryTake(content, At(2 * Hour)));

        ladder.OnResult(First, default, default, At(2 * Hour));
        Assert.False(ladder.Closes(First));
        ladder.OnResult(First, Usdt(-50), default, At(2 * Hour));

        Assert.True(ladder.Closes(First));
    }

    [Fact]
    public void A_pause_ends_by_its_clock_and_not_by_a_gain()
    {
        LossLadder ladder = Begun();
        ladder.OnEquity(Usdt(9_700), At(0));
        ladder.OnEquity(Usdt(10_500), At(Second));

        ladder.OnTime(At(Day - 1));
        Assert.True(ladder.Reduces);
        ladder.OnTime(At(Day));
        Assert.False(ladder.Reduces || ladder.Flattens);
    }

    [Fact]
    public void A_day_begins_at_midnight_utc_and_a_week_on_monday()
    {
        LossLadder ladder = Begun();

        ladder.OnEquity(Usdt(9_900), At((12 * Hour) - 1));
        Assert.Equal((Usdt(10_000), NoonNanos - (12 * Hour)), (ladder.State.DayEquity, ladder.State.DayBegan.Nanos));
        ladder.OnEquity(Usdt(9_890), At(12 * Hour));

        Assert.Equal((Usdt(9_890), NoonNanos + (12 * Hour)), (ladder.State.DayEquity, ladder.State.DayBegan.Nanos));
        Assert.Equal((Usdt(10_000), NoonNanos - (60 * Hour)), (ladder.State.WeekEquity, ladder.State.WeekBegan.Nanos));
        ladder.OnEquity(Usdt(9_880), At(108 * Hour));
        Assert.Equal((Usdt(9_880), NoonNanos + (108 * Hour)), (ladder.State.WeekEquity, ladder.State.WeekBegan.Nanos));
    }

    [Fact]
    public void Small_losses_of_several_days_add_up_to_the_weeks_limit()
    {
        LossLadder ladder = Begun();
        ladder.OnEquity(Usdt(9_810), At(Hour));
        ladder.OnEquity(Usdt(9_810), At(Day));
        ladder.OnEquity(Usdt(9_640), At(Day + Hour));
        ladder.OnEquity(Usdt(9_640), At(2 * Day));
        Assert.False(ladder.Reduces);

        ladder.OnEquity(Usdt(9_500), At((2 * Day) + Hour));

        Assert.Equal((0L, 1L), (ladder.Hits(LossRule.DailyLoss), ladder.Hits(LossRule.WeeklyLoss)));
        ladder.OnTime(At((9 * Day) + Hour - 1));
        Assert.True(ladder.Flattens);
        ladder.OnTime(At((9 * Day) + Hour));
        Assert.False(ladder.Flattens);
    }

    [Fact]
    public void A_drawdown_from_the_peak_kills_once_and_counts_from_there_on()
    {
        var ladder = new LossLadder(1, Plans with { DailyLossE8 = 0, WeeklyLossE8 = 0 });
        ladder.OnEquity(Usdt(10_000), At(0));
        ladder.OnEquity(Usdt(12_000), At(1));
        Assert.False(ladder.OnEquity(Usdt(10_200.01m), At(2)));

        Assert.True(ladder.OnEquity(Usdt(10_200), At(3)));

        Assert.False(ladder.OnEquity(Usdt(8_700), At(4)));
        Assert.True(ladder.OnEquity(Usdt(8_670), At(5)));
        Assert.Equal(2, ladder.Hits(LossRule.Drawdown));
    }

    [Theory]
    [InlineData(-399.99999999, false)]
    [InlineData(-400, true)]
    public void A_position_that_has_lost_its_share_of_its_entry_value_is_closed_and_its_instrument_left_alone_for_a_while(decimal unrealised, bool stops)
    {
        LossLadder ladder = Begun();

        ladder.OnPosition(First, (Int128)Usdt(unrealised).Units * MoneyE8.One, Cost(5_000), At(0));

        Assert.Equal((stops, stops, stops ? 1 : 0), (ladder.Closes(First), ladder.Holds(First, isFlat: false, At(0)), ladder.Hits(LossRule.PositionStop)));
        Assert.False(ladder.Closes(Other) || ladder.Holds(Other, isFlat: false, At(0)) || ladder.Reduces);
        if (!stops) return;
        Assert.True(ladder.Holds(First, isFlat: false, At(300 * Second)));   // not closed yet
        ladder.OnFlat(First);
        Assert.False(ladder.Closes(First));
        Assert.True(ladder.Holds(First, isFlat: true, At((300 * Second) - 1)));
        Assert.False(ladder.Holds(First, isFlat: true, At(300 * Second)));
    }

    [Fact]
    public void While_as_many_positions_are_held_as_may_be_the_flat_instruments_are_held_back()
    {
        LossLadder ladder = Begun();
        ladder.OnOpenPositions(1);
        Assert.False(ladder.Holds(First, isFlat: true, At(0)));

        ladder.OnOpenPositions(2);

        Assert.True(ladder.Holds(First, isFlat: true, At(0)));
        Assert.False(ladder.Holds(First, isFlat: false, At(0)));
        ladder.OnOpenPositions(1);
        Assert.False(ladder.Holds(First, isFlat: true, At(0)));
        Assert.Equal(1, ladder.Hits(LossRule.OpenPositions));
    }

    [Theory]
    [InlineData(LossRule.ApiErrors, 10)]
    [InlineData(LossRule.Rejects, 30)]
    public void So_many_within_a_minute_have_the_engine_reduce_for_its_time_and_the_same_number_in_more_than_a_minute_do_not(LossRule rule, int most)
    {
        long pace = 60 * Second / (most - 1);
        LossLadder slow = Begun();
        for (int i = 0; i < 3 * most; i++) Count(slow, rule, At(i * (pace + 1)));
        Assert.False(slow.Reduces);

        LossLadder ladder = Begun();
        for (int i = 0; i < most - 1; i++) Count(ladder, rule, At(i * (pace - 1)));
        Assert.False(ladder.Reduces);
        long last = (most - 1) * (pace - 1);
        Count(ladder, rule, At(last));

        Assert.True(ladder is { Reduces: true, Flattens: false });
        Assert.Equal(1, ladder.Hits(rule));
        ladder.OnTime(At(last + (60 * Second)));
        Assert.False(ladder.Reduces);
    }

    [Fact]
    public void A_mean_mark_out_beyond_its_limit_holds_its_instrument()
    {
        LossLadder ladder = Begun();
        Assert.False(ladder.OnMarkOut(First, 99_999, At(0)));

        Assert.True(ladder.OnMarkOut(First, 100_000, At(0)));

        Assert.True(ladder.Holds(First, isFlat: true, At((300 * Second) - 1)));
        Assert.False(ladder.Holds(First, isFlat: true, At(300 * Second)) || ladder.Holds(Other, isFlat: true, At(0)));
    }

    [Fact]
    public void A_silent_slow_thread_has_the_engine_reduce_until_it_speaks()
    {
        var ladder = new LossLadder(1, new LossLadderSettings { SlowThreadSilentNanos = Hour });
        ladder.OnTime(At(0));
        ladder.OnTime(At(Hour - 1));
        Assert.False(ladder.Reduces);

        ladder.OnTime(At(Hour));
        Assert.True(ladder is { Reduces: true, Flattens: false });
        ladder.OnView(0, isKilled: false, At(Hour + 1));
        ladder.OnTime(At(Hour + 1));

        Assert.False(ladder.Reduces);
        Assert.Equal(1, ladder.Hits(LossRule.SlowThread));
    }

    [Fact]
    public void Money_that_is_taken_out_is_no_loss_and_money_that_is_brought_in_hides_none()
    {
        LossLadder ladder = Begun();
        ladder.OnTransfer(Usdt(-5_000));
        Assert.Equal((Usdt(5_000), Usdt(5_000), Usdt(5_000)), (ladder.State.DayEquity, ladder.State.WeekEquity, ladder.State.PeakEquity));
        ladder.OnEquity(Usdt(5_000), At(1));
        Assert.False(ladder.Reduces);

        ladder.OnTransfer(Usdt(5_000));
        ladder.OnEquity(Usdt(9_800), At(2));

        Assert.True(ladder.Flattens);
    }

    [Fact]
    public void Limits_of_zero_are_off()
    {
        var ladder = new LossLadder(1, new LossLadderSettings());
        ladder.OnEquity(Usdt(10_000), At(0));
        for (int i = 0; i < 1_000; i++)
        {
            ladder.OnApiError(At(i));
            ladder.OnReject(At(i));
        }

        ladder.OnPosition(First, -Cost(5_000), Cost(5_000), At(1));
        ladder.OnOpenPositions(64);

        Assert.False(ladder.OnEquity(Usdt(-10), At(2)) || ladder.OnMarkOut(First, long.MaxValue, At(2)));
        Assert.False(ladder.HasLimits || ladder.Reduces || ladder.Closes(First) || ladder.Holds(First, isFlat: true, At(2)));
    }

    [Fact]
    public void A_pause_never_ends_early() => Prop.ForAll(Courses(), course =>
    {
        var ladder = new LossLadder(2, Plans);
        long now = NoonNanos;
        long[] ends = new long[LossState.Rules];
        foreach ((int step, int equity, int loss) in course)
        {
            now += step * Hour;
            Play(ladder, equity, loss, new EpochNanos(now));
            foreach (LossRule rule in (LossRule[])[LossRule.DailyLoss, LossRule.WeeklyLoss])
            {
                if (ends[(int)rule] > now) Assert.True(ladder.Flattens && ladder.Reduces);
                long end = ladder.State.PausedUntil(rule).Nanos;
                Assert.True(end >= ends[(int)rule]);
                ends[(int)rule] = end;
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_restart_anywhere_decides_as_none_does() => Prop.ForAll(Courses(), Gen.Choose(0, 40).ToArbitrary(), (course, cut) =>
    {
        var whole = new LossLadder(2, Plans);
        var parted = new LossLadder(2, Plans);
        long now = NoonNanos;
        int taken = 0;
        foreach ((int step, int equity, int loss) in course)
        {
            if (taken++ == cut && parted.State.HasBegun)
            {
                byte[] content = new byte[parted.State.LengthBytes];
                parted.State.Write(content);
                parted = new LossLadder(2, Plans);
                Assert.True(parted.TryTake(content, new EpochNanos(now)));
            }

            now += step * Hour;
            Assert.Equal(Play(whole, equity, loss, new EpochNanos(now)), Play(parted, equity, loss, new EpochNanos(now)));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_ladder_allocates_nothing()
    {
        LossLadder ladder = Begun();
        byte[] content = new byte[ladder.State.LengthBytes];
        Work(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 10_000; i++) Work(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work(int i)
        {
            ladder.OnTime(At(i * Hour));
            ladder.OnPosition(First, -Cost(500), Cost(5_000), At(i * Hour));
            ladder.OnFlat(First);
            ladder.OnOpenPositions(i % 3);
            ladder.OnEquity(Usdt(10_000 - (i % 2_000)), At(i * Hour));
            ladder.OnApiError(At(i * Hour));
            ladder.OnReject(At(i * Hour));
            ladder.OnMarkOut(Other, i, At(i * Hour));
            ladder.State.Write(content);
        }
    }

    /// <summary>Hours that pass, equity in hundreds, and the loss of a position in tenths of a per cent of its value; 0 for none held.</summary>
    private static Arbitrary<(int Step, int Equity, int Loss)[]> Courses() =>
        (from step in Gen.Choose(0, 40) from equity in Gen.Choose(80, 110) from loss in Gen.Choose(0, 100) select (step, equity, loss)).ArrayOf().Resize(40).ToArbitrary();

    private static (bool Kills, bool Reduces, bool Flattens, bool Holds, bool Closes, long Until) Play(LossLadder ladder, int equity, int loss, EpochNanos now)
    {
        ladder.OnTime(now);
        if (loss == 0) ladder.OnFlat(First);
        else ladder.OnPosition(First, -Cost(5 * loss), Cost(5_000), now);
        ladder.OnOpenPositions(loss == 0 ? 0 : 1);
        bool kills = ladder.OnEquity(Usdt(100 * equity), now);
        return (kills, ladder.Reduces, ladder.Flattens, ladder.Holds(First, loss == 0, now), ladder.Closes(First), ladder.State.PausedUntil(LossRule.WeeklyLoss).Nanos);
    }

    private static void Count(LossLadder ladder, LossRule rule, EpochNanos now)
    {
        if (rule == LossRule.ApiErrors) ladder.OnApiError(now);
        else ladder.OnReject(now);
    }

    private static LossLadder Restarted(LossLadder before, LossLadderSettings settings, EpochNanos now)
    {
        byte[] kept = new byte[before.State.LengthBytes];
        before.State.Write(kept);
        var ladder = new LossLadder(2, settings);
        Assert.True(ladder.TryTake(kept, now));
        return ladder;
    }

    private static LossLadder Begun(LossLadderSettings? settings = null)
    {
        var ladder = new LossLadder(2, settings ?? Plans);
        ladder.OnEquity(Usdt(10_000), At(0));
        return ladder;
    }

    private static EpochNanos At(long nanos) => new(NoonNanos + nanos);

    private static MoneyE8 Usdt(decimal usdt) => new((long)(usdt * MoneyE8.One));

    private static Int128 Cost(long usdt) => (Int128)usdt * MoneyE8.One * MoneyE8.One;
}
