using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>A dry-run in lockstep goes over sockets and threads, and sends what a backtest sends.</summary>
public sealed class LockstepTests
{
    [Theory]
    [InlineData(Runs.Derived, "1", "inline")]
    [InlineData(Runs.Derived, "1", "paired")]
    [InlineData(Runs.Derived, "2", "inline")]
    [InlineData(Runs.Derived, "2", "paired")]
    [InlineData(Runs.Genuine, "1", "inline")]
    [InlineData(Runs.Genuine, "1", "paired")]
    [InlineData(Runs.Genuine, "2", "inline")]
    [InlineData(Runs.Genuine, "2", "paired")]
    public void Lockstep_and_virtual_time_send_the_same_bytes(string sample, string seed, string threads)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Lockstep(sample, folder.Path, ("venue:seed", seed), ("placement:threads", threads)) with { Duration = TimeSpan.FromSeconds(60) };

        AssertSame(request);
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void They_do_so_too_when_answers_take_longer_than_the_engine_waits_and_it_looks_its_orders_up(string threads)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Lockstep(Runs.Derived, folder.Path, ("venue:latency:responseMicroseconds", "3000000"), ("placement:threads", threads)) with { Duration = TimeSpan.FromSeconds(40) };

        RunStage stage = AssertSame(request);

        Assert.True(stage.Engine.Meters.LookUpsAsked > 3, $"{stage.Engine.Meters.LookUpsAsked} look-ups");
    }

    [Fact]
    public void They_do_so_too_when_books_have_gaps_and_are_subscribed_anew()
    {
        using var folder = new TemporaryFolder();
        string faults = Path.Combine(folder.Path, "faults.json");
        File.WriteAllText(faults, """[{"kind":"gap","channel":"public","everyMilliseconds":1500,"count":3}]""");
        RunRequest request = Lockstep(Runs.Derived, folder.Path, ("venue:faults", faults)) with { Duration = TimeSpan.FromSeconds(40) };

        RunStage stage = AssertSame(request);

        Assert.True(stage.Engine.Meters.BookFailures > 10, $"{stage.Engine.Meters.BookFailures} books failed");
    }

    [Fact]
    public void What_a_lockstep_run_records_runs_again_with_the_same_frames()
    {
        using var folder = new TemporaryFolder();
        string first = Path.Combine(folder.Path, "first.frames.gz");
        string second = Path.Combine(folder.Path, "second.frames");
        RunResult recorded = DryRunner.Run(Lockstep(Runs.Genuine, folder.Path) with { RecordPath = first }, progress: null, CancellationToken.None);

        RunResult again = BacktestRunner.Run(Runs.Request(first, folder.Path) with { RecordPath = second }, progress: null, CancellationToken.None);

        Assert.Empty(again.InvariantBreaks);
        Assert.True(recorded.FramesDecoded > 1_000, $"{recorded.FramesDecoded} frames");
        Assert.Equal(recorded.FramesDecoded, again.FramesDecoded);
        string[] frames = Frames(first);
        Assert.Equal(recorded.FramesDecoded, frames.Length);
        Assert.Equal(frames, Frames(second));
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void With_tables_of_exact_quotes_they_send_the_same_bytes_too_and_the_journal_replays_byte_for_byte(string threads)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Lockstep(Runs.Genuine, folder.Path, ("quoting:model", "glft-exact"), ("placement:threads", threads));
        RunResult virtualTime = BacktestRunner.Run(request with { Verb = "backtest" }, progress: null, CancellationToken.None);
        request = request with { JournalPath = Path.Combine(folder.Path, "run.journal") };

        RunResult lockstep = DryRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(lockstep.InvariantBreaks);
        Assert.True(lockstep.QuoteTables > 3, $"{lockstep.QuoteTables} tables");
        Assert.Equal((virtualTime.OutboundSha256, virtualTime.QuoteTables, 0), (lockstep.OutboundSha256, lockstep.QuoteTables, lockstep.HotPathAllocatedBytes));
        Journal.JournalReplayResult replay = ReplayRunner.Run(request.JournalPath!, isPaired: false);
        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal(lockstep.OutboundSha256, replay.OutboundSha256);
    }

    [Fact]
    public void A_journal_of_a_lockstep_run_replays_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Lockstep(Runs.Genuine, folder.Path, ("placement:threads", "paired")) with { JournalPath = Path.Combine(folder.Path, "run.journal") };

        RunResult result = DryRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Journal.JournalReplayResult replay = ReplayRunner.Run(request.JournalPath!, isPaired: false);
        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal(result.OutboundSha256, replay.OutboundSha256);
    }

    /// <summary>Makes the run both ways; the stage is the lockstep run's.</summary>
    private static RunStage AssertSame(RunRequest request)
    {
        RunStage? stage = null;
        RunResult lockstep = DryRunner.Run(request, progress: null, new DryRunHooks { OnServing = (set, _) => stage = set }, CancellationToken.None);
        RunResult virtualTime = BacktestRunner.Run(request with { Verb = "backtest" }, progress: null, CancellationToken.None);

        Assert.Empty(lockstep.InvariantBreaks);
        Assert.Empty(virtualTime.InvariantBreaks);
        Assert.True(lockstep.OrdersSent > 10, $"{lockstep.OrdersSent} requests prove little");
        Assert.Equal(virtualTime.OutboundSha256, lockstep.OutboundSha256);
        Assert.Equal((virtualTime.OrdersSent, virtualTime.Fills, virtualTime.EndEquity), (lockstep.OrdersSent, lockstep.Fills, lockstep.EndEquity));
        Assert.Equal(0, lockstep.HotPathAllocatedBytes);
        return stage!;
    }

    private static RunRequest Lockstep(string sample, string reportDirectory, params (string Key, string Value)[] settings) =>
        Runs.DryRun(sample, reportDirectory, [("venue:speed", "max"), .. settings]);

    private static string[] Frames(string recording)
    {
        using RecordingReader reader = RecordingReader.Open(recording);
        return [.. reader.ReadAll().Select(frame => System.Text.Encoding.UTF8.GetString(frame.Frame.Span))];
    }
}
