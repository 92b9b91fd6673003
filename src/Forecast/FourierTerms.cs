namespace LatencyEngine.Forecast;

/// <summary>The seasonal columns of a day: sine and cosine of each multiple of the year (365.25 days), the week and the halving cycle, in this order.</summary>
internal static class FourierTerms
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Number of columns.</summary>
    public static int Count(int yearlyOrder, int weeklyOrder, int halvingOrder) => 2 * (yearlyOrder + weeklyOrder + halvingOrder);

    /// <summary>Writes the columns of a day.</summary>
    public static void Fill(Span<double> terms, int dayNumber, int yearlyOrder, int weeklyOrder, int halvingOrder)
    {
        double days = dayNumber - Epoch;
        int at = 0;
        for (int n = 1; n <= yearlyOrder; n++) Add(terms, ref at, 2 * Math.PI * n * days / 365.25);
        for (int n = 1; n <= weeklyOrder; n++) Add(terms, ref at, 2 * Math.PI * n * days / 7);
        if (halvingOrder == 0) return;
        double phase = HalvingCycle.PositionOf(DateOnly.FromDayNumber(dayNumber)).Phase;
        for (int n = 1; n <= halvingOrder; n++) Add(terms, ref at, 2 * Math.PI * n * phase);
    }

    private static void Add(Span<double> terms, ref int at, double angle)
    {
        terms[at++] = Math.Sin(angle);
        terms[at++] = Math.Cos(angle);
    }
}
