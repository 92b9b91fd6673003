using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;
using MathNet.Numerics;

namespace LatencyEngine.Forecast.Tests;

public sealed class DailyForecasterTests
{
    private static readonly DailyCloses Sample = DailyCloses.Parse(File.ReadLines(ReferenceFiles.Sample("btc-usd-daily.csv")), "sample");
    private static readonly DailyCloses Synthetic = Goldens.Series("forecast_fit_series.csv");
    private static readonly DailyForecast OfSample = DailyForecaster.Forecast(Sample, 30, new ForecastSettings());

    [Fact]
    public void The_same_closes_give_the_same_bytes_with_other_threads_and_another_culture()
    {
        byte[] first = ForecastFile.Serialize(DailyForecaster.Forecast(Synthetic, 30, new ForecastSettings()));
        CultureInfo culture = CultureInfo.CurrentCulture;
        int threads = Control.MaxDegreeOfParallelism;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NumberDecimalSeparator = ",";
            other.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = other;
            Control.MaxDegreeOfParallelism = 8;
            string file = Path.GetTempFileName();
            File.WriteAllText(file, File.ReadAllText(ReferenceFiles.Golden("forecast_fit_series.csv")));
            DailyCloses again = DailyCloses.Parse(File.ReadLines(file), file);
            File.Delete(file);
            Assert.Equal(first, ForecastFile.Serialize(DailyForecaster.Forecast(again, 30, new ForecastSettings())));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            Control.MaxDegreeOfParallelism = threads;
        }
    }

    [Fact]
    public void Every_day_has_a_price_inside_its_intervals_and_wider_ones_around_narrower()
    {
        Assert.Equal(Enumerable.Range(1, 30).Select(Sample.LastDay.AddDays), OfSample.Days.Select(day => day.Day));
        foreach (ForecastDay day in OfSample.Days)
        {
            Assert.InRange(day.Price, day.Simulated80.Lower, day.Simulated80.Upper);
            Assert.InRange(day.Price, day.Conformal80!.Value.Lower, day.Conformal80.Value.Upper);
            Assert.True(day.Simulated95.Lower < day.Simulated80.Lower && day.Simulated95.Upper > day.Simulated80.Upper);
            Assert.True(day.Conformal95!.Value.Lower <= day.Conformal80.Value.Lower && day.Conformal95.Value.Upper >= day.Conformal80.Value.Upper);
            Weights weights = day.Weights;
            Assert.Equal(1, weights.PowerLaw + weights.CycleAnalog + weights.TrendModel + weights.Naive, 1e-12);
            double[] prices = [day.PowerLaw, day.CycleAnalog, day.TrendModel, OfSample.LastPrice];
            Assert.InRange(day.Price, prices.Min() * (1 - 1e-12), prices.Max() * (1 + 1e-12));
        }
    }

    [Fact]
    public void A_price_is_the_weighted_geometric_mean_of_its_members()
    {
        foreach (ForecastDay day in OfSample.Days)
        {
            Weights w = day.Weights;
            double log = (w.PowerLaw * Math.Log(day.PowerLaw)) + (w.CycleAnalog * Math.Log(day.CycleAnalog)) + (w.TrendModel * Math.Log(day.TrendModel)) + (w.Naive * Math.Log(OfSample.LastPrice));
            Assert.Equal(Math.Exp(log), day.Price, day.Price * 1e-12);
        }
    }

    [Fact]
    public void The_published_forecast_is_what_the_evaluation_scores()
    {
        // From the last origin but one there is an outcome: made anew from what was known then, it is the same forecast.
        IReadOnlyList<int> rows = DailyForecaster.OriginRows(Sample);
        int row = rows[^3];
        DailyForecast then = DailyForecaster.Forecast(Sample.First(row + 1), 7, new ForecastSettings());
        OriginForecast scored = RollingOrigins.Run(Sample, new ForecastSettings(), rows, [7])[7].Single(forecast => forecast.Origin == then.LastDay);
        Assert.Equal(Math.Exp(scored.LogPrices[(int)Forecaster.Ensemble]), then.Days[6].Price, 1e-9);
        Assert.Equal(Math.Exp(scored.LogPrices[(int)Forecaster.Ensemble] - scored.ConformalHalfWidths[(int)Forecaster.Ensemble].At80!.Value), then.Days[6].Conformal80!.Value.Lower, 1e-9);
    }

    [Fact]
    public void What_comes_after_an_origin_changes_nothing_of_its_forecast()
    {
        IReadOnlyList<int> rows = DailyForecaster.OriginRows(Synthetic);
        OriginForecast[] before = [.. RollingOrigins.Run(Synthetic, new ForecastSettings(), rows, [7])[7].SkipLast(3)];
        int from = Synthetic.RowOf(before[^1].Origin.AddDays(7).DayNumber)!.Value;
        var changed = DailyCloses.From(Synthetic.DayNumbers.Select((day, row) => (DateOnly.FromDayNumber(day), row <= from ? Synthetic.Prices[row] : Synthetic.Prices[row] * 5)));
        OriginForecast[] after = [.. RollingOrigins.Run(changed, new ForecastSettings(), rows, [7])[7].Take(before.Length)];
        Assert.NotEmpty(before);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.LogPrices, pair.Second.LogPrices));
    }

    [Fact]
    public void A_fit_over_ten_years_of_daily_closes_takes_less_than_two_seconds()
    {
        DailyCloses tenYears = DailyCloses.From(Sample.DayNumbers.Zip(Sample.Prices, (day, price) => (DateOnly.FromDayNumber(day), price)).TakeLast(3653));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        TrendFitter.Fit(tenYears, new ForecastSettings());
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 2);
    }

    [Fact]
    public void The_phase_rests_on_days_since_the_halving_and_on_earlier_cycles()
    {
        PhaseEvidence phase = OfSample.Phase;
        Assert.Equal((CyclePhase.Bull, 286, 3), (phase.Position.Label, phase.Position.DaysSinceHalving, phase.Position.CycleIndex));
        Assert.Equal((new DateOnly(2024, 4, 20), new DateOnly(2025, 8, 13)), (phase.LabelFrom, phase.LabelTo!.Value));
        Assert.Equal([new(2012, 11, 28), new(2016, 7, 9), new(2020, 5, 11)], phase.Earlier.Select(earlier => earlier.Halving));
        double from = Sample.Prices[Sample.RowOf(new DateOnly(2016, 7, 9).DayNumber)!.Value];
        double to = Sample.Prices[Sample.RowOf(new DateOnly(2016, 7, 9).AddDays(480).DayNumber)!.Value];
        Assert.Equal((to / from) - 1, phase.Earlier[1].Change, 1e-12);
    }

    [Fact]
    public void Closes_that_are_no_positive_numbers_are_dropped_with_a_warning()
    {
        (DateOnly, double)[] rows = [.. Enumerable.Range(0, 200).Select(i => (new DateOnly(2020, 1, 1).AddDays(i), i switch { 10 => double.NaN, 20 => 0, 30 => -1, 40 => double.PositiveInfinity, _ => 100 + i }))];
        DailyCloses closes = DailyCloses.From(rows);
        Assert.Equal(196, closes.Count);
        Assert.Equal(["4 closing prices were dropped because they are not positive numbers, the first on 2020-01-11"], closes.Warnings);
        Assert.Equal(closes.Warnings, DailyForecaster.Forecast(closes, 3, new ForecastSettings()).Warnings);
    }

    [Theory]
    [InlineData(59, 0, 0)]
    [InlineData(60, 0, 0)]
    [InlineData(729, 0, 0)]
    [InlineData(730, 6, 0)]
    [InlineData(1458, 6, 0)]
    [InlineData(1459, 6, 2)]
    public void A_short_history_has_fewer_terms_and_a_very_short_one_is_refused(int rows, int yearlyOrder, int halvingOrder)
    {
        DailyCloses closes = Synthetic.First(rows);
        if (rows < 60)
        {
            Assert.Contains("at least 60 daily closes, there are 59", Assert.Throws<ForecastException>(() => TrendFitter.Fit(closes, new ForecastSettings())).Message);
            return;
        }

        TrendModel model = TrendFitter.Fit(closes, new ForecastSettings());
        Assert.Equal((yearlyOrder, halvingOrder), (model.YearlyOrder, model.HalvingOrder));
    }

    [Fact]
    public void A_history_too_short_for_scores_has_equal_members_and_no_conformal_interval()
    {
        ForecastDay day = DailyForecaster.Forecast(Synthetic.First(100), 3, new ForecastSettings()).Days[2];
        Assert.Equal((1.0 / 3, 0.0), (day.Weights.TrendModel, day.Weights.Naive));
        Assert.Null(day.Conformal80);
        Assert.Equal(day.EqualWeights, day.Price, day.Price * 1e-12);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(5.0)]
    [InlineData(100.0)]
    public void A_price_that_never_moves_is_forecast_to_stay(double price)
    {
        DailyCloses closes = DailyCloses.From(Enumerable.Range(0, 99).Select(i => (new DateOnly(2020, 1, 1).AddDays(i), price)));
        TrendModel model = TrendFitter.Fit(closes, new ForecastSettings());
        Assert.Equal(price, Math.Exp(model.LogPrice(closes.LastDay.AddDays(30))), price * 1e-3);
    }

    [Fact]
    public void A_series_with_next_to_no_noise_is_fitted_too() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var random = new System.Random(seed);
            double noise = Math.Pow(10, -2 - random.Next(0, 14));
            double slope = (random.NextDouble() - 0.5) * Math.Pow(10, -random.Next(1, 8));
            int jump = random.Next(0, 3) == 0 ? random.Next(10, 90) : int.MaxValue;
            int rows = random.Next(60, 900);
            var closes = DailyCloses.From(Enumerable.Range(0, rows).Select(i => (new DateOnly(2020, 1, 1).AddDays(i), Math.Exp(3 + (slope * i) + (i > jump ? 0.1 : 0) + (noise * (random.NextDouble() - 0.5))))));
            TrendModel model = TrendFitter.Fit(closes, new ForecastSettings());
            Assert.True(double.IsFinite(model.LogPrice(closes.LastDay.AddDays(30))) && model.Sigma > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void The_multiplicative_form_of_a_price_that_crashes_is_still_a_price_and_can_be_written()
    {
        var closes = DailyCloses.From(Enumerable.Range(0, 300).Select(i => (new DateOnly(2020, 1, 1).AddDays(i), i < 200 ? 1000.0 : 1000 * Math.Exp(-0.2 * (i - 200)))));
        DailyForecast forecast = DailyForecaster.Forecast(closes, 90, new ForecastSettings { Form = ForecastForm.Multiplicative });
        Assert.All(forecast.Days, day => Assert.True(day.Price > 0 && day.UnanchoredTrendModel > 0));
        Assert.Equal(forecast.Days[89].Price, ForecastFile.Parse(ForecastFile.Serialize(forecast), "it").Days[89].Price);
    }

    [Fact]
    public void The_multiplicative_form_makes_a_whole_forecast_of_real_closes()
    {
        DailyCloses closes = DailyCloses.From(Sample.DayNumbers.Zip(Sample.Prices, (day, price) => (DateOnly.FromDayNumber(day), price)).TakeLast(1200));
        DailyForecast forecast = DailyForecaster.Forecast(closes, 7, new ForecastSettings { Form = ForecastForm.Multiplicative });
        Assert.All(forecast.Days, day => Assert.True(day.TrendModel > 0 && day.Simulated80.Lower > 0 && double.IsFinite(day.Simulated95.Upper)));
    }

    [Fact]
    public void Any_walk_with_gaps_is_fitted_to_a_point_that_no_small_step_improves() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var random = new System.Random(seed);
            var rows = new List<(DateOnly, double)>();
            DateOnly day = new(2014, 1, 1);
            double log = random.NextDouble() * 10;
            for (int i = random.Next(60, 400); i > 0; i--)
            {
                rows.Add((day, Math.Exp(log)));
                day = day.AddDays(random.Next(1, 4));
                log += 0.05 * (random.NextDouble() - 0.5);
            }

            TrendModel model = TrendFitter.Fit(DailyCloses.From(rows), new ForecastSettings { Changepoints = 8 });
            double Objective(TrendModel at)
            {
                double ssr = rows.Sum(row => Math.Pow((Math.Log(row.Item2) - at.Value(row.Item1)) / at.Scale, 2));
                return (rows.Count * Math.Log(at.Sigma)) + (ssr / (2 * at.Sigma * at.Sigma)) + (2 * at.Sigma * at.Sigma) + (((at.Slope * at.Slope) + (at.Offset * at.Offset)) / 50)
                    + (at.Bends.Sum(Math.Abs) / 0.05) + at.Seasonal.Sum(beta => beta * beta / 200);
            }

            double least = Objective(model);
            Assert.Equal(model.NegativeLogPosterior, least, 1e-6);
            foreach (double step in (double[])[-1e-4, 1e-4])
            {
                Assert.True(Objective(model with { Slope = model.Slope + step }) >= least - 1e-7);
                Assert.True(Objective(model with { Offset = model.Offset + step }) >= least - 1e-7);
                Assert.True(Objective(model with { Sigma = model.Sigma * (1 + step) }) >= least - 1e-7);
                for (int j = 0; j < model.Bends.Count; j++)
                {
                    double[] bends = [.. model.Bends];
                    bends[j] += step;
                    Assert.True(Objective(model with { Bends = bends }) >= least - 1e-7, $"bend {j}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
}
