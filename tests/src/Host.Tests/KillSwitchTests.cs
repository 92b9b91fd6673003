using System.Diagnostics;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host.Tests;

public sealed class KillSwitchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _root = Directory.CreateTempSubdirectory("kill-switch-tests-").FullName;
    private readonly List<string> _done = [];

    private string Latch => Path.Combine(_root, "testnet.kill.json");

    private string KillFile => Path.Combine(_root, "stop");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_venue_is_asked_first_then_the_engine_and_then_the_latch_is_written()
    {
        KillSwitch killing = Attached();

        Assert.Null(await killing.Kill(KillRecord.Now("somebody", "a test")).Latching);

        Assert.Equal(["cancel-all", "Kill"], _done);
        KillRecord kept = Assert.Single(KillLatch.Read(Latch));
        Assert.Equal(("somebody", "a test", false), (kept.By, kept.Why, kept.Flattens));
        Assert.True(killing.TryTakeNote(out string? note));
        Assert.Contains("killed by somebody", note, StringComparison.Ordinal);
        Assert.False(killing.TryTakeNote(out _));
    }

    [Fact]
    public void A_second_kill_cancels_again_and_is_kept_beside_the_first()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("first", "a test"));

        killing.Kill(KillRecord.Now("second", "again", flattens: true));

        Assert.Equal(["cancel-all", "Kill", "cancel-all", "Kill", "Flatten"], _done);
        Assert.Equal([("first", false), ("second", true)], Kept(killing).Select(kill => (kill.By, kill.Flattens)));
        Assert.Equal(killing.Kills, KillLatch.Read(Latch));
    }

    [Fact]
    public void What_the_engine_kills_for_while_an_operators_kill_holds_is_cancelled_and_kept_once_and_the_resumption_names_all()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("somebody", "a look"));
        Tell(killing, QuotingState.Killed, KillReason.Operator);
        _done.Clear();

        for (int times = 0; times < 2; times++) Tell(killing, QuotingState.Killed, KillReason.Operator, KillReason.Drawdown);
        Tell(killing, QuotingState.Killed, KillReason.Operator, KillReason.Drawdown, KillReason.Liquidated);

        Assert.Equal(["cancel-all", "cancel-all"], _done);
        string[] whys = ["a look", "the equity fell too far below its peak", "the venue took a position over"];
        Assert.Equal(whys, Kept(killing).Select(kill => kill.Why));
        Assert.Equal([("somebody", false), ("inside", true), ("inside", false)], killing.Kills.Select(kill => (kill.By, kill.Flattens)));
        (bool isDone, string text) = killing.Resume("me");
        Assert.True(isDone);
        Assert.All(whys, why => Assert.Contains(why, text, StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_engine_kills_for_before_it_takes_a_resumption_that_did_not_know_of_it_kills_it_again()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("somebody", "a test"));
        killing.Resume("me");
        _done.Clear();

        Tell(killing, QuotingState.Killed, KillReason.Operator, KillReason.Drawdown);

        Assert.Equal(["cancel-all", "Kill", "Flatten"], _done);
        Assert.Equal("inside", Assert.Single(Kept(killing)).By);
        Assert.True(File.Exists(Latch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flatten_is_asked_for_at_each_start_until_all_is_flat(bool isDrawdown)
    {
        KillSwitch first = Attached();
        if (isDrawdown) Tell(first, QuotingState.Killed, KillReason.Drawdown);
        else first.Kill(KillRecord.Now("somebody", "a test", flattens: true));
        Tell(first, QuotingState.Killed, ClosingState.Closing, KillReason.Operator);
        first.Complete();

        for (int start = 0; start < 2; start++)
        {
            _done.Clear();
            KillSwitch next = Attached();
            Assert.Equal(["cancel-all", "Kill", "Flatten"], _done);
            foreach (ClosingState closing in (ClosingState[])[ClosingState.Closing, ClosingState.Refused, ClosingState.TooSmallToClose]) Tell(next, QuotingState.Killed, closing, KillReason.Operator);
            Assert.True(Assert.Single(Kept(next)).Flattens);
        }

        KillSwitch last = Attached();
        Tell(last, QuotingState.Killed, ClosingState.Flat, KillReason.Operator);
        Assert.False(Assert.Single(Kept(last)).Flattens);
        _done.Clear();
        Attached();
        Assert.Equal(["cancel-all", "Kill"], _done);
    }

    [Fact]
    public void A_flatten_before_the_engine_is_joined_is_done_when_it_is()
    {
        var killing = new KillSwitch(Latch, KillFile);
        killing.Kill(KillRecord.Now("somebody", "early", flattens: true));

        killing.Attach(Post, CancelAll);

        Assert.Equal(["cancel-all", "Kill", "Flatten"], _done);
    }

    [Fact]
    public async Task A_disk_that_takes_its_time_holds_up_neither_a_kill_nor_the_thread_that_hears_the_engine()
    {
        // Whoever opens a named pipe to write into it waits for a reader: a disk that does not answer.
        using (Process make = Process.Start("mkfifo", [Latch + ".new"])) make.WaitForExit();
        KillSwitch killing = Attached();

        Task<string?> latching = await Task.Factory.StartNew(
            () =>
            {
                Task<string?> latching = killing.Kill(KillRecord.Now("somebody", "a test")).Latching;
                Tell(killing, QuotingState.Killed, KillReason.Operator, KillReason.Liquidated);
                return latching;
            },
            TaskCreationOptions.LongRunning).WaitAsync(Patience);

        Assert.Equal((false, false), (latching.IsCompleted, File.Exists(Latch)));
        Assert.Equal((2, 3), (killing.Kills.Count, _done.Count));
        using (new FileStream(Latch + ".new", FileMode.Open, FileAccess.Read)) Assert.Null(await latching);
        killing.Complete();   // the pipe has taken the latch's place
        Assert.Null(await killing.Kill(KillRecord.Now("somebody", "on the disk that answers")).Latching);
        Assert.Equal(killing.Kills, KillLatch.Read(Latch));
    }

    [Fact]
    public void Of_a_crowd_of_kills_the_first_and_the_newest_are_kept_and_each_from_inside()
    {
        KillSwitch killing = Attached();
        for (int i = 0; i < 100; i++)
        {
            killing.Kill(KillRecord.Now("somebody", $"kill {i}", flattens: i == 60));
            if (i == 40) Tell(killing, QuotingState.Killed, KillReason.Operator, KillReason.Liquidated);
        }

        Assert.Equal(("kill 0", "kill 99", 16), (killing.Kills[0].Why, killing.Kills[^1].Why, killing.Kills.Count));
        Assert.Single(killing.Kills, kill => kill.By == "inside");
        Assert.True(killing.Kills[^1].Flattens);
        Assert.Equal(killing.Kills, Kept(killing));
    }

    [Fact]
    public void A_switch_that_was_latched_kills_when_it_is_joined_and_not_again_once_resumed()
    {
        KillLatch.Write(Latch, [KillRecord.Now("somebody", "yesterday")]);

        KillSwitch killing = Attached();
        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.Equal((true, false), (killing.Resume("me").IsDone, File.Exists(Latch)));

        Assert.Equal(["cancel-all", "Kill", "Resume"], _done);
        Assert.Empty(killing.Kills);
        Assert.Empty(new KillSwitch(Latch, killFile: null).Kills);
    }

    [Fact]
    public void A_damaged_latch_kills_too()
    {
        File.WriteAllText(Latch, "{");

        Attached();

        Assert.Equal(["cancel-all", "Kill"], _done);
    }

    [Fact]
    public void What_the_engine_kills_from_inside_is_cancelled_by_the_venue_as_well_and_kept()
    {
        KillSwitch killing = Attached();

        Tell(killing, QuotingState.Active);
        Tell(killing, QuotingState.Killed, KillReason.Liquidated);
        Tell(killing, QuotingState.Killed, KillReason.Liquidated);

        Assert.Equal(["cancel-all"], _done);
        Assert.Equal("inside", Assert.Single(Kept(killing)).By);
    }

    [Fact]
    public async Task A_key_that_the_venue_refuses_is_not_kept()
    {
        KillSwitch killing = Attached();

        Tell(killing, QuotingState.Killed, KillReason.VenueRefused);

        killing.Complete();
        Assert.Equal(("inside", false), (Assert.Single(killing.Kills).By, File.Exists(Latch)));
        Assert.Null(await killing.Kill(KillRecord.Now("somebody", "a test")).Latching);
        Assert.Equal("somebody", Assert.Single(KillLatch.Read(Latch)).By);
    }

    [Fact]
    public void An_engine_that_has_not_taken_the_resumption_yet_is_not_killed_anew_and_one_that_is_killed_behind_it_is()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("somebody", "a test"));
        Tell(killing, QuotingState.Killed, KillReason.Operator);
        killing.Resume("me");

        Tell(killing, QuotingState.Killed, KillReason.Operator);   // told before it has taken it
        Assert.Empty(killing.Kills);

        Tell(killing, QuotingState.Blind);
        Tell(killing, QuotingState.Killed, KillReason.LedgerMismatch);
        Assert.Equal("inside", Assert.Single(killing.Kills).By);
    }

    [Fact]
    public void A_file_kills_and_is_in_the_way_of_a_resumption()
    {
        KillSwitch killing = Attached();
        killing.LookForFile();
        Assert.Empty(_done);

        File.WriteAllText(KillFile, "the desk said so\nand more");
        killing.LookForFile();
        killing.LookForFile();

        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.Equal("the desk said so", Assert.Single(Kept(killing)).Why);
        Assert.False(killing.Resume("me").IsDone);
        File.Delete(KillFile);
        Assert.True(killing.Resume("me").IsDone);
    }

    [Fact]
    public async Task A_file_that_takes_its_time_to_be_read_kills_before_it_is()
    {
        using (Process make = Process.Start("mkfifo", [KillFile])) make.WaitForExit();   // whoever reads it waits for a writer
        KillSwitch killing = Attached();
        Task looking = Task.Factory.StartNew(killing.LookForFile, TaskCreationOptions.LongRunning);

        bool isKilled = SpinWait.SpinUntil(() => killing.IsKilled, Patience);
        Assert.Equal((true, false), (isKilled, looking.IsCompleted));
        Assert.Equal("the file has appeared", Assert.Single(Kept(killing)).Why);

        await File.WriteAllTextAsync(KillFile, "the desk said so");
        await looking;
        Assert.Equal("the desk said so", Assert.Single(Kept(killing)).Why);
        Assert.Equal(["cancel-all", "Kill"], _done);
    }

    [Fact]
    public async Task A_run_that_ends_is_killed_but_not_resumed()
    {
        KillSwitch killing = Attached();
        killing.End();

        Task<string?> latching = killing.Kill(KillRecord.Now("somebody", "a test")).Latching;

        Assert.False(killing.Resume("me").IsDone);
        Assert.Null(await latching);
        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.True(File.Exists(Latch));
    }

    [Fact]
    public async Task A_latch_that_cannot_be_written_is_told_and_the_kill_done()
    {
        var killing = new KillSwitch(Path.Combine(_root, "missing", "testnet.kill.json"), killFile: null);
        killing.Attach(Post, CancelAll);

        Assert.NotNull(await killing.Kill(KillRecord.Now("somebody", "a test")).Latching);

        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.True(killing.TryTakeNote(out _));
        Assert.True(killing.TryTakeNote(out string? note));
        Assert.Contains("cannot be kept", note, StringComparison.Ordinal);
    }

    private KillSwitch Attached()
    {
        var killing = new KillSwitch(Latch, KillFile);
        killing.Attach(Post, CancelAll);
        return killing;
    }

    /// <summary>What the latch holds when it holds all.</summary>
    private KillRecord[] Kept(KillSwitch killing)
    {
        killing.Complete();
        return KillLatch.Read(Latch);
    }

    private static void Tell(KillSwitch killing, QuotingState state, params KillReason[] reasons) => Tell(killing, state, ClosingState.Unset, reasons);

    private static void Tell(KillSwitch killing, QuotingState state, ClosingState closing, params KillReason[] reasons) => killing.OnState(state, closing, reasons.Aggregate(0, (bits, reason) => bits | (1 << (int)reason)));

    private void Post(InboundKind kind, byte[] payload)
    {
        Assert.Equal(InboundKind.Command, kind);
        _done.Add($"{(OperatorCommand)payload[0]}");
    }

    private Task<string?> CancelAll()
    {
        _done.Add("cancel-all");
        return Task.FromResult<string?>(null);
    }
}
