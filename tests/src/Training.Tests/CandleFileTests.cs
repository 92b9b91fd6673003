using System.IO.Compression;
using System.Text;
using LatencyEngine.Signals;

namespace LatencyEngine.Training.Tests;

/// <summary>Candles and funding rates from files, and what is wrong with a file.</summary>
public sealed class CandleFileTests : IDisposable
{
    private const long Quarter = 900_000;
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Plain_and_compressed_files_hold_the_same_candles_under_the_same_hash()
    {
        string text = Csv("0,1,2,1,2,5", "900000,2,3,2,3,6");
        File.WriteAllText(_path, text);
        Candle[] plain = CandleFile.Read(_path, Quarter, out string hash);
        using (var gzip = new GZipStream(File.Create(_path), CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));

        Assert.Equal(plain, CandleFile.Read(_path, Quarter, out string compressedHash));
        Assert.Equal(hash, compressedHash);
        Assert.Equal([new Candle(0, 1, 2, 1, 2, 5), new Candle(Quarter, 2, 3, 2, 3, 6)], plain);
    }

    [Fact]
    public void Shorter_candles_are_folded_and_what_is_not_whole_is_left_out()
    {
        File.WriteAllText(_path, Csv([.. Enumerable.Range(3, 9).Select(i => $"{i * Quarter},{i},{i + 2},{i - 1},{i + 1},1")]));

        Assert.Equal([new Candle(4 * Quarter, 4, 9, 3, 8, 4), new Candle(8 * Quarter, 8, 13, 7, 12, 4)], CandleFile.Read(_path, 4 * Quarter, out _));
    }

    [Theory]
    [InlineData("open_time_ms;open", ":1: the first line must be")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,1,1,1,1", ":2: 5 values")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,1,1,1,x,1", ":2: ")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,1,1,1,2,1", ":2: a candle that cannot")]
    [InlineData("open_time_ms,open,high,low,close,volume\n1,1,1,1,NaN,1", ":2: a candle that cannot")]
    [InlineData("open_time_ms,open,high,low,close,volume\n2,1,1,1,1,1\n2,1,1,1,1,1", ":3: a candle that is not later")]
    [InlineData("open_time_ms,open,high,low,close,volume\n2,1,1,1,1,1", "no series")]
    [InlineData("open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n1800000,1,1,1,1,1", "--timeframe")]
    [InlineData("", ":1: the first line")]
    public void A_file_that_is_no_series_is_refused_by_its_line(string text, string reason)
    {
        File.WriteAllText(_path, text);

        string message = Assert.Throws<InvalidDataException>(() => CandleFile.Read(_path, Quarter, out _)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(_path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_or_broken_file_is_refused_by_its_name()
    {
        File.WriteAllBytes(_path, [0x1f, 0x8b, 1, 2, 3]);
        Assert.Contains(_path, Assert.Throws<InvalidDataException>(() => CandleFile.Read(_path, Quarter, out _)).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere.csv", Assert.Throws<InvalidDataException>(() => CandleFile.Read("/nowhere.csv", Quarter, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Funding_rates_are_read_and_held_against_their_order()
    {
        File.WriteAllText(_path, "funding_time_ms,funding_rate\n10,0.0001\n20,-0.0002\n");
        FundingRates rates = CandleFile.ReadFunding(_path, out _);
        Assert.Equal((double.NaN, 0.0001, -0.0002), (rates.LastAt(9), rates.LastAt(19), rates.LastAt(20)));
        Assert.Equal((-0.0001, -0.0002, 0), (rates.SumWithin(0, 20), rates.SumWithin(10, 20), rates.SumWithin(20, 99)));

        File.WriteAllText(_path, "funding_time_ms,funding_rate\n20,0.0001\n20,-0.0002\n");
        Assert.Contains(":3: ", Assert.Throws<InvalidDataException>(() => CandleFile.ReadFunding(_path, out _)).Message, StringComparison.Ordinal);
    }

    private static string Csv(params string[] rows) => $"{CandleFile.Header}\n{string.Join('\n', rows)}\n";
}
