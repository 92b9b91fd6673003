using System.IO.Compression;

namespace LatencyEngine.Research.Tests;

/// <summary>A made-up market: quiet around 60,000, one sell order that sweeps the bids, then a fall of three per cent without a single trade on the way. A far level on each side keeps the visible window wide.</summary>
internal static class CrashRecording
{
    private const long StartNanos = 1_700_000_000_000_000_000;
    private const long StepNanos = 150_000_000;

    public static void Write(string path)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Optimal)) { NewLine = "\n" };
        long nanos = StartNanos;
        long update = 1;
        decimal mid = 60_000m;
        writer.WriteLine(Book(nanos, "snapshot", ++update, null, mid));
        for (int i = 0; i < 20; i++)
        {
            decimal before = mid;
            mid += i % 2 == 0 ? 1m : -1m;
            writer.WriteLine(Book(nanos += StepNanos, "delta", ++update, before, mid));
        }

        writer.WriteLine(Sweep(nanos += StepNanos, mid - 500m));
        for (int i = 0; i < 180; i++)
        {
            decimal before = mid;
            mid -= 10m;
            writer.WriteLine(Book(nanos += StepNanos, "delta", ++update, before, mid));
        }
    }

    private static string Book(long nanos, string type, long update, decimal? mid, decimal newMid)
    {
        string goneBids = mid is { } oldBid ? $",[\"{oldBid - 0.1m:0.00}\",\"0\"]" : "";
        string goneAsks = mid is { } oldAsk ? $",[\"{oldAsk + 0.1m:0.00}\",\"0\"]" : "";
        long millis = nanos / 1_000_000;
        return $$$"""{{{nanos}}} {"topic":"orderbook.50.BTCUSDT","type":"{{{type}}}","ts":{{{millis}}},"data":{"s":"BTCUSDT","b":[["{{{newMid - 0.1m:0.00}}}","1.000"]{{{goneBids}}},["55000.00","0.001"]],"a":[["{{{newMid + 0.1m:0.00}}}","1.000"]{{{goneAsks}}},["65000.00","0.001"]],"u":{{{update}}},"seq":{{{update}}}},"cts":{{{millis}}}}""";
    }

    private static string Sweep(long nanos, decimal price)
    {
        long millis = nanos / 1_000_000;
        return $$$"""{{{nanos}}} {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{{millis}}},"data":[{"T":{{{millis}}},"s":"BTCUSDT","S":"Sell","v":"50.000","p":"{{{price:0.00}}}","L":"MinusTick","i":"1","BT":false,"RPI":false,"seq":1}]}""";
    }
}
