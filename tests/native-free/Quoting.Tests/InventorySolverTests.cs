using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Quoting.Tests;

public sealed class InventorySolverTests
{
    /// <summary>The absolute tolerance of the exact goldens.</summary>
    private const double Exact = 1e-7;

    [Fact]
    public void The_quotes_of_a_horizon_agree_with_the_goldens() =>
        AssertGolden("glft_finite_horizon.csv", 587, Exact, "delta_bid", "delta_ask", (row, table) =>
            InventorySolver.Solve(InventoryProblem.Glft(row.Market()), (int)row["Q"], row["tau"], table));

    [Fact]
    public void The_quotes_of_an_endless_horizon_agree_with_the_goldens() =>
        AssertGolden("glft_infinite_horizon.csv", 393, Exact, "delta_bid_eigen", "delta_ask_eigen", (row, table) =>
            InventorySolver.SolveEndless(InventoryProblem.Glft(row.Market()), (int)row["Q"], table));

    [Fact]
    public void The_quotes_under_a_decaying_drift_agree_with_the_goldens() =>
        AssertGolden("glft_decaying_drift.csv", 113, 1e-6, "delta_bid", "delta_ask", (row, table) =>
            InventorySolver.Solve(InventoryProblem.Glft(row.Market() with { Drift = row["alpha0"] }) with { DriftDecay = row["zeta"] }, (int)row["Q"], row["tau"], table));

    [Fact]
    public void Cartea_and_Jaimungals_quotes_agree_with_the_goldens() =>
        AssertGolden("cartea_jaimungal.csv", 111, Exact, "delta_bid", "delta_ask", (row, table) =>
            InventorySolver.Solve(InventoryProblem.CarteaJaimungal(row["lambda"], row["kappa"], row["phi"], row["alpha"], row["mu"]), (int)row["Q"], row["tau"], table));

    [Fact]
    public void Without_a_risk_of_execution_one_model_is_the_other()
    {
        GlftParameters market = Markets.Bitcoin with { ExecutionGamma = 0 };
        InventoryProblem penalties = InventoryProblem.CarteaJaimungal(market.ArrivalRate, market.K, market.Gamma * market.Sigma * market.Sigma / 2, terminalPenalty: 0, drift: 0);

        AssertSame(Endless(market, 10), Endless(penalties, 10), 1e-9);
    }

    [Fact]
    public void At_the_horizon_inventory_no_longer_matters_unless_it_is_penalised()
    {
        QuoteTable free = Within(InventoryProblem.Glft(Markets.Bitcoin), 5, tau: 0);
        QuoteTable penalised = Within(InventoryProblem.CarteaJaimungal(2, 0.02, 0, terminalPenalty: 0.5, drift: 0), 5, tau: 0);

        double fixedDistance = AvellanedaStoikov.ArrivalSpread(1e-5, 0.02) / 2;
        Assert.All(Enumerable.Range(-5, 10), q => Assert.Equal(fixedDistance, Bid(free, q), 9));
        // a ((q+1)^2 - q^2) = 0.5 (2q + 1)
        Assert.All(Enumerable.Range(-5, 10), q => Assert.Equal(50 + (0.5 * ((2 * q) + 1)), Bid(penalised, q), 9));
    }

    [Fact]
    public void Three_inventories_have_the_quotes_of_the_quadratic_equation()
    {
        // Q = 1 by symmetry: v_0 = 1, v_1 = x with (alpha - lambda) x = eta and -lambda = 2 eta x, so 2 x^2 + (alpha / eta) x - 1 = 0.
        InventoryProblem problem = InventoryProblem.Glft(Markets.Bitcoin with { Sigma = 2_000 });
        double ratio = problem.Quadratic / problem.FillRate;
        double x = (Math.Sqrt((ratio * ratio) + 8) - ratio) / 4;

        QuoteTable table = Endless(problem, 1);

        Assert.Equal(problem.FixedDistance - (Math.Log(x) / problem.K), Bid(table, 0), 9);
        Assert.Equal(problem.FixedDistance + (Math.Log(x) / problem.K), Bid(table, -1), 9);
    }

