using System.Net;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Has the venue cancel every order by REST when it has to be at once: on a connection of its own, which nothing else keeps busy, and which is used now and then so that it stands and is warm.</summary>
/// <remarks>Thread: any; the keeping is done by the pool.</remarks>
public sealed class WarmCancel : IDisposable
{
    private const string TimePath = "/v5/market/time";   // the cheapest question (Bybit V5, 13)

    // Shorter than connections are let stand idle, and one request in ten seconds, of 600 in five that an address has (Bybit V5, 17.1).
    private static readonly TimeSpan UseEvery = TimeSpan.FromSeconds(10);

    private const int Rehearsals = 8;   // fewer than the ten a second that the client lets through
    private const int RehearsalMillis = 2_000;

    private static readonly byte[] RehearsedAnswer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 54\r\n\r\n{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{},\"time\":100000}\n");

    private readonly RestClient _client;
    private readonly BybitRest _rest;
    private readonly CancellationTokenSource _ending = new();
    private Task _keeping = Task.CompletedTask;

    /// <summary>Prepares it; it connects with <see cref="Start"/>.</summary>
    /// <param name="client">Of its own; it is disposed with this object.</param>
    public WarmCancel(RestClient client)
    {
        _client = client;
        _rest = new BybitRest(client);
    }

    /// <summary>Connects, and keeps the connection warm.</summary>
    public void Start() => _keeping = KeepAsync();

    /// <summary>Cancels every order settled in USDT (<see cref="BybitRest.CancelAllAsync"/>). On a connection that stands, the request has been handed to the kernel when this returns.</summary>
    /// <returns>Null when the venue has taken it; else why not, in one line without the key.</returns>
    public async Task<string?> CancelAllAsync()
    {
        try
        {
            VenueOutcome<bool> outcome = await _rest.CancelAllAsync().ConfigureAwait(false);
            return outcome.IsAnswered ? null : outcome.Text;
        }
        catch (Exception fault) when (fault is ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            return "not sent: the run has ended";
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ending.Cancel();
        _keeping.Wait();
        _ending.Dispose();
        _client.Dispose();
    }

    /// <summary>A process's first requests compile some twenty milliseconds' worth of methods, and a kill is mostly the first: so it is rehearsed, against a listener of this process that says yes.</summary>
    private static async Task RehearseAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new RestClient(new Uri($"http://{listener.LocalEndpoint}"), new ApiCredentials("rehearsal", "rehearsal"), new SystemClock(), RehearsalMillis, TimeSpan.FromMilliseconds(RehearsalMillis));
        using var cancelling = new WarmCancel(client);
        Task<Socket> accepting = listener.AcceptSocketAsync();
        byte[] request = new byte[4_096];
        Socket? venue = null;
        try
        {
            for (int i = 0; i < Rehearsals; i++)
            {
                Task<string?> cancelled = cancelling.CancelAllAsync();
                venue ??= await accepting.ConfigureAwait(false);
                for (int length = 0, count = 1; count > 0 && !request.AsSpan(0, length).EndsWith("}"u8); length += count) count = await venue.ReceiveAsync(request.AsMemory(length)).ConfigureAwait(false);
                await venue.SendAsync(RehearsedAnswer).ConfigureAwait(false);
                await cancelled.ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            // A host without loopback: the first kill compiles what it needs.
        }
        finally
        {
            venue?.Dispose();
        }
    }

    private async Task KeepAsync()
    {
        await RehearseAsync().ConfigureAwait(false);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await _client.GetAsync(TimePath, "", _ending.Token).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is VenueRefusalException or OperationCanceledException)
            {
                // The venue is away, or this ends: the next one connects again.
            }

            await Task.Delay(UseEvery, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
