using System.Threading.Channels;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>What the engine asks of the venue by REST: look-ups, one after the other, whose findings it posts, and the cancellation of every order. What fails is counted and dropped: the engine asks again.</summary>
/// <remarks>Threads: <see cref="Ask"/> and <see cref="CancelAll"/> the io thread; the work is done by the pool.</remarks>
public sealed class LookUpWorker
{
    private const string CancelAllPath = "/v5/order/cancel-all";   // Bybit V5, 10

    // The engine asks again only when it no longer waits for what it asked before: a question that was not begun is superseded.
    private readonly Channel<byte[]> _requests = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly RestClient _rest;
    private Task _work = Task.CompletedTask;
    private Task _cancelling = Task.CompletedTask;
    private int _failed;
    private string? _lastFault;
    private bool _isCompleted;

    /// <summary>Prepares the worker.</summary>
    /// <param name="rest">Where to ask.</param>
    public LookUpWorker(RestClient rest) => _rest = rest;

    /// <summary>Look-ups and cancellations that failed. Any thread.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Why the last one failed; null when none did. Any thread.</summary>
    public string? LastFault => Volatile.Read(ref _lastFault);

    /// <summary>Begins to work.</summary>
    /// <param name="inbox">Receives the findings.</param>
    public void Start(Inbox inbox) => _work = WorkAsync(inbox);

    /// <summary>Takes one request, in place of one that was not begun yet; returns at once.</summary>
    public void Ask(ReadOnlySpan<byte> payload) => _requests.Writer.TryWrite(payload.ToArray());

    /// <summary>Has the venue cancel every order of the account, beside the look-ups; returns at once. Does nothing while one is under way.</summary>
    public void CancelAll()
    {
        if (Volatile.Read(ref _isCompleted) || !Volatile.Read(ref _cancelling).IsCompleted) return;
        Volatile.Write(ref _cancelling, Task.Run(CancelAllAsync));
    }

    /// <summary>Takes no more requests, forgets those that wait, and waits for those under way: the client's timeout bounds each of their answers, and a page is asked for six times at most.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isCompleted, true);
        _requests.Writer.TryComplete();
        _work.Wait();
        Volatile.Read(ref _cancelling).Wait();
    }

    private async Task WorkAsync(Inbox inbox)
    {
        await foreach (byte[] request in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (Volatile.Read(ref _isCompleted)) return;
            try
            {
                foreach ((InboundKind kind, byte[] payload) in await LookUp.RunAsync(request, _rest.GetAsync, Task.Delay, _rest.Redact).ConfigureAwait(false)) inbox.Post(kind, payload);
            }
            catch (Exception fault)
            {
                // Whatever it is: a worker that ends leaves an engine that asks for ever.
                OnFailed(fault);
            }
        }
    }

    private async Task CancelAllAsync()
    {
        try
        {
            byte[] answer = await _rest.PostAsync(CancelAllPath, "{\"category\":\"linear\",\"settleCoin\":\"USDT\"}").ConfigureAwait(false);
            VenueAnswer.Read(answer, $"POST {CancelAllPath}", _rest.Redact, _ => true);
        }
        catch (Exception fault)
        {
            OnFailed(fault);
        }
    }

    private void OnFailed(Exception fault)
    {
        Volatile.Write(ref _lastFault, _rest.Redact(fault.Message));
        Interlocked.Increment(ref _failed);
    }
}
