using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class MicropriceFitTests
{
    private const double GoldenTickSize = 0.5;

    [Fact]
    public void The_table_agrees_with_the_independent_numbers()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("microprice.json")));
        var transitions = new MicropriceTransitions(golden.RootElement.GetProperty("n_spread").GetInt32(), golden.RootElement.GetProperty("n_buckets").GetInt32(), moveHalfTicksMax: 2);
        BookTop[] tops = [.. ReferenceFiles.GoldenRows("book_series.csv").Select(row => Top(Ticks(row["bid"]), long.Parse(row["bid_qty"]), Ticks(row["ask"]) - Ticks(row["bid"]), long.Parse(row["ask_qty"])))];
        for (int i = 1; i < tops.Length; i++) transitions.Add(in tops[i - 1], in tops[i]);

        double[] adjustments = transitions.Solve()!;

        double[] counts = Numbers("count_with_mirror");
        double[] expected = Numbers("Gstar");
        Assert.Equal(10, adjustments.Length);
        for (int state = 0; state < adjustments.Length; state++)
        {
            Assert.Equal(counts[state], transitions.Changes(state));
            Assert.True(Math.Abs((adjustments[state] * GoldenTickSize) - expected[state]) < 1e-9 * Math.Max(Math.Abs(expected[state]), 1e-3), $"state {state}: {adjustments[state] * GoldenTickSize:R}, was to be {expected[state]:R}");
        }

        double[] Numbers(string name) => [.. golden.RootElement.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

        static long Ticks(string price) => (long)(decimal.Parse(price) / 0.5m);
    }

    [Fact]
    public void The_table_is_the_sum_of_all_expected_moves_to_come()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            Chain chain = new(seed);
            BookPoint[] books = [.. chain.Books(new Random(seed), 3_000)];

            MicropriceFit fit = MicropriceFit.Of(books);

            double[] expected = SlowTable(books);
            Assert.Null(fit.Rejected);
            for (int state = 0; state < MicropriceFit.ImbalanceBuckets; state++)
            {
                Assert.True(Math.Abs(fit.States[state].AdjustmentTicks.Value - expected[state]) < 1e-7, $"seed {seed}, state {state}: {fit.States[state].AdjustmentTicks.Value:R}, was to be {expected[state]:R}");
            }
        }
    }

    [Fact]
    public void Intervals_cover_the_table_of_the_chain_that_made_the_books()
    {
        const int Seeds = 60;
        Chain chain = new(11);
        double[] truth = chain.Table();
        int[] covered = new int[2];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            MicropriceFit fit = MicropriceFit.Of([.. chain.Books(new Random(seed), 4_000)]);

            for (int state = 0; state < covered.Length; state++)
            {
                Estimate estimate = fit.States[state].AdjustmentTicks;
                covered[state] += estimate.Low <= truth[state] && truth[state] <= estimate.High ? 1 : 0;
                Assert.InRange(estimate.High!.Value - estimate.Low!.Value, 0.01, Math.Abs(truth[0]));
            }

            Assert.Equal(0, fit.States[2].AdjustmentTicks.Value);   // as many buyers as sellers: the mid
        }

        Assert.All(covered, count => Assert.InRange(count, 50, Seeds));   // 57 are expected
    }

    [Fact]
    public void States_are_named_by_spread_and_share_and_those_never_seen_have_no_interval()
    {
        MicropriceFit fit = MicropriceFit.Of([.. new Chain(5).Books(new Random(5), 2_000)]);

        Assert.Equal([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3], fit.States.Select(state => state.SpreadTicks));
        Assert.Equal((0.2, 0.4), (fit.States[6].ImbalanceFrom, fit.States[6].ImbalanceTo));
        Assert.All(fit.States.Take(5), state => Assert.True(state.Changes > 0 && state.AdjustmentTicks.Low is not null));
        Assert.All(fit.States.Skip(5), state => Assert.Equal(new Estimate(0, null, null), state.AdjustmentTicks));
    }

    [Fact]
    public void A_mid_that_never_moves_has_no_table()
    {
        BookPoint[] books = [.. Enumerable.Range(0, 100).Select(i => new BookPoint(i, Top(100, 1 + (i % 9), 1, 5)))];

        MicropriceFit fit = MicropriceFit.Of(books);

        Assert.Empty(fit.States);
        Assert.NotNull(fit.Rejected);
    }

    [Fact]
    public void What_lies_across_a_lost_book_is_no_change()
    {
        BookPoint[] books = [.. new Chain(5).Books(new Random(5), 2_000)];
        BookPoint[] holed = [.. books.Select((book, i) => i % 10 == 0 ? new BookPoint(book.Nanos, default) : book)];

        long changes = MicropriceFit.Of(holed).States.Sum(state => state.Changes);

        Assert.Equal(2 * 200 * 8, changes);   // of ten books one is lost: eight changes are left, each with its mirror image
    }

    private static BookTop Top(long bid, long bidLots, long spread, long askLots) => new(new PriceTicks(bid), new QtyLots(bidLots), new PriceTicks(bid + spread), new QtyLots(askLots));

    /// <summary>Without any matrix inverse: the expected move of each state, carried on through the chain until nothing is left of it.</summary>
    private static double[] SlowTable(BookPoint[] books)
    {
        const int States = 5;
        double[,] to = new double[States, States];
        double[] move = new double[States];
        double[] count = new double[States];
        for (int i = 1; i < books.Length; i++)
        {
            (int from, int next) = (Bucket(books[i - 1].Top), Bucket(books[i].Top));
            double moved = Math.Clamp(books[i].MidTicks - books[i - 1].MidTicks, -10, 10);
            foreach ((int a, int b, double m) in new[] { (from, next, moved), (States - 1 - from, States - 1 - next, -moved) })
            {
                to[a, b]++;
                move[a] += m;
                count[a]++;
            }
        }

        return Carry(States, (a, b) => to[a, b] / count[a], a => move[a] / count[a]);
    }

    private static double[] Carry(int states, Func<int, int, double> to, Func<int, double> move)
    {
        double[] sum = new double[states];
        double[] next = [.. Enumerable.Range(0, states).Select(move)];
        for (int step = 0; step < 20_000 && next.Max(Math.Abs) > 1e-13; step++)
        {
            for (int state = 0; state < states; state++) sum[state] += next[state];
            next = [.. Enumerable.Range(0, states).Select(a => Enumerable.Range(0, states).Sum(b => to(a, b) * next[b]))];
        }

        return sum;
    }

    private static int Bucket(BookTop top) => (int)(5.0 * top.BidQty.Lots / (top.BidQty.Lots + top.AskQty.Lots));

    /// <summary>Five imbalances, a spread of one tick: which follows which, and with what chance the mid moves on the way, the same when mirrored.</summary>
    private sealed class Chain
    {
        private const int States = 5;
        private readonly double[,] _to = new double[States, States];
        private readonly double[] _up = new double[States];
        private readonly double[] _down = new double[States];

        public Chain(int seed)
        {
            var random = new Random(seed);
            for (int from = 0; from < States; from++)
            {
                double[] weights = [.. Enumerable.Range(0, States).Select(_ => 0.2 + random.NextDouble())];
                for (int next = 0; next < States; next++)
                {
                    _to[from, next] += weights[next] / weights.Sum() / 2;
                    _to[States - 1 - from, States - 1 - next] += weights[next] / weights.Sum() / 2;
                }

                _up[from] = 0.02 + (0.07 * from);
                _down[States - 1 - from] = _up[from];
            }
        }

        public double[] Table() => Carry(States, (a, b) => _to[a, b], a => _up[a] - _down[a]);

        public IEnumerable<BookPoint> Books(Random random, int count)
        {
            long bid = 1_000_000;
            int state = 2;
            for (int i = 0; i < count; i++)
            {
                yield return new BookPoint(i * 100_000_000L, Top(bid, (2 * state) + 1, 1, (2 * (States - state)) - 1));
                double moves = random.NextDouble();
                if (moves < _up[state]) bid++;
                else if (moves < _up[state] + _down[state]) bid--;
                double place = random.NextDouble();
                int next = 0;
                while (next < States - 1 && place >= _to[state, next]) place -= _to[state, next++];
                state = next;
            }
        }
    }
}
