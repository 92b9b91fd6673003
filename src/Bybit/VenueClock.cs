using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>The venue's time: what it said when it was last asked, and what has passed since on a clock that nobody sets. Never goes back once it has been measured.</summary>
/// <remarks>Reading: any thread, without a lock, allocates nothing. Setting: one thread at a time is enough, and any number are safe.</remarks>
public sealed class VenueClock : LogicClock
{
    private const long NanosPerSecond = 1_000_000_000;
    private const long DriftMax = 500_000;             // ns a second: beyond it a machine's oscillator is broken
    private const long SuddenNanos = 1_000_000_000;    // a clock of the venue's does not jump so far; an answer that says so is asked for again
    private const long DriftBaseline = 60;             // seconds, below which a difference says little about a rate

    private readonly TimeProvider _time;
    private Reading _reading;
    private Reading? _anchor;
    private Reading? _doubted;
    private long _lastNanos;

    /// <summary>A clock that shows the machine's time until it is measured.</summary>
    /// <param name="time">The machine's clocks; null for the real ones.</param>
    public VenueClock(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _reading = new Reading(_time.GetTimestamp(), SystemNanos(), ErrorNanos: long.MaxValue, DriftNanosPerSecond: 0, DifferenceNanos: 0);
    }

    /// <summary>Whether the venue has told its time.</summary>
    public bool IsMeasured => Volatile.Read(ref _anchor) is not null;

    /// <summary>How far the time may be wrong either way by the last measurement: half of its round trip, ns. Before the first, 2^63 - 1.</summary>
    public long ErrorNanos => Volatile.Read(ref _reading).ErrorNanos;

    /// <summary>How far the venue's time was ahead of the machine's time of day at the last measurement, ns.</summary>
    public long DifferenceNanos => Volatile.Read(ref _reading).DifferenceNanos;

    /// <summary>How much faster the venue's time goes than the machine's, ns a second; 0 until it is known.</summary>
    public long DriftNanosPerSecond => Volatile.Read(ref _reading).DriftNanosPerSecond;

    /// <summary>The last answer was more than a second away from what is known, and counts only when the next one says the same: one bad answer must not stop the time of an engine.</summary>
    public bool IsInDoubt => Volatile.Read(ref _doubted) is not null;

    /// <summary>The machine's clocks, whose timestamps <see cref="Set"/> takes.</summary>
    internal TimeProvider Time => _time;

    /// <inheritdoc />
    /// <remarks>The first measurement may set it back: take it before anything is stamped.</remarks>
    public override long NowNanos
    {
        get
        {
            long now = Shown(Volatile.Read(ref _reading), _time.GetTimestamp());
            return IsMeasured ? Forward(ref _lastNanos, now) : now;
        }
    }

    /// <inheritdoc />
    public override long RealNanosUntil(long logicNanos) => logicNanos - NowNanos;

    /// <summary>Takes the venue's answer to the question for its time, the one of several with the shortest way there and back.</summary>
    /// <param name="askedAt">Before it was asked, a timestamp of the time provider.</param>
    /// <param name="venueNanos">What the venue answered, ns since 1970.</param>
    /// <param name="answeredAt">When the answer was there.</param>
    /// <returns>Whether it was taken: one that is worse than what is known and agrees with it is not, nor is one that nothing has confirmed (<see cref="IsInDoubt"/>).</returns>
    public bool Set(long askedAt, long venueNanos, long answeredAt)
    {
        long errorNanos = Nanos(askedAt, answeredAt) / 2;
        long nowNanos = venueNanos + errorNanos;
        Reading last = Volatile.Read(ref _reading);
        Reading? anchor = Volatile.Read(ref _anchor);
        long ageSeconds = Nanos(last.At, answeredAt) / NanosPerSecond;
        bool agrees = Math.Abs(nowNanos - Shown(last, answeredAt)) <= errorNanos;
        if (anchor is not null && agrees && errorNanos > last.ErrorNanos + (ageSeconds * DriftMax)) return false;

        long drift = last.DriftNanosPerSecond;
        long differenceNanos = nowNanos + Nanos(answeredAt, _time.GetTimestamp()) - SystemNanos();   // the answer may be older than this call: others were waited for
        var reading = new Reading(answeredAt, nowNanos, errorNanos, drift, differenceNanos);
        Reading? doubted = Volatile.Read(ref _doubted);
        bool isSudden = anchor is not null && Math.Abs(nowNanos - Shown(last, answeredAt)) > SuddenNanos + errorNanos + last.ErrorNanos;
        bool isConfirmed = doubted is not null && Math.Abs(nowNanos - Shown(doubted, answeredAt)) <= SuddenNanos + errorNanos + doubted.ErrorNanos;
        Volatile.Write(ref _doubted, isSudden && !isConfirmed ? reading : null);
        if (isSudden && !isConfirmed) return false;
        if (anchor is null)
        {
            anchor = reading;
        }
        else if (Nanos(anchor.At, answeredAt) / NanosPerSecond is var seconds and >= DriftBaseline)
        {
            // Known when the two have drawn apart by more than both measurements may be wrong.
            long apart = nowNanos - anchor.VenueNanos - Nanos(anchor.At, answeredAt);
            if (Math.Abs(apart) > errorNanos + anchor.ErrorNanos)
            {
                reading = reading with { DriftNanosPerSecond = Math.Clamp(apart / seconds, -DriftMax, DriftMax) };
                anchor = reading;
            }
        }

        Volatile.Write(ref _reading, reading);
        Volatile.Write(ref _anchor, anchor);
        return true;
    }

    private long Shown(Reading reading, long timestamp)
    {
        long passed = Nanos(reading.At, timestamp);
        return reading.VenueNanos + passed + (long)((double)passed * reading.DriftNanosPerSecond / NanosPerSecond);
    }

    private long Nanos(long from, long to) => _time.GetElapsedTime(from, to).Ticks * TimeSpan.NanosecondsPerTick;

    private long SystemNanos() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>One measurement, replaced as a whole.</summary>
    /// <param name="At">When, a timestamp of the time provider.</param>
    /// <param name="VenueNanos">The venue's time then.</param>
    /// <param name="ErrorNanos">How far it may be wrong either way.</param>
    /// <param name="DriftNanosPerSecond">How much faster the venue's time goes.</param>
    /// <param name="DifferenceNanos">How far it was ahead of the machine's time of day.</param>
    private sealed record Reading(long At, long VenueNanos, long ErrorNanos, long DriftNanosPerSecond, long DifferenceNanos);
}
