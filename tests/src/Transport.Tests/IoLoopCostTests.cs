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
        const long TickNanos = 20_000_000;
        using var venue = new ScriptedVenue();
        var clock = new ScaledClock(IoHarness.StartNanos, speed: 1);
        using var io = new IoHarness(venue, settings => settings with { Clock = clock, TickNanos = TickNanos, Timings = settings.Timings with { PingInterval = TimeSpan.FromMilliseconds(100), AccountPingInterval = TimeSpan.FromMilliseconds(100) } });
        int frames = 0;
        var marks = new List<(long Turns, long CpuNanos, long At)>(Ticks + 1);
        io.OnFrame = () =>
        {
            // The marks are taken on the loop's own thread, once everything it calls is compiled.
            if (IoLoopTests.Channels.Any(channel => io.Status(channel).Phase != ConnectionPhase.Ready)) return;
            if (++frames < TicksBefore || marks.Count > Ticks) return;
            marks.Add((io.Loop.Meters.Turns, ThreadClock.CpuNanos(), Stopwatch.GetTimestamp()));
            if (marks.Count > Ticks) io.Loop.Stop();
        };
        clock.Start();

        io.Run();

        // A tick is a turn with work and one that finds nothing; so is a ping's answer, of which three come every 100 ms.
        double elapsedSeconds = Stopwatch.GetElapsedTime(marks[0].At, marks[^1].At).TotalSeconds;
        Assert.InRange(marks[^1].Turns - marks[0].Turns, Ticks, (4 * Ticks) + (200 * elapsedSeconds));

        // Of a tick in the middle: a host that takes the processor away for a while may count that as the thread's.
        long cpuNanos = marks.Zip(marks.Skip(1)).Select(pair => pair.Second.CpuNanos - pair.First.CpuNanos).Order().ElementAt(Ticks / 2);
        Assert.True(cpuNanos < TickNanos / 4, $"{cpuNanos / 1e6} ms of each {TickNanos / 1e6} ms");
    }

    [Fact]
    public void Data_costs_the_io_thread_no_memory()
    {
        const int Messages = 20_000;
        using var venue = new ScriptedVenue();
        Take(venue, Messages / 10, static settings => settings);   // as before every run: what is called is compiled

        AssertAllocatesNothing(venue, Messages, static settings => settings);
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
        const int Frames = 512, FramesAhead = 16;   // 8 MiB, of which the sockets hold a part
        using var venue = new ScriptedVenue();
        using var isHeld = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var io = new IoHarness(venue, settings => settings with { Wait = WaitMode.Spin, OnLookUp = Hold }, inboundSlots: 4_096, inboundBytes: 16 << 20);
        io.StartAndAwaitReady();
        byte[] frame = ScriptedServer.Frame(ScriptedServer.Text, IoLoopTests.Data(IoHarness.BookTopic, 1).PadRight(16_000));
        int sent = 0;

        // While the loop is held the market fills what the sockets hold, and the accounts' messages come behind it: many turns' worth still is on its way when those are read.
        io.Publish(OutboundKind.LookUpRequest, generation: 0, "hold"u8);
        Assert.True(isHeld.Wait(IoHarness.Patience));
        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < Frames; i++, Interlocked.Increment(ref sent)) venue.Session("public").SendBytes(frame);
        });
        io.Until(() => Volatile.Read(ref sent) >= FramesAhead);
        venue.Session("private").Send("""{"topic":"order","data":1}""");
        venue.Session("trade").Send("""{"reqId":"r0000000100000001","retCode":0}""");
        goOn.Set();
        io.Await(InboundKind.PublicFrame, Frames);
        io.Until(() => sending.IsCompletedSuccessfully);
        Assert.True(io.Stop());

        List<InboundKind> order = [.. io.Taken.Select(taken => taken.Kind)];
        Assert.InRange(order.IndexOf(InboundKind.PrivateFrame), 0, order.LastIndexOf(InboundKind.PublicFrame) - 1);
        Assert.InRange(order.IndexOf(InboundKind.TradeFrame), 0, order.LastIndexOf(InboundKind.PublicFrame) - 1);

        void Hold(ReadOnlySpan<byte> lookUp)
        {
            isHeld.Set();
            goOn.Wait(IoHarness.Patience);
        }
    }

    /// <summary>Takes messages until no collection came between: where the venue's thread causes one, it retires the loop's allocation buffer, and the runtime counts its unused rest as allocated. A loop that allocates for data does it every time.</summary>
    internal static void AssertAllocatesNothing(ScriptedVenue venue, int messages, Func<IoSettings, IoSettings> change)
    {
        const int TriesMax = 20;
        IoMeters meters;
        int collections;
        int tries = 0;
        do
        {
            collections = GC.CollectionCount(0);
            meters = Take(venue, messages, change);
        }
        while (meters.AllocatedBytesPerMessage > 0 && GC.CollectionCount(0) != collections && ++tries < TriesMax);

        Assert.Equal(messages, meters.Messages);
        Assert.Equal(0, meters.AllocatedBytesPerMessage);
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
