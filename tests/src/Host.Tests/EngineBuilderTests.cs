using System.Text.Json.Nodes;
using LatencyEngine.Book;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Pipeline;
using LatencyEngine.Quoting;
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

    [Fact]
    public void Protection_is_built_as_the_profile_says_and_what_is_off_is_not_there()
    {
        using var profile = new Profile(document =>
        {
            document["protection"]!["volatilityJumpRatio"] = 0;
            document["protection"]!["sweepLevels"] = 2;
            document["protection"]!["sweepHoldMilliseconds"] = 3;
            document["protection"]!["markOutGain"] = 2;
            document["protection"]!["markOutMaxFraction"] = 0.001;
        });
        using var other = new Profile(document =>
        {
            document["protection"]!["volatilityJumpRatio"] = 2;
            document["protection"]!["sweepLevels"] = 0;
        });

        Engine engine = Build(profile.Load());

        Assert.All(engine.Lanes, lane => Assert.Null(lane.VolatilityJump));
        TradeSweep sweep = engine.Lanes[0].Sweep!;
        var trades = new TradeBatch { Count = 2 };
        for (int i = 0; i < 2; i++) trades.Trades[i] = new Trade(new PriceTicks(100 + i), new QtyLots(1), Side.Buy, MatchMillis: 1, Sequence: 1, IdOffset: 0, IdLength: 0, IsBlockTrade: false, IsRpi: false);
        Assert.True(sweep.OnTrades(trades, 0));
        Assert.Equal((true, false), (sweep.HoldsAt(2_999_999), sweep.HoldsAt(3_000_000)));
        MarkOuts markOuts = engine.Lanes[0].MarkOuts;
        markOuts.OnMid(1_200_000, 0);
        markOuts.OnFill(Side.Sell, new QtyLots(10), 0);
        markOuts.OnMid(1_200_012, 1);
        markOuts.OnTime(100_000_000);
        Assert.Equal(2.0, markOuts.AskWideningNanoTicks / 1e9, 9);   // 2 x 6 ticks x 1 base order / 6 of them
        Assert.All(Build(other.Load()).Lanes, lane => Assert.True(lane is { VolatilityJump: not null, Sweep: null }));
    }

    [Fact]
    public void Each_protection_has_the_times_and_bounds_of_the_profile()
    {
        using var profile = new Profile(document =>
        {
            document["quoting"]!["midSampleMilliseconds"] = 50;
            JsonNode protection = document["protection"]!;
            protection["volatilityJumpRatio"] = 3;
            protection["volatilityJumpSeconds"] = 0.5;
            protection["markOutGain"] = 2;
            protection["markOutMaxFraction"] = 0.0000025;
            protection["markOutSeconds"] = 20;
        });

        InstrumentLane lane = Build(profile.Load()).Lanes[0];

        bool[] jumping = Jumping(lane.VolatilityJump!);
        Assert.Equal(Jumping(new VolatilityJump(shortSeconds: 0.5, ratio: 3, spacingMillis: 50)), jumping);
        Assert.All((VolatilityJump[])[new(1, 3, 50), new(0.5, 5, 50), new(0.5, 3, 100)], other => Assert.NotEqual(Jumping(other), jumping));
        MarkOuts markOuts = lane.MarkOuts;
        markOuts.OnMid(1_200_000, 0);
        markOuts.OnFill(Side.Sell, new QtyLots(10), 0);
        markOuts.OnMid(1_200_012, 1);
        markOuts.OnTime(100_000_000);
        Assert.Equal(0.0000025 * 600_006, markOuts.AskWideningNanoTicks / 1e9, 8);   // and not 2 ticks
        markOuts.OnTime(20_100_000_000);
        Assert.Equal(-6 * 10 / Math.E / ((10 / Math.E) + 50), markOuts.MeanTicks(Side.Sell, 0), 9);

        // A tick to and fro, and every ten seconds a move of 3, 6, 9 ... 27 ticks and then back.
        static bool[] Jumping(VolatilityJump jump) =>
        [
            .. Enumerable.Range(0, 4_000).Select(i =>
            {
                int moves = i / 200 % 10;
                jump.OnMid(600_000 + (i % 2) + (3 * moves * (moves + 1) / 2), i * 50_000_000L);
                return jump.IsJumping;
            }),
        ];
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

    [Theory]
    [InlineData("distance", "BTCUSDT", false)]
    [InlineData("queue", "BTCUSDT", true)]
    [InlineData("queue", "SOLUSDT", false)]
    public void A_place_in_the_queue_is_weighed_where_the_profile_says_so_with_the_instruments_own_worth(string requote, string symbol, bool isHeld)
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray(symbol);
            document["quoting"]!["requote"] = requote;
            document["instruments"]!["BTCUSDT"]!["queueValueTicks"] = 4;
            document["instruments"]!["BTCUSDT"]!["queueTradedQty"] = "0.2";
            document["instruments"]!["SOLUSDT"]!["queueValueTicks"] = 0;
        });
        OrderTable orders = Build(profile.Load()).Orders;
        Assert.Equal(requote == "queue", orders.WeighsQueues);
        var (intents, instrument) = (new OrderIntent[2], new InstrumentId(0));
        QuoteTarget Bid(long priceTicks) => new(Side.Buy, 0, new PriceTicks(priceTicks), new QtyLots(10));
        orders.Plan(instrument, [Bid(1_000)], intents);
        OrderIntent placed = intents[0];
        orders.OnSent(in placed, default);
        var working = new OrderEvent { Instrument = instrument, ClientOrderId = placed.ClientOrderId, Side = Side.Buy, Status = OrderStatus.New, Price = placed.Price, Qty = placed.Qty, LeavesQty = placed.Qty, UpdatedMillis = 1 };
        Assert.Equal(OrderOutcome.Working, orders.OnOrder(in working));
        orders.OnDisplayed(instrument, Side.Buy, 0, default);

        // A lead of 200 lots, the quantity of BTCUSDT that trades at a level, is worth 4 (1 - 1/e) = 2.53 ticks; it moves from 5 ticks, SOLUSDT from 1.
        Assert.Equal(isHeld ? 0 : 1, orders.Plan(instrument, [Bid(1_007)], [new QtyLots(200)], 10, 10, intents));
        Assert.Equal(1, orders.Plan(instrument, [Bid(1_008)], [new QtyLots(200)], 10, 10, intents));
    }

    [Fact]
    public void The_shape_of_the_ladder_is_the_profiles()
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT");
            document["quoting"]!["levelsPerSide"] = 4;
            document["quoting"]!["levelStepMultiplier"] = 1.5;
            document["quoting"]!["sizeMultiplier"] = 1.2;
            document["quoting"]!["sizeShape"] = "linear";
            document["quoting"]!["addingShrinkFraction"] = 0.5;
        });
        Quoter quoter = Build(profile.Load()).Lanes[0].Quoter;
        var targets = new QuoteTarget[quoter.TargetCount];
        var top = new BookTop(new PriceTicks(599_999), new QtyLots(1), new PriceTicks(600_001), new QtyLots(1));
        quoter.Quote(in top, 600_000, 40, default, 0, targets);
        Assert.Equal([0L, 20, 50, 95], targets.Take(4).Select(target => (targets[0].Price - target.Price).Ticks));
        Assert.Equal([10L, 12, 14, 16], targets.Take(4).Select(target => target.Qty.Lots));

        quoter.Quote(in top, 600_000, 40, new QtyLots(40), 0, targets);
        Assert.Equal([8L, 9, 11, 12], targets.Take(4).Select(target => target.Qty.Lots));   // by 0.5 x 40 / 100
        Assert.Equal([10L, 12, 14, 16], targets.Skip(4).Select(target => target.Qty.Lots));
    }

    [Theory]
    [InlineData("avellaneda-stoikov", 0, 0)]
    [InlineData("avellaneda-stoikov", 1, 72)]     // 5 base orders x 0.00015 x 40^2 x 60
    [InlineData("avellaneda-stoikov", 0.5, 36)]
    [InlineData("glft", 0, 0)]
    public void Inventory_moves_the_quotes_by_the_profiles_share_of_the_models_skew(string model, double share, long ticks)
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT");
            document["quoting"]!["model"] = model;
            document["quoting"]!["inventorySkewFraction"] = share;
        });
        Quoter quoter = Build(profile.Load()).Lanes[0].Quoter;
        var top = new BookTop(new PriceTicks(599_000), new QtyLots(1), new PriceTicks(601_000), new QtyLots(1));
        (var flat, var held) = (new QuoteTarget[2], new QuoteTarget[2]);
        quoter.Quote(in top, 600_000, 40, default, 0, flat);
        quoter.Quote(in top, 600_000, 40, new QtyLots(50), 0, held);

        Assert.Equal(600_000 - flat[0].Price.Ticks, flat[1].Price.Ticks - 600_000);
        Assert.Equal([ticks, ticks], flat.Zip(held, (before, after) => (before.Price - after.Price).Ticks));
    }

    [Theory]
    [InlineData("avellaneda-stoikov", 1, 0, 6_930)]    // half (0.00015 x 400^2 x 60 + 2/0.00015 ln(1 + 0.00015/0.02)) / 2 = 769.8, fair 7,700.5
    [InlineData("avellaneda-stoikov", 10, 10, 6_930)]  // it knows of neither
    [InlineData("glft", 1, 0, 7_629)]                  // half 49.81 + 400 sqrt(0.00015 / (2 x 0.02 x 0.9) (1 + 0.00015/0.02)^(1 + 0.02/0.00015)) / 2 = 71.14
    [InlineData("glft", 10, 0, 7_630)]                 // half ln(1 + 0.0015/0.02) / 0.0015 + 400 sqrt(0.00015 / (2 x 0.02 x 0.9) (1 + 0.0015/0.02)^(1 + 0.02/0.0015)) / 2 = 69.89
    [InlineData("glft", 1, 10, 7_623)]                 // half 49.81 + 10 / 2 + 21.32 exp(0.02 x 10 / 4) = 77.23
    public void The_model_of_the_profile_quotes_with_the_parameters_of_the_instrument(string model, double executionRisk, double impactTicks, long bidTicks)
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT", "SOLUSDT");
            document["quoting"]!["model"] = model;
            document["quoting"]!["executionRiskFraction"] = executionRisk;
            document["instruments"]!["BTCUSDT"]!["impactTicks"] = impactTicks;
        });

        Engine engine = Build(profile.Load());

        Assert.Equal(bidTicks, FirstBid(engine));
    }

    [Theory]
    [InlineData("avellaneda-stoikov")]
    [InlineData("glft")]
    public void The_model_takes_the_volatility_within_the_bounds_of_the_instrument(string model)
    {
        using var profile = new Profile(document =>
        {
            document["symbols"] = new JsonArray("BTCUSDT");
            document["quoting"]!["model"] = model;
            document["instruments"]!["BTCUSDT"]!["sigmaFloorTicksPerSqrtSecond"] = 20;
            document["instruments"]!["BTCUSDT"]!["sigmaCapTicksPerSqrtSecond"] = 60;
        });
        Quoter quoter = Build(profile.Load()).Lanes[0].Quoter;

        Assert.Equal(Prices(20), Prices(1));
        Assert.Equal(Prices(60), Prices(1_000));
        Assert.Equal(4, ((double[])[20, 21, 59, 60]).Select(sigma => Prices(sigma)[0]).Distinct().Count());

        long[] Prices(double sigma)
        {
            var top = new BookTop(new PriceTicks(599_000), new QtyLots(1), new PriceTicks(601_000), new QtyLots(1));
            var targets = new QuoteTarget[2];
            quoter.Quote(in top, 600_000, sigma, new QtyLots(90), 0, targets);   // held, so that the skew tells one volatility from another
            return [.. targets.Select(target => target.Price.Ticks)];
        }
    }

    [Theory]
    [InlineData("ewma")]
    [InlineData("realised")]
    [InlineData("bipower")]
    public void The_volatility_is_the_chosen_estimate_over_the_configured_seconds_and_samples(string name)
    {
        using var profile = new Profile(document =>
        {
            document["quoting"]!["volatility"] = name;
            document["quoting"]!["volatilityTimeConstantSeconds"] = 4;
            document["quoting"]!["midSampleMilliseconds"] = 250;
        });
        Volatility expected = name == "ewma" ? new EwmaVolatility(4, 250) : new RollingVolatility(4, 16, name == "bipower", 250);
        BoundedVolatility built = Build(profile.Load()).Lanes[0].Volatility;
        for (int i = 0; i < 200; i++)
        {
            double mid = 600_000 + (i * i % 7) + (i == 190 ? 50 : 0);
            expected.OnMid(mid, i * 50_000_000L);
            built.OnMid(mid, i * 50_000_000L);
        }

        Assert.True(expected.SigmaPerSqrtSecond > 1);
        Assert.True(built.HasValue);
        Assert.Equal((expected.SigmaPerSqrtSecond, SigmaBound.None), (built.SigmaPerSqrtSecond, built.Bound));

        // Half a tick per square root of the four seconds.
        for (int i = 200; i < 2_000; i++) built.OnMid(600_000, i * 50_000_000L);
        Assert.Equal((0.25, SigmaBound.Floor), (built.SigmaPerSqrtSecond, built.Bound));
    }

    [Fact]
    public void A_run_begins_with_the_microprice_tables_of_the_profile_and_then_the_session()
    {
        using var profile = new Profile(document => document["instruments"]!["SOLUSDT"]!["micropriceTicks"] = "-3,3;-4,4");
        var events = new List<(InboundKind Kind, byte[] Payload)>();

        Build(profile.Load()).Begin(7, (kind, payload) => events.Add((kind, payload)));

        Assert.Equal([InboundKind.MicropriceTable, InboundKind.Session], events.Select(posted => posted.Kind));
        Assert.Equal([1, 0, 0, 0], events[0].Payload[..4]);
        Assert.Equal([7, 0, 0, 0], events[1].Payload);
        var table = new MicropriceTable();
        Assert.Equal(MicropriceTableStatus.Taken, table.Read(events[0].Payload.AsSpan(4)));
        Assert.Equal(104 + 4, table.MicropriceTicks(new BookTop(new PriceTicks(103), new QtyLots(3), new PriceTicks(105), new QtyLots(1))));
    }

    [Fact]
    public void Quotes_lean_by_the_profiles_view_bias_drift_and_the_weight_and_bounds_of_the_first_two()
    {
        Quoter plain = Quoter(instrument => { });
        Quoter viewing = Quoter(instrument => instrument["viewScore"] = -0.5);
        Quoter drifting = Quoter(instrument => instrument["driftTicksPerSecond"] = 0.5);
        Quoter bounded = Quoter(instrument => (instrument["biasMaxQty"], instrument["biasMaxTicks"]) = (0.0125, 4));
        Quoter biased = Quoter(instrument => instrument["biasMaxQty"] = 1);
        biased.TakeBias(Bias.FullScoreE8, 0);
        bounded.TakeBias(Bias.FullScoreE8, 0);
        long[] leaning = Prices(bounded);
        bounded.TakeBias(0, long.MaxValue);

        // A base order is worth 0.00015 x 40^2 x 60 = 14.4 ticks; a full score asks for 0.25 x 10 of them.
        Assert.Equal(Prices(plain).Select(ticks => ticks - 18), Prices(viewing));
        Assert.Equal(Prices(plain).Select(ticks => ticks + 36), Prices(biased));
        Assert.Equal(Prices(plain).Select(ticks => ticks + 18), leaning);   // one and a quarter
        Assert.Equal(Prices(plain).Select(ticks => ticks + 4), Prices(bounded));
        Assert.Equal(Prices(plain).Select(ticks => ticks + 30), Prices(drifting));   // 0.5 ticks a second x 60 s

        static Quoter Quoter(Action<JsonNode> change)
        {
            using var profile = new Profile(document =>
            {
                document["symbols"] = new JsonArray("BTCUSDT");
                document["quoting"]!["viewWeight"] = 0.25;
                change(document["instruments"]!["BTCUSDT"]!);
            });
            return Build(profile.Load()).Lanes[0].Quoter;
        }

        static long[] Prices(Quoter quoter)
        {
            var top = new BookTop(new PriceTicks(599_000), new QtyLots(1), new PriceTicks(601_000), new QtyLots(1));
            var targets = new QuoteTarget[2];
            quoter.Quote(in top, 600_000, 40, default, 0, targets);
            return [.. targets.Select(target => target.Price.Ticks)];
        }
    }

    [Theory]
    [InlineData("market-making", true, false)]
    [InlineData("directional", false, true)]
    [InlineData("hybrid", true, true)]
    public void The_strategy_says_whether_instruments_are_quoted_and_whether_they_are_traded_outright(string strategy, bool isQuoted, bool takesRequests)
    {
        using var profile = new Profile(document => (document["strategy"], document["signal"]) = (strategy, "hybrid"));

        Assert.All(Build(profile.Load()).Lanes, lane => Assert.Equal((isQuoted, takesRequests), (lane.IsQuoted, lane.TakesDirectionalRequests)));
    }

    [Fact]
    public void A_bias_is_worth_nothing_from_the_profiles_age_on()
    {
        using var profile = new Profile(document => document["quoting"]!["biasAgeMaxSeconds"] = 10);
        HeldBias bias = Build(profile.Load()).Lanes[0].Bias;
        Assert.Equal(BiasOutcome.Taken, bias.Take(new Bias { Instrument = default, ScoreE8 = 1_000, ShiftNanoTicks = 0, MadeAt = default, Id = 1 }, default));

        bias.At(new EpochNanos(9_990_000_000), out int almost, out _);
        bias.At(new EpochNanos(10_000_000_000), out int over, out _);

        Assert.Equal((1, 0), (almost, over));
    }

    [Fact]
    public void The_fair_value_is_the_profiles_with_its_levels_of_imbalance()
    {
        using var profile = new Profile(document =>
        {
            document["quoting"]!["fairValue"] = "imbalance";
            document["quoting"]!["imbalanceLevels"] = 7;
        });

        Assert.All(Build(profile.Load()).Lanes, lane => Assert.Equal((FairValueModel.Imbalance, 7), (lane.FairValue, lane.ImbalanceLevels)));
        Assert.All(Build(ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [])).Lanes, lane => Assert.Equal((FairValueModel.WeightedMid, 5), (lane.FairValue, lane.ImbalanceLevels)));
    }

    [Fact]
    public void The_volatility_warms_up_and_its_cap_pulls_where_the_profile_says_so()
    {
        using var profile = new Profile(document =>
        {
            document["quoting"]!["volatilityWarmUpSeconds"] = 2;
            document["protection"]!["volatilityCapPulls"] = true;
        });
        Engine shipped = Build(ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [])), built = Build(profile.Load());
        for (int i = 0; i < 20; i++)
        {
            foreach (Engine engine in (Engine[])[shipped, built]) engine.Lanes[0].Volatility.OnMid(600_000 + i, i * 100_000_000L);
            Assert.Equal((i > 0, false), (shipped.Lanes[0].Volatility.HasValue, built.Lanes[0].Volatility.HasValue));
        }

        built.Lanes[0].Volatility.OnMid(600_000, 2_000_000_000);
        Assert.True(built.Lanes[0].Volatility.HasValue);
        Assert.Equal((false, true), (shipped.Lanes[0].PullsAtVolatilityCap, built.Lanes[0].PullsAtVolatilityCap));
    }

    [Fact]
    public void Order_flow_has_the_alpha_and_the_half_life_of_the_instrument_and_is_off_without_an_alpha()
    {
        using var profile = new Profile(document =>
        {
            document["instruments"]!["SOLUSDT"]!["orderFlowAlphaTicksPerSecondPerLot"] = -0.25;
            document["instruments"]!["SOLUSDT"]!["orderFlowHalfLifeSeconds"] = 2;
        });

        Engine engine = Build(profile.Load());

        Assert.Null(engine.Lanes[0].OrderFlow);
        Assert.Equal(-0.25, engine.Lanes[1].OrderFlowAlphaTicksPerSecondPerLot);
        Assert.Equal(Math.Log(2) / 2, engine.Lanes[1].OrderFlow!.DecayPerSecond);
    }

    [Fact]
    public void The_arrival_intensity_rolls_from_the_configured_one_where_the_profile_says_so()
    {
        using var profile = new Profile(document => document["quoting"]!["intensity"] = "rolling");

        Engine engine = Build(profile.Load());

        Assert.Equal([(0.9, 0.02), (0.3, 1.0)], engine.Lanes.Select(lane => (lane.Intensity!.ArrivalRatePerSecond, lane.Intensity.DecayPerTick)));
        Assert.All(Build(ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [])).Lanes, lane => Assert.Null(lane.Intensity));
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

    private static long FirstBid(Engine engine)
    {
        var top = new BookTop(new PriceTicks(7_700), new QtyLots(1), new PriceTicks(7_701), new QtyLots(1));
        var targets = new QuoteTarget[2];
        Assert.Equal(2, engine.Lanes[0].Quoter.Quote(in top, fairTicks: 7_700.5, sigmaTicksPerSqrtSecond: 400, position: default, biasTicks: 0, targets));
        return targets[0].Price.Ticks;
    }

    private static (long Lots, long StepTicks) FirstQtyAndStep(Engine engine, int index)
    {
        var top = new BookTop(new PriceTicks(7_700), new QtyLots(1), new PriceTicks(7_701), new QtyLots(1));
        var targets = new QuoteTarget[4];
        Assert.Equal(4, engine.Lanes[index].Quoter.Quote(in top, fairTicks: 7_700.5, sigmaTicksPerSqrtSecond: 10, position: default, biasTicks: 0, targets));
        return (targets[0].Qty.Lots, targets[0].Price.Ticks - targets[1].Price.Ticks);
    }
}
