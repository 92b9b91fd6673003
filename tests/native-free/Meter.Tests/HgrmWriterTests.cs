using System.Globalization;
using LatencyEngine.TestData;

namespace LatencyEngine.Meter.Tests;

public sealed class HgrmWriterTests
{
    [Fact]
    public void The_text_equals_what_HdrHistogram_itself_writes()
    {
        // eight-values.us.hgrm: Java HdrHistogram 2.2.2, new Histogram(1, 3600000000000L, 3), outputPercentileDistribution(stream, 5, 1000.0).
        string expected = File.ReadAllText(ReferenceFiles.InRepository("tests/native-free/Meter.Tests/eight-values.us.hgrm"));

        Assert.Equal(expected, Written(Of(100, 200, 200, 300, 1_500, 2_500, 2_500, 100_000), unitScale: 1_000));
    }

    [Fact]
    public void A_number_halfway_between_two_digits_is_rounded_as_Java_does()
    {
        // Mean 1,024.5 ns is 1.0245 us, in binary a little below the half: Java rounds its decimal form up.
        Assert.Equal(
            """
                   Value     Percentile TotalCount 1/(1-Percentile)

                   1.024 0.000000000000          1           1.00
                   1.024 0.100000000000          1           1.11
                   1.024 0.200000000000          1           1.25
                   1.024 0.300000000000          1           1.43
                   1.024 0.400000000000          1           1.67
                   1.024 0.500000000000          1           2.00
                   1.025 0.550000000000          2           2.22
                   1.025 1.000000000000          2
            #[Mean    =        1.025, StdDeviation   =        0.001]
            #[Max     =        1.025, Total count    =            2]
            #[Buckets =           32, SubBuckets     =         2048]

            """,
            Written(Of(1_024, 1_025), unitScale: 1_000));
    }

    [Fact]
    public void An_empty_histogram_gives_heading_and_footer()
    {
        Assert.Equal(
            """
                   Value     Percentile TotalCount 1/(1-Percentile)

            #[Mean    =        0.000, StdDeviation   =        0.000]
            #[Max     =        0.000, Total count    =            0]
            #[Buckets =           32, SubBuckets     =         2048]

            """,
            Written(Of(), unitScale: 1));
    }

    [Fact]
    public void Every_row_agrees_with_the_percentile_it_names()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            LatencyHistogram histogram = Of([.. Enumerable.Range(0, random.Next(1, 5_000)).Select(_ => (long)Math.Pow(10, 10 * random.NextDouble()))]);
            string[] rows = Written(histogram, unitScale: 1).Split('\n')[2..^4];

            Assert.All(rows, row =>
            {
                string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                double percentile = double.Parse(cells[1], CultureInfo.InvariantCulture) * 100;

                // A row's level lies at or below the share its count has reached; its value is the first whose count reaches the level.
                if (percentile > 0) Assert.True(histogram.ValueAtPercentile(percentile) == (long)double.Parse(cells[0], CultureInfo.InvariantCulture), $"seed {seed}: {row}");
            });
            Assert.EndsWith($" 1.000000000000 {histogram.Count,10}", rows[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Lines_end_in_a_line_feed_whatever_the_writer_would_use()
    {
        using var output = new StringWriter { NewLine = "\r\n" };
        HgrmWriter.Write(Of(1), output, 1);

        Assert.DoesNotContain('\r', output.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_unit_that_is_not_a_positive_number_is_refused(double unitScale)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HgrmWriter.Write(Of(1), TextWriter.Null, unitScale));
    }

    private static LatencyHistogram Of(params long[] nanos)
    {
        var histogram = new LatencyHistogram();
        foreach (long value in nanos) histogram.Record(value);
        return histogram;
    }

    private static string Written(LatencyHistogram histogram, double unitScale)
    {
        using var output = new StringWriter();
        HgrmWriter.Write(histogram, output, unitScale);
        return output.ToString();
    }
}
