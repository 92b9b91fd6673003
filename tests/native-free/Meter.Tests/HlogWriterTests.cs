using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Meter.Tests;

/// <summary>The log as HdrHistogram's own reader sees it.</summary>
public sealed class HlogWriterTests
{
    private const long Start = 1_795_404_885_123;
    private static readonly double[] Levels = [0, 1, 25, 50, 90, 99, 99.9, 99.99, 99.999, 100];

    [HdrHistogramFact]
    public void The_real_reader_finds_the_same_counts_and_percentiles()
    {
        var random = new Random(7);
        LatencyHistogram[] histograms = [.. Enumerable.Range(0, 6).Select(_ => new LatencyHistogram())];
        for (int i = 0; i < 100_000; i++)
        {
            histograms[1].Record((long)Math.Exp(random.NextDouble() * 20));
            histograms[2].Record(300 + random.Next(50));
        }

        histograms[3].Record(0);
        histograms[4].Record(LatencyHistogram.HighestTrackableNanos);
        histograms[5].Record(1);
        for (int i = 0; i < 70_000; i++) histograms[5].Record(2_047);

        string path = Path.GetTempFileName();
        try
        {
            using (var text = new StreamWriter(path))
            {
                var log = new HlogWriter(text, Start);
                for (int i = 0; i < histograms.Length; i++) log.Write(histograms[i], i == 0 ? "" : $"series-{i}", startSeconds: i, lengthSeconds: 0.25);
            }

            JsonElement[] read = [.. NodeScripts.Run("foreign/read-hlog.mjs", path, string.Join(',', Levels.Select(level => level.ToString(CultureInfo.InvariantCulture)))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(histograms.Length, read.Length);
            for (int i = 0; i < histograms.Length; i++)
            {
                Assert.Equal(i == 0 ? "NO TAG" : $"series-{i}", read[i].GetProperty("tag").GetString());
                Assert.Equal(histograms[i].Count, read[i].GetProperty("count").GetInt64());
                if (i == 0) continue;   // of an empty one each has its own idea of a percentile
                Assert.Equal(Levels.Select(histograms[i].ValueAtPercentile), read[i].GetProperty("percentiles").EnumerateArray().Select(value => value.GetInt64()));
            }

            Assert.Equal(Start + 1_000, read[1].GetProperty("start").GetInt64());
            Assert.Equal(Start + 1_250, read[1].GetProperty("end").GetInt64());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_tag_that_would_break_the_line_is_refused()
    {
        using var text = new StringWriter();
        var log = new HlogWriter(text, Start);

        Assert.Throws<ArgumentException>(() => log.Write(new LatencyHistogram(), "a,b", 0, 1));
        Assert.Equal(3, text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <summary>Needs the package of tests/foreign.</summary>
    private sealed class HdrHistogramFactAttribute : FactAttribute
    {
        public HdrHistogramFactAttribute()
        {
            if (!NodeScripts.IsInstalled("foreign", "hdr-histogram-js")) Skip = "needs node and npm ci in tests/foreign";
        }
    }
}
