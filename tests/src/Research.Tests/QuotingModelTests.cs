using LatencyEngine.Host;

namespace LatencyEngine.Research.Tests;

/// <summary>Each quoting model in a whole engine, over a whole recording.</summary>
public sealed class QuotingModelTests
{
    [Theory]
    [InlineData("avellaneda-stoikov", 3)]
    [InlineData("glft", 1)]
    [InlineData("glft-exact", 3)]
    public void Each_model_quotes_every_level_and_no_more_is_filled_and_leaves_no_order_behind(string model, int levels)
    {
        WarmUp.Run();
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", ("quoting:model", model), ("quoting:levelsPerSide", $"{levels}"));
        using RunStage stage = RunStage.Set(request);
        using var run = new VirtualTimeRun(stage);
        int ordersMax = 0;
        run.Begin();
        while (run.Step()) ordersMax = Math.Max(ordersMax, stage.Engine.Orders.LiveOrders);
        run.StopQuoting();
        run.Finish();

        Assert.Empty(run.Observer.InvariantBreaks);
        Assert.Equal(2 * levels, ordersMax);
        Assert.True(run.Observer.Executions > 20, $"only {run.Observer.Executions} executions");
        Assert.Equal(model == "glft-exact", stage.Engine.Meters.QuoteTables > 10);
        Assert.Equal(0, stage.Engine.Meters.QuoteTablesRefused);
        Assert.Equal((0, 0L, 0L), (stage.Engine.Orders.LiveOrders, stage.Engine.Orders.RateLimited, run.Engine.AllocatedBytes));
    }
}
