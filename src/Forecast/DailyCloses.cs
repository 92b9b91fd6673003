using System.Globalization;

namespace LatencyEngine.Forecast;

/// <summary>Closing prices by UTC day, rising in time, each positive and finite. Days may be missing.</summary>
public sealed class DailyCloses
{
    private readonly Dictionary<int, int> _rowByDay;

    private DailyCloses(int[] dayNumbers, double[] prices, IReadOnlyList<string> warnings)
    {
        DayNumbers = dayNumbers;
        Prices = prices;
        LogPrices = [.. prices.Select(price => Math.Log(price))];
        Warnings = warnings;
        _rowByDay = new Dictionary<int, int>(dayNumbers.Length);
        for (int row = 0; row < dayNumbers.Length; row++) _rowByDay.Add(dayNumbers[row], row);
    }

    /// <summary>Number of rows.</summary>
    public int Count => DayNumbers.Count;

    /// <summary>A row's day as <see cref="DateOnly.DayNumber"/>, strictly rising.</summary>
    public IReadOnlyList<int> DayNumbers { get; }

    /// <summary>A row's closing price, in the quote currency.</summary>
    public IReadOnlyList<double> Prices { get; }

    /// <summary>Natural logarithms of <see cref="Prices"/>.</summary>
    public IReadOnlyList<double> LogPrices { get; }

    /// <summary>What was left out and why, one sentence each; empty when nothing was.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The last day.</summary>
    public DateOnly LastDay => DateOnly.FromDayNumber(DayNumbers[^1]);

    /// <summary>Takes rows as they are; closes that are not a number, not finite or not positive are dropped with a warning.</summary>
    /// <param name="rows">Day and closing price, strictly rising by day.</param>
    /// <exception cref="ForecastException">A day does not come after the one before it.</exception>
    public static DailyCloses From(IEnumerable<(DateOnly Day, double Price)> rows)
    {
        var days = new List<int>();
        var prices = new List<double>();
        var dropped = new List<DateOnly>();
        DateOnly? before = null;
        foreach ((DateOnly day, double price) in rows)
        {
            if (before is { } last && day <= last) throw new ForecastException($"daily closes must rise by day, and {Iso(day)} comes after {Iso(last)}: sort the rows and keep one a day");
            before = day;
            if (double.IsFinite(price) && price > 0)
            {
                days.Add(day.DayNumber);
                prices.Add(price);
            }
            else
            {
                dropped.Add(day);
            }
        }

        string[] warnings = dropped.Count switch
        {
            0 => [],
            1 => [$"1 closing price was dropped because it is not a positive number: {Iso(dropped[0])}"],
            _ => [$"{dropped.Count} closing prices were dropped because they are not positive numbers, the first on {Iso(dropped[0])}"],
        };
        return new DailyCloses([.. days], [.. prices], warnings);
    }

    /// <summary>Reads comma-separated rows: a header names a column <c>date</c> (yyyy-mm-dd, UTC) and one <c>close</c> or <c>price</c>; other columns are passed over, lines that begin with <c>#</c> are comments.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="name">What the file is called in a fault.</param>
    /// <exception cref="ForecastException">No such columns, a row that cannot be read, or days that do not rise. A price that is empty or no number is no fault: it is dropped with a warning.</exception>
    public static DailyCloses Parse(IEnumerable<string> lines, string name)
    {
        var rows = new List<(DateOnly, double)>();
        int date = -1;
        int price = -1;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            string[] cells = line.Split(',', StringSplitOptions.TrimEntries);
            if (date < 0)
            {
                date = Array.FindIndex(cells, cell => cell.Equals("date", StringComparison.OrdinalIgnoreCase));
                price = Array.FindIndex(cells, cell => cell.Equals("close", StringComparison.OrdinalIgnoreCase) || cell.Equals("price", StringComparison.OrdinalIgnoreCase));
                if (date < 0 || price < 0) throw new ForecastException($"{name}:{number}: the header must name a column date and one close or price, separated by commas");
                continue;
            }

            if (cells.Length <= Math.Max(date, price)) throw new ForecastException($"{name}:{number}: the row has {cells.Length} cells, and the header names more");
            if (!DateOnly.TryParseExact(cells[date], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) throw new ForecastException($"{name}:{number}: the date must be yyyy-mm-dd");
            if (!double.TryParse(cells[price], NumberStyles.Float, CultureInfo.InvariantCulture, out double close)) close = double.NaN;
            rows.Add((day, close));
        }

        if (date < 0) throw new ForecastException($"{name}: the file is empty; its header must name a column date and one close or price");
        try
        {
            return From(rows);
        }
        catch (ForecastException fault)
        {
            throw new ForecastException($"{name}: {fault.Message}", fault);
        }
    }

    /// <summary>The first rows only: what was known on an earlier day.</summary>
    /// <param name="count">Rows to keep.</param>
    public DailyCloses First(int count) => new([.. DayNumbers.Take(count)], [.. Prices.Take(count)], []);

    /// <summary>The row of a day; null where it is missing.</summary>
    public int? RowOf(int dayNumber) => _rowByDay.TryGetValue(dayNumber, out int row) ? row : null;

    internal static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
