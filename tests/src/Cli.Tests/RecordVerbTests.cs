using System.Net.Http;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>record</c>: a market into files, and the files into a run again.</summary>
public sealed class RecordVerbTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"record-verb-tests-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_market_is_recorded_without_a_key_until_it_is_interrupted()
    {
        using var venue = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT,ETHUSDT");
        using var line = new CommandLine();

        Task<int> run = LiveRuns.StartVerb(line, "record", "--endpoint", venue.Rest, "--symbols", "BTCUSDT,ETHUSDT", "--duration", LiveRuns.LongEnough, "--file-time", "1s", "--out", _folder, "--json");
        await LiveRuns.UntilAsync(run, () => Task.FromResult(Directory.Exists(_folder) && Directory.GetFiles(_folder, "*.frames.gz").Length >= 3));
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, await run);
        JsonElement document = JsonDocument.Parse(line.Output).RootElement;
        using var recording = RecordingReader.Open(_folder);
        RecordedFrame[] frames = [.. recording.ReadAll()];
        Assert.Equal(document.GetProperty("frames").GetInt64(), frames.Length);
        Assert.Equal(Directory.GetFiles(_folder, "*.frames.gz").Length, document.GetProperty("files").GetInt32());
        Assert.True(document.GetProperty("files").GetInt32() >= 2);
        Assert.Equal(0, document.GetProperty("reconnects").GetInt32());
        Assert.Equal(["BTCUSDT", "ETHUSDT"], recording.Symbols);
        Assert.Superset(new HashSet<string> { "orderbook.50.BTCUSDT", "orderbook.50.ETHUSDT", "tickers.BTCUSDT" }, recording.Topics.ToHashSet());
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (frames[^1].ReceivedAtNanos / 1_000_000), 0, 60_000);
    }

    [Fact]
    public async Task A_market_with_faults_is_recorded_and_played_again()
    {
        using var venue = new RunningVenue("--market", "flow", "--seed", "5", "--faults", ReferenceFiles.InRepository("configs/faults.json"));
        using var line = new CommandLine();
        string market = Path.Combine(_folder, "market");

        Task<int> recording = LiveRuns.StartVerb(line, "record", "--endpoint", venue.Rest, "--symbols", "BTCUSDT", "--duration", LiveRuns.LongEnough, "--file-time", "5s", "--out", market, "--json");
        await LiveRuns.UntilAsync(recording, () => Task.FromResult(line.ErrorLines.Count(told => told.Contains("the market is back", StringComparison.Ordinal)) >= 2));   // from 9 s and 12 s on
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, await recording);
        Assert.True(JsonDocument.Parse(line.Output).RootElement.GetProperty("reconnects").GetInt32() >= 2, line.Output);
        using var run = new CommandLine { Run = DryRunner.Run };
        int status = run.Invoke("dry-run", "--speed", "max", "--data", market, "--report", Path.Combine(_folder, "reports"), "--json");
        Assert.True(status == ExitStatus.Done, run.Error);
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(0, result.GetProperty("invariantBreaks").GetArrayLength());
        Assert.True(result.GetProperty("createsSent").GetInt64() > 0, run.Output);
    }

    [Fact]
    public async Task A_connection_that_is_cut_comes_back_and_is_counted()
    {
        using var venue = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT", "--control");
        using var http = new HttpClient();
        using var stop = new CancellationTokenSource();
        MarketRecording last = new(0, 0, 0, 0, 0, false, null);
        Task<MarketRecording> recording = Task.Run(() => MarketRecorder.Run(Request(new Uri(venue.Document.GetProperty("public").GetString()!)), progress => Volatile.Write(ref last, progress), stop.Token));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref last).Frames > 10, Patience));

        using HttpResponseMessage cut = await http.PostAsync(new Uri(venue.Rest + "/control/cut"), new StringContent("public"));
        Assert.True(cut.IsSuccessStatusCode);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref last) is { Reconnects: 1, IsConnected: true } || recording.IsCompleted, Patience));
        long framesBefore = Volatile.Read(ref last).Frames;
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref last).Frames > framesBefore + 20 || recording.IsCompleted, Patience));   // the first of a topic is its snapshot
        stop.Cancel();
        MarketRecording result = await recording;

        Assert.Equal(1, result.Reconnects);
        using var reader = RecordingReader.Open(_folder);
        Assert.Equal(2, reader.ReadAll().Count(frame => frame.Frame.Span.StartsWith("{\"topic\":\"orderbook.50.BTCUSDT\",\"type\":\"snapshot\""u8)));
    }

    [Fact]
    public void A_market_behind_TLS_is_recorded_when_it_is_trusted_and_else_refused()
    {
        using var venue = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT");
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        using var front = new TlsFront(new SslServerAuthenticationOptions { ServerCertificate = certificate }, new Uri(venue.Rest).Port);
        MarketRecorderRequest request = Request(new Uri($"wss://127.0.0.1:{front.Port}/v5/public/linear")) with { Duration = TimeSpan.FromSeconds(1) };

        VenueUnavailableException fault = Assert.Throws<VenueUnavailableException>(() => MarketRecorder.Run(request, progress: null, CancellationToken.None));
        Assert.Contains("certificate refused", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Done, line.Invoke("record", "--endpoint", $"https://127.0.0.1:{front.Port}", "--authorities", authority.Path, "--symbols", "BTCUSDT", "--duration", "3s", "--out", _folder));
        Assert.NotEmpty(Directory.GetFiles(_folder, "*.frames.gz"));
    }

    [Fact]
    public void A_topic_that_the_venue_does_not_have_is_refused_and_leaves_nothing_behind()
    {
        using var venue = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("record", "--endpoint", venue.Rest, "--symbols", "XRPUSDT", "--duration", "5s", "--out", _folder));
        Assert.Contains("subscription of orderbook.50.XRPUSDT refused", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void An_address_where_nobody_listens_is_one_line()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Failed, line.Invoke("record", "--endpoint", "http://127.0.0.1:1", "--symbols", "BTCUSDT", "--duration", "5s", "--out", _folder));
        Assert.Contains("no TCP connection: ConnectionRefused", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
    }

    [Theory]
    [InlineData("--endpoint must be", "--endpoint", "ftp://x", "--symbols", "BTCUSDT")]
    [InlineData("--endpoint must be", "--endpoint", "http://127.0.0.1:8701/v5", "--symbols", "BTCUSDT")]
    [InlineData("--env must be one of mainnet, testnet, demo, was \"prod\"", "--env", "prod", "--symbols", "BTCUSDT")]
    [InlineData("--env and --endpoint exclude each other", "--env", "demo", "--endpoint", "http://127.0.0.1:8701", "--symbols", "BTCUSDT")]
    [InlineData("--symbols must be", "--symbols", "btcusdt")]
    [InlineData("--symbols must be", "--symbols", "BTCUSDT,BTCUSDT")]
    [InlineData("--depth must be one of 1, 50, 200, 1000, was \"20\"", "--symbols", "BTCUSDT", "--depth", "20")]
    [InlineData("--authorities must name an existing PEM file", "--symbols", "BTCUSDT", "--authorities", "/no/such.pem")]
    [InlineData("--duration must be", "--symbols", "BTCUSDT", "--duration", "soon")]
    [InlineData("--file-time must be", "--symbols", "BTCUSDT", "--file-time", "0")]
    [InlineData("--file-megabytes must be", "--symbols", "BTCUSDT", "--file-megabytes", "0")]
    public void Bad_usage_is_one_line_and_status_2(string expected, params string[] options)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["record", "--out", _folder, .. options]));
        Assert.Contains(expected, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
    }

    private MarketRecorderRequest Request(Uri address) => new()
    {
        PublicAddress = address,
        Topics = ["orderbook.50.BTCUSDT", "tickers.BTCUSDT"],
        FolderPath = _folder,
    };
}
