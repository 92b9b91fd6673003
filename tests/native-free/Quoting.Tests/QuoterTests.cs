using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>What holds of every model's quotes.</summary>
public sealed class QuoterTests
{
    private const long Fair = 600_000;
    private const int UnitsMax = 8;

    /// <summary>A book so wide that post-only moves no quote.</summary>
    private static readonly BookTop WideTop = Top(1, 1_000_000_000);

    public static TheoryData<string> Models => ["avellaneda-stoikov", "glft", "glft-exact"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Quotes_never_rise_with_inventory_and_never_fall_with_the_bias(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        long[] quotes = Prices(quoter, sigma, position, bias);
        long[] ofMoreInventory = Prices(quoter, sigma, position + random.Next(1, 60), bias);
        long[] ofMoreBias = Prices(quoter, sigma, position, bias + random.Next(1, 100));
        return ofMoreInventory[0] <= quotes[0] && ofMoreInventory[1] <= quotes[1] && ofMoreBias[0] >= quotes[0] && ofMoreBias[1] >= quotes[1];
    });

    [Fact]
    public void A_bias_beyond_its_clamp_does_not_raise_a_quote_with_inventory_where_the_spread_of_a_table_narrows() =>
        Assert.All(Enumerable.Range(0, 3_000), seed =>
        {
            var random = new Random(seed);
            Quoter quoter = Create("glft-exact", random);
            Solve(quoter, random.Next(5, 600), Fair);
            double bias = 1e6 * ((2 * random.Next(2)) - 1);
            long position = random.Next(-100, 60);
            long[] quotes = Prices(quoter, 50, position, bias), ofMore = Prices(quoter, 50, position + random.Next(1, 40), bias);
            Assert.True(ofMore[0] <= quotes[0] && ofMore[1] <= quotes[1]);
        });

