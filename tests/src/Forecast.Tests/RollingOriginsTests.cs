using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

/// <summary>Every rolling forecast against the goldens: what does not contain the fitted model to 1e-9, what does to 0.02 %, intervals to 3 %.</summary>
public sealed class RollingOriginsTests
{
    private const double Exact = 1e-9;
    private const double Polished = 2e-4;
    private const double Interval = 0.03;

    private static readonly int[] Horizons = [1, 7, 30, 90];

    [Fact]
    public void On_the_synthetic_series_every_forecast_is_the_goldens()
    {
        DailyCloses closes = Goldens.Series("forecast_roll_series.csv");
        Compare(closes, [.. ReferenceFiles.GoldenRows("forecast_roll.csv")]);
    }

    [ReferenceFact("reference/golden/forecast_roll_real.csv")]
    public void On_ten_years_of_real_closes_every_forecast_is_the_goldens()
    {
        string path = ReferenceFiles.TryReference("reference/golden/forecast_roll_real.csv")!;
        Compare(Goldens.RealCloses(), [.. ReferenceFiles.Rows(path)]);
    }

    private static void Compare(DailyCloses closes, IReadOnlyList<IReadOnlyDictionary<string, string>> golden)
    {
        int[] rows = [.. golden.Select(row => int.Parse(row["origin_row"])).Distinct()];
        var made = RollingOrigins.Run(closes, new ForecastSettings(), rows, Horizons);
        Assert.Equal(golden.Count, made.Values.Sum(forecasts => forecasts.Count));
        foreach (IReadOnlyDictionary<string, string> row in golden)
        {
            OriginForecast found = Assert.Single(made[int.Parse(row["horizon"])], forecast => forecast.Origin == Goldens.Day(row["origin_date"]));
            void Holds(string column, double logPrice, double tolerance) => Goldens.Near(Goldens.Number(row[column])!.Value, Math.Exp(logPrice), tolerance, $"{column} {row["horizon"]} days after {row["origin_date"]}");
            void Says(string column, Forecaster forecaster, double tolerance) => Holds(column, found.LogPrices[(int)forecaster], tolerance);

            Holds("actual", found.ActualLogPrice, Exact);
            Says("naive", Forecaster.Naive, Exact);
            Says("rw_drift", Forecaster.RandomWalkWithDrift, Exact);
            Says("powerlaw", Forecaster.PowerLaw, Exact);
            Says("analog", Forecaster.CycleAnalog, Exact);
            Says("prophet", Forecaster.TrendModel, Polished);
            Says("ensemble_equal", Forecaster.RawEnsemble, Polished);
            Says("powerlaw_anchored", Forecaster.AnchoredPowerLaw, Exact);
            Says("prophet_anchored", Forecaster.AnchoredTrendModel, Polished);
            Says("ensemble_anchored", Forecaster.EqualEnsemble, Polished);
            double model = found.LogPrices[(int)Forecaster.TrendModel];
            Holds("lo80", model - (Scores.Deviations80 * found.SimulatedLogDeviation), Interval);
            Holds("hi80", model + (Scores.Deviations80 * found.SimulatedLogDeviation), Interval);

            double ensemble = found.LogPrices[(int)Forecaster.EqualEnsemble];
            double? half = found.ConformalHalfWidths[(int)Forecaster.EqualEnsemble].At80;
            Assert.Equal(row["lo80_conformal"].Length == 0, half is null);
            if (half is null) continue;
            Holds("lo80_conformal", ensemble - half.Value, Interval);
            Holds("hi80_conformal", ensemble + half.Value, Interval);
        }
    }
}
