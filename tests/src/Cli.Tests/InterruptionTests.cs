using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LatencyEngine.Cli.Tests;

public sealed class InterruptionTests
{
    private const long First = 1_000_000;

    [Fact]
    public void The_first_signal_asks_for_an_orderly_stop()
    {
        using var interruption = new Interruption();
        Assert.False(interruption.Token.IsCancellationRequested);

        Assert.False(interruption.Take(PosixSignal.SIGHUP, First));

        Assert.True(interruption.Token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 0.999, false)]
    [InlineData(PosixSignal.SIGINT, 1, true)]
    [InlineData(PosixSignal.SIGTERM, 1, true)]
    [InlineData(PosixSignal.SIGQUIT, 1, true)]
    [InlineData(PosixSignal.SIGHUP, 0.002, false)]
    [InlineData(PosixSignal.SIGHUP, 10, false)]   // quotes rest and positions are open: a terminal that ends is never in a hurry
    public void A_second_one_ends_at_once_when_somebody_means_it(PosixSignal second, double seconds, bool ends)
    {
        using var interruption = new Interruption();
        interruption.Take(PosixSignal.SIGINT, First);

        Assert.Equal(ends, interruption.Take(second, First + (long)(seconds * Stopwatch.Frequency)));
    }
}
