using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host.Tests;

public sealed class LossesStartTests
{
    private const long DayMillis = 86_400_000;
    private const long Midnight = 1_700_006_400_000;   // Wednesday, 2023-11-15 00:00 UTC
    private const long NowMillis = Midnight + 7_200_000;

    private static readonly EpochNanos Now = EpochNanos.FromMilliseconds(NowMillis);

    private (long Since, long Until)? _asked;

    [Fact]
    public void Without_a_file_todays_and_this_weeks_results_are_the_venues_and_money_that_was_moved_is_none()
    {
        (LossState state, string line) = Begin(
            kept: null,
            equity: 9_000,
            Row(Midnight - DayMillis, "TRADE", -100),
            Row(Midnight - 1, "TRANSFER_OUT", -5_000),
            Row(Midnight, "TRADE", -30),
            Row(Midnight + 1, "SETTLEMENT", -5),
            Row(Midnight + 2, "TRANSFER_IN", 2_000));

        Assert.Equal((9_035m, 9_135m, 9_135m), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity), Exact.Usdt(state.PeakEquity)));
        Assert.Equal((Midnight - (2 * DayMillis), NowMillis), _asked);
        Assert.Contains("losses count from 9,035 USDT today, 9,135 this week, 9,135 at the peak, from the venue's records", line, StringComparison.Ordinal);
        Assert.True(Accepted(state));
    }

    [Fact]
    public void With_todays_file_only_money_that_was_moved_since_counts()
    {
        (LossState state, string line) = Begin(Kept(NowMillis - 1_000), equity: 4_000, Row(NowMillis - 2_000, "TRANSFER_OUT", -1), Row(NowMillis - 500, "TRANSFER_OUT", -5_000), Row(NowMillis - 400, "TRADE", -70));

        Assert.Equal((5_000m, 5_500m, 6_000m), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity), Exact.Usdt(state.PeakEquity)));
        Assert.Equal(NowMillis - 1_000, _asked!.Value.Since);
        Assert.Contains("remembered from the run before; DailyLoss pauses until 2023-11-15 12:00:00Z", line, StringComparison.Ordinal);
        Assert.True(Accepted(state));
    }

    [Theory]
    [InlineData(NowMillis - 1_000, -7 - 70)]
    [InlineData(Midnight - 1_000, -20 - 70)]
    public void What_a_symbol_has_booked_while_nothing_ran_is_in_its_result_of_the_day(long keptMillis, int result)
    {
        LossState kept = Kept(keptMillis);
        kept.SetDayResult(new InstrumentId(0), new MoneyE8(-7 * MoneyE8.One));
        (LossState state, _) = Begin(
            kept, equity: 4_000, Row(Midnight - 500, "TRADE", -300, "BTCUSDT"), Row(Midnight + 5, "TRADE", -20, "BTCUSDT"), Row(NowMillis - 400, "TRADE", -70, "BTCUSDT"), Row(NowMillis - 300, "TRADE", -500, "ETHUSDT"),
            Row(NowMillis - 200, "TRANSFER_OUT", -900));

        Assert.Equal(result, Exact.Usdt(state.DayResult(new InstrumentId(0))));
        Assert.Equal(keptMillis, _asked!.Value.Since);
    }

    [Fact]
    public void With_yesterdays_file_the_day_is_the_venues_and_the_week_the_files()
    {
        (LossState state, _) = Begin(Kept(Midnight - 1_000), equity: 9_900, Row(Midnight - 500, "TRADE", -20), Row(Midnight + 5, "TRADE", -40));

        Assert.Equal((9_940m, 10_500m, 11_000m), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity), Exact.Usdt(state.PeakEquity)));
        Assert.Equal(Midnight, state.DayBegan.Milliseconds);
        Assert.True(Accepted(state));
    }

    [Fact]
    public void After_a_longer_time_away_day_and_week_are_the_venues_and_no_more_than_seven_days_are_asked_for()
    {
        (LossState state, _) = Begin(Kept(Midnight - (30 * DayMillis)), equity: 9_900, Row(Midnight - (2 * DayMillis), "TRADE", -60));

        Assert.Equal((9_900m, 9_960m, 11_000m), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity), Exact.Usdt(state.PeakEquity)));
        Assert.InRange(_asked!.Value.Until - _asked.Value.Since, 6 * DayMillis, 7 * DayMillis);
        Assert.True(Accepted(state));
    }

    [Fact]
    public void Records_that_cannot_be_read_are_told_and_losses_count_from_the_present()
    {
        (LossState state, string line) = LossesStart.Begin(null, ["BTCUSDT"], 500, Now, (_, _) => new VenueOutcome<IReadOnlyList<RestTransaction>>(OutcomeClass.Unknown, null, 0, "no answer", 0));

        Assert.Equal((500m, 500m, 500m), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity), Exact.Usdt(state.PeakEquity)));
        Assert.Contains("the venue's records could not be read (no answer)", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NowMillis - 1_000, 10_000, 10_500, "")]
    [InlineData(Midnight - 1_000, 500, 10_500, "; today begins anew with the equity of now")]
    [InlineData(Midnight - (30 * DayMillis), 500, 500, "; today and this week begin anew with the equity of now")]
    public void With_a_file_and_records_that_cannot_be_read_the_line_says_what_begins_anew(long keptMillis, decimal day, decimal week, string anew)
    {
        (LossState state, string line) = LossesStart.Begin(Kept(keptMillis), ["BTCUSDT"], 500, Now, (_, _) => new VenueOutcome<IReadOnlyList<RestTransaction>>(OutcomeClass.Unknown, null, 0, "no answer", 0));

        Assert.Equal((day, week), (Exact.Usdt(state.DayEquity), Exact.Usdt(state.WeekEquity)));
        Assert.Contains($"at the peak, remembered from the run before, but the venue's records of the time since could not be read (no answer): money that was moved since counts as won or lost{anew}; DailyLoss pauses", line, StringComparison.Ordinal);
        Assert.True(Accepted(state));
    }

    private static bool Accepted(LossState state)
    {
        byte[] content = new byte[state.LengthBytes];
        state.Write(content);
        return new LossLadder(1, new LossLadderSettings()).TryTake(content, Now);
    }

    private static LossState Kept(long asOfMillis)
    {
        var asOf = EpochNanos.FromMilliseconds(asOfMillis);
        var state = new LossState(1)
        {
            AsOf = asOf,
            DayBegan = LossState.DayOf(asOf),
            DayEquity = new MoneyE8(10_000 * MoneyE8.One),
            WeekBegan = LossState.WeekOf(asOf),
            WeekEquity = new MoneyE8(10_500 * MoneyE8.One),
            PeakEquity = new MoneyE8(11_000 * MoneyE8.One),
        };
        state.Pause(LossRule.DailyLoss, EpochNanos.FromMilliseconds(Midnight + (12 * 3_600_000)));
        return state;
    }

    private static RestTransaction Row(long millis, string type, decimal change, string symbol = "") => new() { TimeMillis = millis, Type = type, Change = change, Symbol = symbol };

    private (LossState State, string Line) Begin(LossState? kept, decimal equity, params RestTransaction[] log) => LossesStart.Begin(kept, ["BTCUSDT"], equity, Now, (since, until) =>
    {
        _asked = (since, until);
        return new VenueOutcome<IReadOnlyList<RestTransaction>>(OutcomeClass.Answered, [.. log.Where(row => row.TimeMillis >= since)], 0, "", until);
    });
}
