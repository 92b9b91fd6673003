namespace LatencyEngine.Forecast.Tests;

public sealed class WeightsTests
{
    [Fact]
    public void A_member_whose_error_is_not_below_the_last_prices_has_no_weight()
    {
        var weights = Weights.From([.. Enumerable.Range(0, 8).Select(i => Scored(naive: 0.1, powerLaw: 0.1, analog: 0.05, model: 0.2))]);
        Assert.Equal((0.0, 0.0), (weights.PowerLaw, weights.TrendModel));
        Assert.Equal(2.0 / 3, weights.CycleAnalog, 1e-12);
        Assert.Equal(1.0 / 3, weights.Naive, 1e-12);
    }

    [Fact]
    public void Where_no_member_has_skill_the_forecast_is_the_last_price()
    {
        var weights = Weights.From([.. Enumerable.Range(0, 8).Select(i => Scored(naive: 0.1, powerLaw: 0.3, analog: 0.11, model: 0.2))]);
        Assert.Equal(new Weights(0, 0, 0, 1, 8), weights);
    }

    [Fact]
    public void A_weight_is_at_least_a_tenth_before_they_are_brought_to_one()
    {
        var weights = Weights.From([.. Enumerable.Range(0, 8).Select(i => Scored(naive: 0.2, powerLaw: 0.19, analog: 0.001, model: 0.3))]);
        Assert.InRange(weights.PowerLaw, 0.08, 0.1);
        Assert.Equal(weights.PowerLaw, weights.Naive, 1e-12);
        Assert.Equal(1, weights.PowerLaw + weights.CycleAnalog + weights.Naive, 1e-12);
    }

    [Fact]
    public void With_fewer_than_five_scored_origins_the_members_are_equal() =>
        Assert.Equal(new Weights(1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 4), Weights.From([.. Enumerable.Range(0, 4).Select(i => Scored(naive: 0.1, powerLaw: 0.3, analog: 0.1, model: 0.2))]));

    private static OriginForecast Scored(double naive, double powerLaw, double analog, double model)
    {
        var said = new double[(int)Forecaster.Ensemble + 1];
        said[(int)Forecaster.Naive] = naive;
        said[(int)Forecaster.AnchoredPowerLaw] = powerLaw;
        said[(int)Forecaster.CycleAnalog] = analog;
        said[(int)Forecaster.AnchoredTrendModel] = model;
        return new OriginForecast { Origin = default, Horizon = 1, OriginLogPrice = 0, ActualLogPrice = 0, LogPrices = said, SimulatedLogDeviation = 1, MeanDailyLogChange = 1, Weights = default, ConformalHalfWidths = [] };
    }
}
