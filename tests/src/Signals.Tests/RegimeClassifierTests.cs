using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Signals.Tests;

/// <summary>Regimes, against the golden series of independent code.</summary>
public sealed class RegimeClassifierTests
{
    [Fact]
    public void Every_regime_and_what_it_is_made_of_agrees_with_the_golden_series()
    {
        var set = new IndicatorSet(3_600_000);
        var classifier = new RegimeClassifier();
        var seen = new HashSet<MarketRegime>();
        foreach ((IReadOnlyDictionary<string, string> row, IReadOnlyDictionary<string, string> golden) in ReferenceFiles.GoldenRows("candles500.csv").Zip(ReferenceFiles.GoldenRows("regimes_signals500.csv")))
        {
            double Of(string column) => double.Parse(row[column]);
            var candle = new Candle(long.Parse(row["open_time_ms"]), Of("open"), Of("high"), Of("low"), Of("close"), Of("volume"));
            seen.Add(classifier.Next(in candle, set.Next(in candle)));

            AssertNear(golden["slope5_atr"], classifier.Slope, $"slope of {golden["i"]}");
            AssertNear(golden["atr_rank100"], classifier.AtrRank, $"rank of {golden["i"]}");
            AssertNear(golden["trend_strength"], classifier.TrendStrength, $"strength of {golden["i"]}");
            Assert.Equal((golden["i"], golden["regime_raw"], golden["regime_confirmed"]), (golden["i"], Named(classifier.Raw), Named(classifier.Confirmed)));
        }

        Assert.Equal(5, seen.Count);
    }

    private static void AssertNear(string expected, double own, string what)
    {
        double wanted = expected.Length == 0 ? double.NaN : double.Parse(expected);
        Assert.True(double.IsNaN(wanted) == double.IsNaN(own) && !(Math.Abs(own - wanted) > 1e-9 * Math.Max(1, Math.Abs(wanted))), $"{what}: {own} and not {wanted}");
    }

    private static string Named(MarketRegime regime)
    {
        var name = new StringBuilder();
        foreach (char letter in regime.ToString()) name.Append(char.IsUpper(letter) && name.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(letter));
        return name.ToString();
    }
}
