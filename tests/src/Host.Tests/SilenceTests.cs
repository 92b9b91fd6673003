namespace LatencyEngine.Host.Tests;

public sealed class SilenceTests
{
    private const long Millis = 1_000_000;

    private readonly Silence _silence = new();
    private long _nowNanos = 77;

    [Fact]
    public void It_counts_from_the_last_sign_of_life()
    {
        Look(beats: 5, afterMillis: 0);
        Look(beats: 5, afterMillis: 50);
        Look(beats: 6, afterMillis: 50);
        Assert.Equal(0, _silence.Nanos);

        for (int i = 1; i <= 40; i++)
        {
            Look(beats: 6, afterMillis: 50);
            Assert.Equal(i * 50 * Millis, _silence.Nanos);
        }
    }

    [Fact]
    public void Time_in_which_nobody_looked_hardly_counts_and_the_next_look_comes_before_any_judgement()
    {
        Look(beats: 6, afterMillis: 0);
        Look(beats: 6, afterMillis: 3_600_000);
        Assert.Equal(Silence.GapMaxNanos, _silence.Nanos);

        Look(beats: 7, afterMillis: 3_600_000);
        Assert.Equal(0, _silence.Nanos);
    }

    [Fact]
    public void What_is_forgotten_begins_anew_though_no_sign_came()
    {
        Look(beats: 0, afterMillis: 0);
        Look(beats: 0, afterMillis: 200);
        _silence.Forget();
        Look(beats: 0, afterMillis: 200);
        Assert.Equal(0, _silence.Nanos);
    }

    private void Look(long beats, int afterMillis) => _silence.Look(beats, _nowNanos += afterMillis * Millis);
}
