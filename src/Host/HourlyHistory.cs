using LatencyEngine.History;
using LatencyEngine.Signals;

namespace LatencyEngine.Host;

/// <summary>Where the hourly candles of the past come from.</summary>
internal static class HourlyHistory
{
    private static readonly Timeframe Hour = Timeframe.Find("1h")!;

    /// <summary>The candles of a file, a CSV or a history, oldest first; shorter ones of a CSV are folded, and an hour that is not whole is left out, as is one of a history whose volume nobody has told.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="symbol">Whose.</param>
    /// <returns>None where the profile names no file.</returns>
    /// <exception cref="ConfigurationException">It cannot be read, or has none.</exception>
    /// <exception cref="HistoryException">SQLite's library is missing.</exception>
    public static IReadOnlyList<Candle> Read(EngineConfiguration configuration, string symbol)
    {
        if (configuration.MetaLabel.HourlyCandles.GetValueOrDefault(symbol) is not { } path) return [];
        string where = $"metaLabel:hourlyCandles:{symbol}";
        if (!File.Exists(path)) throw new ConfigurationException([$"{where}: {configuration.ShownPath(path)}: no such file; name a CSV with the header {HistoryCsv.CandleHeader}, a history, or none"]);
        try
        {
            bool isStore = HistoryStore.IsStore(path);
            IReadOnlyList<Candle> candles = isStore ? Stored(path, symbol) : Parsed(path);
            if (candles.Count > 0) return candles;
            string shown = configuration.ShownPath(path);
            throw new HistoryException($"{shown}: it has no hours of {symbol} with their volume{(isStore ? $"; get them with ./run.sh download-data --symbol {symbol} --interval 60 --from 2020-01-01 --db {shown}" : "")}");
        }
        catch (Exception fault) when (fault is HistoryException { IsMissing: false } or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{where}: {fault.Message}"]);
        }
    }

    private static Candle[] Stored(string path, string symbol)
    {
        using HistoryStore store = HistoryStore.Open(path, isCreated: false);
        return [.. store.Candles(symbol, Hour, MillisRange.All).Select(Known).Where(candle => candle.IsSound)];
    }

    private static List<Candle> Parsed(string path)
    {
        HistoryFile file = HistoryCsv.Read(path);
        if (file.Timeframe is not { } own || Hour.Millis % own.Millis != 0) throw new HistoryException($"{path}: no candles of an hour, or of a part of it");
        var folder = new CandleFolder(Hour.Millis);
        var hours = new List<Candle>();
        long lastMillis = long.MinValue;
        foreach (HistoryCandle row in file.Candles!)
        {
            Candle candle = Known(row);
            string when = $"{DateTime.UnixEpoch.AddMilliseconds(row.OpenMillis):yyyy-MM-dd HH:mm}";
            if (!candle.IsSound) throw new HistoryException($"{path}: the candle of {when} cannot have happened");
            if (candle.OpenMillis <= lastMillis) throw new HistoryException($"{path}: the candle of {when} is not later than the one before; sort the file by open_time_ms");
            lastMillis = candle.OpenMillis;
            if (folder.OnCandle(in candle, out Candle hour) && folder.IsWhole) hours.Add(hour);
            if (folder.OnTime(candle.OpenMillis + own.Millis, out hour) && folder.IsWhole) hours.Add(hour);
        }

        return hours;
    }

    private static Candle Known(HistoryCandle row) => new(row.OpenMillis, row.Open, row.High, row.Low, row.Close, row.Volume);
}
