using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Pipeline.Tests;

public sealed class ZeroAllocationTests
{
    private const long Frames = 5_000_000;
    private const long SpacingNanos = 10_000_000;
    private const int TickEvery = 100;

    [Fact]
    public void Five_million_frames_with_their_orders_and_fills_allocate_nothing_and_cause_no_collection() =>
        AssertAllocatesNothing(new EngineUnderTest(balanceUsdt: 1_000_000).Begin(), Frames);

    [Fact]
    public void Nor_do_the_microprice_the_order_flow_and_the_rolling_intensity_allocate()
    {
        EngineUnderTest engine = WithEverything(orderFlowAlpha: 0.001);

        AssertAllocatesNothing(engine, Frames / 20);

        Assert.All(engine.Lanes, lane => Assert.True(lane.Intensity!.FitsTaken + lane.Intensity.FitsRefused > 50));
        Assert.True(engine.Lanes[0].Intensity!.FitsTaken > 50, $"only {engine.Lanes[0].Intensity!.FitsTaken} fits were taken");
    }

    [Fact]
    public void Nor_do_biases_and_directional_requests_allocate()
    {
        const int BiasEvery = 50;
        const int RequestEvery = 400;
        EngineUnderTest engine = new EngineUnderTest(balanceUsdt: 1_000_000, strategy: "hybrid").Begin();
        byte[] bias = EngineUnderTest.BiasPayload(engine.Btc.Id, 0, 0, 0), directional = new byte[Unsafe.SizeOf<DirectionalRequest>()];
        int frame = 0;

        AssertAllocatesNothing(engine, Frames / 20, Say);

        Assert.Equal(0, engine.Meters.BiasesRefused + engine.Meters.DirectionalRefused);
        Assert.True(engine.Meters.BiasUpdates > 1_000 && engine.Meters.DirectionalTrades > 200, $"only {engine.Meters.BiasUpdates} biases and {engine.Meters.DirectionalTrades} trades");

        void Say()
        {
            frame++;
            if (frame % BiasEvery == 0)
            {
                var value = new Bias { Instrument = engine.Btc.Id, ScoreE8 = ((frame / BiasEvery % 21) - 10) * 10_000_000, ShiftNanoTicks = 0, MadeAt = new EpochNanos(engine.NowNanos), Id = frame };
                MemoryMarshal.Write(bias, in value);
                engine.Hand(InboundKind.Bias, bias);
            }

            if (frame % RequestEvery != 0 || !engine.Lanes[0].Book.TryGetTop(out BookTop top)) return;
            long wanted = (long)(frame / RequestEvery % 3) switch { 1 => 20, 2 => -20, _ => 0 };
            var request = new DirectionalRequest
            {
                Instrument = engine.Btc.Id,
                EntrySeconds = 60,
                Wanted = new QtyLots(wanted),
                Bound = new PriceTicks(wanted == 0 ? 0 : top.AskPrice.Ticks + (Math.Sign(wanted) * 5_000)),
                Stop = new PriceTicks(wanted == 0 ? 0 : top.AskPrice.Ticks - (Math.Sign(wanted) * 100_000)),
                MadeAt = new EpochNanos(engine.NowNanos),
                Id = frame,
            };
            MemoryMarshal.Write(directional, in request);
            engine.Hand(InboundKind.DirectionalRequest, directional);
        }
    }

    private static void AssertAllocatesNothing(EngineUnderTest engine, long frames, Action? before = null)
    {
        byte[][] market = Interleaved();
        var venue = new QuietVenue(engine);
        Play(engine, venue, market, market.Length, before);   // every path once: the framework's own statics are made at their first use
        long requestsBefore = venue.Requests;
        long fillsBefore = venue.Fills;
        GC.Collect();
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        int collectionsBefore = GC.CollectionCount(0);

        Play(engine, venue, market, frames, before);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Assert.Equal((0L, 0), (allocated, GC.CollectionCount(0) - collectionsBefore));
        Assert.True(venue.Requests - requestsBefore > frames / 50, $"only {venue.Requests - requestsBefore} requests");
        Assert.True(venue.Fills - fillsBefore > frames / 1_000, $"only {venue.Fills - fillsBefore} fills");
        Assert.Equal(0, engine.Meters.FramesRejected);
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 0.001)]
    public void Quotes_that_are_left_as_they_are_without_a_plan_are_those_that_the_plan_would_leave(bool hasEverything, double orderFlowAlpha)
    {
        byte[][] market = Interleaved();
        QuietVenue Played(Action<InstrumentLane>? before)
        {
            EngineUnderTest engine = hasEverything ? WithEverything(orderFlowAlpha) : new EngineUnderTest(balanceUsdt: 1_000_000).Begin();
            var venue = new QuietVenue(engine);
            Play(engine, venue, market, 2 * market.Length, before is null ? null : () => Array.ForEach(engine.Lanes, before));
            return venue;
        }

        QuietVenue planned = Played(lane => lane.SettledAt = -1);
        QuietVenue shipped = Played(before: null);

        Assert.True(planned.Requests > 1_000, $"only {planned.Requests} requests");
        Assert.Equal((planned.Requests, planned.RequestsHash), (shipped.Requests, shipped.RequestsHash));
    }

    private static EngineUnderTest WithEverything(double orderFlowAlpha)
    {
        EngineUnderTest engine = new EngineUnderTest(balanceUsdt: 1_000_000, fairValue: FairValueModel.Microprice, orderFlowAlpha: orderFlowAlpha, hasRollingIntensity: true).Begin();
        foreach (InstrumentSpec spec in (InstrumentSpec[])[engine.Btc, engine.Sol]) engine.Microprice(spec.Id, [-0.5, 0, 0.5], [-2, 0, 2]);
        return engine;
    }

    private static void Play(EngineUnderTest engine, QuietVenue venue, byte[][] market, long frames, Action? before = null)
    {
        for (long i = 0; i < frames; i++)
        {
            engine.Advance(SpacingNanos);
            before?.Invoke();
            if (i % TickEvery == 0) engine.Tick();
            engine.Hand(InboundKind.PublicFrame, market[i % market.Length], endOfBurst: true, engine.Generation(VenueChannel.Public));
            venue.Answer();
        }
    }

    /// <summary>Both recordings at once, so that no book grows old: BTCUSDT is quoted on the first one's topic, SOLUSDT on the second's. They are two years apart: a mark of the second would be far from the book of the first.</summary>
    private static byte[][] Interleaved()
    {
        byte[][] longer = [.. ReferenceFiles.SampleFrames("v5shaped-btcusdt-20240808.frames.gz")];
        byte[][] shorter = [.. ReferenceFiles.SampleFrames("bybit-linear-btc-sol-20260809.frames.gz").Where(frame => frame.AsSpan().IndexOf("tickers.BTCUSDT"u8) < 0)];
        var frames = new List<byte[]>();
        for (int i = 0; i < longer.Length; i++)
        {
            frames.Add(longer[i]);
            for (int next = i * shorter.Length / longer.Length; next < (i + 1) * shorter.Length / longer.Length; next++) frames.Add(shorter[next]);
        }

        return [.. frames];
    }
}
