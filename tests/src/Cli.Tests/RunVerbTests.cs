using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Research;
using LatencyEngine.Simulator;

namespace LatencyEngine.Cli.Tests;

public sealed class RunVerbTests
{
    internal static readonly RunResult Good = new()
    {
        Verb = "backtest",
        Market = "replay",
        Data = "recording.frames.gz",
        DataLabel = "genuine capture",
        Symbols = ["BTCUSDT"],
        Leverage = 50,
        QuotingModel = "avellaneda-stoikov",
        LevelsPerSide = 1,
        QuoteTables = 0,
        QuoteTablesRefused = 0,
        QuotesHeld = new Dictionary<string, long>(),
        HeldSeconds = new Dictionary<string, double>(),
        Seed = 1,
        FeeTier = "Pro 5",
        MakerFeeRate = 0,
        TakerFeeRate = 0.00018m,
        QueueModel = "trades-at-or-through",
        LatencyModel = "fixed",
        MarkPriceSource = new Dictionary<string, string> { ["BTCUSDT"] = "tickers" },
        Placement = "inline",
        Speed = "virtual time",
        Reconnects = 0,
        IoAllocatedBytesPerMessage = null,
        FirstUtc = new DateTime(2024, 8, 8, 23, 54, 16, DateTimeKind.Utc),
        LastUtc = new DateTime(2024, 8, 9, 0, 0, 0, DateTimeKind.Utc),
        RecordingSeconds = 344,
        WallSeconds = 1,
        Interrupted = false,
        FramesDecoded = 10,
        FramesForOtherSymbols = 0,
        FramesRejected = 0,
        GuardActions = 0,
        LossLimits = new Dictionary<string, long>(),
        PausedUntil = new Dictionary<string, DateTime>(),
        BiasUpdates = 0,
        BiasesRefused = 0,
        BiasMin = null,
        BiasMax = null,
        Trades = 0,
        DirectionalRefused = 0,
        SlowThreadMissed = null,
        OrdersSent = 3,
        CreatesSent = 1,
        AmendsSent = 1,
        CancelsSent = 1,
        OrdersAcknowledged = 3,
        OrdersRejected = 0,
        OrdersUnanswered = 0,
        OrdersPostOnlyRefused = 0,
        GateRefusals = new Dictionary<string, long>(),
        Fills = 1,
        MakerFills = 1,
        Turnover = 618,
        RealisedPnl = -1.5m,
        UnrealisedPnl = 0,
        Fees = 0,
        Funding = 0m, CrossedWithoutFill = 0, FeesAtVip0 = 0.1236m,
        NetPnl = -1.5m,
        NetPnlAtVip0 = -1.6236m,
        FinalPositionQty = 0,
        MaxAbsPositionQty = 0.01m,
        StartEquity = 10_000,
        EndEquity = 9_998.5m,
        MaxDrawdown = 1.5m,
        Liquidations = 0,
        HotPathAllocatedBytes = 0,
        GcCollections = 0,
        OutboundSha256 = new string('a', 64),
        Latency = new Dictionary<string, LatencySummary>
        {
            ["decode"] = new(10, 1, 2, 3, 4, 5),
            ["decide"] = new(10, 1, 2, 3, 4, 5),
            ["tickToOrder"] = new(10, 1, 2, 3, 4, 5),
        },
        Instruments = [new InstrumentResult("BTCUSDT", 1, -1.5m, 0, 0, 0, 0.01m, 0, 61_800)],
        InvariantBreaks = [],
        KilledBy = null,
        Incidents = [],
        ReportPath = "reports/x",
    };

