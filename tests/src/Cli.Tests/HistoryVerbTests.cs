using System.Text.Json;
using LatencyEngine.History;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>history</c>: what a history holds, and files into it and out of it.</summary>
public sealed class HistoryVerbTests : IDisposable
{
    private readonly HistoryFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_series_that_is_exported_and_imported_is_the_same_series()
    {
        _files.Make("one.db", "15m", 500);
        Invoke("--db", _files.At("one.db"), "--export", _files.At("candles.csv"), "--symbol", HistoryFiles.Symbol, "--interval", "15");
        Invoke("--db", _files.At("one.db"), "--export", _files.At("funding.csv"), "--symbol", HistoryFiles.Symbol, "--interval", "funding");
        JsonElement imported = Invoke("--db", _files.At("two.db"), "--import", _files.At("candles.csv"), "--symbol", HistoryFiles.Symbol);
        Invoke("--db", _files.At("two.db"), "--import", _files.At("funding.csv"), "--symbol", HistoryFiles.Symbol);

        Assert.Equal((500, 0), (imported.GetProperty("imported").GetProperty("stored").GetInt32(), imported.GetProperty("imported").GetProperty("keptOut").GetInt32()));
        Assert.Equal(_files.Candles("one.db", "15m").Select(candle => candle with { Turnover = 0 }), _files.Candles("two.db", "15m").Select(candle => candle with { Turnover = 0 }));   // the layout has no turnover
        Assert.Equal(16, Invoke("--db", _files.At("two.db")).GetProperty("series")[1].GetProperty("rows").GetInt32());
    }

    [Fact]
    public void A_file_with_rows_that_cannot_be_stores_the_others_and_names_them()
    {
        File.WriteAllText(_files.At("bad.csv"), $"{HistoryCsv.CandleHeader}\n0,100,101,99,100,1\n3600000,100,99,101,100,1\n7200000,100,101,99,100,1\n7200000,100,101,99,100,1\n10800000,500,501,499,500,1\n");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("history", "--db", _files.At("new.db"), "--import", _files.At("bad.csv"), "--symbol", HistoryFiles.Symbol));

        Assert.Contains("imported   2 rows", line.Output, StringComparison.Ordinal);
        Assert.Contains("kept out   3", line.Output, StringComparison.Ordinal);
        Assert.Contains("1970-01-01T01:00:00Z  impossible: the high below the low", line.Output, StringComparison.Ordinal);
        Assert.Contains("1970-01-01T02:00:00Z  duplicate", line.Output, StringComparison.Ordinal);
        Assert.Contains("1970-01-01T03:00:00Z  jump: 499 to 501, more than 3 times away", line.Output, StringComparison.Ordinal);
        Assert.Contains("1 gaps, 1 candles missing", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_old_is_deleted_and_the_file_shrinks()
    {
        _files.Make("one.db", "1h", 5_000);
        Invoke("--db", _files.At("one.db"), "--indicators", "--vacuum");
        long full = new FileInfo(_files.At("one.db")).Length;

        JsonElement document = Invoke("--db", _files.At("one.db"), "--delete-before", "2024-07-01", "--interval", "60", "--vacuum");

        Assert.Equal(182 * 24, document.GetProperty("deleted").GetInt64());
        Assert.True(new FileInfo(_files.At("one.db")).Length < full / 2);
        Assert.Equal("2024-07-01T00:00:00Z", document.GetProperty("series")[0].GetProperty("first").GetString());
        Assert.Equal("2024-01-01T00:00:00Z", document.GetProperty("series")[1].GetProperty("first").GetString());   // of funding nothing was said
        Invoke("--db", _files.At("one.db"), "--retain-days", "1");
        using HistoryStore store = HistoryStore.Open(_files.At("one.db"), isCreated: false);
        Assert.Empty(store.Series());
    }

    [Theory]
    [InlineData("no such file", "--db", "FOLDER/none.db")]
    [InlineData("--symbol is missing", "--db", "FOLDER/one.db", "--import", "FOLDER/candles.csv")]
    [InlineData("--interval is missing", "--db", "FOLDER/one.db", "--export", "FOLDER/new.csv", "--symbol", "BTCUSDT")]
    [InlineData("exists; move it away", "--db", "FOLDER/one.db", "--export", "FOLDER/candles.csv", "--symbol", "BTCUSDT", "--interval", "60")]
    [InlineData("holds candles of 1h, and --interval says 15m", "--db", "FOLDER/one.db", "--import", "FOLDER/candles.csv", "--symbol", "BTCUSDT", "--interval", "15")]
    [InlineData("holds candles, and --interval says funding", "--db", "FOLDER/one.db", "--import", "FOLDER/candles.csv", "--symbol", "BTCUSDT", "--interval", "funding")]
    [InlineData("--interval takes one here, was given 2", "--db", "FOLDER/one.db", "--delete-before", "2025-01-01", "--interval", "1,3")]
    [InlineData("--symbol takes one here, was given 2", "--db", "FOLDER/one.db", "--export", "FOLDER/new.csv", "--symbol", "BTCUSDT,ETHUSDT", "--interval", "60")]
    [InlineData("exclude each other", "--db", "FOLDER/one.db", "--retain-days", "3", "--delete-before", "2024-01-01")]
    [InlineData("--retain-days must be a whole number from 1", "--db", "FOLDER/one.db", "--retain-days", "0")]
    [InlineData("the first line must be", "--db", "FOLDER/one.db", "--import", "FOLDER/one.db", "--symbol", "BTCUSDT")]
    [InlineData("is no SQLite database", "--db", "FOLDER/candles.csv")]
    public void What_cannot_be_is_one_line_and_status_2(string fault, params string[] options)
    {
        _files.Make("one.db", "1h", 30);
        File.WriteAllText(_files.At("candles.csv"), $"{HistoryCsv.CandleHeader}\n0,100,101,99,100,1\n3600000,100,101,99,100,1\n{new string('\n', 600)}");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["history", .. options.Select(option => option.Replace("FOLDER", Path.GetDirectoryName(_files.At("x")), StringComparison.Ordinal))]));
        Assert.Contains(fault, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    private static JsonElement Invoke(params string[] options)
    {
        using var line = new CommandLine();
        int status = line.Invoke(["history", "--json", .. options]);
        Assert.True(status == ExitStatus.Done, line.Error);
        return JsonDocument.Parse(line.Output).RootElement;
    }
}
