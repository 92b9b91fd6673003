using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The seeded order flow: what its market looks like.</summary>
public sealed class FlowProcessTests
{
    private const long StartNanos = 1_786_310_819_000_000_000;
    private const long SecondNanos = 1_000_000_000;

    [Fact]
    public void Equal_seeds_give_equal_markets_and_another_seed_another()
    {
        Assert.Equal(Course(FlowScenario.Calm, seed: 3, seconds: 30), Course(FlowScenario.Calm, seed: 3, seconds: 30));
        Assert.NotEqual(Course(FlowScenario.Calm, seed: 3, seconds: 30), Course(FlowScenario.Calm, seed: 4, seconds: 30));
    }

    [Fact]
    public void Ten_times_the_rate_is_ten_times_the_events_around_a_value_that_moves_as_before()
    {
        var usual = new Market("BTCUSDT", 65_000, FlowScenario.Calm, seed: 1);
        var busy = new Market("BTCUSDT", 65_000, FlowScenario.Calm, seed: 1, rate: 10);
        usual.PlayUntil(60 * SecondNanos);
        busy.PlayUntil(60 * SecondNanos);

        Assert.InRange(busy.Events / (double)usual.Events, 7, 20);   // the two are in their regimes at other times
        Assert.InRange(busy.Mid / (decimal)busy.Flow.Value, 0.999m, 1.001m);
        Assert.InRange(Math.Abs((busy.Flow.Value / 65_000) - 1), 0, 0.01);
    }

    [Theory]
    [InlineData("BTCUSDT", 65_000)]
    [InlineData("SOLUSDT", 77)]
    public void A_calm_market_is_deep_its_spread_is_a_few_ticks_and_it_stays_at_its_value(string symbol, int price)
    {
        var market = new Market(symbol, price, FlowScenario.Calm, seed: 1);
        var spreads = new List<long>();
        for (int second = 1; second <= 300; second++)
        {
            market.PlayUntil(second * SecondNanos);
            Assert.True(market.Levels(true) >= 50 && market.Levels(false) >= 50, $"levels {market.Levels(true)} and {market.Levels(false)} after {second} s");
            spreads.Add(market.SpreadTicks);
            Assert.InRange(market.Mid / (decimal)market.Flow.Value, 0.999m, 1.001m);
        }

        spreads.Sort();
        Assert.InRange(spreads[150], 1, 3);
        Assert.InRange(spreads[285], 1, 12);
        Assert.InRange(market.Events / 300, 30, 100);
        Assert.True(market.Levels(true) > 150 || symbol != "BTCUSDT", $"{market.Levels(true)} levels");
    }

    [Theory]
    [InlineData("crash-2pct", 0.98)]
    [InlineData("crash-5pct", 0.95)]
    [InlineData("crash-20pct", 0.80)]
    [InlineData("gap", 0.97)]
    public void A_shock_takes_the_market_down_by_its_named_part_within_seconds_and_a_crash_comes_half_back(string name, double part)
    {
        var market = new Market("BTCUSDT", 65_000, FlowScenario.Parse(name), seed: 2);
        market.PlayUntil(FlowScenario.ShockAfterNanos);
        decimal before = market.Mid;
        int tradesBefore = market.Trades.Count;
        market.PlayUntil(FlowScenario.ShockAfterNanos + (6 * SecondNanos));

        Assert.InRange((double)(market.Mid / before), part - 0.005, part + 0.005);
        List<decimal> prices = [.. market.Trades.Skip(tradesBefore)];
        bool tradedOnTheWay = prices.Any(price => price < before * (decimal)((1 + part) / 2) && price > before * (decimal)(part + 0.004));
        Assert.Equal(name != "gap", tradedOnTheWay);

        market.PlayUntil(FlowScenario.ShockAfterNanos + (90 * SecondNanos));
        double back = name == "gap" ? part : (1 + part) / 2;
        Assert.InRange((double)(market.Mid / before), back - 0.01, back + 0.01);
    }

    [Fact]
    public void A_book_does_not_grow_without_bound()
    {
        var market = new Market("BTCUSDT", 65_000, FlowScenario.Parse("crash-20pct"), seed: 9);
        market.PlayUntil(7_200 * SecondNanos);

        Assert.InRange(market.Book.EntryCount(bidSide: true), 200, 1_200);
        Assert.InRange(market.Book.EntryCount(bidSide: false), 200, 1_200);
    }

    [Fact]
    public void A_trend_drifts_by_its_rate()
    {
        var market = new Market("BTCUSDT", 65_000, FlowScenario.Parse("trend"), seed: 5);
        market.PlayUntil(1_800 * SecondNanos);

        Assert.InRange(Math.Abs((double)(market.Mid / 65_000m) - 1), 0.008, 0.022);
    }

    [Fact]
    public void An_unknown_scenario_lists_those_known() => Assert.Contains(
        "calm, trend, crash-2pct, crash-5pct, crash-20pct, gap",
        Assert.Throws<ArgumentException>(() => FlowScenario.Parse("storm")).Message,
        StringComparison.Ordinal);

    private static string Course(FlowScenario scenario, ulong seed, int seconds)
    {
        var market = new Market("BTCUSDT", 65_000, scenario, seed);
        market.PlayUntil(seconds * SecondNanos);
        return string.Join(" ", market.Book.Levels(true).Concat(market.Book.Levels(false))) + string.Join(" ", market.Trades);
    }

    private sealed class Market
    {
        private readonly VenueInstrument _instrument;
        private readonly List<FlowTake> _takes = [];

        public Market(string symbol, decimal price, FlowScenario scenario, ulong seed, int rate = 1)
        {
            _instrument = InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json"))[symbol];
            Flow = new FlowProcess(_instrument, scenario, price, seed, StartNanos, rate);
            Flow.Open(Book);
        }

        public FifoBook Book { get; } = new();

        public FlowProcess Flow { get; }

        public List<decimal> Trades { get; } = [];

        public int Events { get; private set; }

        public long SpreadTicks => Book.BestTicks(bidSide: false)!.Value - Book.BestTicks(bidSide: true)!.Value;

        public decimal Mid => (Book.BestTicks(bidSide: false)!.Value + Book.BestTicks(bidSide: true)!.Value) * _instrument.TickSize / 2;

        public int Levels(bool bidSide) => Book.Levels(bidSide).Count();

        public void PlayUntil(long elapsedNanos)
        {
            while (Flow.NextNanos <= StartNanos + elapsedNanos)
            {
                Flow.Act(Book, _takes);
                Events++;
            }

            Trades.AddRange(_takes.SelectMany(take => take.Fills).Select(fill => fill.PriceTicks * _instrument.TickSize));
            _takes.Clear();
        }
    }
}
