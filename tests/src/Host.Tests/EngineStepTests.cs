using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Ring;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class EngineStepTests
{
    private const int Frames = 20_000;
    private const int BytesEach = 1_000;

    private static byte[]? s_sink;

    [Fact]
    public void A_collection_hides_what_a_few_frames_allocate_and_not_what_their_whole_batch_does()
    {
        Engine engine = Build();
        int taken = 0;
        var step = new EngineStep(engine, (in FrameView _) =>
        {
            // The batch never ends by itself: each frame finds the next one there.
            s_sink = new byte[BytesEach];
            if (++taken == Frames / 2) GC.Collect(0);
            if (taken < Frames) Publish(engine.Inbound);
        });
        Publish(engine.Inbound);

        Assert.True(step.Run());

        Assert.Equal(Frames, taken);
        Assert.InRange(step.AllocatedBytes, (long)Frames * BytesEach / 2, (long)Frames * BytesEach * 2);
        Assert.NotNull(s_sink);
    }

    [Fact]
    public void Frames_that_are_taken_are_a_sign_of_life_also_while_the_next_one_always_waits()
    {
        string path = Path.Combine(Path.GetTempPath(), $"step-{Guid.NewGuid():N}");
        using var heartbeat = Heartbeat.Create(path);
        File.Delete(path);
        Engine engine = Build();
        long beatsInside = 0;
        int taken = 0;
        var step = new EngineStep(engine, (in FrameView _) =>
        {
            beatsInside = heartbeat.Beats;
            if (++taken < 1_000) Publish(engine.Inbound);
        }, heartbeat);
        Assert.False(step.Run());
        Assert.Equal(0, heartbeat.Beats);

        Publish(engine.Inbound);
        Assert.True(step.Run());

        Assert.True(beatsInside > 10, $"{beatsInside} signs of life before the last of 1000 frames was taken");
        Assert.Equal(beatsInside + 1, heartbeat.Beats);
        Assert.True(heartbeat.BeatNanos > 0);
    }

    private static void Publish(FrameRing ring)
    {
        Assert.True(ring.TryClaim(0, out _));
        ring.Publish((byte)InboundKind.Tick, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, causeSequence: -1);
    }

    private static Engine Build()
    {
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []);
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
        return EngineBuilder.Build(configuration, instruments, [default, default], RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json")));
    }
}