    [Theory]
    [MemberData(nameof(Models))]
    public void Book_inventory_and_bias_in_a_mirror_give_the_quotes_in_a_mirror(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        (long bid, long ask) = (Fair - random.Next(1, 100), Fair + random.Next(1, 100));
        QuoteTarget[] quotes = Quote(quoter, Top(bid, ask), Fair, sigma, position, bias);
        QuoteTarget[] mirrored = Quote(quoter, Top((2 * Fair) - ask, (2 * Fair) - bid), Fair, sigma, -position, -bias);
        return quotes[0].Price.Ticks - Fair == Fair - mirrored[1].Price.Ticks && quotes[1].Price.Ticks - Fair == Fair - mirrored[0].Price.Ticks
            && quotes[0].Qty == mirrored[1].Qty && quotes[1].Qty == mirrored[0].Qty;
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void Whatever_goes_in_bids_stay_below_asks_and_the_market_and_within_price_and_inventory_bounds(string model) => ForEveryCase(model, (quoter, _, _, _, random) =>
    {
        long bid = random.NextInt64(1, 1_000_000);
        long ask = bid + random.Next(1, 1_000);
        long position = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-120, 121);
        QuoteTarget[] quotes = Quote(quoter, Top(bid, ask), AnyOr(random, bid), AnyOr(random, 50), position, AnyOr(random, 1));
        (QuoteTarget buy, QuoteTarget sell) = (quotes[0], quotes[1]);
        bool isPulled = buy.Qty.Lots == 0 && sell.Qty.Lots == 0;
        return isPulled
            || (buy.Price < sell.Price && buy.Price.Ticks < ask && sell.Price.Ticks > bid
                && quotes.All(quote => quote.Qty.Lots == 0 || (quote.Price >= Instruments.Bitcoin.MinPrice && quote.Price <= Instruments.Bitcoin.MaxPrice && quote.Qty.Lots <= 10))
                && (buy.Qty.Lots == 0 || position + buy.Qty.Lots <= 10 * UnitsMax)
                && (sell.Qty.Lots == 0 || position - sell.Qty.Lots >= -10 * UnitsMax));
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void Fair_price_volatility_and_bias_that_are_no_numbers_pull_every_quote(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        double broken = ((double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])[random.Next(3)];
        QuoteTarget[][] quotes =
        [
            Quote(quoter, WideTop, broken, sigma, position, bias), Quote(quoter, WideTop, Fair, broken, position, bias), Quote(quoter, WideTop, Fair, sigma, position, broken),
        ];
        return quotes.All(pair => pair.All(quote => quote.Qty.Lots == 0)) && Quote(quoter, WideTop, Fair, sigma, 0, bias).All(quote => quote.Qty.Lots == 10);
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void Another_arrival_intensity_gives_the_quotes_of_a_quoter_that_was_configured_with_it(string model)
    {
        int apart = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(-1 - seed);
            (double rate, double decay) = (Math.Pow(10, 2 * random.NextDouble()), 0.01 + (random.NextDouble() / 2));
            Quoter quoter = Create(model, new Random(seed));
            Quoter configured = Create(model, new Random(seed), intensity: (rate, decay));
            long position = random.Next(-100, 101);
            QuoteTarget[] before = Quote(quoter, WideTop, Fair, 50, position, 0);

            quoter.TakeIntensity(rate, decay);

            Assert.Equal(Quote(configured, WideTop, Fair, 50, position, 0), Quote(quoter, WideTop, Fair, 50, position, 0));
            Solve(quoter, 50, Fair);
            Solve(configured, 50, Fair);
            QuoteTarget[] after = Quote(quoter, WideTop, Fair, 50, position, 0);
            Assert.Equal(Quote(configured, WideTop, Fair, 50, position, 0), after);
            if (!after.SequenceEqual(before)) apart++;
            foreach (double broken in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -1])
            {
                quoter.TakeIntensity(rate, broken);
                Assert.All(Quote(quoter, WideTop, Fair, 50, position, 0), quote => Assert.Equal(0, quote.Qty.Lots));
            }
        }

        // Where the fee floor is wider than the model, the quotes do not move.
        Assert.True(apart > 40, $"only {apart} of 200 quotes moved");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Quoting_asking_and_taking_tables_allocate_nothing(string model)
    {
        Quoter quoter = Create(model, new Random(1), levels: 5);
        byte[] content = Solve(quoter, 50, Fair).Content;
        var targets = new QuoteTarget[quoter.TargetCount];
        int tables = 0;
        Use(1_000);
        tables = 0;

        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.Equal(model == "glft-exact", tables > 100);

        void Use(int times)
        {
            for (int i = 0; i < times; i++)
            {
                int sigma = 20 + (i / 7 % 400);
                if (quoter.TryAskForTable(sigma, Fair + i, out QuoteTableRequest request) && quoter.TryTakeTable(in request, content)) tables++;
                quoter.Quote(in WideTop, Fair + i, sigma, new QtyLots(i % 50), i, targets);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_share_of_the_skew_is_what_quotes_lean_by_and_without_any_they_stay_at_the_models_spread_around_the_fair_price(string model)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Quoter whole = Create(model, new Random(seed)), half = Create(model, new Random(seed), skewFraction: 0.5), none = Create(model, new Random(seed), skewFraction: 0);
            foreach (Quoter quoter in (Quoter[])[whole, half, none]) Solve(quoter, 50, Fair);
            for (long position = -60; position <= 60; position += 15)
            {
                (long bid, long ask) = Pair(Prices(none, 50, position, bias: 0));
                (long wholeBid, long wholeAsk) = Pair(Prices(whole, 50, position, bias: 0));
                (long halfBid, long halfAsk) = Pair(Prices(half, 50, position, bias: 0));

                Assert.Equal(2 * Fair, bid + ask);
                Assert.InRange(ask - bid - (wholeAsk - wholeBid), -2, 2);   // ticks: each price is rounded away from the mid
                Assert.InRange((2 * (halfBid + halfAsk)) - (bid + ask) - (wholeBid + wholeAsk), -6, 6);
            }
        }

        static (long Bid, long Ask) Pair(long[] prices) => (prices[0], prices[1]);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Quotes_never_fall_with_the_view_nor_rise_with_inventory_under_it_and_move_by_less_than_the_spread(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        double score = (2 * random.NextDouble()) - 1;
        long[] plain = Prices(quoter, sigma, position, 0);
        View(quoter, score);
        long[] viewed = Prices(quoter, sigma, position, 0), both = Prices(quoter, sigma, position, bias), ofMoreInventory = Prices(quoter, sigma, position + random.Next(1, 60), bias);
        View(quoter, score + random.NextDouble());
        long[] ofMoreView = Prices(quoter, sigma, position, bias);
        double most = (0.8 * (plain[1] - plain[0]) / 2) + 1;   // a tick of rounding
        return viewed.Zip(plain).All(pair => Math.Abs(pair.First - pair.Second) <= most && (pair.First - pair.Second) * score >= 0)
            && ofMoreView.Zip(both).All(pair => pair.First >= pair.Second) && ofMoreInventory.Zip(both).All(pair => pair.First <= pair.Second);
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void View_book_inventory_and_bias_in_a_mirror_give_the_quotes_in_a_mirror(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        double score = (2 * random.NextDouble()) - 1;
        View(quoter, score);
        long[] quotes = Prices(quoter, sigma, position, bias);
        View(quoter, -score);
        long[] mirrored = Prices(quoter, sigma, -position, -bias);
        return quotes[0] - Fair == Fair - mirrored[1] && quotes[1] - Fair == Fair - mirrored[0];
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void At_its_target_a_view_or_a_drift_quotes_as_without_either_when_flat_and_buys_no_more_than_the_position_leaves_room_for(string model)
    {
        const double Sigma = 50;
        QuoteTarget[] flat = Quote(Plain(model), WideTop, Fair, Sigma, 0, 0);
        Quoter viewing = Plain(model, viewWeight: 0.5);
        View(viewing, 0.5);
        Quoter drifting = Plain(model, driftTicksPerSecond: 2 * PlainGamma * Sigma * Sigma);

        Assert.Equal(flat, Quote(viewing, WideTop, Fair, Sigma, 20, 0));
        Assert.Equal(flat, Quote(drifting, WideTop, Fair, Sigma, 20, 0));

        // A drift asks for half the largest inventory at most, and with a view that is against it they cancel.
        long[] most = Prices(Plain(model, driftTicksPerSecond: 1_000), Sigma, 0, 0);
        View(viewing, 1);
        Assert.Equal(Prices(viewing, Sigma, 0, 0), most);
        Quoter against = Plain(model, viewWeight: 0.5, driftTicksPerSecond: 1_000);
        View(against, -1);
        Assert.Equal(flat, Quote(against, WideTop, Fair, Sigma, 0, 0));

        Assert.Equal((0, 10), Quote(viewing, WideTop, Fair, Sigma, 10 * UnitsMax, 0) switch { var held => (held[0].Qty.Lots, held[1].Qty.Lots) });
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_view_of_the_settings_quotes_as_a_bias_of_its_score_and_both_add_up_to_the_largest_inventory_at_most(string model)
    {
        Quoter biased = Plain(model, viewWeight: 0.25);
        View(biased, 0.5);
        Assert.Equal(Prices(biased, 50, 0, 0), Prices(Plain(model, viewWeight: 0.25, viewScore: 0.5), 50, 0, 0));

        Quoter both = Plain(model, viewWeight: 0.75, viewScore: 1);
        long[] full = Prices(Plain(model, viewWeight: 1, viewScore: 1), 50, 0, 0);
        View(both, 1);
        Assert.Equal(full, Prices(both, 50, 0, 0));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Whatever_is_taken_for_a_bias_and_in_which_order_the_quotes_are_off_by_its_bounds_at_most(string model) => ForEveryCase(model, (quoter, sigma, position, bias, random) =>
    {
        const double BoundUnits = 1.5;
        const double BoundTicks = 3;
        Quoter bounded = Create(model, new Random(random.Next()), biasUnitsMax: BoundUnits, biasTicksMax: BoundTicks);
        Solve(bounded, sigma, Fair);
        long[] without = Prices(bounded, sigma, position, bias), asHeldLess = Prices(bounded, sigma, position - 15, bias), asHeldMore = Prices(bounded, sigma, position + 15, bias);
        for (int i = 0; i < 5; i++)
        {
            bounded.TakeBias(random.Next(int.MinValue, int.MaxValue), random.NextInt64(long.MinValue, long.MaxValue));
            long[] with = Prices(bounded, sigma, position, bias);

            // A target is a position that counts as flat: as if 1.5 base orders less, or more, were held.
            for (int side = 0; side < 2; side++)
            {
                if (with[side] > asHeldLess[side] + BoundTicks + 1 || with[side] < asHeldMore[side] - BoundTicks - 1) return false;
            }

            if (Math.Abs(bounded.BiasUnits) > BoundUnits || Math.Abs(bounded.BiasShiftNanoTicks) > BoundTicks * NanoTicks.One) return false;
        }

        bounded.TakeBias(0, 0);
        return Prices(bounded, sigma, position, bias).SequenceEqual(without);
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void A_shift_moves_both_quotes_by_its_ticks_up_to_its_bound(string model)
    {
        Quoter quoter = Plain(model, biasTicksMax: 7);
        long[] plain = Prices(quoter, 50, 0, 0);

        foreach ((long wanted, long moved) in (ReadOnlySpan<(long, long)>)[(4, 4), (7, 7), (8, 7), (-3, -3), (-1_000_000, -7), (0, 0)])
        {
            quoter.TakeBias(0, wanted * NanoTicks.One);
            Assert.Equal(plain.Select(ticks => ticks + moved), Prices(quoter, 50, 0, 0));
        }
    }

    private static void View(Quoter quoter, double score)
    {
        Assert.True(Bias.TryScore(score, out int scoreE8));
        quoter.TakeBias(scoreE8, 0);
    }

    /// <summary>Asks and takes, where the model has tables.</summary>
    internal static (QuoteTableRequest Request, byte[] Content) Solve(Quoter quoter, double sigma, double fair)
    {
        if (!quoter.TryAskForTable(sigma, fair, out QuoteTableRequest request)) return (request, []);
        byte[] content = Content(((GlftQuoter)quoter).Settings, request);
        Assert.True(quoter.TryTakeTable(in request, content));
        return (request, content);
    }

    /// <summary>The table that a question asks for.</summary>
    internal static byte[] Content(GlftSettings settings, in QuoteTableRequest request)
    {
        var table = new QuoteTable();
        Assert.Equal(SolveStatus.Solved, InventorySolver.SolveEndless(InventoryProblem.Glft(settings.At(request.SigmaTicks, request.FairTicks, request.ArrivalRatePerSecond, request.DecayPerTick)), settings.Pipeline.UnitsMax, table));
        byte[] content = new byte[QuoteTable.BytesMax];
        return content[..table.Write(content)];
    }

    private const double PlainGamma = 0.001;

    /// <summary>Without fees, and with a skew so small that two base orders of it stay within the clamp.</summary>
    private static Quoter Plain(string model, double viewWeight = 0, double driftTicksPerSecond = 0, double viewScore = 0, double biasTicksMax = 0)
    {
        const double K = 0.02;
        var pipeline = new QuotePipelineSettings
        {
            MakerFeeE8 = 0, MinEdgeE8 = 0, Levels = 1, Step = new TickDelta(1), BaseQty = new QtyLots(10), SizeMultiplierE8 = 100_000_000, UnitsMax = UnitsMax,
            ViewWeight = viewWeight, DriftTicksPerSecond = driftTicksPerSecond, ViewScore = viewScore, BiasTicksMax = biasTicksMax,
        };
        Quoter quoter = model == "avellaneda-stoikov"
            ? new AvellanedaStoikovQuoter(Instruments.Bitcoin, new AvellanedaStoikovSettings { Gamma = PlainGamma, K = K, TauSeconds = 1, MinSigmaTicks = 5, MaxSigmaTicks = 500, Pipeline = pipeline })
            : new GlftQuoter(Instruments.Bitcoin, new GlftSettings { Gamma = PlainGamma, ExecutionGamma = PlainGamma, ArrivalRatePerSecond = 5, K = K, ImpactTicks = 0, MinSigmaTicks = 5, MaxSigmaTicks = 500, IsExact = model == "glft-exact", Pipeline = pipeline });
        Solve(quoter, 50, Fair);
        return quoter;
    }

    private static Quoter Create(string model, Random random, int levels = 1, (double Rate, double Decay)? intensity = null, double skewFraction = 1, double biasUnitsMax = double.PositiveInfinity, double biasTicksMax = 0)
    {
        double gamma = Math.Pow(10, -2 - (3 * random.NextDouble()));
        double ownDecay = 0.01 + (random.NextDouble() / 2);
        double k = intensity?.Decay ?? ownDecay;
        var pipeline = new QuotePipelineSettings
        {
            MakerFeeE8 = random.Next(-5, 6) * 100,
            MinEdgeE8 = random.Next(3) * 1_000,
            Levels = levels,
            Step = new TickDelta(1),
            BaseQty = new QtyLots(10),
            SizeMultiplierE8 = 100_000_000,
            UnitsMax = UnitsMax,
            SkewFraction = skewFraction,
            ViewWeight = 1,
            BiasUnitsMax = biasUnitsMax,
            BiasTicksMax = biasTicksMax,
            StepMultiplierE8 = random.Next(100, 201) * 1_000_000L,
            AddingShrinkE8 = random.Next(2) * random.Next(1, 101) * 1_000_000L,
        };
        return model == "avellaneda-stoikov"
            ? new AvellanedaStoikovQuoter(Instruments.Bitcoin, new AvellanedaStoikovSettings { Gamma = gamma, K = k, TauSeconds = 1, MinSigmaTicks = 5, MaxSigmaTicks = 500, Pipeline = pipeline })
            : new GlftQuoter(Instruments.Bitcoin, new GlftSettings
            {
                Gamma = gamma,
                ExecutionGamma = random.Next(2) * gamma,
                ArrivalRatePerSecond = Math.Pow(10, 2 * random.NextDouble()) is var ownRate && intensity is { } given ? given.Rate : ownRate,
                K = k,
                ImpactTicks = random.Next(3),
                MinSigmaTicks = 5,
                MaxSigmaTicks = 500,
                IsExact = model == "glft-exact",
                Pipeline = pipeline,
            });
    }

    private static BookTop Top(long bidTicks, long askTicks) => new(new PriceTicks(bidTicks), new QtyLots(100), new PriceTicks(askTicks), new QtyLots(100));

    private static double AnyOr(Random random, double usual) => random.Next(4) switch
    {
        0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        1 => ((double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 0, -usual, 9e9])[random.Next(8)],
        _ => usual * (0.5 + random.NextDouble()),
    };

    private static QuoteTarget[] Quote(Quoter quoter, BookTop top, double fair, double sigma, long positionLots, double bias)
    {
        var targets = new QuoteTarget[quoter.TargetCount];
        Assert.Equal(targets.Length, quoter.Quote(in top, fair, sigma, new QtyLots(positionLots), bias, targets));
        return targets;
    }

    private static long[] Prices(Quoter quoter, double sigma, long positionLots, double bias) => [.. Quote(quoter, WideTop, Fair, sigma, positionLots, bias).Select(target => target.Price.Ticks)];

    private static void ForEveryCase(string model, Func<Quoter, double, long, double, Random, bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                Quoter quoter = Create(model, random);
                double sigma = random.Next(0, 600);
                Solve(quoter, sigma, Fair);
                return holds(quoter, sigma, random.Next(-100, 101), random.Next(-400, 401) / 4.0, random);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