    [Fact]
    public void A_long_horizon_is_as_good_as_an_endless_one() => ForEveryMarket((market, random) =>
    {
        int units = random.Next(1, 20);
        InventoryProblem problem = InventoryProblem.Glft(in market);
        // The distance of the two smallest eigenvalues is at least that of a box without risk, 3 (pi/2)^2 eta / (Q+1)^2 near enough.
        double tau = 8.0 * (units + 1) * (units + 1) / problem.FillRate;
        var within = new QuoteTable();
        SolveStatus status = InventorySolver.Solve(in problem, units, tau, within);
        if (status is SolveStatus.HorizonTooLong or SolveStatus.BeyondPrecision) return true;

        Assert.Equal(SolveStatus.Solved, status);
        AssertSame(Endless(problem, units), within, 1e-6 / problem.K);
        return true;
    });

    [Fact]
    public void The_closed_form_is_close_where_the_bound_is_far()
    {
        Assert.True(Glft.TryQuote(Markets.Bitcoin, out GlftQuote closed));
        QuoteTable exact = Endless(Markets.Bitcoin, QuoteTable.UnitsLimit);

        Assert.Equal(closed.BidDistance(0), Bid(exact, 0), 1);
        Assert.Equal(closed.SkewPerUnit, Bid(exact, 1) - Bid(exact, 0), 1);
        // Near a bound the exact quotes push harder.
        Assert.True(Bid(Endless(Markets.Bitcoin, 10), 9) > closed.BidDistance(9) + 20);
    }

    [Fact]
    public void Quotes_fall_with_inventory_and_rise_with_the_drift() => ForEveryMarket((market, random) =>
    {
        int units = random.Next(1, QuoteTable.UnitsLimit + 1);
        QuoteTable table = Endless(market, units);
        QuoteTable higher = Endless(market with { Drift = market.Drift + (market.Gamma * market.Sigma * market.Sigma) }, units);
        double rounding = 1e-9 / market.K;
        for (int q = -units; q < units; q++)
        {
            if (q > -units && !(Bid(table, q) >= Bid(table, q - 1) && Ask(table, -q) >= Ask(table, -q + 1))) return false;
            if (!(Bid(higher, q) <= Bid(table, q) + rounding && Ask(higher, -q) >= Ask(table, -q) - rounding)) return false;
        }

        return true;
    });

    [Fact]
    public void A_mirrored_market_swaps_bid_and_ask() => ForEveryMarket((market, random) =>
    {
        int units = random.Next(1, QuoteTable.UnitsLimit + 1);
        AssertMirrored(Endless(market, units), Endless(market.Mirrored(), units), 1e-9 / market.K);

        InventoryProblem problem = InventoryProblem.Glft(in market);
        // A hundred steps at most.
        double tau = 2_000 * random.NextDouble() / ((problem.Quadratic * units * units) + (2 * problem.FillRate) + (2 * units * Math.Abs(problem.Linear)));
        double decay = random.Next(2) == 0 ? 0 : 3 / tau;
        var table = new QuoteTable();
        var mirror = new QuoteTable();
        SolveStatus status = InventorySolver.Solve(problem with { DriftDecay = decay }, units, tau, table);
        GlftParameters mirrored = market.Mirrored();
        Assert.Equal(status, InventorySolver.Solve(InventoryProblem.Glft(in mirrored) with { DriftDecay = decay }, units, tau, mirror));
        if (status == SolveStatus.Solved) AssertMirrored(table, mirror, 1e-9 / market.K);
        return true;
    });

    [Fact]
    public void Bid_and_ask_keep_at_least_the_fixed_distances_between_them() => ForEveryMarket((market, random) =>
    {
        int units = random.Next(2, QuoteTable.UnitsLimit + 1);
        QuoteTable table = Endless(market, units);
        double least = 2 * InventoryProblem.Glft(in market).FixedDistance;
        return Enumerable.Range(1 - units, (2 * units) - 1).All(q => Bid(table, q) + Ask(table, q) >= least - (1e-9 / market.K));
    });

    [Fact]
    public void A_fee_is_a_rarer_fill_whose_price_is_paid_on_top()
    {
        const double Fee = 12;
        QuoteTable taxed = Endless(Markets.Bitcoin with { Fee = Fee }, 10);
        QuoteTable rarer = Endless(Markets.Bitcoin with { ArrivalRate = Markets.Bitcoin.ArrivalRate * Math.Exp(-Markets.Bitcoin.K * Fee) }, 10);

        Assert.All(Enumerable.Range(-10, 20), q => Assert.Equal(Bid(rarer, q) + Fee, Bid(taxed, q), 9));
    }

