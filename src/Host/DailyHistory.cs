using System.Globalization;
using LatencyEngine.Forecast;

namespace LatencyEngine.Host;

/// <summary>Daily closes as far as a run may know them: those of a file whose days are over by the run's clock, and those that it has heard itself.</summary>
/// <remarks>Thread: one.</remarks>
internal sealed class DailyHistory
{
    private readonly List<(DateOnly Day, double Close)> _closes;
    private int _known;

    private DailyHistory(List<(DateOnly Day, double Close)> closes) => _closes = closes;

    /// <summary>Closes of days that are over.</summary>
    public IEnumerable<(DateOnly Day, double Close)> Known => _closes.Take(_known);

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => _known == 0;

    /// <summary>Reads a file of closes.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static DailyHistory Read(EngineConfiguration configuration, string path)
    {
        if (!File.Exists(path)) throw new ConfigurationException([$"hybrid:dailyCloses: {configuration.ShownPath(path)}: no such file; name a CSV with the columns date and close"]);
        try
        {
            var closes = DailyCloses.Parse(File.ReadLines(path), configuration.ShownPath(path));
            return new DailyHistory([.. closes.DayNumbers.Zip(closes.Prices, (day, price) => (DateOnly.FromDayNumber(day), price))]);
        }
        catch (Exception fault) when (fault is ForecastException or IOException or UnauthorizedAccessException)
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
        if (_closes.Count == 0 || day > _closes[^1].Day)
        {
            _closes.Add((day, close));
            return null;
        }

        int index = _closes.FindIndex(one => one.Day == day);
        return index < 0 ? null : _closes[index].Close;
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

    /// <summary>The close so many days before the present day; NaN where it is missing.</summary>
    public double CloseBefore(DateOnly today, int days)
    {
        int index = _known - days;
        return index >= 0 && index < _known && _closes[index].Day == today.AddDays(-days) ? _closes[index].Close : double.NaN;
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
}
