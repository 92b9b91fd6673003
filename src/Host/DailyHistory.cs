using System.Globalization;
using LatencyEngine.Forecast;
using LatencyEngine.History;

namespace LatencyEngine.Host;

/// <summary>Daily closes as far as a run may know them: those of a file whose days are over by the run's clock, and those that it has heard itself.</summary>
/// <remarks>Thread: one.</remarks>
internal sealed class DailyHistory
{
    private static readonly Timeframe Day = Timeframe.Find("1d")!;

    private readonly List<(DateOnly Day, double Close)> _closes;
    private readonly Func<IEnumerable<(DateOnly Day, double Close)>>? _reread;
    private int _known;

    private DailyHistory(List<(DateOnly Day, double Close)> closes, Func<IEnumerable<(DateOnly Day, double Close)>>? reread) => (_closes, _reread) = (closes, reread);

    /// <summary>Closes of days that are over.</summary>
    public IEnumerable<(DateOnly Day, double Close)> Known => _closes.Take(_known);

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => _known == 0;

    /// <summary>Reads a file of closes: a CSV, or a history with candles of a day.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="path">The file.</param>
    /// <param name="symbol">Whose candles, in a history.</param>
    /// <exception cref="ConfigurationException">It cannot be read, or has none.</exception>
    /// <exception cref="HistoryException">SQLite's library is missing.</exception>
    public static DailyHistory Read(EngineConfiguration configuration, string path, string symbol)
    {
        if (!File.Exists(path)) throw new ConfigurationException([$"hybrid:dailyCloses: {configuration.ShownPath(path)}: no such file; name a CSV with the columns date and close, or a history"]);
        try
        {
            if (HistoryStore.IsStore(path))
            {
                List<(DateOnly Day, double Close)> stored = [.. Stored(path, symbol)];
                if (stored.Count == 0) throw new ConfigurationException([$"hybrid:dailyCloses: {configuration.ShownPath(path)}: it has no days of {symbol}; get them with ./run.sh download-data --symbol {symbol} --interval D --from 2020-01-01 --db {configuration.ShownPath(path)}"]);
                return new DailyHistory(stored, () => Stored(path, symbol));
            }

            var closes = DailyCloses.Parse(File.ReadLines(path), configuration.ShownPath(path));
            return new DailyHistory([.. closes.DayNumbers.Zip(closes.Prices, (day, price) => (DateOnly.FromDayNumber(day), price))], reread: null);
        }
        catch (Exception fault) when (fault is ForecastException or HistoryException { IsMissing: false } or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"hybrid:dailyCloses: {fault.Message}"]);
        }
    }

    /// <summary>A close that was heard; one of a day that the file has, too, is only compared.</summary>
    /// <param name="day">Its day.</param>
    /// <param name="close">The close.</param>
    /// <returns>The file's close of that day, where it has one.</returns>
    public double? Add(DateOnly day, double close)
    {
        int index = _closes.FindIndex(one => one.Day >= day);
        if (index >= 0) return _closes[index].Day == day ? _closes[index].Close : null;
        _closes.Add((day, close));
        return null;
    }

    /// <summary>The next close of a day that is over, and that has not been taken yet. What a file knows of the future is not given.</summary>
    /// <param name="today">The day of the present.</param>
    /// <param name="next">The close.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTake(DateOnly today, out (DateOnly Day, double Close) next)
    {
        next = _known < _closes.Count ? _closes[_known] : default;
        if (_known == _closes.Count || next.Day >= today) return false;
        _known++;
        return true;
    }

    /// <summary>Looks for days that a history has got meanwhile, as when <c>download-data</c> runs beside.</summary>
    /// <returns>True when there are any: all are to be taken again, from the first on.</returns>
    /// <exception cref="HistoryException">It cannot be read; nothing has changed.</exception>
    public bool TryReread()
    {
        if (_reread is null) return false;
        HashSet<DateOnly> days = [.. _closes.Select(one => one.Day)];
        (DateOnly Day, double Close)[] added = [.. _reread().Where(one => !days.Contains(one.Day))];
        if (added.Length == 0) return false;
        _closes.AddRange(added);
        _closes.Sort((left, right) => left.Day.CompareTo(right.Day));
        _known = 0;
        return true;
    }

    /// <summary>The close so many days before the present day; NaN where it is missing.</summary>
    public double CloseBefore(DateOnly today, int days)
    {
        // Days may be missing between, so that it does not lie so many rows back.
        int low = 0, high = _known;
        DateOnly wanted = today.AddDays(-days);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_closes[middle].Day < wanted) low = middle + 1;
            else high = middle;
        }

        return low < _known && _closes[low].Day == wanted ? _closes[low].Close : double.NaN;
    }

    /// <summary>Why the last closes before the present day are not all there; null when they are.</summary>
    public string? WhyIncomplete(DateOnly today, int days)
    {
        for (int ago = 1; ago <= days; ago++)
        {
            if (double.IsNaN(CloseBefore(today, ago))) return string.Create(CultureInfo.InvariantCulture, $"the close of {today.AddDays(-ago):yyyy-MM-dd} is missing");
        }

        return null;
    }

    private static IEnumerable<(DateOnly Day, double Close)> Stored(string path, string symbol)
    {
        using HistoryStore store = HistoryStore.Open(path, isCreated: false);
        return [.. store.Candles(symbol, Day, MillisRange.All).Select(candle => (DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds(candle.OpenMillis)), candle.Close))];
    }
}