    [Fact]
    public void A_lot_of_another_size_is_another_unit_of_inventory()
    {
        QuoteTable lots = Endless(Markets.Bitcoin with { Lot = 5 }, 10);
        QuoteTable units = Endless(Markets.Bitcoin with { Gamma = Markets.Bitcoin.Gamma * 5, ExecutionGamma = Markets.Bitcoin.ExecutionGamma * 5 }, 10);

        AssertSame(units, lots, 1e-9);
    }

    [Fact]
    public void A_drift_that_decays_moves_the_quotes_less_than_one_that_lasts()
    {
        InventoryProblem lasting = InventoryProblem.Glft(Markets.Bitcoin with { Drift = 0.05 });
        double still = Bid(Within(InventoryProblem.Glft(Markets.Bitcoin), 10, 120), 0);

        double slow = Bid(Within(lasting with { DriftDecay = 0.001 }, 10, 120), 0);
        double fast = Bid(Within(lasting with { DriftDecay = 1 }, 10, 120), 0);

        Assert.True(Bid(Within(lasting, 10, 120), 0) < slow && slow < fast && fast < still);
    }

    [Fact]
    public void What_is_not_in_range_is_refused_and_the_table_left_alone()
    {
        QuoteTable table = Endless(Markets.Bitcoin, 3);
        double held = Bid(table, 0);
        InventoryProblem good = InventoryProblem.Glft(Markets.Bitcoin);

        foreach (GlftParameters market in Markets.Broken(Markets.Bitcoin with { Drift = 1, Impact = 1, Fee = 1 }))
        {
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.Solve(InventoryProblem.Glft(in market), 10, 60, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(InventoryProblem.Glft(in market), 10, table));
        }

        foreach (double broken in new[] { double.NaN, double.PositiveInfinity, -1 })
        {
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.Solve(in good, 10, broken, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.Solve(good with { DriftDecay = broken }, 10, 60, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(InventoryProblem.CarteaJaimungal(broken, 1, 0, 0, 0), 10, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(InventoryProblem.CarteaJaimungal(1, broken, 0, 0, 0), 10, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(InventoryProblem.CarteaJaimungal(1, 1, broken, 0, 0), 10, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.Solve(InventoryProblem.CarteaJaimungal(1, 1, 0, broken, 0), 10, 60, table));
        }

        foreach (int units in new[] { 0, -1, QuoteTable.UnitsLimit + 1, int.MinValue })
        {
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.Solve(in good, units, 60, table));
            Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(in good, units, table));
        }

        Assert.Equal(SolveStatus.OutOfRange, InventorySolver.SolveEndless(good with { DriftDecay = 0.1 }, 10, table));
        Assert.Equal((3, held), (table.UnitsMax, Bid(table, 0)));
    }

    [Fact]
    public void A_horizon_that_would_take_too_long_is_refused() =>
        Assert.Equal(SolveStatus.HorizonTooLong, InventorySolver.Solve(InventoryProblem.Glft(Markets.Bitcoin), 10, 1e9, new QuoteTable()));

    [Fact]
    public void Quotes_beyond_the_digits_of_a_float_are_refused_for_a_horizon_and_solved_for_an_endless_one()
    {
        // Far out v_(q-1) / v_q = (alpha q^2 - lambda) / eta nearly: v at inventory 64 is 100^64 (64!)^2 = 2e306 times less than v at 0.
        InventoryProblem steep = InventoryProblem.CarteaJaimungal(orderRate: Math.E, kappa: 1, runningPenalty: 100, terminalPenalty: 0, drift: 0);

        Assert.Equal(SolveStatus.BeyondPrecision, InventorySolver.Solve(in steep, 64, 0.1, new QuoteTable()));
        Assert.Equal(1 + Math.Log(100 * 64 * 64), Bid(Endless(steep, 64), 63), 6);
    }

    [Fact]
    public void A_market_beyond_all_measure_is_refused_or_has_finite_quotes()
    {
        double[] numbers = [1e-300, 1e-100, 1e-9, 1, 1e9, 1e100, 1e300];
        var random = new Random(20261120);
        double Any() => numbers[random.Next(numbers.Length)];
        int solved = 0;
        for (int i = 0; i < 3_000; i++)
        {
            InventoryProblem problem = InventoryProblem.Glft(new GlftParameters
            {
                Gamma = Any(), ExecutionGamma = Any(), Sigma = Any(), ArrivalRate = Any(), K = Any(), Lot = Any(), Drift = random.Next(-1, 2) * Any(), Impact = random.Next(2) * Any(), Fee = random.Next(-1, 2) * Any(),
            });
            var table = new QuoteTable();
            SolveStatus[] statuses = [InventorySolver.SolveEndless(in problem, 4, table), InventorySolver.Solve(in problem, 4, 1, table)];

            Assert.DoesNotContain(SolveStatus.Unset, statuses);
            if (!statuses.Contains(SolveStatus.Solved)) continue;
            solved++;
            Assert.All(Enumerable.Range(-4, 8), q => Assert.True(Math.Abs(Bid(table, q)) <= NanoTicks.TicksMax && Math.Abs(Ask(table, -q)) <= NanoTicks.TicksMax, problem.ToString()));
        }

        Assert.True(solved > 20, $"only {solved} of the markets had quotes");
    }

    private static void AssertGolden(string file, int rowsExpected, double tolerance, string bid, string ask, Func<Golden, QuoteTable, SolveStatus> solve)
    {
        int rows = 0;
        foreach (IGrouping<string, Golden> group in Golden.Rows(file).GroupBy(row => $"{row["param"]} {row.Tau}"))
        {
            var table = new QuoteTable();
            Assert.Equal(SolveStatus.Solved, solve(group.First(), table));
            foreach (Golden row in group)
            {
                AssertSide(row[bid], table.TryBid(row["q"], out double bidDistance), bidDistance, row);
                AssertSide(row[ask], table.TryAsk(row["q"], out double askDistance), askDistance, row);
                rows++;
            }
        }

        Assert.Equal(rowsExpected, rows);

        void AssertSide(double expected, bool has, double distance, Golden row)
        {
            Assert.Equal(!double.IsNaN(expected), has);
            if (!has) return;
            Assert.True(Math.Abs(expected - distance) <= tolerance, $"{row}: expected {expected:R}, was {distance:R}");
        }
    }

    private static QuoteTable Within(InventoryProblem problem, int units, double tau)
    {
        var table = new QuoteTable();
        Assert.Equal(SolveStatus.Solved, InventorySolver.Solve(in problem, units, tau, table));
        return table;
    }

    private static QuoteTable Endless(GlftParameters market, int units) => Endless(InventoryProblem.Glft(in market), units);

    private static QuoteTable Endless(InventoryProblem problem, int units)
    {
        var table = new QuoteTable();
        Assert.True(InventorySolver.SolveEndless(in problem, units, table) == SolveStatus.Solved, problem.ToString());
        return table;
    }

    private static double Bid(QuoteTable table, int q) => table.TryBid(q, out double distance) ? distance : double.NaN;

    private static double Ask(QuoteTable table, int q) => table.TryAsk(q, out double distance) ? distance : double.NaN;

    private static void AssertSame(QuoteTable expected, QuoteTable actual, double tolerance)
    {
        Assert.Equal(expected.UnitsMax, actual.UnitsMax);
        for (int q = -expected.UnitsMax; q < expected.UnitsMax; q++)
        {
            Assert.True(Math.Abs(Bid(expected, q) - Bid(actual, q)) <= tolerance, $"bid at {q}: expected {Bid(expected, q):R}, was {Bid(actual, q):R}");
            Assert.True(Math.Abs(Ask(expected, -q) - Ask(actual, -q)) <= tolerance, $"ask at {-q}: expected {Ask(expected, -q):R}, was {Ask(actual, -q):R}");
        }
    }

    private static void AssertMirrored(QuoteTable table, QuoteTable mirror, double tolerance)
    {
        for (int q = -table.UnitsMax; q < table.UnitsMax; q++)
        {
            Assert.True(Math.Abs(Bid(table, q) - Ask(mirror, -q)) <= tolerance, $"bid at {q} {Bid(table, q):R}, mirrored ask {Ask(mirror, -q):R}");
        }
    }

    private static void ForEveryMarket(Func<GlftParameters, Random, bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                return holds(Markets.Generate(random), random);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
