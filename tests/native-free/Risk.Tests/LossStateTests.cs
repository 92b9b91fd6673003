using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

public sealed class LossStateTests
{
    private const long DayNanos = 1_700_006_400_000_000_000;   // Wednesday, 2023-11-15 00:00 UTC

    [Fact]
    public void What_was_written_is_read()
    {
        byte[] content = Content(Full());
        var read = new LossState(2);

        Assert.True(read.TryRead(content));

        Assert.Equal(content, Content(read));
        Assert.Equal((new MoneyE8(3), new MoneyE8(5), new MoneyE8(-7)), (read.DayEquity, read.WeekEquity, read.PeakEquity));
        Assert.Equal(19, read.UnsureSince.Nanos);
        Assert.Equal((11L, 13L), (read.PausedUntil(LossRule.WeeklyLoss).Nanos, read.HeldUntil(new InstrumentId(1)).Nanos));
        Assert.Equal((new MoneyE8(-17), default), (read.DayResult(new InstrumentId(0)), read.DayResult(new InstrumentId(1))));
        Assert.True(read.IsStopped(new InstrumentId(1)) && !read.IsStopped(new InstrumentId(0)));
    }

    /// <summary>By word: another version, no day, a moment in the middle of a day, a week that is not the day's, an unsure time, a pause and a hold before 1970, other instruments, a flag that is none.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 0)]
    [InlineData(2, DayNanos + 1)]
    [InlineData(4, DayNanos)]
    [InlineData(7, -1)]
    [InlineData(10, -1)]
    [InlineData(19, 1)]
    [InlineData(20, -1)]
    [InlineData(21, 2)]
    public void What_cannot_be_is_refused_and_changes_nothing(int word, long value)
    {
        byte[] content = Content(Full());
        BitConverter.TryWriteBytes(content.AsSpan(word * sizeof(long)), value);
        LossState state = Full();

        Assert.False(state.TryRead(content));
        Assert.False(state.TryRead(content.AsSpan(8)));

        Assert.Equal(Content(Full()), Content(state));
    }

    private static LossState Full()
    {
        var state = new LossState(2)
        {
            AsOf = new EpochNanos(DayNanos + 1),
            DayBegan = new EpochNanos(DayNanos),
            DayEquity = new MoneyE8(3),
            WeekBegan = new EpochNanos(DayNanos - (2 * LossState.DayNanos)),
            WeekEquity = new MoneyE8(5),
            PeakEquity = new MoneyE8(-7),
            UnsureSince = new EpochNanos(19),
        };
        state.Pause(LossRule.WeeklyLoss, new EpochNanos(11));
        state.Hold(new InstrumentId(1), new EpochNanos(13));
        state.Stop(new InstrumentId(1), isStopped: true);
        state.SetDayResult(new InstrumentId(0), new MoneyE8(-17));
        return state;
    }

    private static byte[] Content(LossState state)
    {
        byte[] content = new byte[state.LengthBytes];
        Assert.Equal(content.Length, state.Write(content));
        return content;
    }
}
