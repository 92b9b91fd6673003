using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Instruments, fee levels, risk ladders and the latency model.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Instruments_come_from_the_venues_own_response()
    {
        InstrumentList list = InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json"));

        Assert.Equal(["BTCUSDT", "SOLUSDT"], list.Symbols);
        VenueInstrument sol = list["SOLUSDT"];
        Assert.Equal((0.01m, 3, 0.1m, 1), (sol.TickSize, sol.PriceDecimals, sol.QtyStep, sol.QtyDecimals));
        Assert.Equal((0.1m, 96_000m, 96_000m, 12_000m, 5m), (sol.MinOrderQty, sol.MaxOrderQty, sol.MaxPostOnlyQty, sol.MaxMarketQty, sol.MinNotional));
        Assert.Equal((0.01m, 199_999.98m, 100m), (sol.MinPrice, sol.MaxPrice, sol.MaxLeverage));
        Assert.Contains("it has BTCUSDT, SOLUSDT", Assert.Throws<ArgumentException>(() => list["XRPUSDT"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_instrument_list_or_ladder_is_named()
    {
        string other = ReferenceFiles.Golden("margin_tiers.json");
        Assert.Contains(other, Assert.Throws<InvalidDataException>(() => InstrumentList.Load(other)).Message, StringComparison.Ordinal);
        Assert.Contains(other, Assert.Throws<InvalidDataException>(() => RiskLadder.LoadAll(other)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VIP 0", 0.0002, 0.00055, 10)]
    [InlineData("vip3", 0.00014, 0.00035, 60)]
    [InlineData("supremevip", 0, 0.0003, 60)]
    [InlineData("Pro 3", 0.000025, 0.00022, 600)]
    [InlineData(" PRO 5", 0, 0.00018, 1_000)]
    public void Fee_levels_are_found_by_name_without_case_or_spaces(string name, decimal maker, decimal taker, int requestsPerSecond)
    {
        FeeTier tier = FeeTier.Parse(name);

        Assert.Equal((new FeeRates(maker, taker), requestsPerSecond), (tier.RatesFor("BTCUSDT"), tier.RequestsPerSecond));
    }

    [Fact]
    public void An_unknown_fee_level_lists_those_known_and_a_Pro_level_has_rates_for_the_major_group_only()
    {
        Assert.Contains("VIP 0, VIP 1", Assert.Throws<ArgumentException>(() => FeeTier.Parse("Gold")).Message, StringComparison.Ordinal);
        Assert.Contains("DOGEUSDT", Assert.Throws<ArgumentException>(() => FeeTier.Parse("Pro 1").RatesFor("DOGEUSDT")).Message, StringComparison.Ordinal);
        Assert.Equal(0.0002m, FeeTier.Vip0.RatesFor("DOGEUSDT").Maker);
    }

    [Fact]
    public void The_shipped_ladders_are_the_published_one_for_BTC_and_a_labelled_assumption_for_SOL()
    {
        IReadOnlyDictionary<string, RiskLadder> ladders = RiskLadder.LoadAll(ReferenceFiles.Sample("risk-limits-202608.json"));

        RiskLadder btc = ladders["BTCUSDT"];
        Assert.False(btc.IsAssumed);
        Assert.Equal((20, 100m), (btc.Tiers.Count, btc.MaxLeverage));
        Assert.Equal((0.005m, 0.0056m), (btc.TierOf(2_000_000m).MaintenanceRate, btc.TierOf(2_000_000.01m).MaintenanceRate));
        Assert.Equal((8_500_000m, 2_000_000m, 0m), (btc.ValueLimitAt(50), btc.ValueLimitAt(100), btc.ValueLimitAt(101)));
        Assert.True(ladders["SOLUSDT"].IsAssumed);
    }

    [Fact]
    public void A_ladder_whose_deductions_break_the_margins_continuity_is_refused()
    {
        RiskTier first = new(1, 100_000m, 0.005m, 100m, 0m);

        Assert.Contains("deduction must be 500", Assert.Throws<ArgumentException>(() => new RiskLadder([first, new(2, 200_000m, 0.01m, 50m, 501m)], false)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RiskLadder([], false));
        Assert.Throws<ArgumentException>(() => new RiskLadder([first, first], false));
        Assert.Throws<ArgumentException>(() => new RiskLadder([first with { Deduction = 1 }], false));
    }

    [Fact]
    public void Maintenance_margin_is_continuous_at_every_tier_border()
    {
        foreach (RiskLadder ladder in RiskLadder.LoadAll(ReferenceFiles.Sample("risk-limits-202608.json")).Values)
        {
            foreach ((RiskTier lower, RiskTier upper) in ladder.Tiers.Zip(ladder.Tiers.Skip(1)))
            {
                Assert.Equal(PositionMath.MaintenanceMargin(lower.ValueLimit, lower), PositionMath.MaintenanceMargin(lower.ValueLimit, upper));
            }
        }
    }

    [Fact]
    public void Delays_come_from_the_seed_alone_stay_in_their_range_and_do_not_depend_on_other_paths()
    {
        var one = new LatencyModel(42, feedMicros: 100, orderMicros: 200, responseMicros: 300, jitter: Jitter.Uniform(50));
        var two = new LatencyModel(42, feedMicros: 100, orderMicros: 200, responseMicros: 300, jitter: Jitter.Uniform(50));
        var other = new LatencyModel(43, feedMicros: 100, orderMicros: 200, responseMicros: 300, jitter: Jitter.Uniform(50));
        for (int i = 0; i < 1_000; i++) two.NextFeedNanos();

        long[] orders = [.. Enumerable.Range(0, 1_000).Select(_ => one.NextRequestNanos(cancels: false))];

        Assert.Equal(orders, Enumerable.Range(0, 1_000).Select(_ => two.NextRequestNanos(cancels: false)));
        Assert.NotEqual(orders, Enumerable.Range(0, 1_000).Select(_ => other.NextRequestNanos(cancels: false)));
        Assert.All(orders, delay => Assert.InRange(delay, 200_000, 250_000));
        Assert.InRange(orders.Average(), 222_000, 228_000);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyModel(1, feedMicros: 0));
    }

    [Fact]
    public void SplitMix64_gives_the_published_sequence_of_seed_1234567()
    {
        var generator = new SplitMix64(1_234_567);

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], new[] { generator.Next(), generator.Next(), generator.Next() });
    }
}
