using System.Threading.Channels;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Carries out the engine's look-ups one after the other and posts what they find. A failed one is dropped: the engine asks again.</summary>
/// <remarks>Threads: <see cref="Ask"/> the io thread; the work is done by the pool.</remarks>
public sealed class LookUpWorker
{
    private readonly Channel<byte[]> _requests = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RestClient _rest;
    private Task _work = Task.CompletedTask;
    private int _failed;
    private string? _lastFault;
    private bool _isCompleted;

    /// <summary>Prepares the worker.</summary>
    /// <param name="rest">Where to ask.</param>
    public LookUpWorker(RestClient rest) => _rest = rest;

    /// <summary>Look-ups that failed. Any thread.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Why the last one failed; null when none did. Any thread.</summary>
    public string? LastFault => Volatile.Read(ref _lastFault);

    /// <summary>Begins to work.</summary>
    /// <param name="inbox">Receives the findings.</param>
    public void Start(Inbox inbox) => _work = WorkAsync(inbox);

    /// <summary>Takes one request; returns at once.</summary>
    public void Ask(ReadOnlySpan<byte> payload) => _requests.Writer.TryWrite(payload.ToArray());

    /// <summary>Takes no more requests, forgets those that wait, and waits for the one under way: its client's timeout bounds each of its pages.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isCompleted, true);
        _requests.Writer.TryComplete();
        _work.Wait();
    }

    private async Task WorkAsync(Inbox inbox)
    {
        await foreach (byte[] request in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (Volatile.Read(ref _isCompleted)) return;
            try
            {
                foreach ((InboundKind kind, byte[] payload) in await LookUp.RunAsync(request, _rest.GetAsync).ConfigureAwait(false)) inbox.Post(kind, payload);
            }
            catch (VenueRefusalException fault)
            {
                Volatile.Write(ref _failed, _failed + 1);
                Volatile.Write(ref _lastFault, fault.Message);
            }
        }
    }
}
