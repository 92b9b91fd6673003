using System.Globalization;

namespace LatencyEngine.Meter;

/// <summary>Writes the percentile table of HdrHistogram, the <c>.hgrm</c> text that its plotters read.</summary>
/// <remarks>Thread: the histogram's, or any while nothing is recorded. Allocates. Source: HdrHistogram, <c>AbstractHistogram.outputPercentileDistribution</c> and <c>PercentileIterator</c>; equal to them byte for byte.</remarks>
public static class HgrmWriter
{
    private const int TicksPerHalfDistance = 5;

    /// <summary>Writes table and footer, with 5 percentile steps to each halving of the distance to 100 %.</summary>
    /// <param name="histogram">What to write; an empty one gives the heading and a footer of zeros.</param>
    /// <param name="output">Gets the text; lines end in a line feed whatever the writer's own setting is.</param>
    /// <param name="unitScale">Nanoseconds in the unit wanted: 1,000 writes microseconds. Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not a positive number.</exception>
    public static void Write(LatencyHistogram histogram, TextWriter output, double unitScale)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        ArgumentNullException.ThrowIfNull(output);
        if (!(unitScale > 0) || double.IsInfinity(unitScale)) throw new ArgumentOutOfRangeException(nameof(unitScale), unitScale, "the unit must be a positive number of nanoseconds");

        output.Write($"{"Value",12} {"Percentile",14} {"TotalCount",10} {"1/(1-Percentile)",14}\n\n");
        WriteTable(histogram, output, unitScale);
        output.Write($"#[Mean    = {Fixed(histogram.Mean / unitScale, 3),12}, StdDeviation   = {Fixed(histogram.StandardDeviation / unitScale, 3),12}]\n");
        output.Write($"#[Max     = {Fixed(histogram.Max / unitScale, 3),12}, Total count    = {histogram.Count,12}]\n");
        output.Write($"#[Buckets = {LatencyHistogram.BucketCount,12}, SubBuckets     = {LatencyHistogram.SubBucketCount,12}]\n");
    }

    private static void WriteTable(LatencyHistogram histogram, TextWriter output, double unitScale)
    {
        long total = histogram.Count;
        long reached = 0;
        double level = 0;
        for (int i = 0; i < histogram.StepCount && reached < total; i++)
        {
            long here = histogram.CountAt(i);
            if (here == 0) continue;
            reached += here;
            string value = Fixed(LatencyHistogram.HighestEquivalent(i) / unitScale, 3);

            // One step may satisfy several levels, and each gets its row; the step with the last recording gets one row and then the closing one.
            while (100.0 * reached / total >= level)
            {
                output.Write($"{value,12} {Fixed(level / 100, 12)} {reached,10} {Fixed(1 / (1 - (level / 100)), 2),14}\n");
                level += 100.0 / TicksAt(level);
                if (reached == total) break;
            }

            if (reached == total) output.Write($"{value,12} {Fixed(1, 12)} {reached,10}\n");
        }
    }

    /// <summary>Percentile steps to the whole scale at this level: they double each time the distance to 100 % halves.</summary>
    private static long TicksAt(double level)
    {
        long halvings = (long)(Math.Log(100 / (100 - level)) / Math.Log(2)) + 1;
        return TicksPerHalfDistance * (long)Math.Pow(2, halvings);
    }

    /// <summary>A number with fixed decimals, rounded half up on its shortest decimal form: that is how Java prints it, while .NET rounds the exact binary value (1.0245 is 1.025 there and 1.024 here).</summary>
    private static string Fixed(double value, int decimals)
    {
        decimal shortest = decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
        return Math.Round(shortest, decimals, MidpointRounding.AwayFromZero).ToString("F" + decimals, CultureInfo.InvariantCulture);
    }
}
