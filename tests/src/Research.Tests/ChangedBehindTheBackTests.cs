using System.Globalization;
using System.Text;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>Another client uses the engine's account while nothing of it reaches the engine's stream: the engine finds out, and its books become the venue's.</summary>
public sealed class ChangedBehindTheBackTests
{
    private const long SecondNanos = 1_000_000_000;

    [Fact]
    public void A_fill_and_an_order_of_another_client_that_the_stream_does_not_tell_are_found_and_quoting_goes_on()
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.Request(Runs.Derived, folder.Path);
        using RunStage stage = RunStage.Set(request);
        using var run = new VirtualTimeRun(stage);
        Engine engine = stage.Engine;
        run.Begin();
        PlayFor(run, 20 * SecondNanos);
        decimal before = Position(engine);
        Assert.Equal(before, stage.Account.Position("BTCUSDT").Qty);
        long reconciled = engine.Meters.Reconciliations;

        // What the venue would send of it is left out.
        decimal bid = stage.Session.Venue.Best("BTCUSDT").Bid!.Value;
        Place(stage, "outside-1", "Buy", "Market", price: null);
        Place(stage, "outside-2", "Buy", "Limit", Math.Round(bid * 0.97m, 1));
        Assert.NotEqual(before, stage.Account.Position("BTCUSDT").Qty);
        int fills = stage.Account.Fills.Count;
        PlayFor(run, 30 * SecondNanos);

        Assert.True(engine.Meters.Reconciliations > reconciled, "the engine never asked");
        Assert.Equal(stage.Account.Position("BTCUSDT").Qty, Position(engine));
        Assert.Equal(stage.Account.Wallet, engine.Ledger.Wallet.Units / 1e8m);
        Assert.Equal(Math.Round(stage.Account.Position("BTCUSDT").AverageEntry, 8), engine.Ledger.AverageEntry(new InstrumentId(0)).Units / 1e8m);
        Assert.Equal((1L, 0L, false), (engine.Orders.ForeignOrders, engine.Orders.OrphansFound, engine.Gate.IsKilled));
        Assert.Contains(stage.Account.OpenOrders, order => order.OrderLinkId == "outside-2");
        Assert.Contains(run.Observer.InvariantBreaks, sentence => sentence.EndsWith("an order rests in BTCUSDT that the engine did not place", StringComparison.Ordinal));
        Assert.Equal(1, engine.Meters.Recover.Count);
        Assert.True(stage.Account.Fills.Count > fills, "nothing was traded afterwards");
    }

    private static void PlayFor(VirtualTimeRun run, long nanos)
    {
        long until = run.Run.LastNanos + nanos;
        while (run.Run.LastNanos < until && run.Step())
        {
        }
    }

    private static decimal Position(Engine engine) => Exact.Qty(engine.Instruments[new InstrumentId(0)], engine.Ledger.Position(new InstrumentId(0)));

    private static void Place(RunStage stage, string name, string side, string type, decimal? price)
    {
        long nowNanos = stage.Session.LastTimeNanos;
        string priced = price is { } limit ? string.Create(CultureInfo.InvariantCulture, $",\"price\":\"{limit}\",\"timeInForce\":\"GTC\"") : "";
        string request =
            $"{{\"reqId\":\"{name}\",\"header\":{{\"X-BAPI-TIMESTAMP\":\"{nowNanos / 1_000_000}\",\"X-BAPI-RECV-WINDOW\":\"5000\"}},\"op\":\"order.create\",\"args\":[{{\"category\":\"linear\",\"symbol\":\"BTCUSDT\",\"side\":\"{side}\",\"orderType\":\"{type}\",\"qty\":\"0.005\"{priced},\"orderLinkId\":\"{name}\"}}]}}";
        var sent = new List<VenueMessage>();
        stage.Session.Venue.OnRequest(stage.Account, Encoding.UTF8.GetBytes(request), nowNanos, sent);
        Assert.Contains("\"retCode\":0", Encoding.UTF8.GetString(sent[0].Frame.Span), StringComparison.Ordinal);
    }
}
