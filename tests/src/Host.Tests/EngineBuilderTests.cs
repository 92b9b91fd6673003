using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class EngineBuilderTests
{
    [Fact]
    public void Each_instrument_is_quoted_with_its_own_size_and_level_step()
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("SOLUSDT", "BTCUSDT");
            document["quoting"]!["levelsPerSide"] = 2;
        });

        Engine engine = Build(profile.Load());

        Assert.Equal((50, 1), FirstQtyAndStep(engine, index: 0));
        Assert.Equal((10, 20), FirstQtyAndStep(engine, index: 1));
    }

    [Theory]
    [InlineData(0, 4, true)]
    [InlineData(1, 4, false)]
    [InlineData(1, 5, true)]
    public void Each_instrument_has_its_own_requote_distance(int index, long awayTicks, bool moves)
    {
        using var profile = new Profile(document => document["symbols"] = new JsonArray("SOLUSDT", "BTCUSDT"));
        OrderTable orders = Build(profile.Load()).Orders;
        orders.BeginSession(1);
        var instrument = new InstrumentId(index);
        var intents = new OrderIntent[2];
        Assert.Equal(1, orders.Plan(instrument, [Bid(1_000)], intents));
        OrderIntent placed = intents[0];
        var ack = new Ack { RequestId = orders.OnSent(in placed, new EpochNanos(1)) };
        orders.OnAck(in ack, new EpochNanos(2));
        var working = new OrderEvent
        {
            Instrument = instrument, ClientOrderId = placed.ClientOrderId, Side = Side.Buy, Status = OrderStatus.New, CancelType = CancelType.None, RejectReason = RejectReason.None,
            Price = placed.Price, Qty = placed.Qty, LeavesQty = placed.Qty, UpdatedMillis = 1,
        };
        Assert.Equal(OrderOutcome.Working, orders.OnOrder(in working));

        Assert.Equal(moves ? 1 : 0, orders.Plan(instrument, [Bid(1_000 + awayTicks)], intents));

        static QuoteTarget Bid(long priceTicks) => new(Side.Buy, 0, new PriceTicks(priceTicks), new QtyLots(10));
    }

    [Fact]
    public void Quantities_that_do_not_fit_the_instruments_lots_are_all_reported_with_their_keys()
    {
        using var profile = new Profile(document =>
        {
            document["instruments"]!["BTCUSDT"]!["orderQty"] = "0.0105";
            document["instruments"]!["SOLUSDT"]!["orderQty"] = "0.05";
            document["instruments"]!["SOLUSDT"]!["positionQtyMax"] = "60.01";
        });
        EngineConfiguration configuration = profile.Load();

        Assert.Equal(
            [
                $"{profile.Path}: instruments:BTCUSDT:orderQty must be a multiple of 0.001 and at least 0.001, was 0.0105",
                $"{profile.Path}: instruments:SOLUSDT:orderQty must be a multiple of 0.1 and at least 0.1, was 0.05",
                $"{profile.Path}: instruments:SOLUSDT:positionQtyMax must be a multiple of 0.1 and at least 0.1, was 60.01",
            ],
            Assert.Throws<ConfigurationException>(() => Build(configuration)).Faults);
    }

    private static Engine Build(EngineConfiguration configuration)
    {
        InstrumentTable instruments = InstrumentCatalog.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")).Select(configuration.Symbols);
        return EngineBuilder.Build(configuration, instruments, [default, default], RiskLimitCatalog.Load(ReferenceFiles.Sample("risk-limits-202608.json")));
    }

    private static (long Lots, long StepTicks) FirstQtyAndStep(Engine engine, int index)
    {
        var top = new BookTop(new PriceTicks(7_700), new QtyLots(1), new PriceTicks(7_701), new QtyLots(1));
        var targets = new QuoteTarget[4];
        Assert.Equal(4, engine.Lanes[index].Quoter.Quote(in top, fairTicks: 7_700.5, sigmaTicksPerSqrtSecond: 10, position: default, biasTicks: 0, targets));
        return (targets[0].Qty.Lots, targets[0].Price.Ticks - targets[1].Price.Ticks);
    }
}
