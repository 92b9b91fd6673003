namespace LatencyEngine.Forecast;

/// <summary>Intervals from the errors that were made: they assume nothing but that errors to come are like those that came.</summary>
public static class Conformal
{
    /// <summary>Half the width of an interval in ln(price): the ceil(level (n + 1))-th smallest absolute error.</summary>
    /// <param name="absoluteErrors">Absolute log errors of origins whose outcome is known.</param>
    /// <param name="level">Share of outcomes that is to lie inside, above 0 and below 1.</param>
    /// <returns>Null with fewer than five errors, or when there are too few for the level (95 % needs nineteen).</returns>
    public static double? HalfWidth(IReadOnlyCollection<double> absoluteErrors, double level)
    {
        int rank = (int)Math.Ceiling((level * (absoluteErrors.Count + 1)) - 1e-9);
        return absoluteErrors.Count < Weights.ScoredOriginsMin || rank > absoluteErrors.Count ? null : absoluteErrors.Order().ElementAt(rank - 1);
    }
}
