using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Pipeline.Tests;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

/// <summary>What runs beside the engine at its own pace: when it steps, what it hears, and what it cannot do to the engine.</summary>
public sealed class SlowThreadTests
{
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    [Fact]
    public void Steps_are_due_at_whole_multiples_and_one_that_falls_behind_does_the_newest_only()
    {
        var work = new Work();
        var steps = new SlowSteps(work, (_, _) => { });

        foreach (long tenths in (long[])[105, 109, 110, 119, 120, 121, 155, 156, 160]) steps.StepTo(tenths * Second / 10);

        Assert.Equal([11 * Second, 12 * Second, 15 * Second, 16 * Second], work.Steps);
    }

    [Fact]
    public void What_it_publishes_are_events_with_the_bytes_of_the_values()
    {
        var posts = new List<(InboundKind Kind, byte[] Payload)>();
        var inbox = new SlowInbox((kind, payload) => posts.Add((kind, payload)));
        var bias = new Bias { Instrument = new InstrumentId(1), ScoreE8 = -5, ShiftNanoTicks = 7, MadeAt = new EpochNanos(9), Id = 11, DoubtE8 = 13 };
        var request = new DirectionalRequest { Instrument = new InstrumentId(1), EntrySeconds = 60, Wanted = new(-3), Bound = new(10), Stop = new(20), MadeAt = new EpochNanos(9), Id = 12 };

        inbox.Publish(in bias);
        inbox.Publish(in request);

        Assert.Equal([InboundKind.Bias, InboundKind.DirectionalRequest], posts.Select(post => post.Kind));
        Assert.Equal((bias, 40), (MemoryMarshal.Read<Bias>(posts[0].Payload), posts[0].Payload.Length));
        Assert.Equal((request, 48), (MemoryMarshal.Read<DirectionalRequest>(posts[1].Payload), posts[1].Payload.Length));
        Assert.Equal([1, 0, 0, 0, 0xFB, 0xFF, 0xFF, 0xFF, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0], posts[0].Payload);
    }

