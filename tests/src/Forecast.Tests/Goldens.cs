using System.Globalization;
using LatencyEngine.TestData;

namespace LatencyEngine.Forecast.Tests;

/// <summary>The goldens' conventions in one place.</summary>
internal static class Goldens
{
    /// <summary>A series of <c>tests/golden</c>.</summary>
    public static DailyCloses Series(string name) => DailyCloses.Parse(File.ReadLines(ReferenceFiles.Golden(name)), name);

    /// <summary>The real closes from the day on that the goldens begin at; only where the reference collection is.</summary>
    public static DailyCloses RealCloses()
    {
        string path = ReferenceFiles.TryReference("data/daily/btc-usd-daily-2010-2025.csv")!;
        DailyCloses all = DailyCloses.Parse(File.ReadLines(path), path);
        return DailyCloses.From(all.DayNumbers.Zip(all.Prices, (day, price) => (DateOnly.FromDayNumber(day), price)).Where(row => row.Item1 >= new DateOnly(2011, 1, 1)));
    }

    /// <summary>A number of a golden; null where its cell is empty.</summary>
    public static double? Number(string cell) => cell.Length == 0 ? null : double.Parse(cell, CultureInfo.InvariantCulture);

    /// <summary>A day of a golden.</summary>
    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Holds a value against its golden, relatively.</summary>
    public static void Near(double wanted, double found, double tolerance, string what) =>
        Assert.True(Math.Abs(found - wanted) <= tolerance * Math.Max(Math.Abs(wanted), 1e-12), $"{what}: wanted {wanted:R}, found {found:R}");
}
