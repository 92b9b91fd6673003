using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Quoting.Tests;

public sealed class QuotePipelineTests
{
    private const int Seed = 20261120;

    private static readonly QuotePipelineSettings OneLevel = new()
    {
        MakerFeeE8 = 0,
        MinEdgeE8 = 0,
        Levels = 1,
        Step = new TickDelta(1),
        BaseQty = new QtyLots(10),
        SizeMultiplierE8 = 100_000_000,
        UnitsMax = 5,
    };

    private static readonly QuotePipelineInputs Calm = new()
    {
        FairNanoTicks = 600_000 * NanoTicks.One,
        HalfModelNanoTicks = 10 * NanoTicks.One,
        SkewPerUnitNanoTicks = 2 * NanoTicks.One,
        BestBid = new PriceTicks(599_999),
        BestAsk = new PriceTicks(600_001),
    };

    [Fact]
    public void Every_price_and_quantity_of_the_golden_ladders_is_reproduced_exactly()
    {
        int rows = 0;
        foreach (IGrouping<string, IReadOnlyDictionary<string, string>> ladder in ReferenceFiles.GoldenRows("quote_pipeline.csv").GroupBy(row => row["case"]))
        {
            IReadOnlyDictionary<string, string> first = ladder.First();
            decimal Cell(string name) => decimal.Parse(first[name], CultureInfo.InvariantCulture);
            (int priceDecimals, long tickMantissa) = Instruments.Split(Cell("tick"));
            (int qtyDecimals, long lotMantissa) = Instruments.Split(Cell("lot"));
            InstrumentSpec spec = Instruments.Create(priceDecimals, tickMantissa, qtyDecimals, lotMantissa);
            var settings = new QuotePipelineSettings
            {
                MakerFeeE8 = Exact(Cell("maker_fee") * 1e8m),
                MinEdgeE8 = Exact(Cell("min_edge") * 1e8m),
                Levels = (int)Cell("levels"),
                Step = new TickDelta(Exact(Cell("step") / Cell("tick"))),
                BaseQty = new QtyLots(Exact(Cell("base_qty") / Cell("lot"))),
                SizeMultiplierE8 = Exact(Cell("size_mult") * 1e8m),
                UnitsMax = (int)Cell("q_max_units"),
            };
            long ToNanoTicks(string name) => Exact(Cell(name) / Cell("tick") * NanoTicks.One);
            var inputs = new QuotePipelineInputs
            {
                FairNanoTicks = ToNanoTicks("fair"),
                HalfModelNanoTicks = ToNanoTicks("half_model"),
                SkewPerUnitNanoTicks = ToNanoTicks("skew_per_unit"),
                BiasNanoTicks = ToNanoTicks("bias"),
                PositionE8 = Exact(Cell("q_units") * Cell("base_qty") * 1e8m),
                BestBid = new PriceTicks(Exact(Cell("best_bid") / Cell("tick"))),
                BestAsk = new PriceTicks(Exact(Cell("best_ask") / Cell("tick"))),
            };

            QuoteTarget[] targets = Build(new QuotePipeline(spec, settings), in inputs);

            QuoteTarget[] expected = [.. ladder.Select(row => new QuoteTarget(
                Enum.Parse<Side>(row["side"]),
                int.Parse(row["level"], CultureInfo.InvariantCulture),
                new PriceTicks(Exact(decimal.Parse(row["price"], CultureInfo.InvariantCulture) / Cell("tick"))),
                new QtyLots(Exact(decimal.Parse(row["qty"], CultureInfo.InvariantCulture) / Cell("lot")))))];
            Assert.Equal(expected, targets);
            rows += targets.Length;
        }

        Assert.Equal(764, rows);
    }

