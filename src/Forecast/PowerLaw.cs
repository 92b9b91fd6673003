namespace LatencyEngine.Forecast;

/// <summary>ln(price) = a + b ln(days since the chain's first day).</summary>
/// <param name="Intercept">a.</param>
/// <param name="Exponent">b.</param>
public readonly record struct PowerLaw(double Intercept, double Exponent)
{
    /// <summary>Ordinary least squares over all rows.</summary>
    /// <param name="closes">At least two rows, all after the chain's first day.</param>
    /// <exception cref="ForecastException">A row is not after that day.</exception>
    public static PowerLaw Fit(DailyCloses closes)
    {
        if (closes.DayNumbers[0] <= HalvingCycle.Genesis.DayNumber) throw new ForecastException($"daily closes must begin after {DailyCloses.Iso(HalvingCycle.Genesis)}, the chain's first day; leave earlier rows out");
        double[] x = [.. closes.DayNumbers.Select(LogAge)];
        double meanX = x.Average();
        double meanY = closes.LogPrices.Average();
        double covariance = 0;
        double variance = 0;
        for (int row = 0; row < x.Length; row++)
        {
            covariance += (x[row] - meanX) * (closes.LogPrices[row] - meanY);
            variance += (x[row] - meanX) * (x[row] - meanX);
        }

        double exponent = covariance / variance;
        return new PowerLaw(meanY - (exponent * meanX), exponent);
    }

    /// <summary>ln(price) of a day after the chain's first.</summary>
    public double LogPrice(DateOnly day) => Intercept + (Exponent * LogAge(day.DayNumber));

    private static double LogAge(int dayNumber) => Math.Log(dayNumber - HalvingCycle.Genesis.DayNumber);
}
