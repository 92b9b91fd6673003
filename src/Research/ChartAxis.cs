using System.Globalization;

namespace LatencyEngine.Research;

/// <summary>A range of axis units with labelled ticks inside it. A logarithmic axis counts in decades, so that drawing is linear for every axis.</summary>
/// <param name="Kind">How the report's script turns a position back into a value.</param>
/// <param name="Low">Left or lower end.</param>
/// <param name="High">Right or upper end, above <paramref name="Low"/>.</param>
/// <param name="Ticks">Rising, within the range.</param>
/// <param name="Decimals">Decimals of a value on a linear axis.</param>
internal sealed record ChartAxis(AxisKind Kind, double Low, double High, IReadOnlyList<(double At, string Label)> Ticks, int Decimals)
{
    private const int LinearTicksMax = 8;
    private const int TimeTicksMax = 9;

    private static readonly double[] TimeStepsSeconds =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];

    /// <summary>An axis around values, gaps (NaN) left out, with a margin of one part in twenty at both ends.</summary>
    public static ChartAxis Linear(IEnumerable<double> values)
    {
        (double low, double high) = Range(values);
        double margin = high > low ? (high - low) / 20 : Math.Max(Math.Abs(low) / 1_000, 0.5);
        low -= margin;
        high += margin;

        double step = NiceStep((high - low) / LinearTicksMax);
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        var ticks = new List<(double, string)>();
        for (double count = Math.Ceiling(low / step); count * step <= high; count++)
        {
            double at = count * step;
            ticks.Add((at, (at == 0 ? 0 : at).ToString($"#,##0.{new string('0', decimals)}")));
        }

        return new ChartAxis(AxisKind.Linear, low, high, ticks, decimals + 2);
    }

    /// <summary>An axis of Unix seconds with UTC labels at round clock times.</summary>
    public static ChartAxis Time(double firstUnixSeconds, double lastUnixSeconds)
    {
        double low = firstUnixSeconds;
        double high = Math.Max(lastUnixSeconds, firstUnixSeconds + 1);
        double step = TimeStepsSeconds.FirstOrDefault(candidate => (high - low) / candidate <= TimeTicksMax, Math.Ceiling((high - low) / TimeTicksMax / 86_400) * 86_400);
        string format = step < 60 ? "HH:mm:ss" : step < 86_400 ? "HH:mm" : "MM-dd";
        var ticks = new List<(double, string)>();
        for (double at = Math.Ceiling(low / step) * step; at <= high; at += step)
        {
            ticks.Add((at, DateTime.UnixEpoch.AddSeconds(at).ToString(format)));
        }

        return new ChartAxis(AxisKind.Time, low, high, ticks, 0);
    }

    /// <summary>An axis of Unix seconds that counts in days: years, months, or days, whichever are few enough.</summary>
    public static ChartAxis Dates(DateOnly first, DateOnly last)
    {
        int days = Math.Max(1, last.DayNumber - first.DayNumber);
        var ticks = new List<(double, string)>();
        for (DateOnly day = first; day <= last; day = day.AddDays(1))
        {
            bool isTick = days > 1_200 ? day is { Day: 1, Month: 1 } : days > 80 ? day.Day == 1 : (last.DayNumber - day.DayNumber) % Math.Max(1, days / 8) == 0;
            if (isTick) ticks.Add((UnixSeconds(day), day.ToString(days > 1_200 ? "yyyy" : days > 80 ? "yyyy-MM" : "MM-dd")));
        }

        return new ChartAxis(AxisKind.Date, UnixSeconds(first), UnixSeconds(first.AddDays(days)), ticks, 0);
    }

    /// <summary>A day's place on an axis of dates.</summary>
    public static double UnixSeconds(DateOnly day) => (day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds;

    /// <summary>A vertical axis of prices: log10 of them, labelled at 1, 2 and 5 of each decade, or at 1 only where there are many.</summary>
    public static ChartAxis Price(IEnumerable<double> decades)
    {
        (double low, double high) = Range(decades);
        double margin = Math.Max((high - low) / 30, 0.002);
        low -= margin;
        high += margin;
        double[] digits = high - low > 2.5 ? [1] : high - low > 0.8 ? [1, 2, 5] : high - low > 0.25 ? [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8] : [.. Enumerable.Range(0, 90).Select(tenth => 1 + (tenth / 10.0))];
        var ticks = new List<(double, string)>();
        for (int power = (int)Math.Floor(low); power <= (int)Math.Ceiling(high); power++)
        {
            foreach (double digit in digits)
            {
                double at = power + Math.Log10(digit);
                if (at >= low && at <= high) ticks.Add((at, (digit * Math.Pow(10, power)).ToString("#,##0.#####")));
            }
        }

        return new ChartAxis(AxisKind.Price, low, high, ticks, 0);
    }

    /// <summary>The horizontal axis of a latency distribution: log10(1 / (1 - p)), so that 90 %, 99 % and 99.9 % are equally far apart.</summary>
    /// <param name="decades">Right end: log10 of the number of values, the finest percentile that they resolve.</param>
    public static ChartAxis Percentile(double decades)
    {
        var ticks = new List<(double, string)> { (0, "0%"), (Math.Log10(2), "50%") };
        for (int nines = 1; nines <= decades; nines++)
        {
            ticks.Add((nines, (100 - Math.Pow(10, 2 - nines)).ToString("0.########") + "%"));
        }

        return new ChartAxis(AxisKind.Percentile, 0, Math.Max(decades, 1), ticks, 0);
    }

    /// <summary>The vertical axis of latencies: log10 of nanoseconds, from the 1-2-5 step below the lowest value to the one above the highest.</summary>
    public static ChartAxis Latency(IEnumerable<double> decades)
    {
        (double low, double high) = Range(decades);
        var steps = new List<(double At, string Label)>();
        for (int power = (int)Math.Floor(low); power <= (int)Math.Ceiling(high); power++)
        {
            foreach (int digit in (ReadOnlySpan<int>)[1, 2, 5])
            {
                double at = power + Math.Log10(digit);
                steps.Add((at, Unit(digit * Math.Pow(10, power))));
            }
        }

        double bottom = steps.Last(step => step.At <= low + 1e-9).At;
        double top = steps.First(step => step.At >= high - 1e-9 && step.At > bottom).At;
        bool decadesOnly = top - bottom > 3;
        return new ChartAxis(AxisKind.Latency, bottom, top, [.. steps.Where(step => step.At >= bottom && step.At <= top && (!decadesOnly || step.At == Math.Floor(step.At)))], 0);
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsNaN(value)) continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return low <= high ? (low, high) : (0, 0);
    }

    private static double NiceStep(double atLeast)
    {
        // A power of ten is read from its decimal form: Math.Pow(10, -3) * 5 would label a tick 0.0050000001.
        int power = (int)Math.Floor(Math.Log10(atLeast));
        foreach (int digit in (ReadOnlySpan<int>)[1, 2, 5])
        {
            double step = double.Parse($"{digit}e{power}", CultureInfo.InvariantCulture);
            if (step >= atLeast) return step;
        }

        return double.Parse($"1e{power + 1}", CultureInfo.InvariantCulture);
    }

    private static string Unit(double nanos) => nanos switch
    {
        < 1e3 => $"{nanos:0} ns",
        < 1e6 => $"{nanos / 1e3:0} us",
        < 1e9 => $"{nanos / 1e6:0} ms",
        _ => $"{nanos / 1e9:0} s",
    };
}

/// <summary>What a position on an axis means.</summary>
internal enum AxisKind
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>The value itself.</summary>
    Linear = 1,

    /// <summary>Unix seconds.</summary>
    Time = 2,

    /// <summary>log10(1 / (1 - p)).</summary>
    Percentile = 3,

    /// <summary>log10 of nanoseconds.</summary>
    Latency = 4,

    /// <summary>Unix seconds, shown as a day.</summary>
    Date = 5,

    /// <summary>log10 of a price.</summary>
    Price = 6,
}
