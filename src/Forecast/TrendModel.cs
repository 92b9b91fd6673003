namespace LatencyEngine.Forecast;

/// <summary>
/// A fitted trend model: a straight line that may bend at the changepoints, and Fourier terms of the year, the week and the halving cycle.
/// Times are scaled to 0 on the first and 1 on the last day, values by the largest absolute one (Taylor and Letham, "Forecasting at scale", 2018).
/// </summary>
public sealed record TrendModel
{
    /// <summary>Which form was fitted.</summary>
    public required ForecastForm Form { get; init; }

    /// <summary>The first day that was fitted: scaled time 0.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>The last day that was fitted: scaled time 1.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>The largest absolute value that was fitted: of ln(price), or of the price for the multiplicative form.</summary>
    public required double Scale { get; init; }

    /// <summary>Slope on the first day, in scaled units.</summary>
    public required double Slope { get; init; }

    /// <summary>Trend on the first day, in scaled units.</summary>
    public required double Offset { get; init; }

    /// <summary>The days on which the trend may bend.</summary>
    public required IReadOnlyList<DateOnly> Changepoints { get; init; }

    /// <summary>Change of slope at each changepoint, in scaled units; 0 where the trend does not bend.</summary>
    public required IReadOnlyList<double> Bends { get; init; }

    /// <summary>Fourier terms of the year that were used.</summary>
    public required int YearlyOrder { get; init; }

    /// <summary>Fourier terms of the week that were used.</summary>
    public required int WeeklyOrder { get; init; }

    /// <summary>Fourier terms of the halving cycle that were used.</summary>
    public required int HalvingOrder { get; init; }

    /// <summary>Coefficients of the sine and cosine of each term: year, week, halving cycle, in scaled units.</summary>
    public required IReadOnlyList<double> Seasonal { get; init; }

    /// <summary>Standard deviation of what the model leaves over, in scaled units.</summary>
    public required double Sigma { get; init; }

    /// <summary>The objective at the fit: negative logarithm of the posterior, without its constants.</summary>
    public required double NegativeLogPosterior { get; init; }

    private double SpanDays => LastDay.DayNumber - FirstDay.DayNumber;

    /// <summary>The trend alone, in what was fitted (ln(price) or the price).</summary>
    public double Trend(DateOnly day)
    {
        double time = TimeOf(day);
        double trend = Offset + (Slope * time);
        for (int j = 0; j < Bends.Count; j++) trend += Bends[j] * Math.Max(0, time - TimeOf(Changepoints[j]));
        return Scale * trend;
    }

    /// <summary>The season: added to the trend of ln(price), or for the multiplicative form the fraction by which it raises the trend.</summary>
    public double Season(DateOnly day)
    {
        var terms = new double[Seasonal.Count];
        FourierTerms.Fill(terms, day.DayNumber, YearlyOrder, WeeklyOrder, HalvingOrder);
        double sum = 0;
        for (int i = 0; i < terms.Length; i++) sum += terms[i] * Seasonal[i];
        return Form == ForecastForm.Multiplicative ? sum : Scale * sum;
    }

    /// <summary>The model's value in what was fitted: ln(price), or the price for the multiplicative form.</summary>
    public double Value(DateOnly day) => Form == ForecastForm.Multiplicative ? Trend(day) * (1 + Season(day)) : Trend(day) + Season(day);

    /// <summary>The model's ln(price). The multiplicative form may reach zero or less: it then counts as a thousandth of the largest price.</summary>
    public double LogPrice(DateOnly day) => Form == ForecastForm.Multiplicative ? Math.Log(Math.Max(Value(day), Scale / 1000)) : Value(day);

    /// <summary>
    /// Standard deviation of what was fitted, after the last day, over the model's simulated trends: bends come at the rate of the history, with sizes from a Laplace
    /// distribution of the mean absolute size of the history's, and sigma is added. The closed form of that simulation:
    /// Scale * sqrt(2 S lambda^2 h^3 / 3 + sigma^2), h in scaled time; the season of the multiplicative form raises the trend's part. It assumes independent residuals and is too narrow on prices.
    /// </summary>
    /// <param name="day">A day after the last one; a day up to it has sigma alone.</param>
    public double StandardDeviation(DateOnly day)
    {
        double ahead = Math.Max(0, TimeOf(day) - 1);
        double size = BendSize;
        double raised = Form == ForecastForm.Multiplicative ? 1 + Season(day) : 1;
        return Scale * Math.Sqrt((2 * Bends.Count * size * size * ahead * ahead * ahead / 3 * raised * raised) + (Sigma * Sigma));
    }

    /// <summary>As <see cref="StandardDeviation"/>, of ln(price); for the multiplicative form to first order and no more than 10, which says nothing about the price any more.</summary>
    public double LogStandardDeviation(DateOnly day) =>
        Form == ForecastForm.Multiplicative ? Math.Min(10, StandardDeviation(day) / Math.Max(Value(day), Scale / 1000)) : StandardDeviation(day);

    /// <summary>Mean absolute size of the bends in scaled units, the scale of simulated ones.</summary>
    public double BendSize => (Bends.Count == 0 ? 0 : Bends.Sum(Math.Abs) / Bends.Count) + 1e-8;

    private double TimeOf(DateOnly day) => (day.DayNumber - FirstDay.DayNumber) / SpanDays;
}
