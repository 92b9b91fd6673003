using System.Globalization;
using System.Xml.Linq;
using LatencyEngine.Meter;
using static LatencyEngine.Research.Html;

namespace LatencyEngine.Research;

/// <summary>The page of latency histograms: a table of percentiles, and each series drawn by percentile; one file that loads nothing.</summary>
public static class LatencyPage
{
    private const int LinesOfChart = 5;   // as many colours as there are
    private const int PointsOfLine = 120;
    private static readonly double[] Percentiles = [50, 90, 99, 99.9, 99.99, 100];

    /// <summary>The whole document; also well-formed XML.</summary>
    /// <param name="title">Heading.</param>
    /// <param name="notes">What was measured, and on what, a paragraph each.</param>
    /// <param name="series">By name; empty ones are left out.</param>
    public static string Render(string title, IEnumerable<string> notes, IReadOnlyList<(string Name, LatencyHistogram Histogram)> series)
    {
        (string Name, LatencyHistogram Histogram)[] shown = [.. series.Where(one => one.Histogram.Count > 0)];
        return Page(
            title,
            new XElement("header", Element("div", "eyebrow", "LatencyEngine bench"), new XElement("h1", title), notes.Select(note => Element("p", "soft", note))),
            Section(
                "Percentiles",
                Table(
                    "table",
                    ["series", "count", .. Percentiles.Select(percentile => percentile == 100 ? "max" : $"p{percentile.ToString(CultureInfo.InvariantCulture)}")],
                    shown.Select(one => Row(one.Name, [one.Histogram.Count.ToString("#,0", CultureInfo.InvariantCulture), .. Percentiles.Select(percentile => Figure(one.Histogram, percentile))])))),
            Section("By percentile", shown.Chunk(LinesOfChart).Select(chunk => Html.Figure(Draw(chunk), wideHeight: 360, narrowHeight: 280))));
    }

    private static string Figure(LatencyHistogram histogram, double percentile)
    {
        double nanos = percentile == 100 ? histogram.Max : histogram.ValueAtPercentile(percentile);
        return nanos switch
        {
            < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanos:#,0} ns"),
            < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanos / 1e3:#,0.0} us"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{nanos / 1e6:#,0.0} ms"),
        };
    }

    private static Chart Draw((string Name, LatencyHistogram Histogram)[] series)
    {
        double decadesMax = Math.Log10(Math.Max(10, series.Max(one => one.Histogram.Count)));
        ChartLine[] lines = [.. series.Select(one => new ChartLine(one.Name, [.. Points(one.Histogram)], IsStep: false))];
        return new Chart(
            string.Join(", ", series.Select(one => one.Name)),
            "Latency by percentile, both axes logarithmic.",
            ChartAxis.Percentile(decadesMax),
            ChartAxis.Latency(lines.SelectMany(line => line.Points).Select(point => point.Y)),
            lines,
            [],
            Baseline: null);
    }

    /// <summary>Up to the finest percentile that the series resolves.</summary>
    private static IEnumerable<ChartPoint> Points(LatencyHistogram histogram)
    {
        double decades = Math.Log10(Math.Max(2, histogram.Count));
        for (int i = 0; i <= PointsOfLine; i++)
        {
            double at = decades * i / PointsOfLine;
            double percentile = i == PointsOfLine ? 100 : 100 * (1 - Math.Pow(10, -at));
            yield return new ChartPoint(at, Math.Log10(Math.Max(1, histogram.ValueAtPercentile(percentile))));
        }
    }
}
