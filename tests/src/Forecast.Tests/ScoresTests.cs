using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

public sealed class ScoresTests
{
    private const double Exact = 1e-9;
    private const double Interval = 0.03;

    // The tolerance is on prices: 0.02 % of a price moves these means by as much in log.
    private const double PolishedLog = 2e-4;

    private static readonly Dictionary<string, Forecaster> Names = new()
    {
        ["naive"] = Forecaster.Naive,
        ["rw_drift"] = Forecaster.RandomWalkWithDrift,
        ["powerlaw"] = Forecaster.PowerLaw,
        ["analog"] = Forecaster.CycleAnalog,
        ["prophet"] = Forecaster.TrendModel,
        ["ensemble"] = Forecaster.RawEnsemble,
        ["powerlaw_anchored"] = Forecaster.AnchoredPowerLaw,
        ["prophet_anchored"] = Forecaster.AnchoredTrendModel,
        ["ensemble_anchored"] = Forecaster.EqualEnsemble,
    };

    [Fact]
    public void On_the_synthetic_series_the_scores_are_the_goldens() =>
        Compare(Goldens.Series("forecast_roll_series.csv"), ReferenceFiles.Golden("forecast_roll_scores.json"), [.. Enumerable.Range(0, 19).Select(i => 1500 + (90 * i))]);

    [ReferenceFact("reference/golden/forecast_roll_scores_real.json")]
    public void On_ten_years_of_real_closes_the_scores_are_the_goldens()
    {
        DailyCloses closes = Goldens.RealCloses();
        Compare(closes, ReferenceFiles.TryReference("reference/golden/forecast_roll_scores_real.json")!, RollingOrigins.Rows(closes, new DateOnly(2016, 1, 1), new DateOnly(2021, 12, 31), 45));
    }

    private static void Compare(DailyCloses closes, string path, IReadOnlyList<int> originRows)
    {
        var made = RollingOrigins.Run(closes, new ForecastSettings(), originRows, [1, 7, 30, 90]);
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("scores");
        int compared = 0;
        foreach (JsonProperty horizon in golden.EnumerateObject())
        {
            var scores = Scores.Of(made[int.Parse(horizon.Name)]);
            foreach ((string name, Forecaster forecaster) in Names)
            {
                JsonElement wanted = horizon.Value.GetProperty(name);
                ForecasterScore found = scores[forecaster];
                bool isFitted = name.StartsWith("prophet", StringComparison.Ordinal) || name.StartsWith("ensemble", StringComparison.Ordinal);
                Assert.Equal(horizon.Value.GetProperty("n").GetInt32(), found.Count);
                Near("mape", found.Mape.Value, 100);
                Near("mae_log", found.MaeLog, 1);
                Near("rmse_log", found.RmseLog, 1);
                void Near(string figure, double value, double unit)
                {
                    double target = wanted.GetProperty(figure).GetDouble();
                    Assert.True(Math.Abs(value - target) <= (isFitted ? PolishedLog * unit : Exact * target), $"{figure} of {name} at {horizon.Name}: wanted {target:R}, found {value:R}");
                    compared++;
                }
            }

            IntervalScore simulated = scores[Forecaster.TrendModel].Simulated80!;
            JsonElement pinball = horizon.Value.GetProperty("prophet_pinball_log");
            Goldens.Near(pinball.GetProperty("q10").GetDouble(), simulated.PinballLow.Value, Interval, "pinball at 10 %");
            Goldens.Near(pinball.GetProperty("q50").GetDouble(), simulated.PinballMiddle.Value, Interval, "pinball at 50 %");
            Goldens.Near(pinball.GetProperty("q90").GetDouble(), simulated.PinballHigh.Value, Interval, "pinball at 90 %");
            Assert.Equal(horizon.Value.GetProperty("prophet_coverage80").GetDouble(), simulated.Coverage.Value, 1e-12);

            IntervalScore conformal = scores[Forecaster.EqualEnsemble].Conformal80!;
            JsonElement wantedConformal = horizon.Value.GetProperty("conformal");
            Assert.Equal(wantedConformal.GetProperty("n").GetInt32(), conformal.Count);
            Assert.Equal(wantedConformal.GetProperty("coverage80").GetDouble(), conformal.Coverage.Value, 1e-12);
            Goldens.Near(wantedConformal.GetProperty("mean_log_width").GetDouble(), conformal.MeanLogWidth, Interval, "conformal width");
        }

        Assert.Equal(4 * 9 * 3, compared);
    }
}
