using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>The hourly candles of the goldens, and longer walks for what needs more.</summary>
internal static class GoldenCandles
{
    public const long HourMillis = 3_600_000;

    public static Candle[] Read() =>
    [
        .. ReferenceFiles.GoldenRows("candles500.csv").Select(row =>
            new Candle(long.Parse(row["open_time_ms"]), double.Parse(row["open"]), double.Parse(row["high"]), double.Parse(row["low"]), double.Parse(row["close"]), double.Parse(row["volume"]))),
    ];

    /// <summary>A walk without any memory, with volatility of an hourly bitcoin candle.</summary>
    public static Candle[] Walk(int count, int seed)
    {
        var random = new Random(seed);
        var candles = new Candle[count];
        double price = 30_000;
        for (int i = 0; i < count; i++)
        {
            (double open, double high, double low) = (price, price, price);
            for (int step = 0; step < 6; step++)
            {
                price *= Math.Exp(0.004 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
                (high, low) = (Math.Max(high, price), Math.Min(low, price));
            }

            candles[i] = new Candle(1_600_000_000_000 / HourMillis * HourMillis + (i * HourMillis), open, high, low, price, 100 * (0.5 + random.NextDouble()));
        }

        return candles;
    }
}
