namespace LatencyEngine.Research.Tests;

/// <summary>The engine in a market of generated order flow.</summary>
public sealed class FlowMarketRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Equal_seeds_send_equal_bytes_and_both_sets_of_books_agree()
    {
        RunResult first = Run("calm", seconds: 60);
        RunResult second = Run("calm", seconds: 60);

        Assert.Equal(first.OutboundSha256, second.OutboundSha256);
        Assert.Empty(first.InvariantBreaks);
        Assert.Equal(("flow", "order flow, calm", "price-time"), (first.Market, first.Data, first.QueueModel));
        Assert.True(first.MakerFills > 5, $"{first.MakerFills} maker fills");
        Assert.Equal(0, first.FramesRejected);
    }

    [Fact]
    public void The_books_agree_through_a_crash()
    {
        RunResult result = Run("crash-20pct", seconds: 90);

        Assert.Empty(result.InvariantBreaks);
        Assert.True(result.Fills > 5, $"{result.Fills} fills");
    }

    private RunResult Run(string scenario, int seconds)
    {
        RunRequest request = Runs.Request(Runs.Derived, _folder.Path, ("venue:market", "flow"), ("venue:scenario", scenario), ("venue:seed", "3"));
        return BacktestRunner.Run(request with { RecordingPath = null, Duration = TimeSpan.FromSeconds(seconds) }, progress: null, CancellationToken.None);
    }
}
