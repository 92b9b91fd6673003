using LatencyEngine.Model;

namespace LatencyEngine.Research.Tests;

public sealed class ProgressThreadTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    [Fact]
    public void A_display_that_is_held_up_holds_nobody_up_and_shows_the_newest_when_it_goes_on()
    {
        var shown = new List<double>();
        using var entered = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var thread = new ProgressThread(new Display(value =>
        {
            shown.Add(value.Fraction);
            entered.Release();
            goOn.Wait(Bound);
        }));

        thread.Report(At(0.1));
        Assert.True(entered.Wait(Bound));
        for (int i = 2; i <= 9; i++) thread.Report(At(i / 10.0));
        goOn.Set();
        thread.Dispose();

        Assert.Equal([0.1, 0.9], shown);
    }

    [Fact]
    public void An_end_without_news_ends() => new ProgressThread(new Display(_ => { })).Dispose();

    private static RunProgress At(double fraction) => new()
    {
        Fraction = fraction, LogicUtc = DateTime.UnixEpoch, Symbol = "BTCUSDT", Mid = null, OwnBid = null, OwnAsk = null, PositionQty = 0, Equity = 0, MarginRatio = 0,
        Orders = 0, OpenOrders = 0, Fills = 0, State = QuotingState.Active, Connections = [], Stages = [], Events = 0, Placement = null,
    };

    private sealed class Display(Action<RunProgress> show) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => show(value);
    }
}
