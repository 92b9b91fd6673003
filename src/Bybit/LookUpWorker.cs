using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>What the engine asks of the venue by REST: look-ups, one after the other, whose findings it posts, and the cancellation of every order. What fails is counted and dropped: the engine asks again.</summary>
/// <remarks>Threads: <see cref="Ask"/> and <see cref="CancelAll"/> the io thread; the work is done by the pool.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing of the system's.")]
public sealed class LookUpWorker
{
    // The engine asks again only when it no longer waits for what it asked before: a question that was not begun is superseded.
    private readonly Channel<byte[]> _requests = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly BybitRest _rest;
    private readonly IReadOnlyList<string> _symbols;
    private readonly CancellationTokenSource _ending = new();
    private Task _work = Task.CompletedTask;
    private Task _cancelling = Task.CompletedTask;
    private readonly Lock _changing = new();
    private UnderWay? _underWay;
    private int _failed;
    private string? _lastFault;
    private bool _isCompleted;

    /// <summary>Prepares the worker.</summary>
    /// <param name="rest">Where to ask.</param>
    /// <param name="symbols">Whose positions are asked for.</param>
    public LookUpWorker(BybitRest rest, IReadOnlyList<string> symbols)
    {
        _rest = rest;
        _symbols = symbols;
    }

    /// <summary>Look-ups and cancellations that failed. Any thread.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Why the last one failed; null when none did. Any thread.</summary>
    public string? LastFault => Volatile.Read(ref _lastFault);

    /// <summary>Begins to work.</summary>
    /// <param name="inbox">Receives the findings.</param>
    public void Start(Inbox inbox) => _work = WorkAsync(inbox);

    /// <summary>Takes one request, in place of one that was not begun yet; returns at once. One that is under way for an earlier private connection ends: its answer would be void.</summary>
    public void Ask(ReadOnlySpan<byte> payload)
    {
        _requests.Writer.TryWrite(payload.ToArray());
        lock (_changing)
        {
            if (_underWay is { } underWay && underWay.Generation != GenerationOf(payload)) underWay.Ending.Cancel();
        }
    }

    /// <summary>Has the venue cancel every order of the account, beside the look-ups; returns at once. Does nothing while one is under way.</summary>
    public void CancelAll()
    {
        if (Volatile.Read(ref _isCompleted) || !Volatile.Read(ref _cancelling).IsCompleted) return;
        Volatile.Write(ref _cancelling, Task.Run(CancelAllAsync));
    }

    /// <summary>Takes no more requests, forgets those that wait, and waits for those under way, which ask for nothing more that they would have to wait for: the client's timeout bounds each of their answers.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isCompleted, true);
        _ending.Cancel();
        _requests.Writer.TryComplete();
        _work.Wait();
        Volatile.Read(ref _cancelling).Wait();
    }

    private async Task WorkAsync(Inbox inbox)
    {
        await foreach (byte[] request in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (Volatile.Read(ref _isCompleted)) return;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            lock (_changing) _underWay = new UnderWay(GenerationOf(request), ending);
            try
            {
                foreach ((InboundKind kind, byte[] payload) in await LookUp.RunAsync(request, _symbols, (path, query) => _rest.GetAsync(path, query, ending.Token), _rest.Redact).ConfigureAwait(false)) inbox.Post(kind, payload);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // Superseded, or the end: the loop sees which.
            }
            catch (Exception fault)
            {
                // Whatever it is: a worker that ends leaves an engine that asks for ever.
                OnFailed(fault.Message);
            }
            finally
            {
                lock (_changing) _underWay = null;   // before its source is disposed
            }
        }
    }

    private static long GenerationOf(ReadOnlySpan<byte> request) =>
        MemoryMarshal.TryRead(request, out LookUpRequest head) ? head.PrivateGeneration : 0;

    private async Task CancelAllAsync()
    {
        try
        {
            VenueOutcome<bool> outcome = await _rest.CancelAllAsync().ConfigureAwait(false);
            if (!outcome.IsAnswered) OnFailed(outcome.Text);
        }
        catch (Exception fault)
        {
            OnFailed(fault.Message);
        }
    }

    private void OnFailed(string fault)
    {
        Volatile.Write(ref _lastFault, _rest.Redact(fault));
        Interlocked.Increment(ref _failed);
    }

    private sealed record UnderWay(long Generation, CancellationTokenSource Ending);
}
