using System.Collections.Concurrent;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Ring;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

public sealed class EngineThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("inline", "block", "le-io")]
    [InlineData("inline", "yield", "le-io")]
    [InlineData("paired", "block", "le-engine")]
    [InlineData("paired", "yield", "le-engine")]
    [InlineData("paired", "spin", "le-engine")]
    public void Frames_are_taken_on_the_placements_thread_and_what_the_engine_publishes_wakes_the_io_thread(string threads, string wait, string thread)
    {
        var run = new Run();
        using EngineThreads engine = run.Start(threads, wait);

        // One at a time: every post finds both threads asleep, every answer the io thread.
        for (byte i = 1; i <= 100; i++)
        {
            engine.Io.Inbox.Post(InboundKind.Command, [i]);
            Assert.True(SpinWait.SpinUntil(() => run.LookUps.Count == i, Patience), $"command {i} of 100 was not answered: {engine.Fault}");
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (byte)i), run.Taken);
        Assert.Equal(run.Taken, run.LookUps);
        Assert.Equal([thread], run.Threads.Keys);
        Assert.Equal(["le-io"], run.LookUpThreads.Keys);
        Assert.Null(engine.Fault);
        Assert.False(engine.IsReady);
        Assert.StartsWith($"{threads} (", engine.Placement, StringComparison.Ordinal);
        Assert.Contains($"waits by {wait}", engine.Placement, StringComparison.Ordinal);
        Assert.Equal(wait == "spin" && CpuAffinity.Allowed.Count <= 2, engine.Placement.Contains("leaves the rest of the process no core", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void A_fault_of_the_engine_is_told_and_the_threads_end(string threads)
    {
        var run = new Run { ThrowsAt = 3 };
        using EngineThreads engine = run.Start(threads, "block");

        // More than the ring holds: the io thread must not wait for a reader that is gone.
        for (int i = 1; i <= 3; i++) engine.Io.Inbox.Post(InboundKind.Command, [(byte)i]);
        for (int i = 0; i < 5_000; i++) engine.Io.Inbox.Post(InboundKind.Command, [4]);

        Assert.True(SpinWait.SpinUntil(() => engine.Fault is not null, Patience));
        Assert.Equal("the third frame", engine.Fault!.Message);
        AssertEnds(engine.Stop);
        Assert.Equal<byte>([1, 2, 3], run.Taken);
        Assert.Equal("the third frame", engine.Fault!.Message);
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void Stopping_twice_does_no_harm_nor_does_stopping_what_never_started(string threads)
    {
        var run = new Run();
        EngineThreads engine = run.Start(threads, "block");
        AssertEnds(engine.Stop);
        AssertEnds(engine.Stop);
        AssertEnds(engine.Dispose);
        Assert.Null(engine.Fault);

        EngineThreads idle = new Run().Create(threads, "block");
        AssertEnds(idle.Stop);
        AssertEnds(idle.Dispose);
    }

    [Fact]
    public void An_engine_thread_takes_what_is_in_the_ring_when_it_is_told_to_stop()
    {
        using var held = new ManualResetEventSlim();
        var run = new Run { BeforeFrame = () => held.Wait(Patience) };
        using EngineThreads engine = run.Start("paired", "block");
        for (byte i = 1; i <= 50; i++) engine.Io.Inbox.Post(InboundKind.Command, [i]);
        Assert.True(SpinWait.SpinUntil(() => run.Engine.Inbound.PublishedCount >= 50, Patience));

        var stopping = new Thread(engine.Stop);
        stopping.Start();
        held.Set();

        Assert.True(stopping.Join(Patience));
        Assert.Equal(50, run.Taken.Count);
        Assert.Equal(run.Engine.Inbound.PublishedCount, run.Engine.Inbound.ConsumedCount(0));
    }

    [Fact]
    public void Auto_pairs_the_threads_from_four_cores_on()
    {
        using EngineThreads engine = new Run().Create("auto", "block");

        Assert.StartsWith(Environment.ProcessorCount >= 4 ? "paired (" : "inline (", engine.Placement, StringComparison.Ordinal);
    }

    private static void AssertEnds(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience), "it does not end");
    }

    /// <summary>A stand-in for the hot path that answers each command with a look-up, on threads whose venue is not there.</summary>
    private sealed class Run
    {
        public Engine Engine { get; } = Build();

        public ConcurrentQueue<byte> Taken { get; } = new();

        public ConcurrentDictionary<string, bool> Threads { get; } = new();

        public ConcurrentQueue<byte> LookUps { get; } = new();

        public ConcurrentDictionary<string, bool> LookUpThreads { get; } = new();

        public int ThrowsAt { get; init; }

        public Action BeforeFrame { get; init; } = () => { };

        public EngineThreads Start(string threads, string wait)
        {
            EngineThreads engine = Create(threads, wait);
            engine.Start();
            return engine;
        }

        public EngineThreads Create(string threads, string wait)
        {
            Uri nobody = new UriBuilder(HttpVenue.Nowhere) { Scheme = "ws" }.Uri;
            return new EngineThreads(
                Engine,
                new IoSettings
                {
                    PublicAddress = nobody, PrivateAddress = nobody, TradeAddress = nobody, Credentials = new ApiCredentials("k", "s"), PublicTopics = [], BookTopics = [],
                    Clock = new ScaledClock(1, 1), TickNanos = 0, OnLookUp = OnLookUp, Timings = new ConnectionTimings { RetryFirst = TimeSpan.FromHours(1), RetryMax = TimeSpan.FromHours(1) },
                },
                new PlacementConfiguration { Threads = threads, Wait = wait },
                OnFrame);
        }

        private void OnFrame(in FrameView frame)
        {
            BeforeFrame();
            if (frame.Kind != (byte)InboundKind.Command) return;
            Taken.Enqueue(frame.Payload[0]);
            Threads[Thread.CurrentThread.Name!] = true;
            if (Taken.Count == ThrowsAt) throw new InvalidOperationException("the third frame");
            if (!Engine.Outbound.TryClaim(1, out Span<byte> slot)) return;
            slot[0] = frame.Payload[0];
            Engine.Outbound.Publish((byte)OutboundKind.LookUpRequest, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, frame.Sequence);
        }

        private void OnLookUp(ReadOnlySpan<byte> payload)
        {
            LookUps.Enqueue(payload[0]);
            LookUpThreads[Thread.CurrentThread.Name!] = true;
        }

        private static Engine Build()
        {
            EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []);
            InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
            return EngineBuilder.Build(configuration, instruments, [default, default], RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json")));
        }
    }
}
