using System.Text.Json;
using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class OrderFlowFitTests
{
    private const long StepNanos = 50_000_000;
    private const double StepSeconds = StepNanos / 1e9;

    [Fact]
    public void The_regression_agrees_with_the_independent_numbers()
    {
        const int Block = 10;
        BookTop[] tops = [.. ReferenceFiles.GoldenRows("book_series.csv").Select(row => new BookTop(Ticks(row["bid"]), new QtyLots(long.Parse(row["bid_qty"])), Ticks(row["ask"]), new QtyLots(long.Parse(row["ask_qty"]))))];
        (List<double> flow, List<double> moves) = ([], []);
        for (int j = 1; j + Block - 1 < tops.Length; j += Block)
        {
            flow.Add(Enumerable.Range(j, Block).Sum(i => OrderFlowImbalance.EventLots(in tops[i - 1], in tops[i])));
            moves.Add((tops[j + Block - 1].TwiceMidTicks - tops[j - 1].TwiceMidTicks) * 0.25);   // a tick is 0.5
        }

        LineFit fit = LineFit.Of(flow, moves)!;

        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("microprice.json")));
        JsonElement expected = golden.RootElement.GetProperty("ofi_regression_10_updates");
        Assert.Equal(expected.GetProperty("n").GetInt32(), flow.Count);
        AssertClose(expected.GetProperty("intercept").GetDouble(), fit.Intercept);
        AssertClose(expected.GetProperty("slope").GetDouble(), fit.Slope);
        AssertClose(expected.GetProperty("r2").GetDouble(), fit.R2);

        static PriceTicks Ticks(string price) => new((long)(decimal.Parse(price) / 0.5m));
    }

    [Fact]
    public void A_decaying_alpha_is_found_with_its_half_life_and_holds_on_what_was_not_fitted()
    {
        const double HalfLife = 2;
        const double Alpha = 2;
        const int Seeds = 10;
        double left = Math.Pow(0.5, StepSeconds / HalfLife);
        double truth = Enumerable.Range(0, (int)(1 / StepSeconds)).Sum(step => Alpha * StepSeconds * Math.Pow(left, step));
        (int covered, int found) = (0, 0);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            OrderFlowFit fit = OrderFlowFit.Of([.. Market(new Random(seed), seconds: 1_200, HalfLife, Alpha)])!;

            Assert.InRange(fit.R2OutOfSample, 0.1, 1);
            if (fit.HalfLifeSeconds != HalfLife) continue;
            found++;
            covered += fit.NextWindowTicksPerLot.Low <= truth && truth <= fit.NextWindowTicksPerLot.High ? 1 : 0;
            Assert.InRange(fit.AlphaTicksPerSecondPerLot, 0.8 * Alpha, 1.2 * Alpha);
        }

        Assert.InRange(found, 7, Seeds);
        Assert.InRange(covered, found - 2, found);
    }

    [Fact]
    public void Flow_that_says_nothing_about_the_next_second_is_seen_to_say_nothing()
    {
        OrderFlowFit fit = OrderFlowFit.Of([.. Market(new Random(4), seconds: 1_200, halfLifeSeconds: 2, alpha: 0)])!;

        Assert.InRange(fit.R2InSample, 0, 0.02);
        Assert.InRange(fit.R2OutOfSample, -0.02, 0.01);
        Assert.True(fit.NextWindowTicksPerLot.Low < 0 && fit.NextWindowTicksPerLot.High > 0);
    }

    [Fact]
    public void Two_thirds_are_fitted_and_windows_that_a_lost_book_touches_are_left_out()
    {
        BookPoint[] books = [.. Market(new Random(4), seconds: 301.5, halfLifeSeconds: 2, alpha: 0)];
        OrderFlowFit whole = OrderFlowFit.Of(books)!;
        Assert.Equal((200, 100), (whole.Windows, whole.WindowsAfter));

        int middle = Array.FindIndex(books, book => book.Nanos > books[0].Nanos + 100_500_000_000);
        books[middle] = new BookPoint(books[middle].Nanos, default);
        OrderFlowFit holed = OrderFlowFit.Of(books)!;

        Assert.Equal(298, holed.Windows + holed.WindowsAfter);
    }

    [Fact]
    public void Too_few_seconds_or_a_standing_market_are_no_fit()
    {
        Assert.Null(OrderFlowFit.Of([]));
        Assert.Null(OrderFlowFit.Of([.. Market(new Random(4), seconds: 25, halfLifeSeconds: 2, alpha: 0)]));
        Assert.Null(OrderFlowFit.Of([.. Enumerable.Range(0, 2_000).Select(i => new BookPoint(i * StepNanos, Top(100, 1 + (i % 5))))]));
    }

    /// <summary>The price rises with every book, so that an event is the new quantity at the bid, whatever the size of the rise; and that goes with the decayed sum of the events, and noise.</summary>
    private static IEnumerable<BookPoint> Market(Random random, double seconds, double halfLifeSeconds, double alpha)
    {
        double left = Math.Pow(0.5, StepSeconds / halfLifeSeconds);
        double sum = 0;
        double price = 10_000_000;
        int steps = (int)(seconds / StepSeconds);
        for (int i = 0; i <= steps; i++)
        {
            int lots = random.Next(1, 101);
            yield return new BookPoint(1_700_000_000_000_000_000 + (i * StepNanos), Top((long)price, lots));
            sum = (sum * left) + (i == 0 ? 0 : lots + 1);
            price += 1 + (alpha * sum * StepSeconds) + (140 * random.NextDouble());
        }
    }

    private static BookTop Top(long bid, long bidLots) => new(new PriceTicks(bid), new QtyLots(bidLots), new PriceTicks(bid + 1), new QtyLots(1));

    private static void AssertClose(double expected, double actual) => Assert.True(Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected), $"was to be {expected:R}, was {actual:R}");
}
