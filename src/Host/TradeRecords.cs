using System.Globalization;
using LatencyEngine.History;

namespace LatencyEngine.Host;

/// <summary>The directional trades of a run on disk: what a restart has to know again.</summary>
/// <remarks>Thread: one at a time. Blocks on disk.</remarks>
internal sealed class TradeRecords : IDisposable
{
    private readonly HistoryStore _trades;

    /// <summary>Opens the records of a run.</summary>
    /// <param name="files">Of the run.</param>
    /// <exception cref="HistoryException">They cannot be read.</exception>
    public TradeRecords(RunFiles files) => _trades = HistoryStore.Open(files.TradesPath, isCreated: true);

    /// <summary>The trades of a symbol that are open, oldest first, whichever plan made them: none, one, or while a position is turned two.</summary>
    public IReadOnlyList<HistoryTrade> OpenTrades(string symbol) => _trades.OpenTrades(symbol);

    /// <summary>When a symbol's newest trade was opened or closed, ms since 1970; null before any.</summary>
    public long? TradedAtMillis(string symbol) => _trades.Trades(symbol, MillisRange.All) is { Count: > 0 } all ? all.Max(trade => trade.ClosedMillis ?? trade.OpenedMillis) : null;

    /// <summary>Keeps a trade as it is now.</summary>
    /// <exception cref="HistoryException">It cannot be written.</exception>
    public void Keep(HistoryTrade trade) => _trades.SetTrade(trade);

    /// <summary>A name for a trade that no other has.</summary>
    /// <param name="setup">What asks for it.</param>
    /// <param name="symbol">The instrument.</param>
    /// <param name="madeAtNanos">When it was asked for, ns since 1970.</param>
    public static string NameOf(string setup, string symbol, long madeAtNanos) => string.Create(CultureInfo.InvariantCulture, $"{setup}-{symbol}-{madeAtNanos}");

    /// <inheritdoc />
    public void Dispose() => _trades.Dispose();
}
