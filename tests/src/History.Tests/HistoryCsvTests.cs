using System.IO.Compression;
using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.History.Tests;

public sealed class HistoryCsvTests : IDisposable
{
    private readonly HistoryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Candles_are_written_as_they_are_read()
    {
        string text = $"{HistoryCsv.CandleHeader}\n1585130400000,6500,6745.5,6500,6698.5,0.809\n1585134000000,6698.5,6727,6555,6577.5,8.107\n1585137600000,0.00001234,0.1,0.00001,0.02,\n";

        HistoryFile file = HistoryCsv.Read(Write(text));
        using var written = new StringWriter();
        HistoryCsv.Write(written, file.Candles!);

        Assert.Equal("1h", file.Timeframe!.Name);
        Assert.Equal(text.Replace("0.00001234", "1.234E-05", StringComparison.Ordinal).Replace("0.00001,", "1E-05,", StringComparison.Ordinal), written.ToString());
    }

    [Fact]
    public void Funding_is_written_as_it_is_read()
    {
        string text = $"{HistoryCsv.FundingHeader}\n1640995200006,0.0001\n1641024000000,-0.00375\n";

        HistoryFile file = HistoryCsv.Read(Write(text));
        using var written = new StringWriter();
        HistoryCsv.Write(written, file.Funding!);

        Assert.Null(file.Candles);
        Assert.Equal(text, written.ToString());
    }

    [Fact]
    public void Daily_candles_have_their_volume_in_quote_coin()
    {
        HistoryFile file = HistoryCsv.Read(Write($"\uFEFF{HistoryCsv.DailyHeader}\n2010-07-13,0.0487,0.0622,0.0487,0.0534,42\n"));

        Assert.Equal("1d", file.Timeframe!.Name);
        Assert.Equal(new HistoryCandle(1_278_979_200_000, 0.0487, 0.0622, 0.0487, 0.0534, double.NaN, 42), Assert.Single(file.Candles!));
    }

    [Theory]
    [InlineData("time,o,h,l,c\n", ":1: the first line must be")]
    [InlineData("", ":1: the first line must be")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,2,3\n", ":2: 3 values, 6 are wanted")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,2,3,4,5,6\n2,x,3,4,5,6\n", ":3: ")]
    [InlineData("date,open,high,low,close,volume_usd\n13.07.2010,1,1,1,1,1\n", ":2: ")]
    [InlineData("funding_time_ms,funding_rate\n99999999999999999999,1\n", ":2: ")]
    public void A_file_that_is_none_of_them_is_refused_with_its_line(string text, string fault)
    {
        string path = Write(text);

        Assert.Contains(path + fault, Assert.Throws<HistoryException>(() => HistoryCsv.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_or_a_damaged_archive_is_refused()
    {
        Assert.Throws<HistoryException>(() => HistoryCsv.Read(_folder.File("none.csv")));
        byte[] archive = Gzip($"{HistoryCsv.CandleHeader}\n{string.Concat(Enumerable.Range(1, 2_000).Select(i => $"{i},1,1,1,1,{i * 7919 % 1000}\n"))}");
        for (int i = archive.Length / 2; i < archive.Length; i++) archive[i] ^= 0x5a;
        File.WriteAllBytes(_folder.File("damaged.csv.gz"), archive);
        Assert.Throws<HistoryException>(() => HistoryCsv.Read(_folder.File("damaged.csv.gz")));
    }

    [ReferenceFact("data/klines/bybit-linear-BTCUSDT-1h.csv.gz")]
    public void Five_years_of_real_hours_are_stored_without_a_fault_and_exported_as_they_were()
    {
        string path = ReferenceFiles.TryReference("data/klines/bybit-linear-BTCUSDT-1h.csv.gz")!;
        HistoryFile file = HistoryCsv.Read(path);
        using HistoryStore store = _folder.Open();
        StoreReport report = store.AddCandles("BTCUSDT", file.Timeframe!, file.Candles!);

        Assert.Equal((42_566, 0), (report.Stored, report.Faults.Count));
        Assert.Empty(store.Gaps("BTCUSDT", file.Timeframe!, new MillisRange(file.Candles![0].OpenMillis, file.Candles[^1].OpenMillis + 1)));
        Assert.Equal(file.Candles, store.Candles("BTCUSDT", file.Timeframe!, MillisRange.All));
        using var written = new StringWriter();
        HistoryCsv.Write(written, store.Candles("BTCUSDT", file.Timeframe!, MillisRange.All));
        using var unzipped = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        Assert.Equal(Numbers(unzipped.ReadToEnd()), Numbers(written.ToString()));
    }

    [ReferenceFact("data/funding/binance-usdm-BTCUSDT-8h.csv")]
    public void Three_years_of_real_funding_are_stored_without_a_fault()
    {
        HistoryFile file = HistoryCsv.Read(ReferenceFiles.TryReference("data/funding/binance-usdm-BTCUSDT-8h.csv")!);
        using HistoryStore store = _folder.Open();

        Assert.Equal((3_381, 0), (store.AddFunding("BTCUSDT", file.Funding!) is var report ? (report.Stored, report.Faults.Count) : default));
        Assert.Equal(file.Funding, store.Funding("BTCUSDT", MillisRange.All));
    }

    [ReferenceFact("data/daily/btc-usd-daily-2010-2025.csv")]
    public void Fifteen_years_of_real_days_are_stored_without_a_fault()
    {
        HistoryFile file = HistoryCsv.Read(ReferenceFiles.TryReference("data/daily/btc-usd-daily-2010-2025.csv")!);
        using HistoryStore store = _folder.Open();

        Assert.Equal((5_317, 0), (store.AddCandles("BTCUSD", file.Timeframe!, file.Candles!) is var report ? (report.Stored, report.Faults.Count) : default));
    }

    /// <summary>Numbers and not their spelling: a source may write 8.0 or 8.</summary>
    private static double[] Numbers(string csv) => [.. csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).SelectMany(line => line.Split(',')).Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private string Write(string text)
    {
        string path = _folder.File($"{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
