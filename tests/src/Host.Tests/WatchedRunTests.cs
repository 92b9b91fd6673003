using System.Diagnostics;
using LatencyEngine.Bybit;
using LatencyEngine.Platform;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

public sealed class WatchedRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("watched-run-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_end_gives_signs_of_life_until_its_time_is_over_and_then_none()
    {
        using var watched = new WatchedRun(Request());
        watched.Trades();
        Heartbeat heartbeat = watched.Heartbeat!;
        var within = TimeSpan.FromSeconds(3);

        long begun = Stopwatch.GetTimestamp();
        watched.Exits(within);

        Assert.True(SpinWait.SpinUntil(() => heartbeat.Beats >= 3, Patience));
        Assert.True(SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(begun) > within + TimeSpan.FromMilliseconds(200), Patience));
        long beats = heartbeat.Beats;
        Thread.Sleep(400);   // silence is what is waited for
        Assert.Equal(beats, heartbeat.Beats);
        Assert.InRange(heartbeat.Beats, 3, 31);   // 100 ms apart, or later where the machine is busy
        Assert.Equal(HeartbeatPhase.Trading, heartbeat.Phase);
        watched.EndsInOrder();
    }

    [Fact]
    public void A_watchdog_of_its_own_that_another_one_was_quicker_than_is_no_run_without_a_watch()
    {
        LiveRequest request = Request() with { WatchdogCommand = ["/bin/sh", "-c", "exit 2"] };
        using var watched = new WatchedRun(request);
        using (var other = new FileStream(request.Files!.WatchPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            string? news = null;
            Assert.True(SpinWait.SpinUntil(() => (news = watched.News()) is not null, Patience));
            Assert.Equal("the watchdog has ended with status 2: another process watches this run", news);

            int rounds = 0;
            watched.AwaitWatchdog(() => watched.Heartbeat!.WatcherId = ++rounds >= 3 ? Environment.ProcessId : 0, CancellationToken.None);
            Assert.Equal(3, rounds);
            watched.Heartbeat!.WatcherId = 0;
        }

        Assert.Contains("the watchdog has ended with status 2", Assert.Throws<WatchdogException>(() => watched.AwaitWatchdog(() => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private LiveRequest Request() => new()
    {
        Configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []),
        Environment = "testnet",
        Endpoints = VenueEndpoints.Environments["testnet"],
        Credentials = new ApiCredentials("key", "secret"),
        Duration = null,
        Files = RunFiles.Make(_folder, $"watched-run-test-{Guid.NewGuid():N}"),
        Say = _ => { },
    };
}
