using System.Diagnostics;
using LatencyEngine.TestData;

namespace LatencyEngine.Platform.Tests;

public sealed class HeartbeatTests : IDisposable
{
    private const int VersionAt = 8;
    private const int ProcessAt = 12;
    private const int StartAt = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("heartbeat-").FullName;

    private string FilePath => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Whoever_opens_it_reads_who_lives_and_each_sign_of_life()
    {
        using var written = Heartbeat.Create(FilePath);
        using Heartbeat? read = Heartbeat.TryOpen(FilePath, out string fault);
        Assert.NotNull(read);
        Assert.Equal("", fault);
        Assert.Equal((Environment.ProcessId, PosixProcess.StartTicks(Environment.ProcessId)), (read.ProcessId, read.StartTicks));
        Assert.Equal((HeartbeatPhase.Starting, 0L, 0L, 0, 0L), (read.Phase, read.Beats, read.BeatNanos, read.WatcherId, read.Alarms));
        Assert.True(read.IsOwnerAlive);

        written.Phase = HeartbeatPhase.Trading;
        written.Beat(1_000);
        written.Beat(2_000);
        (read.WatcherId, read.Alarms) = (77, 3);

        Assert.Equal((HeartbeatPhase.Trading, 2L, 2_000L), (read.Phase, read.Beats, read.BeatNanos));
        Assert.Equal((77, 3L), (written.WatcherId, written.Alarms));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(["run"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_sign_of_life_allocates_nothing()
    {
        using var heartbeat = Heartbeat.Create(FilePath);
        heartbeat.Beat(1);

        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            for (int i = 0; i < 1_000; i++) heartbeat.Beat(i);
        }));
    }

    [Fact]
    public void One_that_is_made_in_its_place_leaves_it_as_it_is()
    {
        using var first = Heartbeat.Create(FilePath);
        using Heartbeat reader = Heartbeat.TryOpen(FilePath, out _)!;
        using var second = Heartbeat.Create(FilePath);

        first.Beat(1);
        second.Beat(5);
        second.Beat(6);

        Assert.Equal(1, reader.Beats);
        using Heartbeat next = Heartbeat.TryOpen(FilePath, out _)!;
        Assert.Equal(2, next.Beats);
    }

    [Fact]
    public void Without_a_file_there_is_none_and_no_fault() => Assert.Equal((null, ""), (Heartbeat.TryOpen(FilePath, out string fault), fault));

    [Theory]
    [InlineData(10, -1, 0, " has 10 bytes, and a heartbeat has 64")]
    [InlineData(64, 0, 1, " is no heartbeat")]
    [InlineData(64, VersionAt, 9, " is a heartbeat of version 9, and this program reads 1")]
    public void What_is_none_of_this_version_is_not_read(int lengthBytes, int at, byte value, string fault)
    {
        Heartbeat.Create(FilePath).Dispose();
        byte[] bytes = File.ReadAllBytes(FilePath)[..lengthBytes];
        if (at >= 0) bytes[at] = value;
        File.WriteAllBytes(FilePath, bytes);

        Assert.Null(Heartbeat.TryOpen(FilePath, out string found));
        Assert.Equal(FilePath + fault, found);
    }

    [Theory]
    [InlineData(ProcessAt)]   // a number that no process has
    [InlineData(StartAt)]     // one that another process has by now
    public void A_process_that_is_gone_does_not_live_though_its_number_may_be_anothers(int at)
    {
        Heartbeat.Create(FilePath).Dispose();
        byte[] bytes = File.ReadAllBytes(FilePath);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), int.MaxValue);
        File.WriteAllBytes(FilePath, bytes);

        using Heartbeat heartbeat = Heartbeat.TryOpen(FilePath, out _)!;
        Assert.False(heartbeat.IsOwnerAlive);
    }

    [Fact]
    public void A_process_that_was_ended_is_gone_also_while_its_parent_takes_no_notice()
    {
        using Process parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 60 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            int child = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.NotNull(PosixProcess.StartTicks(child));
            using (Process running = Process.GetProcessById(child)) running.Kill();

            Assert.True(SpinWait.SpinUntil(() => PosixProcess.StartTicks(child) is null, TimeSpan.FromSeconds(60)));
            Assert.True(Directory.Exists($"/proc/{child}"));
            Assert.NotNull(PosixProcess.StartTicks(parent.Id));
        }
        finally
        {
            parent.Kill();
        }
    }
}
