using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>Kills a run, from wherever it is asked for, and keeps who did and why until it is resumed.</summary>
/// <remarks>Thread: any. Blocks: never, but for <see cref="Resume"/> and <see cref="Complete"/>; the latch is written by a thread of its own.</remarks>
public sealed class KillSwitch
{
    private const int KillsMax = 16;   // from then on a kill takes the place of the newest from outside
    private const string FromTheEngine = "inside";

    private static readonly KillReason[] FromInside = [.. Enum.GetValues<KillReason>().Where(reason => reason is not (KillReason.Unset or KillReason.Operator))];

    private readonly Lock _onDisk = new();   // held while the latch is written or removed; taken before the other
    private readonly Lock _changing = new();   // held for moments: the thread that drains the engine's ring takes it
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly string? _latchPath;
    private readonly string? _killFile;
    private Action<InboundKind, byte[]>? _post;
    private Func<Task<string?>>? _cancelAll;
    private KillRecord[] _kills;
    private KillRecord? _unlatched;
    private long _killCount;
    private int _seenFromInside;
    private TaskCompletionSource<string?>? _due;
    private Task<string?> _latching = Task.FromResult<string?>(null);
    private bool _isWriting;
    private bool _isResuming;
    private bool _isEnding;

    /// <summary>A switch, thrown already where the latch says so.</summary>
    /// <param name="latchPath">Where kills are kept over restarts; null for nowhere.</param>
    /// <param name="killFile">A file whose presence kills; null for none.</param>
    public KillSwitch(string? latchPath, string? killFile)
    {
        _latchPath = latchPath;
        _killFile = killFile;
        _kills = latchPath is null ? [] : KillLatch.Read(latchPath);
    }

    /// <summary>The kills that hold, oldest first; empty while it is not killed.</summary>
    public IReadOnlyList<KillRecord> Kills => Volatile.Read(ref _kills);

    /// <summary>It is killed.</summary>
    public bool IsKilled => Kills.Count > 0;

    /// <summary>Takes the oldest line of what has happened; false when there is none.</summary>
    public bool TryTakeNote([NotNullWhen(true)] out string? note) => _notes.TryDequeue(out note);

    /// <summary>Joins the engine; a kill of before takes effect, and so does a flatten of before that was not done.</summary>
    /// <param name="post">Hands a command to the engine.</param>
    /// <param name="cancelAll">Has the venue cancel every order by another way, begun when it returns; its end is null, or why it failed.</param>
    public void Attach(Action<InboundKind, byte[]> post, Func<Task<string?>> cancelAll)
    {
        lock (_changing)
        {
            (_post, _cancelAll) = (post, cancelAll);
            if (_kills.Length > 0) CancelAndKill(_kills.Any(kill => kill.Flattens));
        }
    }

    /// <summary>Kills the run: first one cancel-all by REST, then the engine, which cancels order by order, then the latch. A second kill does the same again, and is kept beside the first.</summary>
    /// <param name="record">By whom and why, and whether the positions are to be closed as well.</param>
    /// <returns>The end of the cancel-all, and when it was handed over, by the clock of the stages; the end of the latch's writing: null, or why it could not be written.</returns>
    public (Task<string?> Cancelling, long HandedOverNanos, Task<string?> Latching) Kill(KillRecord record)
    {
        lock (_changing)
        {
            (Task<string?> cancelling, long handedOverNanos) = CancelAndKill(record.Flattens);
            Keep(record);
            return (cancelling, handedOverNanos, Latch());
        }
    }

    /// <summary>Lets quotes be made again, whatever has killed it: removes the latch, then tells the engine. Blocks on disk.</summary>
    /// <param name="by">Who asks for it.</param>
    /// <returns>Whether nothing is killed any more, and a sentence that says what came of it, with every kill that was lifted.</returns>
    public (bool IsDone, string Text) Resume(string by)
    {
        lock (_onDisk)
        {
            long count;
            lock (_changing)
            {
                if (_kills.Length == 0) return (true, "it was not killed");
                if (_isEnding) return (false, "not resumed: the run is ending");
                count = _killCount;
            }

            if (_killFile is not null && Path.Exists(_killFile)) return (false, $"not resumed: {_killFile} is there, and would kill it again; remove it first");
            try
            {
                if (_latchPath is not null) File.Delete(_latchPath);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return (false, $"not resumed: the latch {_latchPath} cannot be removed: {fault.Message}");
            }

            lock (_changing)
            {
                if (_killCount != count)
                {
                    Latch();
                    return (false, $"not resumed: it was killed once more meanwhile: {_kills[^1]}");
                }

                string lifted = $"it had been killed {KillRecord.Describe(_kills)}";
                _due?.SetResult("it was resumed meanwhile");
                (_due, _unlatched) = (null, null);
                Volatile.Write(ref _kills, []);
                _isResuming = _post is not null;
                Post(OperatorCommand.Resume);
                _notes.Enqueue($"resumed by {by}; {lifted}");
                return (true, $"resumed; {lifted}");
            }
        }
    }

    /// <summary>Waits until the latch holds what it is to hold, as far as it can be written. Blocks on disk.</summary>
    public void Complete()
    {
        Task<string?> latching;
        lock (_changing) latching = _latching;
        latching.Wait();
    }

