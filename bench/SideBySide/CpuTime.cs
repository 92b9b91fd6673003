using LatencyEngine.Platform;

namespace LatencyEngine.SideBySide;

/// <summary>How long the calling thread has been on a core since the start, by the kernel's count: what other processes take away in between is nobody's time, and the two cores of a busy machine still give ratios.</summary>
internal readonly struct CpuTime
{
    private readonly long _startedNanos;

    private CpuTime(long startedNanos) => _startedNanos = startedNanos;

    /// <summary>Nanoseconds so far; a call takes a fraction of a microsecond.</summary>
    public long Nanos => ThreadClock.CpuNanos() - _startedNanos;

    /// <summary>Begins to count.</summary>
    public static CpuTime Start() => new(ThreadClock.CpuNanos());
}
