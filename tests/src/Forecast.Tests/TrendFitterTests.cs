using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

/// <summary>Fits against the goldens, which come from another solver, in the tolerance that the goldens call polished.</summary>
public sealed class TrendFitterTests
{
    private const double ObjectiveTolerance = 1e-3;
    private const double LogTolerance = 1e-4;

    private static readonly JsonElement Fits = Parse("forecast_fit.json").GetProperty("fits");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_additive_fit_is_the_goldens_optimum_in_the_sample_and_ninety_days_ahead(int number)
    {
        JsonElement golden = Fits[number];
        DailyCloses closes = Goldens.Series("forecast_fit_series.csv");
        TrendModel model = TrendFitter.Fit(closes, SettingsOf(golden.GetProperty("config")));

        double objective = golden.GetProperty("neg_log_posterior").GetDouble();
        Assert.InRange(model.NegativeLogPosterior, objective - 1e-6, objective + ObjectiveTolerance);
        Assert.Equal(golden.GetProperty("changepoint_rows").EnumerateArray().Select(row => closes.DayNumbers[row.GetInt32()]), model.Changepoints.Select(day => day.DayNumber));
        Assert.Equal(golden.GetProperty("nonzero_delta").GetInt32(), model.Bends.Count(bend => bend != 0));
        Assert.Equal(golden.GetProperty("sigma_obs_scaled").GetDouble(), model.Sigma, 1e-8);
        foreach (JsonElement point in golden.GetProperty("predict").EnumerateArray())
        {
            DateOnly day = Goldens.Day(point.GetProperty("date").GetString()!);
            Assert.Equal(point.GetProperty("yhat").GetDouble(), model.LogPrice(day), LogTolerance);
            Assert.Equal(point.GetProperty("trend").GetDouble(), model.Trend(day), LogTolerance);
            Assert.Equal(point.GetProperty("seasonal").GetDouble(), model.Season(day), LogTolerance);
        }

        foreach (JsonElement point in golden.GetProperty("future").EnumerateArray())
        {
            DateOnly day = Goldens.Day(point.GetProperty("date").GetString()!);
            Goldens.Near(point.GetProperty("sd_closed_form").GetDouble(), model.LogStandardDeviation(day), 1e-5, $"standard deviation on {day}");
            Goldens.Near(point.GetProperty("sd_sim20000").GetDouble(), model.LogStandardDeviation(day), 0.015, $"simulated standard deviation on {day}");
        }
    }

    [Fact]
    public void A_multiplicative_fit_is_the_goldens_best_of_eight()
    {
        JsonElement golden = Parse("forecast_mult_fit.json");
        JsonElement config = golden.GetProperty("config");
        DailyCloses closes = Goldens.Series("forecast_mult_series.csv");
        TrendModel model = TrendFitter.Fit(closes, new ForecastSettings
        {
            Form = ForecastForm.Multiplicative,
            Changepoints = config.GetProperty("n_cp").GetInt32(),
            ChangepointPriorScale = config.GetProperty("tau").GetDouble(),
            YearlyOrder = config.GetProperty("yearly").GetInt32(),
            WeeklyOrder = config.GetProperty("weekly").GetInt32(),
            HalvingOrder = 0,
            SeasonalityPriorScale = config.GetProperty("sb").GetDouble(),
        });

        double objective = golden.GetProperty("neg_log_posterior").GetDouble();
        Assert.InRange(model.NegativeLogPosterior, objective - 1e-4, objective + 1e-3);
        foreach (JsonElement point in golden.GetProperty("predict").EnumerateArray())
        {
            DateOnly day = DateOnly.FromDayNumber(closes.DayNumbers[0] + point.GetProperty("row").GetInt32());
            Goldens.Near(point.GetProperty("yhat").GetDouble(), model.Value(day), 1e-4, $"price on {day}");
            Goldens.Near(point.GetProperty("multiplier").GetDouble(), 1 + model.Season(day), 1e-4, $"season on {day}");
        }
    }

    private static JsonElement Parse(string name) => JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden(name))).RootElement;

    private static ForecastSettings SettingsOf(JsonElement config) => new()
    {
        Changepoints = config.GetProperty("n_changepoints").GetInt32(),
        ChangepointRange = config.GetProperty("changepoint_range").GetDouble(),
        ChangepointPriorScale = config.GetProperty("changepoint_prior_scale").GetDouble(),
        YearlyOrder = config.GetProperty("yearly_order").GetInt32(),
        WeeklyOrder = config.GetProperty("weekly_order").GetInt32(),
        HalvingOrder = config.GetProperty("halving_order").GetInt32(),
        SeasonalityPriorScale = config.GetProperty("seasonality_prior_scale").GetDouble(),
    };
}
