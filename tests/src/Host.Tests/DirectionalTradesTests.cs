using LatencyEngine.History;
using LatencyEngine.Model;
using LatencyEngine.Pipeline.Tests;

namespace LatencyEngine.Host.Tests;

/// <summary>What is recorded of an outright trade whose engine speaks, or falls silent, out of turn.</summary>
public sealed class DirectionalTradesTests : IDisposable
{
    private static readonly InstrumentSpec Spec = new EngineUnderTest().Btc;

    private readonly string _folder = Directory.CreateTempSubdirectory("trades-").FullName;
    private readonly TradeRecords _records;
    private readonly DirectionalTrades _trades;
    private long _id;

    public DirectionalTradesTests()
    {
        _records = new TradeRecords(RunFiles.Make(_folder, "test"));
        _trades = new DirectionalTrades(_records, "meta-label", Spec, entrySeconds: 300, lotsMax: 100, feeFraction: 0, () => ++_id, _ => { });
        _trades.Ask(6, 61_030, 59_780, 300, "a signal", At(0), new SlowInbox((_, _) => { }));
        Told(DirectionalOutcome.Taken, 0);
    }

    public void Dispose()
    {
        _records.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(DirectionalOutcome.Expired)]
    [InlineData(DirectionalOutcome.Halted)]
    public void An_order_that_fills_behind_the_end_of_its_entry_is_the_trades(DirectionalOutcome end)
    {
        Told(end, 0);   // its last order is on its way still
        Assert.Null(Assert.Single(_records.OpenTrades("BTCUSDT")).EntryPrice);

        _trades.OnAccount(Lane(6), QuotingState.Active);

        HistoryTrade held = Assert.Single(_records.OpenTrades("BTCUSDT"));
        Assert.Equal((61_000m, 59_780m, 0.006m), (held.EntryPrice, held.StopPrice, held.Qty));
        Assert.Equal(6, _trades.OwnLots);
        Told(DirectionalOutcome.StopReached, 6, mark: 59_780);
        Told(DirectionalOutcome.Ended, 0, mark: 59_780);
        Assert.Empty(_records.OpenTrades("BTCUSDT"));
    }

    [Fact]
    public void Of_an_order_that_fills_in_part_behind_the_end_of_its_entry_what_it_has_filled_is_recorded()
    {
        Told(DirectionalOutcome.Expired, 0);
        Told(DirectionalOutcome.Opened, 2);
        Assert.Equal(0.002m, Assert.Single(_records.OpenTrades("BTCUSDT")).Qty);

        _trades.OnAccount(Lane(3), QuotingState.Active);
        Assert.Equal(0.003m, Assert.Single(_records.OpenTrades("BTCUSDT")).Qty);
        _trades.OnAccount(Lane(2), QuotingState.Active);   // the way out
        Assert.Equal(0.003m, Assert.Single(_records.OpenTrades("BTCUSDT")).Qty);
    }

    [Fact]
    public void An_entry_that_has_filled_nothing_is_over_once_the_engine_says_so()
    {
        Told(DirectionalOutcome.Expired, 0);
        Assert.True(_trades.IsUnderWay);
        Told(DirectionalOutcome.Ended, 0);

        Assert.False(_trades.IsUnderWay);
        Assert.Empty(_records.OpenTrades("BTCUSDT"));
    }

    private static EpochNanos At(long second) => new((1_700_000_000 + second) * 1_000_000_000);

    private static LaneFact Lane(long lots) => new()
    {
        Instrument = Spec.Id, LiveOrders = 0, BestBid = default, BestAsk = default, OwnBid = default, OwnAsk = default, Position = new QtyLots(lots), MarkPrice = new PriceE8(61_000 * PriceE8.One),
        LiquidationPrice = default, Unrealised = default, MaintenanceMargin = default,
    };

    private void Told(DirectionalOutcome outcome, long position, int mark = 61_000)
    {
        var fact = new DirectionalFact { Instrument = Spec.Id, Outcome = outcome, Id = _id, Wanted = new QtyLots(6), Position = new QtyLots(position), MarkPrice = new PriceE8(mark * PriceE8.One), GateReason = 0 };
        _trades.OnDirectional(in fact, At(1).Milliseconds);
    }
}
