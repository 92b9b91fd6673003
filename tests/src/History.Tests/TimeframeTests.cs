using LatencyEngine.Model;

namespace LatencyEngine.History.Tests;

public sealed class TimeframeTests
{
    [Theory]
    [InlineData("60", "1h", 3_600_000)]
    [InlineData("1h", "1h", 3_600_000)]
    [InlineData("1", "1m", 60_000)]
    [InlineData("D", "1d", 86_400_000)]
    [InlineData("720", "12h", 43_200_000)]
    public void Both_ways_to_write_a_length_are_read(string text, string name, long millis)
    {
        Timeframe found = Timeframe.Find(text)!;

        Assert.Equal((name, millis), (found.Name, found.Millis));
        Assert.Same(found, Timeframe.OfMillis(millis));
    }

    [Theory]
    [InlineData("W")]
    [InlineData("M")]
    [InlineData("7")]
    [InlineData("")]
    public void Other_lengths_are_none(string text) => Assert.Null(Timeframe.Find(text));

    [Fact]
    public void Every_fixed_length_of_the_protocol_up_to_a_day_is_kept() =>
        Assert.Equal(Enum.GetValues<KlineInterval>().Count(interval => interval is >= KlineInterval.OneMinute and <= KlineInterval.Day), Timeframe.All.Count);

    [Theory]
    [InlineData(7_200_000, 7_200_000, 7_200_000)]
    [InlineData(7_200_001, 7_200_000, 10_800_000)]
    [InlineData(-1, -3_600_000, 0)]
    public void Moments_belong_to_openings(long millis, long floor, long next) =>
        Assert.Equal((floor, next), (Timeframe.Find("1h")!.FloorTo(millis), Timeframe.Find("1h")!.OpeningFrom(millis)));
}
