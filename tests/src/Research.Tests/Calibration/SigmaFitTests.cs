using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class SigmaFitTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void Realised_and_bipower_agree_with_the_independent_numbers()
    {
        var increments = new List<(double Change, double Seconds)>();
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("volatility.csv"))
        {
            if (row["dt_s"].Length > 0) increments.Add((double.Parse(row["d_mid"]), double.Parse(row["dt_s"])));
            if (row["sigma_rv100"].Length == 0) continue;

            (double realised, double bipower) = SigmaFit.Sigmas(increments[^100..], without: -1);

            AssertClose(double.Parse(row["sigma_rv100"]), realised);
            AssertClose(double.Parse(row["sigma_bv100"]), bipower);
            rows++;
        }

        Assert.Equal(300, rows);
    }

    [Fact]
    public void The_exponentially_weighted_one_and_the_others_follow_from_the_sampled_mids()
    {
        BookPoint[] books = [.. Walk(new Random(7), 2_000, sigmaTicks: 20)];

        SigmaFit fit = SigmaFit.Of(books, timeConstantSeconds: 5, spacingMillis: 250)!;

        // From the definition, mid by mid.
        var sampled = new List<BookPoint> { books[0] };
        foreach (BookPoint book in books.Where(book => book.IsUsable))
        {
            if (book.Nanos >= sampled[^1].Nanos + (250 * Millisecond)) sampled.Add(book);
        }

        double[] changes = [.. sampled.Zip(sampled.Skip(1), (before, after) => after.MidTicks - before.MidTicks)];
        double[] seconds = [.. sampled.Zip(sampled.Skip(1), (before, after) => (after.Nanos - before.Nanos) / 1e9)];
        double variance = changes[0] * changes[0] / seconds[0];
        for (int i = 1; i < changes.Length; i++) variance += (1 - Math.Exp(-seconds[i] / 5)) * ((changes[i] * changes[i] / seconds[i]) - variance);
        double products = changes.Zip(changes.Skip(1), (before, after) => Math.Abs(before * after)).Sum();
        double realised = Math.Sqrt(changes.Sum(change => change * change) / seconds.Sum());
        double bipower = Math.Sqrt(Math.PI / 2 * changes.Length / (changes.Length - 1) * products / seconds.Sum());
        Assert.Equal(changes.Length, fit.Increments);
        AssertClose(Math.Sqrt(variance), fit.EwmaTicksPerSqrtSecond.Value);
        AssertClose(realised, fit.RealisedTicksPerSqrtSecond.Value);
        AssertClose(bipower, fit.BipowerTicksPerSqrtSecond.Value);
        AssertClose(Math.Max(0, 1 - Math.Pow(bipower / realised, 2)), fit.JumpShare);
    }

    [Fact]
    public void Intervals_cover_the_volatility_of_the_walk()
    {
        const int Seeds = 60;
        int[] covered = new int[3];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            SigmaFit fit = SigmaFit.Of([.. Walk(new Random(seed), 3_000, sigmaTicks: 200)], timeConstantSeconds: 30, spacingMillis: 100)!;

            Estimate[] estimates = [fit.EwmaTicksPerSqrtSecond, fit.RealisedTicksPerSqrtSecond, fit.BipowerTicksPerSqrtSecond];
            for (int i = 0; i < covered.Length; i++) covered[i] += estimates[i].Low <= 200 && 200 <= estimates[i].High ? 1 : 0;
            Assert.InRange(fit.RealisedTicksPerSqrtSecond.High!.Value - fit.RealisedTicksPerSqrtSecond.Low!.Value, 2, 40);
            Assert.InRange(fit.JumpShare, 0, 0.15);
        }

        Assert.All(covered, count => Assert.InRange(count, 50, Seeds));   // 57 are expected
    }

    [Fact]
    public void A_jump_is_in_the_realised_volatility_and_hardly_in_the_bipower_one()
    {
        BookPoint[] calm = [.. Walk(new Random(3), 3_000, sigmaTicks: 20)];
        BookPoint[] jumped = [.. calm.Select((book, i) => i < 1_500 ? book : new BookPoint(book.Nanos, Moved(book.Top, 2_000)))];

        SigmaFit fit = SigmaFit.Of(jumped, 30, 100)!;

        Assert.InRange(fit.JumpShare, 0.9, 1);
        Assert.InRange(fit.BipowerTicksPerSqrtSecond.Value, 18, 30);
    }

    [Fact]
    public void A_standing_market_has_no_volatility_and_no_interval_around_it()
    {
        SigmaFit fit = SigmaFit.Of([.. Walk(new Random(1), 100, sigmaTicks: 0)], 30, 100)!;

        Assert.Equal(new Estimate(0, null, null), fit.RealisedTicksPerSqrtSecond);
        Assert.Equal(new Estimate(0, null, null), fit.EwmaTicksPerSqrtSecond);
        Assert.Equal(0, fit.JumpShare);
    }

    [Fact]
    public void Fewer_than_two_changes_are_no_fit()
    {
        BookPoint[] books = [.. Walk(new Random(1), 3, sigmaTicks: 20)];

        Assert.NotNull(SigmaFit.Of(books, 30, 100));
        Assert.Null(SigmaFit.Of(books[..2], 30, 100));
        Assert.Null(SigmaFit.Of([], 30, 100));
    }

    /// <summary>A normal walk, a book every 100 to 200 ms.</summary>
    private static IEnumerable<BookPoint> Walk(Random random, int books, double sigmaTicks)
    {
        double price = 1_000_000;
        long nanos = 1_700_000_000_000 * Millisecond;
        for (int i = 0; i < books; i++)
        {
            long bid = (long)Math.Round(price);
            yield return new BookPoint(nanos, new BookTop(new PriceTicks(bid), new QtyLots(1), new PriceTicks(bid + 1), new QtyLots(1)));
            long millis = random.Next(100, 201);
            nanos += millis * Millisecond;
            price += sigmaTicks * Math.Sqrt(millis / 1e3) * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }
    }

    private static BookTop Moved(BookTop top, long ticks) => new(new PriceTicks(top.BidPrice.Ticks + ticks), top.BidQty, new PriceTicks(top.AskPrice.Ticks + ticks), top.AskQty);

    private static void AssertClose(double expected, double actual) => Assert.True(Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected), $"was to be {expected:R}, was {actual:R}");
}
