using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using LatencyEngine.Bybit;

namespace LatencyEngine.Research;

/// <summary>How long a venue could not be reached, by a witness of its own that asks fifty times a second: what a run waits before it tries again is the run's downtime, not the venue's.</summary>
/// <remarks>Away is neither REST nor the public socket being served. Thread: the pool's. Allocates.</remarks>
internal sealed class Reachability : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);

    private readonly VenueEndpoints _endpoints;
    private readonly HttpClient _http = new() { Timeout = AnswerWithin };
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _work;
    private long _awayTicks;

    /// <summary>Begins to ask.</summary>
    public Reachability(VenueEndpoints endpoints)
    {
        _endpoints = endpoints;
        _work = WatchAsync();
    }

    /// <summary>Time from each first question that nobody served to the first that was served again. Any thread.</summary>
    public TimeSpan Away => TimeSpan.FromTicks(Interlocked.Read(ref _awayTicks));

    /// <summary>Ends it; blocks for as long as a question may take.</summary>
    public void Dispose()
    {
        _ending.Cancel();
        _work.GetAwaiter().GetResult();
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task WatchAsync()
    {
        long awaySince = 0;
        while (!_ending.IsCancellationRequested)
        {
            bool isServed = await IsServedByRestAsync().ConfigureAwait(false) || await IsServedBySocketAsync().ConfigureAwait(false);
            long now = Stopwatch.GetTimestamp();
            if (awaySince != 0) Interlocked.Add(ref _awayTicks, Stopwatch.GetElapsedTime(awaySince, now).Ticks);
            awaySince = isServed ? 0 : now;
            await Task.Delay(Every, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsServedByRestAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri(_endpoints.Rest, "/v5/market/time")).ConfigureAwait(false);
            return answer.StatusCode < HttpStatusCode.InternalServerError;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> IsServedBySocketAsync()
    {
        using var socket = new ClientWebSocket();
        using var within = new CancellationTokenSource(AnswerWithin);
        try
        {
            await socket.ConnectAsync(_endpoints.Public, within.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
