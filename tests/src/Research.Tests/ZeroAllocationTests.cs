using LatencyEngine.Host;
using LatencyEngine.Ring;

namespace LatencyEngine.Research.Tests;

public sealed class ZeroAllocationTests
{
    private static byte[]? s_sink;

    [Theory]
    [InlineData(Runs.Derived)]
    [InlineData(Runs.Genuine)]
    public void The_engine_allocates_nothing_over_a_whole_sample_from_its_first_frame_on(string sample)
    {
        WarmUp.Run();
        RunRequest request = Runs.Request(sample, reportDirectory: "");
        using RunStage stage = RunStage.Set(request);
        using VirtualTimeRun run = Runs.Play(request, stage);

        Assert.True(run.Engine.MarketFrames > 700);
        Assert.Equal(0, run.Engine.AllocatedBytes);
    }

    [Fact]
    public void A_twin_that_allocates_once_in_a_thousand_frames_is_caught()
    {
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "");
        using RunStage stage = RunStage.Set(request);
        int frames = 0;
        using VirtualTimeRun run = Runs.Play(request, stage, markEveryFrames: null, (in FrameView frame) =>
        {
            stage.Engine.HotPath.OnFrame(in frame);
            if (++frames % 1_000 == 0) s_sink = new byte[1];
        });

        Assert.True(run.Engine.AllocatedBytes >= 10 * 25, $"{run.Engine.AllocatedBytes} bytes");
        Assert.NotNull(s_sink);
    }
}
