using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>Whether the engine's books are known to be the venue's, and when the venue is asked: after every return of the private stream, since nothing of it is replayed (Bybit V5, 7), and while the outcome of an order is unknown.</summary>
/// <remarks>Thread: hot. Allocates, blocks, throws: never. Time: logic time, from the arguments.</remarks>
internal sealed class Reconciliation
{
    /// <summary>Longest wait for a look-up's end before the same is asked again.</summary>
    public const long AnswerTimeoutNanos = 2_000_000_000;

    /// <summary>Least time between two look-ups for orders whose outcome is unknown.</summary>
    public const long IntervalNanos = 1_000_000_000;

    // Executions of different symbols need not be told in the order of their times; one that comes again is recognised by its id.
    private const long OverlapMillis = 10_000;

    private long _answeredMillis;
    private EpochNanos _latestAskedAt;
    private bool _isAsked;
    private bool _isDamaged;

    /// <summary>True from the end of the look-up after the private stream's return until the stream is lost again.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Executions from this venue time on may be missing, ms since 1970: the newest one booked, or the newest complete answer, while none was, less an overlap; before that the session's begin, with which the ledger begins too.</summary>
    /// <remarks>The venue lists no more than seven days from a time on (Bybit V5, 10.8): a quiet market must not leave it behind.</remarks>
    public long SinceMillis { get; private set; }

    /// <summary>The ledger begins: the executions from here on are the session's.</summary>
    public void Begin(EpochNanos now) => SinceMillis = now.Milliseconds;

    /// <summary>An execution was booked. While older ones may be missing it moves nothing.</summary>
    public void OnBooked(long executedMillis)
    {
        if (IsComplete) SinceMillis = Math.Max(SinceMillis, executedMillis - OverlapMillis);
    }

    /// <summary>The private stream is gone, or new and silent about what came before: what was asked on the old one has no answer any more.</summary>
    public void Restart()
    {
        IsComplete = false;
        _isAsked = false;
    }

    /// <summary>True when the venue is to be asked now: the last question has waited too long, or an outcome is unknown and was not asked for within the interval.</summary>
    public bool IsDue(EpochNanos now, bool hasUnknownOutcome)
    {
        long waitedNanos = now - _latestAskedAt;
        return _isAsked ? waitedNanos >= AnswerTimeoutNanos : hasUnknownOutcome && waitedNanos >= IntervalNanos;
    }

    /// <summary>A look-up leaves.</summary>
    public void OnAsked(EpochNanos now)
    {
        _isAsked = true;
        _latestAskedAt = now;
    }

    /// <summary>Rows of a look-up could not be read.</summary>
    public void OnDamaged() => _isDamaged = true;

    /// <summary>A look-up's end has come, whatever it was about: whether rows before it could not be read. Look-ups are answered one after the other, so those were its own, or of one that has no end.</summary>
    public bool TakeDamage()
    {
        bool wasDamaged = _isDamaged;
        _isDamaged = false;
        return wasDamaged;
    }

    /// <summary>All rows of a look-up have been taken.</summary>
    /// <param name="answeredMillis">Venue time of the newest answer, ms since 1970; what happens later is the present stream's to tell.</param>
    public void OnEnd(long answeredMillis)
    {
        IsComplete = true;
        _isAsked = false;
        _answeredMillis = Math.Max(_answeredMillis, answeredMillis);
        SinceMillis = Math.Max(SinceMillis, answeredMillis - OverlapMillis);
    }

    /// <summary>True when a message of the venue can be compared with the books: they are complete, and the look-up that completed them has not put them ahead of it.</summary>
    public bool CanCompare(long createdMillis) => IsComplete && createdMillis > _answeredMillis;
}
