using System.Globalization;
using LatencyEngine.Forecast;
using LatencyEngine.History;

namespace LatencyEngine.Host;

/// <summary>What the hybrid plan has to know again after a restart: its last good forecast and its directional trades.</summary>
/// <remarks>Thread: one at a time. Blocks on disk.</remarks>
internal sealed class HybridRecords : IDisposable
{
    private readonly HistoryStore _trades;
    private readonly string _forecastPath;
    private readonly string _symbol;

    /// <summary>Opens the records of a run.</summary>
    /// <param name="files">Of the run.</param>
    /// <param name="symbol">What the plan trades.</param>
    /// <exception cref="HistoryException">The trades cannot be read.</exception>
    public HybridRecords(RunFiles files, string symbol)
    {
        _symbol = symbol;
        _forecastPath = files.ForecastPath(symbol);
        _trades = HistoryStore.Open(files.TradesPath, isCreated: true);
    }

    /// <summary>The trades that are open, oldest first: none, one, or while a position is turned two.</summary>
    public IReadOnlyList<HistoryTrade> OpenTrades => _trades.OpenTrades(_symbol);

    /// <summary>When the newest trade was opened or closed, ms since 1970; null before any.</summary>
    public long? TradedAtMillis => _trades.Trades(_symbol, MillisRange.All) is { Count: > 0 } all ? all.Max(trade => trade.ClosedMillis ?? trade.OpenedMillis) : null;

    /// <summary>The last good forecast; null for none.</summary>
    /// <exception cref="ForecastException">There is a file, and it is of no use.</exception>
    public DailyForecast? ReadForecast() => File.Exists(_forecastPath) ? ForecastFile.Load(_forecastPath) : null;

    /// <summary>Keeps a forecast in place of the one before.</summary>
    /// <exception cref="ForecastException">It cannot be written; the one before stays.</exception>
    public void Keep(DailyForecast forecast)
    {
        try
        {
            AtomicFile.Write(_forecastPath, ForecastFile.Serialize(forecast));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ForecastException($"{_forecastPath}: {fault.Message}", fault);
        }
    }

    /// <summary>Keeps a trade as it is now.</summary>
    /// <exception cref="HistoryException">It cannot be written.</exception>
    public void Keep(HistoryTrade trade) => _trades.SetTrade(trade);

    /// <summary>A name for a trade that no other has.</summary>
    /// <param name="madeAtNanos">When it was asked for, ns since 1970.</param>
    public static string NameOf(long madeAtNanos) => string.Create(CultureInfo.InvariantCulture, $"hybrid-{madeAtNanos}");

    /// <inheritdoc />
    public void Dispose() => _trades.Dispose();
}
