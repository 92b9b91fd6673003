using System.Diagnostics;
using LatencyEngine.Model;
using LatencyEngine.Platform;

namespace LatencyEngine.Transport.Tests;

/// <summary>What the io thread costs: nothing while nothing happens, and no memory for data.</summary>
public sealed class IoLoopCostTests
{
    [Fact]
    public void A_blocking_loop_sleeps_between_its_ticks()
    {
        const int TicksBefore = 20, Ticks = 50;
        using var venue = new ScriptedVenue();
        var clock = new ScaledClock(IoHarness.StartNanos, speed: 1);
        using var io = new IoHarness(venue, settings => settings with { Clock = clock, TickNanos = 20_000_000, Timings = settings.Timings with { PingInterval = TimeSpan.FromMilliseconds(100), AccountPingInterval = TimeSpan.FromMilliseconds(100) } });
        int frames = 0;
        (long Turns, long CpuNanos, long At) start = default, end = default;
        io.OnFrame = () =>
        {
            // The marks are taken on the loop's own thread, once everything it calls is compiled.
            if (IoLoopTests.Channels.Any(channel => io.Status(channel).Phase != ConnectionPhase.Ready)) return;
            if (++frames == TicksBefore) start = (io.Loop.Meters.Turns, ThreadClock.CpuNanos(), Stopwatch.GetTimestamp());
            if (frames != TicksBefore + Ticks) return;
            end = (io.Loop.Meters.Turns, ThreadClock.CpuNanos(), Stopwatch.GetTimestamp());
            io.Loop.Stop();
        };
        clock.Start();

        io.Run();

        // A tick is a turn with work and one that finds nothing; so is a ping's answer, of which three come every 100 ms.
        double elapsedSeconds = Stopwatch.GetElapsedTime(start.At, end.At).TotalSeconds;
        Assert.InRange(end.Turns - start.Turns, Ticks, (4 * Ticks) + (200 * elapsedSeconds));
        Assert.True(end.CpuNanos - start.CpuNanos < elapsedSeconds * 1e9 / 4, $"{(end.CpuNanos - start.CpuNanos) / 1e6} ms of {elapsedSeconds * 1e3} ms");
    }

    [Fact]
    public void Data_costs_the_io_thread_no_memory()
    {
        const int Messages = 20_000;
        using var venue = new ScriptedVenue();
        Take(venue, Messages / 10, static settings => settings);   // as before every run: what is called is compiled

        IoMeters meters = Take(venue, Messages, static settings => settings);

        Assert.Equal(Messages, meters.Messages);
        Assert.Equal(0, meters.AllocatedBytesPerMessage);
    }

    [Theory]
    [InlineData(WaitMode.Yield)]
    [InlineData(WaitMode.Spin)]
    public void The_other_ways_to_wait_do_the_same_work(WaitMode wait)
    {
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { Wait = wait });
        io.StartAndAwaitReady();

        venue.Session("public").Send(IoLoopTests.Data(IoHarness.BookTopic, 1));

        io.Await(InboundKind.PublicFrame, 1);
        Assert.True(io.Stop());
    }

    [Fact]
    public void A_market_that_does_not_pause_keeps_a_spinning_loop_only_so_long_from_the_accounts_sockets()
    {
        const int MarketBytes = 8 << 20;
        using var venue = new ScriptedVenue();
        using var io = new IoHarness(venue, settings => settings with { Wait = WaitMode.Spin }, inboundSlots: 4_096, inboundBytes: 16 << 20);
        io.StartAndAwaitReady();
        byte[] frame = ScriptedServer.Frame(ScriptedServer.Text, IoLoopTests.Data(IoHarness.BookTopic, 1).PadRight(16_000));
        int frames = MarketBytes / frame.Length;
        byte[] market = new byte[frames * frame.Length];
        for (int i = 0; i < frames; i++) frame.CopyTo(market, i * frame.Length);

        // Megabytes are on their way before the accounts' messages are, and many turns' worth still is when those are read.
        Task sending = Task.Run(() => venue.Session("public").SendBytes(market));
        io.Await(InboundKind.PublicFrame, 1);
        venue.Session("private").Send("""{"topic":"order","data":1}""");
        venue.Session("trade").Send("""{"reqId":"r0000000100000001","retCode":0}""");
        io.Await(InboundKind.PublicFrame, frames);
        Assert.True(sending.IsCompletedSuccessfully);
        Assert.True(io.Stop());

        List<InboundKind> order = [.. io.Taken.Select(taken => taken.Kind)];
        Assert.InRange(order.IndexOf(InboundKind.PrivateFrame), 0, order.LastIndexOf(InboundKind.PublicFrame) - 1);
        Assert.InRange(order.IndexOf(InboundKind.TradeFrame), 0, order.LastIndexOf(InboundKind.PublicFrame) - 1);
    }

    /// <summary>What the loop measured over that many messages of the public socket, four at a time.</summary>
    internal static IoMeters Take(ScriptedVenue venue, int messages, Func<IoSettings, IoSettings> change)
    {
        using var io = new IoHarness(venue, settings => change(settings) with { TickNanos = 1_000_000 });
        io.OnFrame = static () => { };   // to note a frame would cost the loop's thread memory
        io.Start();
        io.Until(() => IoLoopTests.Channels.All(channel => io.Status(channel).Phase == ConnectionPhase.Ready));
        byte[] frame = ScriptedServer.Frame(ScriptedServer.Text, IoLoopTests.Data(IoHarness.BookTopic, 1));
        for (int i = 0; i < messages; i += 4) venue.Session("public").SendBytes([.. frame, .. frame, .. frame, .. frame]);
        io.Until(() => io.Loop.Meters.Messages >= messages);
        Assert.True(io.Stop());
        return io.Loop.Meters;
    }
}
