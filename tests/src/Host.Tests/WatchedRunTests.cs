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
        RunFiles files = RunFiles.Make(_folder, $"watched-run-test-{Guid.NewGuid():N}");
        using var watched = new WatchedRun(new LiveRequest
        {
            Configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, []),
            Environment = "testnet",
            Endpoints = VenueEndpoints.Environments["testnet"],
            Credentials = new ApiCredentials("key", "secret"),
            Duration = null,
            Files = files,
            Say = _ => { },
        });
        watched.Trades();
        Heartbeat heartbeat = watched.Heartbeat!;
        var within = TimeSpan.FromMilliseconds(500);

        long begun = Stopwatch.GetTimestamp();
        watched.Exits(within);

        Assert.True(SpinWait.SpinUntil(() => heartbeat.Beats >= 3, Patience));
        long silentSince = Stopwatch.GetTimestamp();
        for (long beats = heartbeat.Beats; Stopwatch.GetElapsedTime(silentSince) < TimeSpan.FromMilliseconds(400); Thread.Sleep(10))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, "it does not fall silent");
            if (heartbeat.Beats != beats) silentSince = Stopwatch.GetTimestamp();
            beats = heartbeat.Beats;
        }

        Assert.True(Stopwatch.GetElapsedTime(begun) >= within);
        Assert.InRange(heartbeat.Beats, 3, 6);   // 100 ms apart
        Assert.Equal(HeartbeatPhase.Trading, heartbeat.Phase);
        watched.EndsInOrder();
    }
}