    [Theory]
    [InlineData("backtest")]
    [InlineData("dry-run")]
    public void A_liquidation_and_a_thrown_kill_switch_are_a_line_each_on_standard_error_when_they_happen(string verb)
    {
        var taken = new RunIncident(Progresses.Example.LogicUtc, "BTCUSDT liquidated");
        var killed = new RunIncident(Progresses.Example.LogicUtc.AddSeconds(1), "kill switch thrown");
        using var line = new CommandLine
        {
            Run = (_, progress, _) =>
            {
                progress!.Report(Progresses.Example);
                foreach (RunIncident[] incidents in (RunIncident[][])[[taken], [taken, killed], [taken, killed]]) progress.Report(Progresses.Example with { Incidents = incidents });
                return Good with { Incidents = [taken, killed] };
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke(verb));
        Assert.Equal(["latency-engine: 23:55:00Z BTCUSDT liquidated", "latency-engine: 23:55:01Z kill switch thrown"], line.ErrorLines.Where(each => each.StartsWith("latency-engine:", StringComparison.Ordinal)));
        Assert.Contains("23:55:00Z BTCUSDT liquidated", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ways_to_requote_are_compared_by_a_run_each()
    {
        var ways = new List<string>();
        using var line = new CommandLine
        {
            Run = (request, _, _) =>
            {
                ways.Add(request.Configuration.Quoting.Requote);
                return Good;
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke("backtest", "--compare-requoting", "--json"));

        Assert.Equal(["distance", "distance", "queue"], ways);
        using JsonDocument document = JsonDocument.Parse(line.Output);
        Assert.Equal(["naive", "distance", "queue"], document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("policy").GetString()));
    }

    [Fact]
    public void A_comparison_whose_runs_broke_an_invariant_fails_and_one_that_was_interrupted_says_so()
    {
        using var broken = new CommandLine { Run = (_, _, _) => Good with { InvariantBreaks = ["it broke"] } };
        Assert.Equal(ExitStatus.Failed, broken.Invoke("backtest", "--compare-requoting"));
        Assert.Contains("latency-engine: invariant broken: naive: it broke", broken.ErrorLines);

        using var interrupted = new CommandLine { Run = (_, _, _) => Good with { Interrupted = true } };
        interrupted.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, interrupted.Invoke("backtest", "--compare-requoting"));
        Assert.Empty(interrupted.Output);
    }

    [Fact]
    public void A_comparison_writes_no_journal()
    {
        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Usage, line.Invoke("backtest", "--compare-requoting", "--journal", "/tmp/never.journal"));
        Assert.Equal(["latency-engine: --compare-requoting makes several runs, and --journal and --record write one: leave them out"], line.ErrorLines);
    }

    [Fact]
    public void A_run_gets_what_the_command_line_asked_for()
    {
        RunRequest? made = null;
        using var line = new CommandLine
        {
            Run = (request, _, _) =>
            {
                made = request;
                return Good;
            },
        };

        int status = line.Invoke("backtest", "--leverage", "20", "--balance", "2500.5", "--fee-tier", "VIP 0", "--seed", "9", "--symbols", "SOLUSDT", "--quoting", "glft", "--levels", "3", "--duration", "12.5", "--report", "out");

        Assert.Equal(ExitStatus.Done, status);
        Assert.NotNull(made);
        Assert.Equal("backtest", made.Verb);
        Assert.Equal(TimeSpan.FromSeconds(12.5), made.Duration);
        Assert.Equal((20m, 2_500.5m, "VIP 0", 9UL), (made.Configuration.Venue.Leverage, made.Configuration.Venue.StartBalanceUsdt, made.Configuration.Venue.FeeTier, made.Configuration.Venue.Seed));
        Assert.Equal(("glft", 3), (made.Configuration.Quoting.Model, made.Configuration.Quoting.LevelsPerSide));
        Assert.Equal(["SOLUSDT"], made.Configuration.Symbols);
        Assert.True(made.Configuration.AllSymbolsRequired);
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "out"), made.ReportDirectory);
        Assert.True(File.Exists(made.RecordingPath));
    }

    [Theory]
    [InlineData("calm", DryRunScenario.Calm, 1_200, "--scenario", "calm", "--duration", "20m")]
    [InlineData("crash-5pct", DryRunScenario.Calm, 600, "--scenario", "crash-5pct")]
    [InlineData("calm", DryRunScenario.Cuts, 5_400, "--scenario", "cuts", "--duration", "1.5h")]
    public void A_flow_market_needs_no_recording_and_ends_after_its_duration_or_ten_minutes(string market, DryRunScenario connections, int seconds, params string[] more)
    {
        RunRequest? made = null;
        using var line = new CommandLine
        {
            Run = (request, _, _) =>
            {
                made = request;
                return Good;
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke(["dry-run", "--market", "flow", "--seed", "3", .. more]));
        Assert.Null(made!.RecordingPath);
        Assert.Equal(("flow", market, connections, TimeSpan.FromSeconds(seconds)), (made.Configuration.Venue.Market, made.Configuration.Venue.Scenario, made.Scenario, made.Duration));
        Assert.Equal($"order flow, {market}", made.MarketName);
    }

    [Fact]
    public void Without_options_the_profile_decides_and_the_whole_recording_runs()
    {
        RunRequest? made = null;
        using var line = new CommandLine
        {
            Run = (request, _, _) =>
            {
                made = request;
                return Good;
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke("dry-run"));
        Assert.Equal("dry-run", made!.Verb);
        Assert.Null(made.Duration);
        Assert.False(made.Configuration.AllSymbolsRequired);
    }

    [Theory]
    [InlineData("backtest")]
    [InlineData("dry-run")]
    public void Json_is_one_document_on_stdout_and_nothing_else_there(string verb)
    {
        using var line = new CommandLine { Run = ReportingTenths };

        Assert.Equal(ExitStatus.Done, line.Invoke(verb, "--json"));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        Assert.Equal(-1.5m, document.RootElement.GetProperty("netPnl").GetDecimal());
    }

    [Fact]
    public void The_table_goes_to_stdout_plain_for_a_pipe_and_in_colour_for_a_terminal()
    {
        using var pipe = new CommandLine { Run = (_, _, _) => Good };
        using var terminal = new CommandLine { Run = (_, _, _) => Good, IsTerminal = true };

        pipe.Invoke("backtest");
        terminal.Invoke("backtest");

        Assert.Equal(RunTableText.Render(Good), pipe.Output);
        Assert.All(RunTable.Sections(Good).SelectMany(section => section.Rows), row => Assert.Contains(row.Label, terminal.Output, StringComparison.Ordinal));
        Assert.Empty(pipe.Error);
    }

    [Fact]
    public void A_dry_run_reports_progress_to_a_log_every_tenth()
    {
        using var line = new CommandLine { Run = ReportingTenths };

        line.Invoke("dry-run");

        Assert.Equal(11, line.ErrorLines.Length);
        Assert.Equal("10 % 23:55:00Z mid 61800.25 equity 10000.00 position 0.010 orders 4 fills 2", line.ErrorLines[1].Trim());
    }

    [Fact]
    public void A_backtest_is_silent_on_stderr()
    {
        using var line = new CommandLine { Run = ReportingTenths };

        line.Invoke("backtest");

        Assert.Empty(line.Error);
    }

    [Fact]
    public void Broken_invariants_are_named_and_end_with_status_1_even_when_interrupted()
    {
        using var line = new CommandLine { Run = (_, _, _) => Good with { Interrupted = true, InvariantBreaks = ["wallet and ledger differ by 0.5 USDT", "a book was crossed"] } };

        Assert.Equal(ExitStatus.Failed, line.Invoke("backtest", "--json"));
        Assert.Equal(["latency-engine: invariant broken: wallet and ledger differ by 0.5 USDT", "latency-engine: invariant broken: a book was crossed"], line.ErrorLines);
        JsonDocument.Parse(line.Output).Dispose();
    }

    [Fact]
    public void An_interrupted_run_prints_its_result_and_ends_with_status_130()
    {
        CommandLine? self = null;
        using var line = self = new CommandLine
        {
            Run = (_, _, cancel) =>
            {
                self!.Interrupt();
                return Good with { Interrupted = cancel.IsCancellationRequested };
            },
        };

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("backtest"));
        Assert.NotEmpty(line.Output);
        Assert.Equal(["latency-engine: interrupted; the figures cover what ran"], line.ErrorLines);
    }

    [Fact]
    public void A_run_that_gives_up_on_interruption_ends_with_status_130_too()
    {
        CommandLine? self = null;
        using var line = self = new CommandLine
        {
            Run = (_, _, cancel) =>
            {
                self!.Interrupt();
                throw new OperationCanceledException(cancel);
            },
        };

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("backtest"));
        Assert.Single(line.ErrorLines);
    }

    public static TheoryData<Exception> OperatorsFaults => new(
        new InstrumentException("a.json: ETHUSDT is unknown; the list holds BTCUSDT"),
        new RecordingException("recording is empty: x.gz"),
        new ReportException("reports: not writable", new IOException()),
        new InvalidDataException("not a risk-limit file: r.json"),
        new JournalException("journal exists already: run.journal; name another file, or move that one away"),
        new VenueUnavailableException("the venue's private socket: refused", isRefusal: true));

    [Theory]
    [MemberData(nameof(OperatorsFaults), DisableDiscoveryEnumeration = true)]
    public void A_fault_the_operator_can_mend_is_its_message_and_status_2(Exception fault)
    {
        using var line = new CommandLine { Run = (_, _, _) => throw fault };

        Assert.Equal(ExitStatus.Usage, line.Invoke("backtest"));
        Assert.Equal([$"latency-engine: {fault.Message}"], line.ErrorLines);
    }

    public static TheoryData<Exception, int> OtherFaults => new()
    {
        { new VenueServerException("the venue cannot listen on 127.0.0.1 port 1"), ExitStatus.HostLacks },
        { new VenueUnavailableException("the venue does not answer", isRefusal: false), ExitStatus.Failed },
        { new JournalException("journal cannot be written any further") { IsDiskFault = true }, ExitStatus.Failed },
    };

    [Theory]
    [MemberData(nameof(OtherFaults), DisableDiscoveryEnumeration = true)]
    public void A_fault_of_host_venue_or_disk_is_its_message_and_its_status(Exception fault, int status)
    {
        using var line = new CommandLine { Run = (_, _, _) => throw fault };

        Assert.Equal(status, line.Invoke("dry-run"));
        Assert.Equal([$"latency-engine: {fault.Message}"], line.ErrorLines);
    }

    [Fact]
    public void A_full_disk_is_one_line_and_status_1()
    {
        using var line = new CommandLine { Run = (_, _, _) => throw new IOException("No space left on device") };

        Assert.Equal(ExitStatus.Failed, line.Invoke("backtest"));
        Assert.Equal(["latency-engine: input or output failed: No space left on device"], line.ErrorLines);
    }

    [Fact]
    public void A_fault_of_the_program_is_one_line_and_status_1_with_the_stack_trace_on_request_only()
    {
        using var quiet = new CommandLine { Run = (_, _, _) => throw new InvalidOperationException("first\nsecond") };
        using var traced = new CommandLine { Run = quiet.Run };
        traced.Environment["LATENCY_ENGINE_TRACE"] = "1";

        Assert.Equal(ExitStatus.Failed, quiet.Invoke("backtest"));
        Assert.Equal(ExitStatus.Failed, traced.Invoke("backtest"));

        Assert.StartsWith("latency-engine: internal error: InvalidOperationException: first second; ", Assert.Single(quiet.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("   at ", traced.Error, StringComparison.Ordinal);
    }

    private static RunResult ReportingTenths(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        for (int i = 0; i <= 1_000; i++) progress?.Report(Progresses.Example with { Fraction = i / 1_000.0 });
        return Good;
    }
}