    [Fact]
    public void Random_ladders_agree_with_the_pipeline_in_decimals()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 10_000; i++)
        {
            Case generated = Generate(random);

            QuoteTarget[] targets = Build(generated);

            QuoteTarget[] expected = DecimalQuotePipeline.Build(
                generated.Settings, generated.Fair, generated.HalfModel, generated.SkewPerUnit, generated.Bias, generated.Shift, generated.PositionLots, generated.BestBid, generated.BestAsk);
            Assert.True(expected.SequenceEqual(targets), $"seed {Seed}, case {i}: expected {string.Join(' ', expected)}, was {string.Join(' ', targets)}");
        }
    }

    [Fact]
    public void A_billionth_of_a_tick_decides_over_the_whole_range_of_prices_as_in_the_decimal_definition()
    {
        const int Seed = 20261121;
        const decimal Billionth = 1e-9m;
        var random = new Random(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            Case generated = Generate(random);
            long fairTicks = random.NextInt64(1L << random.Next(4, 34)) + 10;
            generated = generated with
            {
                Fair = fairTicks + (random.Next(-2, 3) * Billionth),
                HalfModel = random.NextInt64(1L << random.Next(1, 34)) + (random.Next(3) * Billionth),
                SkewPerUnit = random.Next(3) == 0 ? 0 : random.Next(1, 1_000) / 10m,
                BestBid = fairTicks - 1,
                BestAsk = fairTicks + 1,
            };
            generated = generated with { Fair = Math.Min(generated.Fair, 9e9m), HalfModel = Math.Min(generated.HalfModel, 9e9m) };

            QuoteTarget[] targets = Build(generated);

            QuoteTarget[] expected = DecimalQuotePipeline.Build(
                generated.Settings, generated.Fair, generated.HalfModel, generated.SkewPerUnit, generated.Bias, generated.Shift, generated.PositionLots, generated.BestBid, generated.BestAsk);
            Assert.True(expected.SequenceEqual(targets), $"seed {Seed}, case {i}: expected {string.Join(' ', expected)}, was {string.Join(' ', targets)}");
        }
    }

    [Fact]
    public void Sides_that_are_kept_out_agree_with_the_pipeline_in_decimals_and_keep_every_other_rule()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 10_000; i++)
        {
            Case generated = Generate(random);
            decimal[] widenings = [.. Enumerable.Range(0, 2).Select(_ => random.Next(4) switch { 0 => 0m, 1 => random.Next(100), 2 => random.NextInt64(9_000_000_001), _ => random.NextInt64(100_000_000_000) / 1e9m })];

            QuoteTarget[] targets = Build(
                new QuotePipeline(generated.Spec, generated.Settings),
                Inputs(generated) with { BidWideningNanoTicks = Exact(widenings[0] * NanoTicks.One), AskWideningNanoTicks = Exact(widenings[1] * NanoTicks.One) });

            QuoteTarget[] expected = DecimalQuotePipeline.Build(
                generated.Settings, generated.Fair, generated.HalfModel, generated.SkewPerUnit, generated.Bias, generated.Shift, generated.PositionLots, generated.BestBid, generated.BestAsk, widenings[0], widenings[1]);
            Assert.True(expected.SequenceEqual(targets), $"seed {Seed}, case {i}: expected {string.Join(' ', expected)}, was {string.Join(' ', targets)}");
        }
    }

    [Fact]
    public void A_side_that_is_kept_out_moves_by_that_and_the_other_does_not()
    {
        Assert.Equal([599_987, 600_010], Prices(Build(Calm with { BidWideningNanoTicks = 3 * NanoTicks.One })));
        Assert.Equal([599_990, 600_014], Prices(Build(Calm with { AskWideningNanoTicks = (3 * NanoTicks.One) + 1 })));
    }

    [Fact]
    public void The_fee_floor_holds_before_a_side_is_kept_out()
    {
        var withFee = new QuotePipeline(Instruments.Bitcoin, OneLevel with { MakerFeeE8 = 20_000, MinEdgeE8 = 5_000 });

        Assert.Equal([599_845, 600_150], Prices(Build(withFee, Calm with { BidWideningNanoTicks = 5 * NanoTicks.One })));
    }

    [Fact]
    public void Bids_stay_below_asks_and_neither_takes_liquidity() => ForEveryCase((generated, targets) =>
    {
        (QuoteTarget[] bids, QuoteTarget[] asks) = Sides(targets);
        return bids[0].Price < asks[0].Price
            && bids[0].Price.Ticks < generated.BestAsk
            && asks[0].Price.Ticks > generated.BestBid
            && bids.Zip(bids.Skip(1)).All(pair => pair.Second.Price.Ticks <= pair.First.Price.Ticks - generated.Settings.Step.Ticks)
            && asks.Zip(asks.Skip(1)).All(pair => pair.Second.Price.Ticks >= pair.First.Price.Ticks + generated.Settings.Step.Ticks);
    });

    [Fact]
    public void Inventory_shrinks_the_side_that_adds_to_it_and_never_more_than_asked_for_and_leaves_the_other_as_it_is() => ForEveryCase((generated, targets) =>
    {
        QuoteTarget[] plain = Build(generated with { Settings = generated.Settings with { AddingShrinkE8 = 0 } });
        (QuoteTarget[] bids, QuoteTarget[] asks) = Sides(targets);
        (QuoteTarget[] plainBids, QuoteTarget[] plainAsks) = Sides(plain);
        bool isLong = generated.PositionLots > 0;
        (QuoteTarget[] adding, QuoteTarget[] plainAdding) = isLong ? (bids, plainBids) : (asks, plainAsks);
        (QuoteTarget[] reducing, QuoteTarget[] plainReducing) = isLong ? (asks, plainAsks) : (bids, plainBids);
        decimal keepLeast = 1 - (generated.Settings.AddingShrinkE8 / 1e8m);
        return reducing.SequenceEqual(plainReducing)
            && adding.Select(quote => quote.Price).SequenceEqual(plainAdding.Select(quote => quote.Price))
            && adding.Zip(plainAdding).All(pair => pair.First.Qty.Lots >= decimal.Floor(pair.Second.Qty.Lots * keepLeast) - 1)
            && adding.Sum(quote => quote.Qty.Lots) <= plainAdding.Sum(quote => quote.Qty.Lots);
    });

    [Fact]
    public void A_ladder_in_a_mirror_is_the_mirrored_ladder() => ForEveryCase((generated, _) =>
    {
        // The fee floor is a share of the price, so only a ladder without one has a mirror image.
        Case original = generated with { Settings = generated.Settings with { MakerFeeE8 = 0, MinEdgeE8 = 0 }, Fair = generated.Fair + 1_000_000, BestBid = generated.BestBid + 1_000_000, BestAsk = generated.BestAsk + 1_000_000 };
        const long Axis = 2_200_000;
        Case mirrored = original with { Fair = Axis - original.Fair, Bias = -original.Bias, Shift = -original.Shift, PositionLots = -original.PositionLots, BestBid = Axis - original.BestAsk, BestAsk = Axis - original.BestBid };
        (QuoteTarget[] bids, QuoteTarget[] asks) = Sides(Build(original));
        (QuoteTarget[] mirroredBids, QuoteTarget[] mirroredAsks) = Sides(Build(mirrored));
        return bids.Zip(mirroredAsks).Concat(mirroredBids.Zip(asks)).All(pair => pair.First.Price.Ticks == Axis - pair.Second.Price.Ticks && pair.First.Qty == pair.Second.Qty);
    });

    [Fact]
    public void Levels_lie_ever_further_out_where_each_distance_is_a_multiple_of_the_one_before()
    {
        var ladder = new QuotePipeline(Instruments.Bitcoin, OneLevel with { Levels = 5, Step = new TickDelta(3), StepMultiplierE8 = 150_000_000 });

        QuoteTarget[] targets = Build(ladder, Calm);

        // 3, 7.5, 14.25 and 24.375 ticks.
        Assert.Equal([599_990, 599_987, 599_983, 599_976, 599_966], Prices(targets).Take(5));
        Assert.Equal([600_010, 600_013, 600_017, 600_024, 600_034], Prices(targets).Skip(5));
    }

    [Theory]
    [InlineData(false, 150_000_000, "10,15,22,33")]
    [InlineData(true, 150_000_000, "10,15,20,25")]
    [InlineData(true, 60_000_000, "10,6,2,0")]
    [InlineData(true, 100_000_000, "10,10,10,10")]
    public void Quantities_grow_by_the_multiple_or_in_a_straight_line(bool isLinear, long multiplierE8, string lots)
    {
        var ladder = new QuotePipeline(Instruments.Bitcoin, OneLevel with { Levels = 4, UnitsMax = 100, SizeMultiplierE8 = multiplierE8, HasLinearSizes = isLinear });
        Assert.Equal(lots, string.Join(',', Build(ladder, Calm).Take(4).Select(target => target.Qty.Lots)));
    }

    [Theory]
    [InlineData(0, 10, 10)]
    [InlineData(25, 6, 10)]     // half of the bound: 10 (1 - 0.8 / 2)
    [InlineData(-25, 10, 6)]
    [InlineData(46, 2, 10)]     // 10 (1 - 0.8 x 0.92) = 2.6
    [InlineData(50, 0, 10)]     // no room
    [InlineData(-80, 10, 0)]
    public void The_adding_side_shrinks_with_the_inventory(long positionLots, long bidLots, long askLots)
    {
        var shrinking = new QuotePipeline(Instruments.Bitcoin, OneLevel with { AddingShrinkE8 = 80_000_000 });
        Assert.Equal([bidLots, askLots], Build(shrinking, Calm with { PositionE8 = positionLots * Instruments.Bitcoin.LotE8 }).Select(target => target.Qty.Lots));
    }

    [Fact]
    public void Filling_a_whole_side_never_exceeds_the_inventory_bound() => ForEveryCase((generated, targets) =>
    {
        (QuoteTarget[] bids, QuoteTarget[] asks) = Sides(targets);
        long bound = generated.Settings.UnitsMax * generated.Settings.BaseQty.Lots;
        long bought = bids.Sum(bid => bid.Qty.Lots);
        long sold = asks.Sum(ask => ask.Qty.Lots);
        return targets.All(target => target.Qty.Lots >= 0)
            && (bought == 0 || generated.PositionLots + bought <= bound)
            && (sold == 0 || generated.PositionLots - sold >= -bound);
    });

    [Fact]
    public void Each_quote_keeps_half_a_spread_from_the_centre_because_rounding_goes_away_from_it() => ForEveryCase((generated, targets) =>
    {
        (QuoteTarget[] bids, QuoteTarget[] asks) = Sides(targets);
        decimal centre = generated.Fair
            + Math.Clamp(generated.Bias, -0.8m * generated.HalfModel, 0.8m * generated.HalfModel)
            + generated.Shift
            - (generated.SkewPerUnit * generated.PositionLots / generated.Settings.BaseQty.Lots);
        decimal fee = generated.Fair * (generated.Settings.MakerFeeE8 + generated.Settings.MinEdgeE8) / 1e8m;
        decimal kept = Math.Max(generated.HalfModel, fee) - 1e-15m;
        return bids[0].Price.Ticks <= centre - kept && asks[0].Price.Ticks >= centre + kept;
    });

    [Fact]
    public void More_inventory_never_raises_a_quote_nor_the_quantity_bought()
    {
        var random = new Random(Seed);
        for (int i = 0; i < 3_000; i++)
        {
            Case less = Generate(random);
            Case more = less with { PositionLots = less.PositionLots + random.Next(1, 50) };

            (QuoteTarget[] bidsOfLess, QuoteTarget[] asksOfLess) = Sides(Build(less));
            (QuoteTarget[] bidsOfMore, QuoteTarget[] asksOfMore) = Sides(Build(more));

            Assert.True(bidsOfMore[0].Price <= bidsOfLess[0].Price && asksOfMore[0].Price <= asksOfLess[0].Price, $"seed {Seed}, case {i}");
            // A bid pushed to price zero has no quantity, so quantities compare only where both ladders have prices.
            if (bidsOfMore[^1].Price.Ticks > 0) Assert.True(bidsOfMore.Sum(bid => bid.Qty.Lots) <= bidsOfLess.Sum(bid => bid.Qty.Lots), $"seed {Seed}, case {i}");
        }
    }

    [Fact]
    public void A_positive_bias_raises_both_quotes_and_a_negative_one_lowers_both()
    {
        QuoteTarget[] neutral = Build(Calm);
        QuoteTarget[] up = Build(Calm with { BiasNanoTicks = 3 * NanoTicks.One });
        QuoteTarget[] down = Build(Calm with { BiasNanoTicks = -3 * NanoTicks.One });

        Assert.Equal([599_990, 600_010], Prices(neutral));
        Assert.Equal([599_993, 600_013], Prices(up));
        Assert.Equal([599_987, 600_007], Prices(down));
    }

    [Fact]
    public void Long_inventory_lowers_both_quotes_and_short_inventory_raises_both()
    {
        QuoteTarget[] longTwoUnits = Build(Calm with { PositionE8 = 20 * Instruments.Bitcoin.LotE8 });
        QuoteTarget[] shortTwoUnits = Build(Calm with { PositionE8 = -20 * Instruments.Bitcoin.LotE8 });

        Assert.Equal([599_986, 600_006], Prices(longTwoUnits));
        Assert.Equal([599_994, 600_014], Prices(shortTwoUnits));
    }

    [Fact]
    public void No_bias_however_large_moves_a_quote_across_the_fair_price()
    {
        // 0.8 of the half-spread of 10 ticks is 8: two ticks of it always remain.
        Assert.Equal([599_998, 600_018], Prices(Build(Calm with { BiasNanoTicks = 1_000_000 * NanoTicks.One })));
        Assert.Equal([599_982, 600_002], Prices(Build(Calm with { BiasNanoTicks = -1_000_000 * NanoTicks.One })));
    }

    [Fact]
    public void The_maker_fee_and_the_edge_are_a_floor_under_the_half_spread()
    {
        // 2 bp + 0.5 bp of 600,000 ticks is 150 ticks, far more than the model's 10.
        var withFee = new QuotePipeline(Instruments.Bitcoin, OneLevel with { MakerFeeE8 = 20_000, MinEdgeE8 = 5_000 });

        Assert.Equal([599_850, 600_150], Prices(Build(withFee, Calm)));
    }

    [Fact]
    public void A_rebate_never_makes_the_spread_narrower_than_the_model_or_one_tick()
    {
        var withRebate = new QuotePipeline(Instruments.Bitcoin, OneLevel with { MakerFeeE8 = -5_000 });

        Assert.Equal([599_990, 600_010], Prices(Build(withRebate, Calm)));
        Assert.Equal([599_999, 600_001], Prices(Build(withRebate, Calm with { HalfModelNanoTicks = 0 })));
    }

    [Fact]
    public void A_price_exactly_on_a_tick_stays_and_one_unit_less_rounds_a_whole_tick_away()
    {
        Assert.Equal([599_990, 600_010], Prices(Build(Calm)));
        Assert.Equal([599_989, 600_010], Prices(Build(Calm with { FairNanoTicks = Calm.FairNanoTicks - 1 })));
        Assert.Equal([599_990, 600_011], Prices(Build(Calm with { FairNanoTicks = Calm.FairNanoTicks + 1 })));
    }

    [Fact]
    public void A_third_of_a_base_order_is_not_rounded_before_the_tick()
    {
        // Base 3 lots, position 1 lot, skew 3 ticks a unit: the shift is exactly one tick, not 0.999...
        var thirds = new QuotePipeline(Instruments.Bitcoin, OneLevel with { BaseQty = new QtyLots(3) });
        QuotePipelineInputs oneLot = Calm with { SkewPerUnitNanoTicks = 3 * NanoTicks.One, PositionE8 = Instruments.Bitcoin.LotE8 };

        Assert.Equal([599_989, 600_009], Prices(Build(thirds, oneLot)));
    }

    [Fact]
    public void A_shift_finer_than_any_unit_still_decides_the_tick()
    {
        // Base 200,000,000 lots, position 1 lot, skew 1,000,000,001 units of 1e-9 ticks: the shift is 5e-9 ticks and another 5e-18.
        // Fair lies 5e-9 above a whole number, so the bid's exact price is 5e-18 below a tick, and the ask's as far below another.
        var hugeBase = new QuotePipeline(Instruments.Bitcoin, OneLevel with { BaseQty = new QtyLots(200_000_000) });
        QuotePipelineInputs oneLot = Calm with { FairNanoTicks = Calm.FairNanoTicks + 5, SkewPerUnitNanoTicks = 1_000_000_001, PositionE8 = Instruments.Bitcoin.LotE8 };

        Assert.Equal([599_989, 600_010], Prices(Build(hugeBase, oneLot)));
        Assert.Equal([599_990, 600_011], Prices(Build(hugeBase, oneLot with { FairNanoTicks = Calm.FairNanoTicks - 5, PositionE8 = -Instruments.Bitcoin.LotE8 })));
    }

    [Fact]
    public void At_the_inventory_bound_only_the_side_that_reduces_is_quoted()
    {
        QuoteTarget[] atBound = Build(Calm with { PositionE8 = 50 * Instruments.Bitcoin.LotE8 });
        QuoteTarget[] threeLotsBelow = Build(Calm with { PositionE8 = 47 * Instruments.Bitcoin.LotE8 });

        Assert.Equal([0, 10], atBound.Select(target => target.Qty.Lots));
        Assert.Equal([3, 10], threeLotsBelow.Select(target => target.Qty.Lots));
    }

    [Fact]
    public void The_levels_nearest_to_the_market_use_up_the_room_first()
    {
        var ladder = new QuotePipeline(Instruments.Bitcoin, OneLevel with { Levels = 3, SizeMultiplierE8 = 150_000_000, UnitsMax = 3 });

        QuoteTarget[] targets = Build(ladder, Calm);

        Assert.Equal([10, 15, 5, 10, 15, 5], targets.Select(target => target.Qty.Lots));
    }

    [Fact]
    public void A_bid_that_would_be_priced_at_zero_or_below_has_no_quantity()
    {
        QuotePipelineInputs cheap = Calm with { FairNanoTicks = 12 * NanoTicks.One, BestBid = new PriceTicks(11), BestAsk = new PriceTicks(13) };
        var ladder = new QuotePipeline(Instruments.Bitcoin, OneLevel with { Levels = 3 });

        QuoteTarget[] targets = Build(ladder, cheap);

        Assert.Equal([2, 1, 0], targets.Take(3).Select(target => target.Price.Ticks));
        Assert.Equal([10, 10, 0], targets.Take(3).Select(target => target.Qty.Lots));
    }

    [Fact]
    public void Numbers_too_large_to_compute_with_pull_every_quote()
    {
        QuotePipelineInputs absurdSkew = Calm with { SkewPerUnitNanoTicks = long.MaxValue, PositionE8 = QuotePipeline.PositionE8Max };
        QuotePipelineInputs absurdPosition = Calm with { SkewPerUnitNanoTicks = 0, PositionE8 = long.MinValue };

        Assert.All(Build(absurdSkew), target => Assert.Equal(0, target.Qty.Lots));
        Assert.All(Build(absurdPosition), target => Assert.Equal(0, target.Qty.Lots));
    }

    [Fact]
    public void A_span_that_is_too_short_is_left_alone()
    {
        var pipeline = new QuotePipeline(Instruments.Bitcoin, OneLevel);
        var targets = new QuoteTarget[1];

        Assert.Equal(0, pipeline.Build(Calm, targets));
        Assert.Equal(0, pipeline.WriteNothing(targets));
        Assert.Equal(default, targets[0]);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_with_their_value()
    {
        AssertRefused("levels must be 1 to 16, was 17", OneLevel with { Levels = 17 });
        AssertRefused("step must be at least one tick, was 0", OneLevel with { Step = new TickDelta(0) });
        AssertRefused("at least the smallest order, 1 lots, was 0", OneLevel with { BaseQty = new QtyLots(0) });
        AssertRefused("at least one base order, was 0", OneLevel with { UnitsMax = 0 });
        AssertRefused("step multiplier", OneLevel with { StepMultiplierE8 = 99_999_999 });
        AssertRefused("level 11 must lie at most 9000000000 ticks out, was 11111111111", OneLevel with { Levels = 16, StepMultiplierE8 = 1_000_000_000 });
        AssertRefused("shrinking of the adding side", OneLevel with { AddingShrinkE8 = 100_000_001 });
        AssertRefused("size multiplier", OneLevel with { SizeMultiplierE8 = 0 });
        AssertRefused("smallest edge", OneLevel with { MinEdgeE8 = -1 });
        AssertRefused("maker fee", OneLevel with { MakerFeeE8 = 50_000_000 });
        AssertRefused("largest inventory", OneLevel with { BaseQty = new QtyLots(1L << 52), UnitsMax = int.MaxValue });
        AssertRefused("quantity of level 12", OneLevel with { BaseQty = new QtyLots(10_000_000), Levels = 16, SizeMultiplierE8 = 1_000_000_000 });
    }

    private static void AssertRefused(string message, QuotePipelineSettings settings) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new QuotePipeline(Instruments.Bitcoin, settings)).Message, StringComparison.Ordinal);

    private static long Exact(decimal value)
    {
        Assert.Equal(decimal.Truncate(value), value);
        return (long)value;
    }

    private static QuoteTarget[] Build(in QuotePipelineInputs inputs) => Build(new QuotePipeline(Instruments.Bitcoin, OneLevel), in inputs);

    private static QuoteTarget[] Build(QuotePipeline pipeline, in QuotePipelineInputs inputs)
    {
        var targets = new QuoteTarget[pipeline.TargetCount];
        Assert.Equal(targets.Length, pipeline.Build(in inputs, targets));
        return targets;
    }

    private static QuoteTarget[] Build(Case generated) => Build(
        new QuotePipeline(generated.Spec, generated.Settings), Inputs(generated));

    private static QuotePipelineInputs Inputs(Case generated) => new(
        Exact(generated.Fair * NanoTicks.One),
        Exact(generated.HalfModel * NanoTicks.One),
        Exact(generated.SkewPerUnit * NanoTicks.One),
        Exact(generated.Bias * NanoTicks.One),
        generated.PositionLots * generated.Spec.LotE8,
        new PriceTicks(generated.BestBid),
        new PriceTicks(generated.BestAsk),
        Exact(generated.Shift * NanoTicks.One));

    private static long[] Prices(QuoteTarget[] targets) => [.. targets.Select(target => target.Price.Ticks)];

    private static (QuoteTarget[] Bids, QuoteTarget[] Asks) Sides(QuoteTarget[] targets) =>
        ([.. targets.Where(target => target.Side == Side.Buy)], [.. targets.Where(target => target.Side == Side.Sell)]);

    private static void ForEveryCase(Func<Case, QuoteTarget[], bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                Case generated = Generate(new Random(seed));
                return holds(generated, Build(generated));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>A third of the prices and distances lie exactly on a tick or half a tick: the edges are where floors go wrong.</summary>
    private static Case Generate(Random random)
    {
        decimal Ticks(int min, int max) => random.Next(3) == 0 ? random.Next(min * 2, max * 2) / 2m : random.Next(min * 1000, max * 1000) / 1000m;
        var settings = new QuotePipelineSettings
        {
            MakerFeeE8 = random.Next(-10, 60) * 1000,
            MinEdgeE8 = random.Next(0, 10) * 1000,
            Levels = random.Next(1, 6),
            Step = new TickDelta(random.Next(1, 20)),
            BaseQty = new QtyLots(random.Next(1, 30)),
            SizeMultiplierE8 = random.Next(50, 250) * 1_000_000L,
            UnitsMax = random.Next(1, 20),
            StepMultiplierE8 = random.Next(2) == 0 ? 100_000_000 : random.Next(100, 250) * 1_000_000L,
            HasLinearSizes = random.Next(3) == 0,
            AddingShrinkE8 = random.Next(2) == 0 ? 0 : random.Next(1, 101) * 1_000_000L,
        };
        decimal fair = Ticks(10, 100_000);
        long bestBid = (long)fair - random.Next(0, 5);
        return new Case(
            random.Next(2) == 0 ? Instruments.Bitcoin : Instruments.Create(priceDecimals: 4, tickMantissa: 5, qtyDecimals: 0, lotMantissa: 10),
            settings,
            fair,
            HalfModel: Ticks(0, 200),
            SkewPerUnit: Ticks(0, 10),
            Bias: Ticks(-300, 300),
            Shift: random.Next(2) == 0 ? 0 : Ticks(-100, 100),
            PositionLots: (random.Next(-25, 26) * settings.BaseQty.Lots) + random.Next(-5, 6),
            bestBid,
            bestBid + random.Next(1, 5));
    }

    /// <summary>Prices and distances in ticks.</summary>
    private sealed record Case(
        InstrumentSpec Spec, QuotePipelineSettings Settings, decimal Fair, decimal HalfModel, decimal SkewPerUnit, decimal Bias, decimal Shift, long PositionLots, long BestBid, long BestAsk);
}
