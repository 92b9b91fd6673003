using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.History;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>download-data</c>: a venue's past into a history.</summary>
[Collection(nameof(DownloadDataVerbTests))]
public sealed class DownloadDataVerbTests : IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly HistoryFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Candles_and_funding_come_whole_and_a_second_time_nothing_is_asked_for()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 2_500));
        JsonElement[] series = Download(venue, "new.db", "--interval", "60", "--from", HistoryFiles.First, "--to", "2024-04-14T04:00:00Z");

        Assert.Equal(["1h", "funding"], series.Select(one => one.GetProperty("series").GetString()));
        Assert.Equal((2_500, 2_500, 0, 0), (Number(series[0], "stored"), Number(series[0], "rows"), Number(series[0], "keptOut"), Number(series[0], "missing")));
        Assert.Equal(4, Number(series[0], "requests"));   // the time, and three pages
        Assert.Equal((313, 0), (Number(series[1], "stored"), series[1].GetProperty("gaps").GetArrayLength()));
        Assert.Equal(_files.Candles("past.db", "1h"), _files.Candles("new.db", "1h"));

        series = Download(venue, "new.db", "--interval", "60", "--from", HistoryFiles.First, "--to", "2024-04-14T04:00:00Z");
        Assert.Equal((0, 1, 2_500), (Number(series[0], "stored"), Number(series[0], "requests"), Number(series[0], "rows")));
    }

    [Fact]
    public void Without_a_beginning_it_goes_on_from_the_newest_candle_and_what_is_missing_before_it_stays()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 120));
        _files.Make("new.db", "1h", 48, slot => slot == 5);

        JsonElement series = Download(venue, "new.db", "--interval", "1h", "--to", "2024-01-06", "--no-funding")[0];

        Assert.Equal((120 - 48, 119), (Number(series, "stored"), Number(series, "rows")));
        Assert.Equal("2024-01-02T23:00:00Z", series.GetProperty("from").GetString());
        series = Download(venue, "new.db", "--interval", "1h", "--from", HistoryFiles.First, "--to", "2024-01-06", "--no-funding")[0];
        Assert.Equal((1, 2), (Number(series, "stored"), Number(series, "requests")));
        Assert.Equal(_files.Candles("past.db", "1h"), _files.Candles("new.db", "1h"));
    }

    [Fact]
    public void Funding_of_every_hour_comes_whole_and_a_hole_in_it_is_noticed()
    {
        FundingSettlement[] hours = [.. Enumerable.Range(0, 650).Select(slot => new FundingSettlement(HistoryFiles.FirstMillis + (slot * 3_600_000L), slot % 11 / 10_000.0))];
        using (HistoryStore past = HistoryStore.Open(_files.At("past.db"), isCreated: true)) past.AddFunding(HistoryFiles.Symbol, hours);
        using (HistoryStore holed = HistoryStore.Open(_files.At("holed.db"), isCreated: true)) holed.AddFunding(HistoryFiles.Symbol, hours.Where((_, slot) => slot is < 300 or > 304));
        using var venue = new RunningVenue("--history", _files.At("past.db"));

        JsonElement whole = Download(venue, "new.db", "--interval", "none", "--from", HistoryFiles.First, "--to", "2024-01-28T02:00")[0];
        JsonElement mended = Download(venue, "holed.db", "--interval", "none", "--from", HistoryFiles.First, "--to", "2024-01-28T02:00")[0];

        Assert.Equal((650, 0), (Number(whole, "stored"), whole.GetProperty("gaps").GetArrayLength()));
        Assert.Equal((5, 650, 2), (Number(mended, "stored"), Number(mended, "rows"), Number(mended, "requests")));
    }

    [Fact]
    public void Gaps_of_the_venue_are_told_and_not_filled()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 100, slot => slot is 10 or 11 or 40));
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("download-data", "--endpoint", venue.Rest, "--symbol", HistoryFiles.Symbol, "--interval", "60", "--from", HistoryFiles.First, "--to", "2024-01-05T04:00", "--db", _files.At("new.db"), "--no-funding"));

        Assert.Contains("97 stored, 97 in the history", line.Output, StringComparison.Ordinal);
        Assert.Contains("gaps       2, candles missing 3", line.Output, StringComparison.Ordinal);
        Assert.Contains("2024-01-01T10:00:00Z to 2024-01-01T12:00:00Z", line.Output, StringComparison.Ordinal);
        Assert.Equal(97, _files.Candles("new.db", "1h").Count);
    }

    [Fact]
    public void A_candle_that_the_venue_tells_otherwise_now_is_an_alert_and_the_stored_one_is_kept()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 50));
        using (HistoryStore store = HistoryStore.Open(_files.At("new.db"), isCreated: true))
        {
            store.AddCandles(HistoryFiles.Symbol, Timeframe.Find("1h")!, [HistoryFiles.Candle(Timeframe.Find("1h")!, 0), HistoryFiles.Candle(Timeframe.Find("1h")!, 1) with { Volume = 77 }]);
        }

        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Done, line.Invoke("download-data", "--endpoint", venue.Rest, "--symbol", HistoryFiles.Symbol, "--interval", "60", "--to", "2024-01-03T02:00", "--db", _files.At("new.db"), "--no-funding", "--json"));

        JsonElement series = JsonDocument.Parse(line.Output).RootElement.GetProperty("series")[0];
        Assert.Equal((48, 1), (Number(series, "stored"), Number(series, "keptOut")));
        Assert.Equal("mismatch", series.GetProperty("keptOutRows")[0].GetProperty("kind").GetString());
        Assert.Contains("the venue tells other rows than the history has, first at 2024-01-01T01:00:00Z", line.Error, StringComparison.Ordinal);
        Assert.Equal(77, _files.Candles("new.db", "1h")[1].Volume);
    }

    [Fact]
    public void The_candle_that_is_open_now_is_not_stored()
    {
        using var venue = new RunningVenue("--market", "flow");
        Download(venue, "new.db", "--interval", "1", "--from", DateTime.UtcNow.AddMinutes(-3).ToString("yyyy-MM-dd'T'HH:mm"), "--no-funding");

        Assert.All(_files.Candles("new.db", "1m"), candle => Assert.True(candle.OpenMillis + 60_000 <= DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Indicators_are_stored_where_they_are_asked_for()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 100));
        Download(venue, "new.db", "--interval", "60", "--from", HistoryFiles.First, "--to", "2024-01-05", "--no-funding", "--indicators");
        using HistoryStore store = HistoryStore.Open(_files.At("new.db"), isCreated: false);

        Assert.Equal(96, store.Indicators(HistoryFiles.Symbol, Timeframe.Find("1h")!, MillisRange.All).Count);
    }

    [Fact]
    public async Task A_download_that_is_killed_again_and_again_loses_nothing_and_goes_on()
    {
        const int Minutes = 150_000;
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1m", Minutes));
        string[] command = ["download-data", "--endpoint", venue.Rest, "--symbol", HistoryFiles.Symbol, "--interval", "1", "--from", HistoryFiles.First, "--to", "2024-04-14T04:00", "--db", _files.At("new.db"), "--no-funding", "--json"];
        using HistoryStore watched = HistoryStore.Open(_files.At("new.db"), isCreated: true);
        int kills = 0;
        long committed = 0;
        while (kills < 3)
        {
            using var process = new ProgramProcess(NoVariables, command);
            await process.UntilAsync(() => Task.FromResult(process.HasExited || Rows() >= committed + 5_000));
            if (process.HasExited) break;
            long seen = Rows();
            process.Signal("KILL");
            await process.EndAsync();
            kills++;
            committed = Rows();
            Assert.True(committed >= seen, $"{seen} rows were committed, {committed} are there");
        }

        Assert.True(kills == 3 && committed < Minutes, $"{kills} kills, {committed} rows: it was done before it could be killed");
        using var last = new ProgramProcess(NoVariables, command);
        Assert.Equal(ExitStatus.Done, await last.EndAsync());
        JsonElement series = JsonDocument.Parse(last.Output).RootElement.GetProperty("series")[0];
        Assert.Equal((Minutes - committed, (long)Minutes, 0), (Number(series, "stored"), Number(series, "rows"), Number(series, "keptOut")));
        Assert.Equal(_files.Candles("past.db", "1m"), _files.Candles("new.db", "1m"));

        long Rows() => watched.Series() is [var one] ? one.Rows : 0;
    }

    [Fact]
    public async Task An_import_that_is_killed_half_way_leaves_the_history_as_it_was()
    {
        _files.Make("new.db", "1h", 10);
        string csv = _files.At("minutes.csv");
        await using (var text = new StreamWriter(csv)) HistoryCsv.Write(text, Enumerable.Range(0, 400_000).Select(slot => HistoryFiles.Candle(Timeframe.Find("1m")!, slot)));
        string[] command = ["history", "--db", _files.At("new.db"), "--import", csv, "--symbol", HistoryFiles.Symbol];
        using (var process = new ProgramProcess(NoVariables, command))
        {
            await process.UntilAsync(() => Task.FromResult(new FileInfo(_files.At("new.db-wal")) is { Exists: true, Length: > 100_000 }));
            process.Signal("KILL");
            await process.EndAsync();
        }

        Assert.Empty(_files.Candles("new.db", "1m"));
        Assert.Equal(10, _files.Candles("new.db", "1h").Count);
        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Done, line.Invoke(command));
        Assert.Equal(400_000, _files.Candles("new.db", "1m").Count);
    }

    [Fact]
    public void A_venue_that_refuses_is_one_line_and_what_came_before_stays()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 100));
        using var line = new CommandLine();

        int status = line.Invoke("download-data", "--endpoint", venue.Rest, "--symbols", $"{HistoryFiles.Symbol},NOSUCHUSDT", "--interval", "60", "--from", HistoryFiles.First, "--to", "2024-01-05", "--db", _files.At("new.db"), "--no-funding");

        Assert.Equal(ExitStatus.Failed, status);
        Assert.Contains("symbol params err", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("the same command goes on from there", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(96, _files.Candles("new.db", "1h").Count);
    }

    [Fact]
    public void An_interruption_leaves_what_came_and_says_how_to_go_on()
    {
        using var venue = new RunningVenue("--history", _files.Make("past.db", "1h", 100));
        using var line = new CommandLine();
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("download-data", "--endpoint", venue.Rest, "--symbol", HistoryFiles.Symbol, "--interval", "60", "--from", HistoryFiles.First, "--db", _files.At("new.db")));
        Assert.Contains("goes on from there", line.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--interval must be different ones of", "--interval", "7", "--from", "2024-01-01")]
    [InlineData("--symbol must be different symbols in capitals", "--symbol", "btc", "--interval", "60", "--from", "2024-01-01")]
    [InlineData("--from must be a moment in UTC", "--interval", "60", "--from", "yesterday")]
    [InlineData("--from must be before --to", "--interval", "60", "--from", "2024-01-02", "--to", "2024-01-02")]
    [InlineData("--from is missing, and the history has nothing of BTCUSDT 1h", "--interval", "60")]
    [InlineData("--jump-factor must be a number above 1", "--interval", "60", "--from", "2024-01-01", "--jump-factor", "1")]
    [InlineData("leave nothing to download", "--interval", "none", "--no-funding", "--from", "2024-01-01")]
    public void What_cannot_be_is_one_line_and_status_2(string fault, params string[] options)
    {
        using var line = new CommandLine();
        string[] symbol = options.Contains("--symbol") ? [] : ["--symbol", HistoryFiles.Symbol];

        Assert.Equal(ExitStatus.Usage, line.Invoke(["download-data", "--endpoint", "http://127.0.0.1:1", "--db", _files.At("new.db"), .. symbol, .. options]));
        Assert.Contains(fault, line.ErrorLines[0], StringComparison.Ordinal);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private JsonElement[] Download(RunningVenue venue, string database, params string[] options)
    {
        using var line = new CommandLine();
        int status = line.Invoke(["download-data", "--endpoint", venue.Rest, "--symbol", HistoryFiles.Symbol, "--db", _files.At(database), "--json", .. options]);
        Assert.True(status == ExitStatus.Done, line.Error);
        return [.. JsonDocument.Parse(line.Output).RootElement.GetProperty("series").EnumerateArray()];
    }
}
