using LatencyEngine.Journal;

namespace LatencyEngine.Research.Tests;

/// <summary>Runs against the clock, where real time decides what arrives together: what the journal of one says, a fresh engine says again.</summary>
public sealed class TimedRunTests
{
    private const double AMinute = 0.17;   // of the recording's six

    [Theory]
    [InlineData("inline", DryRunScenario.Calm, "avellaneda-stoikov")]
    [InlineData("paired", DryRunScenario.Calm, "glft-exact")]
    [InlineData("inline", DryRunScenario.Cuts, "avellaneda-stoikov")]
    public void A_journal_of_a_timed_run_is_answered_byte_for_byte_inline_paired_and_in_virtual_time(string threads, DryRunScenario scenario, string model)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:speed", "30"), ("placement:threads", threads), ("quoting:model", model)) with
        {
            Scenario = scenario,
            JournalPath = Path.Combine(folder.Path, "run.journal"),
        };

        RunResult result = RunUntil(request, progress => progress.Fraction > AMinute && progress.Orders > 30 && (scenario == DryRunScenario.Calm || progress.Connections.Any(connection => connection.Status.TimesReady > 1)));

        Assert.Empty(result.InvariantBreaks);
        Assert.Equal(scenario == DryRunScenario.Cuts, result.Reconnects > 0);
        Assert.Equal(model == "glft-exact", result.QuoteTables > 0);
        foreach (bool isPaired in (bool[])[false, true])
        {
            JournalReplayResult replay = ReplayRunner.Run(request.JournalPath!, isPaired);
            Assert.True(replay.Difference is null, replay.Difference?.ToString());
            Assert.Null(replay.Cut);
            Assert.Equal((result.OutboundSha256, result.OrdersSent), (replay.OutboundSha256, replay.Requests));
            Assert.True(replay.Requests > 20, $"{replay.Requests} requests prove little");
        }

        JournalTape tape = JournalTape.Read(request.JournalPath!);
        tape.AssertAnswers(tape.Play(request));
    }

    [Fact]
    public void A_replay_that_was_given_one_other_byte_says_where_it_differs()
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:speed", "30")) with { JournalPath = Path.Combine(folder.Path, "run.journal") };
        RunUntil(request, progress => progress.Fraction > AMinute / 3 && progress.Orders > 10);
        byte[] journal = File.ReadAllBytes(request.JournalPath!);
        int price = journal.AsSpan(journal.Length / 2).IndexOf("\"b\":[[\"6"u8) + (journal.Length / 2) + "\"b\":[[\"6".Length;
        journal[price] = (byte)'9';   // 6x,xxx becomes 69,xxx: a bid far above the asks
        File.WriteAllBytes(request.JournalPath!, journal);

        JournalReplayResult replay = ReplayRunner.Run(request.JournalPath!, isPaired: false);

        Assert.NotNull(replay.Difference);
        Assert.InRange(replay.Difference.Index, 1, replay.RecordedFrames - 1);
    }

    /// <summary>A run that ends when it has enough in it, however much of the recording a machine that stood still has missed.</summary>
    private static RunResult RunUntil(RunRequest request, Func<RunProgress, bool> isEnough)
    {
        using var ending = new CancellationTokenSource();
        return DryRunner.Run(request, new Reporting(progress =>
        {
            if (isEnough(progress)) ending.Cancel();
        }), ending.Token);
    }
}
