using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>When a slow thread's steps are due, at whichever pace time passes.</summary>
/// <remarks>Thread: one.</remarks>
public sealed class SlowSteps
{
    private readonly ISlowThread _work;
    private readonly SlowInbox _inbox;
    private long _nextNanos = long.MinValue;

    /// <summary>Joins a slow thread's work to where its events are posted.</summary>
    /// <param name="work">The work.</param>
    /// <param name="post">Takes each event.</param>
    /// <exception cref="ArgumentException">Its steps are not apart.</exception>
    public SlowSteps(ISlowThread work, Action<InboundKind, byte[]> post)
    {
        if (work.StepNanos <= 0) throw new ArgumentException($"steps of a slow thread must be apart, were {work.StepNanos} ns", nameof(work));
        _work = work;
        _inbox = new SlowInbox(post);
    }

    /// <summary>Whether a step is due.</summary>
    /// <param name="nowNanos">Logic time, ns since 1970.</param>
    public bool IsDue(long nowNanos) => _nextNanos != long.MinValue && nowNanos >= _nextNanos;

    /// <summary>Has the newest step done that is due; the first call only says when time begins.</summary>
    /// <param name="nowNanos">Logic time, ns since 1970; never goes back.</param>
    public void StepTo(long nowNanos)
    {
        long stepNanos = _work.StepNanos;
        long newest = nowNanos / stepNanos * stepNanos;
        bool isDue = IsDue(nowNanos);
        _nextNanos = Math.Max(_nextNanos, newest + stepNanos);
        if (isDue) _work.Step(new EpochNanos(newest), _inbox);
    }
}
