using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Asks by REST whether each symbol is still open for trading, and posts it when that has changed: no stream tells it. What fails changes nothing; the next round asks again.</summary>
/// <remarks>Thread: the work is done by the pool, one request at a time.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing of the system's.")]
public sealed class StatusWatcher(BybitRest rest, IReadOnlyList<string> symbols)
{
    /// <summary>Time between two questions for a symbol.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private readonly bool[] _isTrading = [.. symbols.Select(_ => true)];
    private readonly CancellationTokenSource _ending = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Says in one line that a symbol's status has changed; called by the pool.</summary>
    public Action<string> OnNotice { get; init; } = _ => { };

    /// <summary>Begins to ask, of instruments that were open when the run began.</summary>
    /// <param name="inbox">Receives the changes.</param>
    public void Start(Inbox inbox) => _work = WorkAsync(inbox);

    /// <summary>Ends the work and waits for a request under way, which the client's timeout bounds.</summary>
    public void Complete()
    {
        _ending.Cancel();
        _work.Wait();
    }

    private async Task WorkAsync(Inbox inbox)
    {
        try
        {
            while (true)
            {
                for (int i = 0; i < symbols.Count; i++)
                {
                    await Task.Delay(Round / symbols.Count, rest.Time, _ending.Token).ConfigureAwait(false);
                    await AskAsync(i, inbox).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // That is its end.
        }
    }

    private async Task AskAsync(int index, Inbox inbox)
    {
        VenueOutcome<string> answer;
        try
        {
            answer = await rest.StatusAsync(symbols[index], _ending.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_ending.IsCancellationRequested)
        {
            // Whatever it is: a worker that ends would never tell that an instrument is closed.
            return;
        }

        if (answer.Value is not { } status || (status == "Trading") == _isTrading[index]) return;
        _isTrading[index] = !_isTrading[index];
        var instrument = new InstrumentId(index);
        inbox.Post(InboundKind.InstrumentStatus, [.. MemoryMarshal.AsBytes(new ReadOnlySpan<InstrumentId>(in instrument)), _isTrading[index] ? (byte)1 : (byte)0]);
        OnNotice(_isTrading[index] ? $"{symbols[index]} is open for trading again" : $"{symbols[index]} is not open for trading, its status is {status}: it is not quoted, and its position may only be closed");
    }
}
