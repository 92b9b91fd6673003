using LatencyEngine.Simulator;

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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_calm_market_pulls_the_quotes(int seed)
    {
        // Its largest takers go through some 70 levels of 0.1 USDT.
        RunResult result = Run("calm", seconds: 60, ("venue:seed", $"{seed}"), ("protection:volatilityJumpRatio", "5"), ("protection:sweepLevels", "100"));

        Assert.Empty(result.QuotesHeld.Keys.Except(["book"]));
        Assert.True(result.MakerFills > 5, $"{result.MakerFills} maker fills");
        Assert.All(result.Instruments, instrument => Assert.Equal(6, instrument.MarkOuts.Count));
    }

    [Fact]
    public void A_crash_pulls_the_quotes_and_each_reason_is_counted_and_timed()
    {
        RunResult result = Run("crash-5pct", seconds: 90, ("protection:volatilityJumpRatio", "5"), ("protection:volatilityJumpSeconds", "0.5"), ("protection:sweepLevels", "5"), ("protection:markOutGain", "1"));

        Assert.Empty(result.InvariantBreaks);
        Assert.All(["volatilityJump", "sweep", "markOuts"], reason => Assert.True(result.QuotesHeld[reason] > 0 && result.HeldSeconds[reason] > 0.1, $"{reason}: {RunTable.Held(result)}"));
        Assert.Equal(0, result.HotPathAllocatedBytes);
    }

    [Fact]
    public void Requests_acknowledged_rejected_and_unanswered_are_those_sent_and_lost_answers_are_the_unanswered()
    {
        string faults = Path.Combine(_folder.Path, "faults.json");
        File.WriteAllText(faults, """[{"kind":"gap","channel":"trade","afterMilliseconds":20000,"count":3},{"kind":"reject","channel":"trade","afterMilliseconds":10000,"count":2,"code":10016,"text":"later"}]""");
        (int accepted, int refused) = (0, 0);
        RunRequest request = Runs.Request(Runs.Derived, _folder.Path, ("venue:market", "flow"), ("venue:scenario", "crash-20pct"), ("venue:seed", "3"), ("venue:faults", faults));

        RunResult result = BacktestRunner.Run(request with { RecordingPath = null, Duration = TimeSpan.FromSeconds(70) }, progress: null, Count, CancellationToken.None);

        Assert.Equal((accepted, refused), ((int)result.OrdersAcknowledged, (int)result.OrdersRejected));
        Assert.True(refused >= 2, $"{refused} answers are refusals");
        Assert.Equal(3, result.OrdersUnanswered);
        Assert.Equal(result.OrdersSent, result.OrdersAcknowledged + result.OrdersRejected + result.OrdersUnanswered);
        Assert.InRange(result.OrdersPostOnlyRefused, 1, result.OrdersAcknowledged);

        Delivery Count(Delivery delivery)
        {
            if (delivery.Channel != DeliveryChannel.Trade) return delivery;
            if (delivery.Frame.Span.IndexOf("\"retCode\":0,"u8) >= 0) accepted++;
            else if (delivery.Frame.Span.IndexOf("\"op\":\"order."u8) >= 0) refused++;
            return delivery;
        }
    }

    private RunResult Run(string scenario, int seconds, params (string Key, string Value)[] settings)
    {
        RunRequest request = Runs.Request(Runs.Derived, _folder.Path, [("venue:market", "flow"), ("venue:scenario", scenario), ("venue:seed", "3"), .. settings]);
        return BacktestRunner.Run(request with { RecordingPath = null, Duration = TimeSpan.FromSeconds(seconds) }, progress: null, CancellationToken.None);
    }
}
