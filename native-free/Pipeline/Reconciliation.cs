using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>Whether the engine's books are known to be the venue's, and when the venue is asked: after every return of the private stream, since nothing of it is replayed (Bybit V5, 7), after a contradiction, while the outcome of an order is unknown, and now and then.</summary>
/// <remarks>Thread: hot. Allocates, blocks, throws: never. Time: logic time, from the arguments.</remarks>
internal sealed class Reconciliation
{
    /// <summary>Longest wait for a look-up's end before the same is asked again.</summary>
    public const long AnswerTimeoutNanos = 2_000_000_000;

    /// <summary>Least time between two look-ups that have a cause, while quotes are made.</summary>
    public const long IntervalNanos = 1_000_000_000;

    /// <summary>Least time before the first repetition of a look-up that quotes wait for; each further one waits twice as long, <see cref="IntervalNanos"/> at most.</summary>
    public const long RepeatNanos = 100_000_000;

    /// <summary>How far before what is known the venue is asked, and how long a message may be on its way: executions of different symbols need not be told in the order of their times, and one that comes again is recognised by its id.</summary>
    public const long OverlapMillis = 10_000;

    private long _answeredMillis;
    private EpochNanos _latestAskedAt;
    private EpochNanos _restartedAt;
    private UInt128 _newest;
    private long _newestMillis;
    private long _askedSinceMillis;
    private long _rowFrames;
    private bool _isNewestListed;
    private long _repeatNanos = RepeatNanos / 2;
    private bool _isAsked;
    private UInt128 _lacking;
    private long _lackingMillis;
    private UInt128 _lacked;
    private bool _lacksAgain;
    private bool _isDamaged;

    /// <summary>Time between two look-ups without a cause, ns; 0 for none.</summary>
    public long EveryNanos { get; set; }

    /// <summary>True from the end of a look-up with which the books were made the venue's, until the private stream is lost or contradicts them. While false, executions of the stream wait for that end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True once a look-up has ended: what the venue held then is what the session began with.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True from <see cref="OnTorn"/> until the next look-up leaves.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Executions from this venue time on may be missing, ms since 1970: the newest answer with which the books were made the venue's, or the newest wallet of a whole stream that was the ledger's, less an overlap; before that the session's begin, with which the ledger begins too.</summary>
    /// <remarks>The venue lists no more than seven days from a time on (Bybit V5, 10.8): a quiet market must not leave it behind.</remarks>
    public long SinceMillis { get; private set; }

    /// <summary>True when the rows since the last end lack the newest execution that the stream or an earlier look-up has told: the venue's answer is older than the books.</summary>
    /// <remarks>What is older than the question's begin is not listed, and needs not be.</remarks>
    public bool IsBehind => _newest != UInt128.Zero && !_isNewestListed && _newestMillis >= _askedSinceMillis;

    /// <summary>The ledger begins: the executions from here on are the session's.</summary>
    public void Begin(EpochNanos now) => SinceMillis = now.Milliseconds;

    /// <summary>A wallet that the stream has told is the ledger's: no execution from before it is missing. A newer execution alone would not say so, for the stream may have lost an older one.</summary>
    public void OnWalletAgrees(long createdMillis)
    {
        if (IsComplete) SinceMillis = Math.Max(SinceMillis, createdMillis - OverlapMillis);
    }

    /// <summary>The stream has told an execution that was not known.</summary>
    public void OnStreamed(in ExecutionEvent execution)
    {
        _newest = execution.ExecutionId;
        _newestMillis = execution.ExecutedMillis;
        _isNewestListed = false;
    }

    /// <summary>A row of a look-up has told an execution.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="isNew">It was not known, and is to be booked. Should the look-up turn out void, the next one must have it too.</param>
    public void OnListed(in ExecutionEvent execution, bool isNew)
    {
        if (isNew && execution.ExecutedMillis >= _newestMillis)
        {
            _newest = execution.ExecutionId;
            _newestMillis = execution.ExecutedMillis;
        }

        _isNewestListed |= execution.ExecutionId == _newest;
    }

    /// <summary>A row of a look-up has told an execution that a whole stream should have told. The oldest of them is remembered: the newer ones may be on their way.</summary>
    public void OnLacking(in ExecutionEvent execution)
    {
        _lacksAgain |= execution.ExecutionId == _lacked;
        if (_lacking != UInt128.Zero && execution.ExecutedMillis >= _lackingMillis) return;
        (_lacking, _lackingMillis) = (execution.ExecutionId, execution.ExecutedMillis);
    }

