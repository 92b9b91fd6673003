using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host.Tests;

public sealed class KillSwitchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kill-switch-tests-").FullName;
    private readonly List<string> _done = [];

    private string Latch => Path.Combine(_root, "testnet.kill.json");

    private string KillFile => Path.Combine(_root, "stop");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_venue_is_asked_first_then_the_engine_and_the_latch_is_on_disk_when_it_returns()
    {
        KillSwitch killing = Attached();

        Assert.Null(killing.Kill(KillRecord.Now("somebody", "a test"), flatten: false).LatchFault);

        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.Equal(("somebody", "a test"), (KillLatch.Read(Latch)?.By, KillLatch.Read(Latch)?.Why));
        Assert.True(killing.TryTakeNote(out string? note));
        Assert.Contains("killed by somebody", note, StringComparison.Ordinal);
        Assert.False(killing.TryTakeNote(out _));
    }

    [Fact]
    public void A_second_kill_cancels_again_and_the_first_reason_stays()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("first", "a test"), flatten: false);

        killing.Kill(KillRecord.Now("second", "again"), flatten: true);

        Assert.Equal(["cancel-all", "Kill", "cancel-all", "Kill", "Flatten"], _done);
        Assert.Equal("first", killing.Killed?.By);
    }

    [Fact]
    public void A_switch_that_was_latched_kills_when_it_is_joined_and_not_again_once_resumed()
    {
        KillLatch.Write(Latch, KillRecord.Now("somebody", "yesterday"));

        KillSwitch killing = Attached();
        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.Equal((true, false), (killing.Resume("me").IsDone, File.Exists(Latch)));

        Assert.Equal(["cancel-all", "Kill", "Resume"], _done);
        Assert.Null(killing.Killed);
        Assert.Null(new KillSwitch(Latch, killFile: null).Killed);
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

        killing.OnState(QuotingState.Active, KillReason.Unset);
        killing.OnState(QuotingState.Killed, KillReason.Liquidated);
        killing.OnState(QuotingState.Killed, KillReason.Liquidated);

        Assert.Equal(["cancel-all"], _done);
        Assert.Equal("inside", KillLatch.Read(Latch)?.By);
    }

    [Fact]
    public void A_key_that_the_venue_refuses_is_not_kept()
    {
        KillSwitch killing = Attached();

        killing.OnState(QuotingState.Killed, KillReason.VenueRefused);

        Assert.Equal(("inside", false), (killing.Killed?.By, File.Exists(Latch)));
    }

    [Fact]
    public void An_engine_that_has_not_taken_the_resumption_yet_is_not_killed_anew_and_one_that_is_killed_behind_it_is()
    {
        KillSwitch killing = Attached();
        killing.Kill(KillRecord.Now("somebody", "a test"), flatten: false);
        killing.OnState(QuotingState.Killed, KillReason.Operator);
        killing.Resume("me");

        killing.OnState(QuotingState.Killed, KillReason.Operator);   // told before it has taken it
        Assert.Null(killing.Killed);

        killing.OnState(QuotingState.Blind, KillReason.Unset);
        killing.OnState(QuotingState.Killed, KillReason.LedgerMismatch);
        Assert.Equal("inside", killing.Killed?.By);
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
        Assert.Equal("the desk said so", killing.Killed?.Why);
        Assert.False(killing.Resume("me").IsDone);
        File.Delete(KillFile);
        Assert.True(killing.Resume("me").IsDone);
    }

    [Fact]
    public void A_run_that_ends_is_killed_but_not_resumed()
    {
        KillSwitch killing = Attached();
        killing.End();

        killing.Kill(KillRecord.Now("somebody", "a test"), flatten: false);

        Assert.False(killing.Resume("me").IsDone);
        Assert.Equal(["cancel-all", "Kill"], _done);
        Assert.True(File.Exists(Latch));
    }

    [Fact]
    public void A_latch_that_cannot_be_written_is_told_and_the_kill_done()
    {
        var killing = new KillSwitch(Path.Combine(_root, "missing", "testnet.kill.json"), killFile: null);
        killing.Attach(Post, CancelAll);

        Assert.NotNull(killing.Kill(KillRecord.Now("somebody", "a test"), flatten: false).LatchFault);

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
