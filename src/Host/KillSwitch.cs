using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>Kills a run, from wherever it is asked for, and keeps who did and why until it is resumed.</summary>
/// <remarks>Thread: any. Blocks: on disk, for the latch, when the orders are on their way out already.</remarks>
public sealed class KillSwitch
{
    private readonly Lock _changing = new();
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly string? _latchPath;
    private readonly string? _killFile;
    private Action<InboundKind, byte[]>? _post;
    private Func<Task<string?>>? _cancelAll;
    private KillRecord? _killed;
    private bool _isResuming;
    private bool _isEnding;

    /// <summary>A switch, thrown already where the latch says so.</summary>
    /// <param name="latchPath">Where a kill is kept over restarts; null for nowhere.</param>
    /// <param name="killFile">A file whose presence kills; null for none.</param>
    public KillSwitch(string? latchPath, string? killFile)
    {
        _latchPath = latchPath;
        _killFile = killFile;
        _killed = latchPath is null ? null : KillLatch.Read(latchPath);
    }

    /// <summary>The kill that holds; null for none.</summary>
    public KillRecord? Killed => Volatile.Read(ref _killed);

    /// <summary>Takes the oldest line of what has happened; false when there is none.</summary>
    public bool TryTakeNote([NotNullWhen(true)] out string? note) => _notes.TryDequeue(out note);

    /// <summary>Joins the engine; a kill of before takes effect.</summary>
    /// <param name="post">Hands a command to the engine.</param>
    /// <param name="cancelAll">Has the venue cancel every order by another way, begun when it returns; its end is null, or why it failed.</param>
    public void Attach(Action<InboundKind, byte[]> post, Func<Task<string?>> cancelAll)
    {
        lock (_changing)
        {
            (_post, _cancelAll) = (post, cancelAll);
            if (_killed is not null) CancelAndKill();
        }
    }

    /// <summary>Kills the run: first one cancel-all by REST, then the engine, which cancels order by order, then the latch. A second kill repeats all but the record.</summary>
    /// <param name="record">By whom and why.</param>
    /// <param name="flatten">Have the positions closed as well.</param>
    /// <returns>The end of the cancel-all, and when it was handed over, by the clock of the stages; why the latch could not be written, null where it was.</returns>
    public (Task<string?> Cancelling, long HandedOverNanos, string? LatchFault) Kill(KillRecord record, bool flatten)
    {
        lock (_changing)
        {
            (Task<string?> cancelling, long handedOverNanos) = CancelAndKill();
            if (flatten) _post?.Invoke(InboundKind.Command, [(byte)OperatorCommand.Flatten]);
            return (cancelling, handedOverNanos, Keep(record));
        }
    }

    /// <summary>Lets quotes be made again: removes the latch, then tells the engine.</summary>
    /// <param name="by">Who asks for it.</param>
    /// <returns>Whether nothing is killed any more, and a sentence that says what came of it.</returns>
    public (bool IsDone, string Text) Resume(string by)
    {
        lock (_changing)
        {
            if (_killed is not { } killed) return (true, "it was not killed");
            if (_isEnding) return (false, "not resumed: the run is ending");
            if (_killFile is not null && Path.Exists(_killFile)) return (false, $"not resumed: {_killFile} is there, and would kill it again; remove it first");
            try
            {
                if (_latchPath is not null) File.Delete(_latchPath);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return (false, $"not resumed: the latch {_latchPath} cannot be removed: {fault.Message}");
            }

            _isResuming = true;
            Volatile.Write(ref _killed, null);
            _post?.Invoke(InboundKind.Command, [(byte)OperatorCommand.Resume]);
            _notes.Enqueue($"resumed by {by}; it had been killed {killed}");
            return (true, $"resumed; it had been killed {killed}");
        }
    }

    /// <summary>Kills where the file has appeared.</summary>
    internal void LookForFile()
    {
        if (_killFile is null || Killed is not null || !Path.Exists(_killFile)) return;
        Kill(KillRecord.Now($"file {_killFile}", FirstLine(_killFile) is { Length: > 0 } line ? line : "the file has appeared"), flatten: false);
    }

    /// <summary>The run ends: nothing is resumed any more.</summary>
    internal void End()
    {
        lock (_changing) _isEnding = true;
    }

    /// <summary>Takes how the engine describes itself, each time and in order: what it has killed from inside is cancelled by REST as well and kept.</summary>
    /// <param name="state">What it says.</param>
    /// <param name="reason">Why it is killed.</param>
    internal void OnState(QuotingState state, KillReason reason)
    {
        if (state == QuotingState.Halted || (state != QuotingState.Killed && !_isResuming)) return;
        lock (_changing)
        {
            if (state != QuotingState.Killed) _isResuming = false;
            else if (!_isResuming && _killed is null) KillFromInside(reason);
        }
    }

    /// <summary>A key that the venue refuses is no reason to stay killed: each start asks for it anew.</summary>
    private void KillFromInside(KillReason reason)
    {
        _cancelAll?.Invoke();
        Keep(KillRecord.Now("inside", Describe(reason)), isLatched: reason != KillReason.VenueRefused);
    }

    private (Task<string?> Cancelling, long HandedOverNanos) CancelAndKill()
    {
        Task<string?> cancelling = _cancelAll?.Invoke() ?? Task.FromResult<string?>("the run is only starting, and has sent nothing");
        long handedOverNanos = StageClock.NowNanos();
        _post?.Invoke(InboundKind.Command, [(byte)OperatorCommand.Kill]);
        return (cancelling, handedOverNanos);
    }

    private string? Keep(KillRecord record, bool isLatched = true)
    {
        if (_killed is null)
        {
            Volatile.Write(ref _killed, record);
            _notes.Enqueue($"killed {record}");
        }

        if (!isLatched || _latchPath is null || Path.Exists(_latchPath)) return null;
        try
        {
            KillLatch.Write(_latchPath, _killed);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _notes.Enqueue($"the kill cannot be kept in {_latchPath}, and a restart would not know of it: {fault.Message}");
            return fault.Message;
        }
    }

    /// <summary>A kill's reason for people.</summary>
    private static string Describe(KillReason reason) => reason switch
    {
        KillReason.Operator => "the operator asked for it",
        KillReason.LedgerMismatch => "the venue contradicted the engine's ledger again after the engine had taken its figures",
        KillReason.Liquidated => "the venue took a position over",
        KillReason.VenueRefused => "the venue does not accept the key or the session",
        KillReason.Drawdown => "the equity fell too far below its peak",
        _ => $"the engine's reason {reason}",
    };

    private static string FirstLine(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            char[] text = new char[1_024];
            return new string(text, 0, reader.ReadBlock(text)).Split('\n')[0];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
