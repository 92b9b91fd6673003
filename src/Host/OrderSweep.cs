using LatencyEngine.Bybit;
using LatencyEngine.Meter;

namespace LatencyEngine.Host;

/// <summary>Cancels every order of an account by REST until none rests. A venue that cannot be reached is tried for as long as it takes.</summary>
/// <remarks>Thread: the caller's. Blocks.</remarks>
internal sealed class OrderSweep
{
    private const long StaysEmptyNanos = 1_000_000_000;   // the venue carries out a cancel after it has answered

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookWithin = TimeSpan.FromSeconds(2);

    private readonly BybitRest _rest;
    private readonly TimeSpan _underWay;
    private readonly Action<string> _say;
    private string? _toldFault;

    /// <summary>Prepares it.</summary>
    /// <param name="rest">The calls.</param>
    /// <param name="underWay">How long a request may still be on its way to the venue when its sender has stopped: for so long the venue is looked at again.</param>
    /// <param name="say">Told, a line each, what stands in the way.</param>
    public OrderSweep(BybitRest rest, TimeSpan underWay, Action<string> say)
    {
        _rest = rest;
        _underWay = underWay;
        _say = say;
    }

    /// <summary>Mass cancels that the venue has taken.</summary>
    public int Cancels { get; private set; }

    /// <summary>When the first of them was answered, by <see cref="StageClock"/>; null before.</summary>
    public long? FirstCancelNanos { get; private set; }

    /// <summary>Since when the venue has shown no order, by <see cref="StageClock"/>; null while it shows one, or could not be asked.</summary>
    public long? EmptySinceNanos { get; private set; }

    /// <summary>Cancels and looks until nothing rests any more.</summary>
    /// <param name="isOver">Asked again and again: true ends it where it is.</param>
    /// <returns>True when nothing rests; false when it was ended before.</returns>
    public bool Run(Func<bool> isOver)
    {
        long begunNanos = StageClock.NowNanos();
        TimeSpan pause = LookEvery;
        bool mustCancel = true;
        while (!isOver())
        {
            if (mustCancel && !TryCancel())
            {
                Thread.Sleep(pause);
                pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, PauseMax.Ticks));
                continue;
            }

            int? resting = Look();
            mustCancel = resting != 0;
            if (resting != 0) EmptySinceNanos = null;
            EmptySinceNanos ??= resting == 0 ? StageClock.NowNanos() : null;
            if (EmptySinceNanos is { } sinceNanos && StageClock.NowNanos() is var nowNanos && nowNanos - sinceNanos >= StaysEmptyNanos && nowNanos - begunNanos >= _underWay.Ticks * TimeSpan.NanosecondsPerTick) return true;
            pause = LookEvery;
            Thread.Sleep(pause);
        }

        return false;
    }

    /// <summary>What is held, as people write it; empty for nothing, or where it cannot be asked for.</summary>
    public IReadOnlyList<string> Positions()
    {
        using var within = new CancellationTokenSource(LookWithin);
        try
        {
            return [.. (_rest.PositionsAsync(within.Token).GetAwaiter().GetResult().Value ?? []).Select(position => FormattableString.Invariant($"{position.Side} {position.Size} {position.Symbol}"))];
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>Sends one; false where another should follow before anything else: nobody knows, or certainly nothing was done.</summary>
    private bool TryCancel()
    {
        VenueOutcome<bool> outcome = _rest.CancelAllAsync().GetAwaiter().GetResult();
        Tell(outcome.IsAnswered ? null : outcome.Text);
        if (!outcome.IsAnswered) return outcome.Class is not (OutcomeClass.NotSent or OutcomeClass.Unknown or OutcomeClass.Pace or OutcomeClass.Banned or OutcomeClass.HardStop);
        Cancels++;
        FirstCancelNanos ??= StageClock.NowNanos();
        return true;
    }

    /// <summary>Orders that rest; null where it cannot be asked.</summary>
    private int? Look()
    {
        using var within = new CancellationTokenSource(LookWithin);
        try
        {
            VenueOutcome<IReadOnlyList<RestOrder>> orders = _rest.OpenOrdersAsync(within.Token).GetAwaiter().GetResult();
            Tell(orders.IsAnswered ? null : orders.Text);
            return orders.Value?.Count;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A fault is told once, until another takes its place.</summary>
    private void Tell(string? fault)
    {
        if (fault is not null && fault != _toldFault) _say($"{fault}; orders may rest: it is tried again until the venue answers");
        _toldFault = fault;
    }
}