    [Theory]
    [InlineData("""{"topic":"publicTrade.BTCUSDT","type":"snapshot"}""", true)]
    [InlineData("""{ "topic" : "kline.1.BTCUSDT" }""", true)]
    [InlineData("""{"topic":"orderbook.50.BTCUSDT","type":"delta"}""", false)]
    [InlineData("""{"success":true,"op":"subscribe"}""", false)]
    [InlineData("", false)]
    public void It_hears_trades_and_candles(string message, bool isHeard) => Assert.Equal(isHeard, SlowThread.IsHeard(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void What_does_not_fit_while_it_is_busy_is_lost_counted_and_told_and_who_hands_it_over_never_waits()
    {
        var work = new Work();
        using var slow = new SlowThread(work, new LockstepClock(0), (_, _) => { }, instruments: 1, feedSlots: 8);

        for (int i = 0; i < 20; i++) slow.Hear(Trade(i), i);   // nobody takes any yet
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        slow.Hear("{\"topic\":\"publicTrade.BTCUSDT\"}"u8, 20);
        slow.Hear("{\"topic\":\"tickers.BTCUSDT\"}"u8, 21);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocatedBefore);
        Assert.Equal(13, slow.Missed);
        slow.Start();
        Assert.True(SpinWait.SpinUntil(() => work.HeardCount == 8, Within));
        Assert.True(SpinWait.SpinUntil(() =>
        {
            slow.Hear(Trade(22), 22);
            return work.HeardCount > 8;
        }, Within));
        slow.Dispose();

        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), work.Heard.Take(8));
        Assert.InRange(work.Heard[8], -slow.Missed, -13);   // where they are missing, and once
        Assert.Equal(22, work.Heard[9]);
        Assert.All(work.Heard.Skip(9), heard => Assert.Equal(22, heard));
    }

    [Fact]
    public void A_lost_connection_is_told_between_what_came_before_it_and_what_came_after_once_however_often_it_fails()
    {
        var work = new Work();
        using var slow = new SlowThread(work, new LockstepClock(0), (_, _) => { }, instruments: 1);
        slow.HearLost(1);   // nothing was heard yet
        slow.Hear(Trade(2), 2);
        slow.HearLost(3);
        slow.HearLost(4);
        slow.Hear(Trade(5), 5);
        slow.Start();
        Assert.True(SpinWait.SpinUntil(() => work.HeardCount == 2, Within));
        slow.Dispose();

        Assert.Equal([2, Work.Lost, 5], work.Heard);
    }

    [Fact]
    public void It_steps_by_the_logic_clock_on_a_thread_of_its_own_with_what_was_there_by_then_heard()
    {
        var clock = new LockstepClock(10 * Second);
        var work = new Work();
        var posts = new List<InboundKind>();
        using var slow = new SlowThread(work, clock, (kind, _) => posts.Add(kind), instruments: 1);
        slow.Start();
        Assert.True(SpinWait.SpinUntil(() => work.Turns(slow, clock), Within));

        clock.Set(13 * Second, endsBurst: true);

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref work.StepCount) == 1, Within));
        Assert.Equal([13 * Second], work.Steps);
        Assert.NotEqual(Environment.CurrentManagedThreadId, work.StepThread);
        Assert.Equal([InboundKind.Bias], posts);
    }

    [Fact]
    public void When_it_fails_it_says_so_and_the_one_that_feeds_it_goes_on()
    {
        var work = new Work { Fails = true };
        using var slow = new SlowThread(work, new LockstepClock(0), (_, _) => { }, instruments: 1, feedSlots: 8);
        slow.Hear(Trade(0), 0);
        slow.Start();

        Assert.True(SpinWait.SpinUntil(() => slow.Fault is not null, Within));
        for (int i = 0; i < 100; i++) slow.Hear(Trade(i), i);

        Assert.Equal("no model", slow.Fault!.Message);
        Assert.True(slow.Missed >= 92);
    }

    [Fact]
    public void The_end_does_not_wait_for_a_long_step_and_what_that_says_then_is_not_posted()
    {
        var clock = new LockstepClock(10 * Second);
        using var goOn = new ManualResetEventSlim();
        var work = new Work { Holds = goOn };
        int posts = 0;
        var slow = new SlowThread(work, clock, (_, _) => posts++, instruments: 1);
        slow.Start();
        Assert.True(SpinWait.SpinUntil(() => work.Turns(slow, clock), Within));
        clock.Set(13 * Second, endsBurst: true);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref work.Entered), Within));

        slow.Dispose();
        goOn.Set();

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref work.StepCount) == 1, Within));
        Assert.Equal(0, posts);
    }

    [Fact]
    public void What_the_account_holds_is_told_once_every_instrument_was_and_what_was_lost_is_not_taken_for_nothing()
    {
        var work = new Work();
        using var slow = new SlowThread(work, new LockstepClock(0), (_, _) => { }, instruments: 2);
        HearLane(1, 5);
        HearEngine();   // the other's fact did not fit
        HearLane(0, 6);
        HearLane(1, 5);
        HearEngine();
        slow.Start();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref work.AccountCount) == 1, Within));
        slow.Dispose();

        Assert.Equal([[6, 5]], work.Accounts);

        void HearLane(int index, long lots) => slow.HearFact(OutboundKind.LaneFact, EngineUnderTest.Bytes(new LaneFact
        {
            Instrument = new InstrumentId(index), LiveOrders = 0, BestBid = default, BestAsk = default, OwnBid = default, OwnAsk = default, Position = new QtyLots(lots), MarkPrice = default, LiquidationPrice = default, Unrealised = default, MaintenanceMargin = default,
        }), 1);
        void HearEngine() => slow.HearFact(OutboundKind.EngineFact, EngineUnderTest.Bytes(new EngineFact
        {
            Wallet = default, LiveOrders = 0, OutcomeUnknown = 0, UsableBooks = 0, State = QuotingState.Active, HeldBy = default, Closing = default,
        }), 1);
    }

    private static byte[] Trade(int number) => Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.BTCUSDT","n":{{number}}}""");

    private sealed class Work : ISlowThread
    {
        public const long Lost = long.MinValue;

        public int StepCount;
        public int AccountCount;
        public bool Entered;
        private int _heard;

        public long StepNanos => Second;

        public List<long> Steps { get; } = [];

        public List<long> Heard { get; } = [];

        public List<long[]> Accounts { get; } = [];

        public int HeardCount => Volatile.Read(ref _heard);

        public int StepThread { get; private set; }

        public bool Fails { get; init; }

        public ManualResetEventSlim? Holds { get; init; }

        public void OnMarket(ReadOnlySpan<byte> message, EpochNanos at)
        {
            if (Fails) throw new InvalidOperationException("no model");
            Heard.Add(at.Nanos);
            Interlocked.Increment(ref _heard);
        }

        public void OnAccount(ReadOnlySpan<LaneFact> lanes, MoneyE8 wallet, QuotingState state)
        {
            Accounts.Add([.. lanes.ToArray().Select(lane => lane.Position.Lots)]);
            Interlocked.Increment(ref AccountCount);
        }

        public void OnMissed(long messages) => Heard.Add(messages == 0 ? Lost : -messages);

        public void Step(EpochNanos asOf, SlowInbox inbox)
        {
            Steps.Add(asOf.Nanos);
            Volatile.Write(ref Entered, true);
            Holds?.Wait();
            StepThread = Environment.CurrentManagedThreadId;
            inbox.Publish(new Bias { Instrument = default, ScoreE8 = 0, ShiftNanoTicks = 0, MadeAt = asOf, Id = 1 });
            Interlocked.Increment(ref StepCount);
        }

        /// <summary>It has gone round since the first message: its first look at the clock is behind it.</summary>
        public bool Turns(SlowThread slow, LogicClock clock)
        {
            int before = Volatile.Read(ref _heard);
            if (before < 3) slow.Hear(Trade(0), clock.NowNanos);
            return before >= 3 && Heard.Count >= 3;
        }
    }
}
