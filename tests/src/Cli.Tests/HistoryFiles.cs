using LatencyEngine.History;

namespace LatencyEngine.Cli.Tests;

/// <summary>A folder with a history of made-up candles, gone behind the test.</summary>
internal sealed class HistoryFiles : IDisposable
{
    public const string Symbol = "BTCUSDT";
    public const long FirstMillis = 1_704_067_200_000;   // 2024-01-01
    public const string First = "2024-01-01";

    private readonly string _folder = Directory.CreateTempSubdirectory("history-verb-tests-").FullName;

    /// <summary>A file in the folder.</summary>
    public string At(string name) => Path.Combine(_folder, name);

    /// <summary>Makes a history of so many candles of a length from <see cref="FirstMillis"/> on, and a settlement every eight hours.</summary>
    public string Make(string name, string timeframe, int candles, Func<int, bool>? isMissing = null)
    {
        Timeframe length = Timeframe.Find(timeframe)!;
        using HistoryStore store = HistoryStore.Open(At(name), isCreated: true);
        StoreReport report = store.AddCandles(Symbol, length, Enumerable.Range(0, candles).Where(slot => isMissing?.Invoke(slot) != true).Select(slot => Candle(length, slot)));
        Assert.Empty(report.Faults);
        store.AddFunding(Symbol, Enumerable.Range(0, (int)Math.Ceiling(candles * length.Millis / 28_800_000.0)).Select(slot => new FundingSettlement(FirstMillis + (slot * 28_800_000L), slot % 7 / 10_000.0)));
        return At(name);
    }

    public static HistoryCandle Candle(Timeframe length, int slot)
    {
        double close = 60_000 + (slot * 31 % 977) + 0.5;
        return new HistoryCandle(FirstMillis + (slot * length.Millis), close - 10, close + 20.5, close - 30, close, 1 + (slot % 5), 60_000 * (1 + (slot % 5)));
    }

    /// <summary>What a history has of the candles of a length.</summary>
    public IReadOnlyList<HistoryCandle> Candles(string name, string timeframe)
    {
        using HistoryStore store = HistoryStore.Open(At(name), isCreated: false);
        return store.Candles(Symbol, Timeframe.Find(timeframe)!, MillisRange.All);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
