namespace LatencyEngine.Strategist;

/// <summary>What a daily forecast says of the closes to come.</summary>
/// <param name="MadeAtMillis">Close of the last day that it knew, ms since 1970: its age counts from here, however late it was computed.</param>
/// <param name="LastClose">That close.</param>
/// <param name="Closes">The closes after it, a day each.</param>
public sealed record ForecastPath(long MadeAtMillis, double LastClose, IReadOnlyList<double> Closes)
{
    private const double DayMillis = 86_400_000;

    /// <summary>The path at a moment, between two closes on the straight line of their logarithms; null before it was made, behind its end, and where it holds no price.</summary>
    /// <param name="millis">Ms since 1970.</param>
    public double? At(long millis)
    {
        double days = (millis - MadeAtMillis) / DayMillis;
        if (!(days >= 0 && days <= Closes.Count)) return null;
        int before = (int)days;
        double from = Close(before);
        double to = before == days ? from : Close(before + 1);
        double price = Math.Exp(Math.Log(from) + ((days - before) * (Math.Log(to) - Math.Log(from))));
        return double.IsFinite(price) && price > 0 ? price : null;
    }

    private double Close(int index) => index == 0 ? LastClose : Closes[index - 1];
}
