using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Signals.Tests;

public sealed class CandleFolderTests
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    [Fact]
    public void Trades_become_a_candle_that_the_first_trade_of_a_later_interval_closes()
    {
        var folder = new CandleFolder(Minute);

        Assert.False(folder.OnTrade(10 * Minute, 100, 1, out _));
        Assert.False(folder.OnTrade(10 * Minute + 1, 103, 2, out _));
        Assert.False(folder.OnTrade(11 * Minute - 1, 99, 4, out _));
        Assert.Equal(new Candle(10 * Minute, 100, 103, 99, 99, 7), folder.Forming);
        Assert.True(folder.OnTrade(14 * Minute + 30_000, 101, 8, out Candle closed));

        Assert.Equal(new Candle(10 * Minute, 100, 103, 99, 99, 7), closed);
        Assert.True(folder.IsWhole);
        Assert.Equal(new Candle(14 * Minute, 101, 101, 101, 101, 8), folder.Forming);   // nothing is made up for the minutes between
    }

    [Fact]
    public void Time_closes_a_candle_when_its_interval_is_over_and_not_before()
    {
        var folder = new CandleFolder(Minute);
        folder.OnTrade(90_000, 100, 1, out _);

        Assert.False(folder.OnTime(2 * Minute - 1, out _));
        Assert.True(folder.OnTime(2 * Minute, out Candle closed));
        Assert.Equal(Minute, closed.OpenMillis);
        Assert.False(folder.OnTime(5 * Minute, out _));
        Assert.Null(folder.Forming);
    }

    [Fact]
    public void A_trade_of_an_interval_that_has_closed_does_not_open_it_again()
    {
        var folder = new CandleFolder(Minute);
        folder.OnTrade(90_000, 100, 1, out _);
        folder.OnTime(2 * Minute, out _);

        Assert.False(folder.OnTrade(2 * Minute - 1, 105, 1, out _));

        Assert.Equal((1L, null), (folder.Refused, folder.Forming));
    }

    [Fact]
    public void A_candle_that_was_joined_in_its_middle_is_not_whole_and_the_next_one_is()
    {
        var folder = new CandleFolder(Minute);
        folder.OnTrade(90_000, 100, 1, out _);
        folder.OnTrade(2 * Minute + 5, 100, 1, out _);
        Assert.False(folder.IsWhole);

        folder.OnTrade(3 * Minute + 5, 100, 1, out _);
        Assert.True(folder.IsWhole);
    }

    [Fact]
    public void What_comes_late_or_cannot_have_happened_is_left_out_and_counted()
    {
        var folder = new CandleFolder(Minute);
        folder.OnTrade(90_000, 100, 1, out _);
        Candle? before = folder.Forming;

        Assert.False(folder.OnTrade(89_999, 50, 1, out _));
        Assert.False(folder.OnTrade(91_000, double.NaN, 1, out _));
        Assert.False(folder.OnTrade(91_000, 0, 1, out _));
        Assert.False(folder.OnTrade(91_000, 100, -1, out _));

        Assert.Equal((4L, before), (folder.Refused, folder.Forming));
    }

    [Fact]
    public void Minutes_folded_into_hours_and_then_into_days_are_the_trades_folded_into_days() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            (CandleFolder minutes, CandleFolder hours, CandleFolder days, CandleFolder direct) = (new(Minute), new(Hour), new(24 * Hour), new(24 * Hour));
            (List<Candle> folded, List<Candle> wanted) = ([], []);
            long now = 0;
            for (int i = 0; i < 3_000; i++)
            {
                now += random.Next(0, 3 * 60_000);
                (double price, double qty) = (100 + random.Next(50), random.Next(1, 5));
                if (direct.OnTrade(now, price, qty, out Candle day)) wanted.Add(day);
                if (minutes.OnTrade(now, price, qty, out Candle minute) && hours.OnCandle(in minute, out Candle hour) && days.OnCandle(in hour, out Candle foldedDay)) folded.Add(foldedDay);
            }

            Assert.Equal(0, minutes.Refused + hours.Refused + days.Refused);
            Assert.True(folded.Count >= wanted.Count - 1 && folded.Count > 0);
            Assert.Equal(wanted.Take(folded.Count), folded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
}