    /// <summary>Kills where the file has appeared, and reads what it says behind that: the disk may take its time.</summary>
    internal void LookForFile()
    {
        if (_killFile is null || IsKilled || !Path.Exists(_killFile)) return;
        KillRecord record = KillRecord.Now($"file {_killFile}", "the file has appeared");
        Kill(record);
        if (FirstLine(_killFile) is not { Length: > 0 } line) return;
        KillRecord read = record.Because(line);
        lock (_changing)
        {
            if (!_kills.Contains(record)) return;   // resumed already
            Volatile.Write(ref _kills, [.. _kills.Select(kill => kill == record ? read : kill)]);
            _notes.Enqueue($"{_killFile} says: {read.Why}");
            Latch();
        }
    }

    /// <summary>The run ends: nothing is resumed any more.</summary>
    internal void End()
    {
        lock (_changing) _isEnding = true;
    }

    /// <summary>Takes how the engine describes itself, each time and in order: each reason from inside is cancelled by REST as well and kept, and a flatten is done once all is flat.</summary>
    /// <param name="state">What it says.</param>
    /// <param name="closing">How far a flatten has come.</param>
    /// <param name="killReasons">Why it is killed, as <see cref="RiskGate.KillReasons"/> has it.</param>
    internal void OnState(QuotingState state, ClosingState closing, int killReasons)
    {
        if (state == QuotingState.Halted || (state != QuotingState.Killed && !_isResuming)) return;
        lock (_changing)
        {
            if (state != QuotingState.Killed)
            {
                (_isResuming, _seenFromInside) = (false, 0);
                return;
            }

            foreach (KillReason reason in Inside(killReasons & ~_seenFromInside)) KillFromInside(reason);
            _seenFromInside |= killReasons;
            if (closing == ClosingState.Flat && !_isResuming && _kills.Any(kill => kill.Flattens)) TellFlat();
        }
    }

    /// <summary>Those of some reasons, as <see cref="RiskGate.KillReasons"/> has them, that are the engine's own.</summary>
    internal static IEnumerable<KillReason> Inside(int killReasons) => FromInside.Where(reason => (killReasons & (1 << (int)reason)) != 0);

    /// <summary>The engine has cancelled, and after a drawdown or a lack of confidence closes, by itself. A key that the venue refuses is no reason to stay killed: each start asks for it anew.</summary>
    private void KillFromInside(KillReason reason)
    {
        KillRecord record = KillRecord.Now(FromTheEngine, Describe(reason), flattens: reason is KillReason.Drawdown or KillReason.ModelConfidence);
        if (_isResuming) CancelAndKill(record.Flattens);   // the engine will take the resumption, and nobody who asked for that knew of this
        else _cancelAll?.Invoke();
        Keep(record);
        if (reason == KillReason.VenueRefused) _unlatched = record;
        else Latch();
    }

    private void TellFlat()
    {
        Volatile.Write(ref _kills, [.. _kills.Select(kill => kill with { Flattens = false })]);
        _notes.Enqueue("flat: the positions that were to be closed with the kill are");
        Latch();
    }

    private (Task<string?> Cancelling, long HandedOverNanos) CancelAndKill(bool flattens)
    {
        Task<string?> cancelling = _cancelAll?.Invoke() ?? Task.FromResult<string?>("the run is only starting, and has sent nothing");
        long handedOverNanos = StageClock.NowNanos();
        Post(OperatorCommand.Kill);
        if (flattens) Post(OperatorCommand.Flatten);
        return (cancelling, handedOverNanos);
    }

    private void Post(OperatorCommand command) => _post?.Invoke(InboundKind.Command, [(byte)command]);

    private void Keep(KillRecord record)
    {
        _notes.Enqueue($"killed {(_kills.Length == 0 ? "" : "again ")}{record}");
        int replaced = _kills.Length < KillsMax ? -1 : Array.FindLastIndex(_kills, kill => kill.By != FromTheEngine);
        bool flattens = record.Flattens || (replaced >= 0 && _kills[replaced].Flattens);
        Volatile.Write(ref _kills, [.. _kills.Where((_, i) => i != replaced), record with { Flattens = flattens }]);
        _killCount++;
    }

    /// <summary>Has the latch written. The lock is held.</summary>
    private Task<string?> Latch()
    {
        if (_latchPath is null || _due is not null) return _latching;
        _due = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _latching = _due.Task;
        if (_isWriting) return _latching;
        _isWriting = true;
        new Thread(WriteLatch) { Name = "le-latch", IsBackground = true }.Start();
        return _latching;
    }

    /// <summary>Writes until nothing is due.</summary>
    private void WriteLatch()
    {
        while (true)
        {
            lock (_onDisk)
            {
                TaskCompletionSource<string?> due;
                KillRecord[] kills;
                lock (_changing)
                {
                    _isWriting = _due is not null;
                    if (_due is null) return;
                    (due, _due) = (_due, null);
                    kills = [.. _kills.Where(kill => kill != _unlatched)];
                }

                due.SetResult(Write(kills));
            }
        }
    }

    private string? Write(KillRecord[] kills)
    {
        try
        {
            KillLatch.Write(_latchPath!, kills);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _notes.Enqueue($"the kill cannot be kept in {_latchPath}, and a restart would not know of it: {fault.Message}");
            return fault.Message;
        }
    }

    /// <summary>A kill's reason for people.</summary>
    public static string Describe(KillReason reason) => reason switch
    {
        KillReason.Operator => "the operator asked for it",
        KillReason.LedgerMismatch => "the venue contradicted the engine's ledger again after the engine had taken its figures",
        KillReason.Liquidated => "the venue took a position over",
        KillReason.VenueRefused => "the venue does not accept the key or the session",
        KillReason.Drawdown => "the equity fell too far below its peak",
        KillReason.ModelConfidence => "the model was too unsure of itself for too long",
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
