using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Research;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary>Short runs with nothing replaced but the streams: sockets, threads and files are real.</summary>
public sealed class WholeRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-cli-").FullName;

    private string Journal => Path.Combine(_folder, "run.journal");

    private string Recording => Path.Combine(_folder, "run.frames.gz");

    private string Reports => Path.Combine(_folder, "reports");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dry_runs_json_is_its_summary_and_alone_on_stdout_while_progress_goes_to_stderr(bool isTerminal)
    {
        using var line = new CommandLine { Run = Real, IsTerminal = isTerminal };

        Assert.Equal(ExitStatus.Done, line.Invoke([.. DryRun("--duration", "10"), "--json"]));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        string summary = Path.Combine(document.RootElement.GetProperty("reportPath").GetString()!, "summary.json");
        Assert.Equal(File.ReadAllText(summary).TrimEnd(), line.Output.TrimEnd());
        Assert.Equal("30x", document.RootElement.GetProperty("speed").GetString());
        Assert.Equal(JsonValueKind.Object, document.RootElement.GetProperty("latency").GetProperty("roundTrip").ValueKind);
        Assert.Contains(isTerminal ? "connections" : "equity", line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_in_use_is_one_line_and_status_3()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        string said = Refused(ExitStatus.HostLacks, DryRun("--port", $"{port}", "--journal", Journal));

        Assert.StartsWith($"latency-engine: the venue cannot listen on 127.0.0.1 port {port} ", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public void A_refused_key_is_one_line_and_status_2_and_leaves_no_file()
    {
        Assert.Contains("check the key", Refused(ExitStatus.Usage, DryRun("--scenario", "refused-key", "--journal", Journal, "--record", Recording)), StringComparison.Ordinal);
        Assert.False(File.Exists(Journal) || File.Exists(Recording), "a run that never began left a file");
    }

    [Fact]
    public void A_silent_venue_is_one_line_and_status_1() =>
        Assert.Contains("check that the venue is up", Refused(ExitStatus.Failed, DryRun("--scenario", "silent-venue")), StringComparison.Ordinal);

    [Theory]
    [InlineData("--journal")]
    [InlineData("--record")]
    public void A_file_that_exists_is_not_overwritten(string option)
    {
        string kept = Path.Combine(_folder, "kept");
        File.WriteAllText(kept, "kept");

        foreach (string[] verb in (string[][])[["backtest", "--report", Reports], DryRun()])
        {
            Assert.Contains($"exists already: {kept}", Refused(ExitStatus.Usage, [.. verb, option, kept]), StringComparison.Ordinal);
            Assert.Equal("kept", File.ReadAllText(kept));
        }
    }

    [Theory]
    [InlineData("--journal", "journal")]
    [InlineData("--record", "recording")]
    public void A_file_in_no_folder_is_one_line_and_status_2(string option, string what) =>
        Assert.StartsWith($"latency-engine: {what} cannot be made: {_folder}/none/file ", Refused(ExitStatus.Usage, DryRun(option, Path.Combine(_folder, "none", "file"))), StringComparison.Ordinal);

    [Fact]
    public void A_journal_replays_as_equal_and_with_one_other_byte_as_different_with_status_1()
    {
        using var run = new CommandLine { Run = Real };
        Assert.Equal(ExitStatus.Done, run.Invoke(DryRun("--speed", "max", "--duration", "20", "--journal", Journal, "--data", ReferenceFiles.Sample("v5shaped-btcusdt-20240808.frames.gz"))));

        foreach (string threads in (string[])["inline", "paired"])
        {
            using var equal = new CommandLine();
            Assert.Equal(ExitStatus.Done, equal.Invoke("replay", Journal, "--threads", threads));
            Assert.Contains("equal             every answer, byte for byte", equal.Output, StringComparison.Ordinal);
        }

        byte[] journal = File.ReadAllBytes(Journal);
        Match bid = new Regex("""(?<="b":\[\["6)\d[\d.]*","[^"]{2}""").Match(Encoding.Latin1.GetString(journal), journal.Length / 2);   // a level that rests: 0, which takes one away, has one digit
        journal[bid.Index] = (byte)'9';
        File.WriteAllBytes(Journal, journal);

        using var different = new CommandLine();
        using var asJson = new CommandLine();
        Assert.Equal(ExitStatus.Failed, different.Invoke("replay", Journal));
        Assert.Contains("DIFFERENT", different.Output, StringComparison.Ordinal);
        Assert.Equal(ExitStatus.Failed, asJson.Invoke("replay", Journal, "--json"));
        using JsonDocument document = JsonDocument.Parse(asJson.Output);
        Assert.False(document.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal(JsonValueKind.Object, document.RootElement.GetProperty("firstDifference").ValueKind);
    }

    [Fact]
    public void An_interrupted_dry_run_shows_what_ran_and_ends_with_status_130()
    {
        CommandLine? self = null;
        using var line = self = new CommandLine { Run = (request, _, cancel) => DryRunner.Run(request, new InterruptingOnce(() => self!.Interrupt()), cancel) };

        Assert.Equal(ExitStatus.Interrupted, line.Invoke(DryRun("--speed", "2")));

        Assert.Equal(["latency-engine: interrupted; the figures cover what ran"], line.ErrorLines);
        Assert.Contains("Net P&L", line.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Single(Directory.EnumerateDirectories(Reports));
    }

    /// <summary>Runs what must be refused: nothing on stdout, no report, and one line, which is returned.</summary>
    private string Refused(int status, string[] args)
    {
        using var line = new CommandLine { Run = Real };
        Assert.Equal((status, ""), (line.Invoke(args), line.Output));
        Assert.False(Directory.Exists(Reports));
        return Assert.Single(line.ErrorLines);
    }

    private string[] DryRun(params string[] options) =>
    [
        "dry-run", "--report", Reports,
        .. options.Contains("--speed") ? Array.Empty<string>() : ["--speed", "30"],
        .. options.Contains("--data") ? Array.Empty<string>() : ["--data", ReferenceFiles.Sample("bybit-linear-btc-sol-20260809.frames.gz")],
        .. options,
    ];

    private static RunResult Real(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel) =>
        request.Verb == "dry-run" ? DryRunner.Run(request, progress, cancel) : BacktestRunner.Run(request, progress, cancel);

    private sealed class InterruptingOnce(Action interrupt) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.OpenOrders > 0) interrupt();
        }
    }
}