    /// <summary>The private stream is gone, or new and silent about what came before, or contradicts the books: what was asked before has no answer any more.</summary>
    public void Restart(EpochNanos now)
    {
        IsComplete = false;
        _isAsked = false;
        _lacked = UInt128.Zero;
        _restartedAt = now;
    }

    /// <summary>The latest look-up cannot be compared with the books, or showed what could not be taken: the venue is to be asked again soon.</summary>
    public void OnTorn() => IsTorn = true;

    /// <summary>True when the venue is to be asked now: the last question has waited too long, or there is a cause and the last look-up is an interval ago, or it is time for one without.</summary>
    public bool IsDue(EpochNanos now, bool hasUnknownOutcome)
    {
        long waitedNanos = now - _latestAskedAt;
        if (_isAsked) return waitedNanos >= AnswerTimeoutNanos;
        if (EveryNanos > 0 && waitedNanos >= EveryNanos) return true;
        if (!IsComplete) return waitedNanos >= _repeatNanos;
        return waitedNanos >= IntervalNanos && (hasUnknownOutcome || IsTorn);
    }

    /// <summary>A look-up leaves.</summary>
    public void OnAsked(EpochNanos now)
    {
        if (!IsComplete) _repeatNanos = Math.Min(2 * _repeatNanos, IntervalNanos);
        _isAsked = true;
        IsTorn = false;
        _latestAskedAt = now;
        _askedSinceMillis = SinceMillis;
    }

    /// <summary>A frame of rows has come.</summary>
    public void OnRows() => _rowFrames++;

    /// <summary>Rows of a look-up could not be read.</summary>
    public void OnDamaged() => _isDamaged = true;

    /// <summary>True when the rows since the last end could not all be read, or are not those of the look-up that ends now: some are missing, or some are of one that had no end.</summary>
    /// <param name="rowFrames">Frames of rows that belong to it.</param>
    public bool IsDamaged(long rowFrames) => _isDamaged || _rowFrames != rowFrames;

    /// <summary>Of a look-up that is not void: whether its rows had executions that the stream should have told. Those on their way are told before the next look-up: the one that is still lacking then is <see cref="Lack.Lost"/>.</summary>
    public Lack TakeLack()
    {
        Lack lack = _lacking == UInt128.Zero ? Lack.None : _lacksAgain ? Lack.Lost : Lack.Late;
        _lacked = _lacking;
        return lack;
    }

    /// <summary>An end has been dealt with, void or not: what the rows before it said holds for no other look-up.</summary>
    public void ForgetRows()
    {
        _rowFrames = 0;
        _isDamaged = false;
        _isNewestListed = false;
        _lacking = UInt128.Zero;
        _lacksAgain = false;
    }

    /// <summary>True for a question that was asked before the books were called into doubt.</summary>
    public bool IsVoid(long askedNanos) => askedNanos < _restartedAt.Nanos;

    /// <summary>All rows of a look-up have been taken. What its picture is worth is another question.</summary>
    public void OnEnd() => _isAsked = false;

    /// <summary>What the venue holds is what the books hold.</summary>
    /// <param name="answeredMillis">Venue time of the newest answer, ms since 1970; what happens later is the present stream's to tell.</param>
    public void OnAgreed(long answeredMillis)
    {
        IsComplete = true;
        _answeredMillis = Math.Max(_answeredMillis, answeredMillis);
        SinceMillis = Math.Max(SinceMillis, answeredMillis - OverlapMillis);
        HasBegun = true;
        _repeatNanos = RepeatNanos / 2;
    }

    /// <summary>True when a message of the venue can be compared with the books: they are complete, and the look-up that completed them has not put them ahead of it.</summary>
    public bool CanCompare(long createdMillis) => IsComplete && createdMillis > _answeredMillis;

    /// <summary>Whether a look-up had executions that the stream has not told.</summary>
    internal enum Lack
    {
        /// <summary>It had none.</summary>
        None = 0,

        /// <summary>They may be on their way.</summary>
        Late = 1,

        /// <summary>The stream does not bring them.</summary>
        Lost = 2,
    }
}
