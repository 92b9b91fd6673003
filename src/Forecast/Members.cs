namespace LatencyEngine.Forecast;

/// <summary>The baselines and the members of the ensemble, fitted to one history and nothing after it.</summary>
public sealed class Members
{
    private const double AnchorDecayADay = 0.97;
    private const int DriftReturns = 365;
    private const int SeasonDays = 7;

    private readonly DailyCloses _closes;
    private readonly double _lastLog;
    private readonly double _driftADay;

    private Members(DailyCloses closes, TrendModel model)
    {
        _closes = closes;
        _lastLog = closes.LogPrices[^1];
        int returns = Math.Min(DriftReturns, closes.Count - 1);
        _driftADay = (_lastLog - closes.LogPrices[^(returns + 1)]) / returns;
        Model = model;
        PowerLaw = PowerLaw.Fit(closes);
    }

    /// <summary>The trend model.</summary>
    public TrendModel Model { get; }

    /// <summary>The power law.</summary>
    public PowerLaw PowerLaw { get; }

    /// <summary>Fits them.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="settings">Of the trend model.</param>
    /// <exception cref="ForecastException">See <see cref="TrendFitter.Fit"/> and <see cref="Forecast.PowerLaw.Fit"/>.</exception>
    public static Members Fit(DailyCloses closes, ForecastSettings settings) => new(closes, TrendFitter.Fit(closes, settings));

    /// <summary>What each of them says of ln(price), by <see cref="Forecaster"/>; <see cref="Forecaster.Ensemble"/> is not a number, since its weights come from scores.</summary>
    /// <param name="daysAhead">Days after the last one, 1 or more.</param>
    public double[] LogPrices(int daysAhead)
    {
        DateOnly last = _closes.LastDay;
        DateOnly day = last.AddDays(daysAhead);
        double anchor = Math.Pow(AnchorDecayADay, daysAhead);
        int seasonsBack = (daysAhead + SeasonDays - 1) / SeasonDays;

        var says = new double[(int)Forecaster.Ensemble + 1];
        Array.Fill(says, double.NaN);
        says[(int)Forecaster.Naive] = _lastLog;
        says[(int)Forecaster.RandomWalkWithDrift] = _lastLog + (daysAhead * _driftADay);
        says[(int)Forecaster.SeasonalNaive] = _closes.RowOf(day.DayNumber - (SeasonDays * seasonsBack)) is { } row ? _closes.LogPrices[row] : _lastLog;
        double powerLaw = says[(int)Forecaster.PowerLaw] = PowerLaw.LogPrice(day);
        double analog = says[(int)Forecaster.CycleAnalog] = _lastLog + CycleAnalog.LogChange(_closes, daysAhead);
        double model = says[(int)Forecaster.TrendModel] = Model.LogPrice(day);
        says[(int)Forecaster.RawEnsemble] = (powerLaw + analog + model) / 3;
        double anchoredPowerLaw = says[(int)Forecaster.AnchoredPowerLaw] = powerLaw + (anchor * (_lastLog - PowerLaw.LogPrice(last)));
        double anchoredModel = says[(int)Forecaster.AnchoredTrendModel] = model + (anchor * (_lastLog - Model.LogPrice(last)));
        says[(int)Forecaster.EqualEnsemble] = (anchoredPowerLaw + analog + anchoredModel) / 3;
        return says;
    }
}
