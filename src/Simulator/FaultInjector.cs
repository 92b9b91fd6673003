namespace LatencyEngine.Simulator;

/// <summary>Decides what goes wrong, and when: a function of the faults, the seed and the messages that pass.</summary>
/// <remarks>The session's thread. Faults that concern connections, books as a whole or accounts are only announced here (<see cref="Begin"/>): they are carried out where those are.</remarks>
internal sealed class FaultInjector
{
    private readonly SplitMix64 _random;
    private readonly List<Running> _running = [];
    private readonly PriorityQueue<Fault, long> _due = new();

    /// <summary>Faults counted from a moment, ns since 1970.</summary>
    public FaultInjector(IReadOnlyList<Fault> faults, ulong seed, long beginNanos)
    {
        _random = new SplitMix64(seed);
        foreach (Fault fault in faults) Add(fault, beginNanos);
    }

    /// <summary>When the next fault begins, ns since 1970; null when none is left.</summary>
    public long? NextNanos => _due.TryPeek(out _, out long dueNanos) ? dueNanos : null;

    /// <summary>A fault more, counted from now.</summary>
    public void Add(Fault fault, long nowNanos) => _due.Enqueue(fault, nowNanos + fault.AfterNanos);

    /// <summary>Begins what is due by now; the occurrences that are carried out at once, those of connections and of the venue itself, are returned, in order. A repetition of a counted fault that is not used up yet adds nothing to it.</summary>
    public IReadOnlyList<Fault> Begin(long nowNanos)
    {
        List<Fault> atOnce = [];
        _running.RemoveAll(each => each.UntilNanos <= nowNanos || each.Left == 0);
        while (_due.TryPeek(out Fault? fault, out long dueNanos) && dueNanos <= nowNanos)
        {
            _due.Dequeue();
            if (fault.EveryNanos > 0) _due.Enqueue(fault, dueNanos + NextInterval(fault.EveryNanos));
            if (fault.IsOfConnections || fault.IsOfVenue) atOnce.Add(fault);
            else if (!IsPending(fault)) _running.Add(new Running(fault, fault.DurationNanos > 0 ? dueNanos + fault.DurationNanos : long.MaxValue));
        }

        return atOnce;
    }

    /// <summary>How often a message is sent: 0, 1 or 2 times.</summary>
    public int Copies(DeliveryChannel channel) =>
        Take(FaultKind.Gap, channel) is not null ? 0 : Take(FaultKind.Duplicate, channel) is not null ? 2 : 1;

    /// <summary>When a message arrives that is sent now.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="nowNanos">Now, ns since 1970.</param>
    /// <param name="delayNanos">Its delay without faults.</param>
    public long ArrivalNanos(DeliveryChannel channel, long nowNanos, long delayNanos)
    {
        long arrivalNanos = nowNanos + delayNanos;
        foreach (Running each in _running.Where(each => Concerns(each.Fault, channel) && nowNanos < each.UntilNanos))
        {
            if (each.Fault.Kind == FaultKind.Late) arrivalNanos += each.Fault.DelayNanos;
            if (each.Fault.Kind == FaultKind.Stall) arrivalNanos = Math.Max(arrivalNanos, each.UntilNanos);
        }

        return arrivalNanos;
    }

    /// <summary>How much later than by its way alone a request arrives that changes something and is sent now, ns.</summary>
    public long RequestDelayNanos(long nowNanos) =>
        _running.Where(each => each.Fault.Kind == FaultKind.Slow && nowNanos < each.UntilNanos).Sum(each => each.Fault.DelayNanos);

    /// <summary>Why a request is refused now; null when it is not.</summary>
    /// <param name="nowNanos">Now, ns since 1970.</param>
    /// <param name="isCommand">Whether it changes something: a look-up is not refused by a <see cref="FaultKind.Reject"/> that is for <see cref="DeliveryChannel.Trade"/>.</param>
    /// <param name="operation"><c>create</c>, <c>amend</c> or <c>cancel</c> of one order; empty for any other request.</param>
    public Refusal? Refuses(long nowNanos, bool isCommand, string operation = "")
    {
        if (_running.Exists(each => each.Fault.Kind == FaultKind.Ban && nowNanos < each.UntilNanos)) return Refusal.TooManyRequests;
        return Take(FaultKind.Reject, isCommand ? DeliveryChannel.Trade : DeliveryChannel.LookUpEnd, operation) is { } fault ? new Refusal(fault.Code, fault.Text) { IsCarriedOut = fault.IsCarriedOut } : null;
    }

    /// <summary>Uses up one of the messages or requests that a fault concerns.</summary>
    private Fault? Take(FaultKind kind, DeliveryChannel channel, string operation = "")
    {
        Running? found = _running.Find(each => each.Fault.Kind == kind && each.Left > 0 && Concerns(each.Fault, channel) && (each.Fault.Operation.Length == 0 || each.Fault.Operation == operation));
        if (found is null) return null;
        found.Left--;
        return found.Fault;
    }

    /// <summary>Whether a fault that ends by its count has begun and concerns messages or requests still to come.</summary>
    private bool IsPending(Fault fault) => fault.DurationNanos == 0 && _running.Exists(each => ReferenceEquals(each.Fault, fault) && each.Left > 0);

    private long NextInterval(long meanNanos) => Math.Max(1, (long)(-Math.Log(1 - _random.NextUnit()) * meanNanos));

    private static bool Concerns(Fault fault, DeliveryChannel channel) => fault.Channel is DeliveryChannel.Unset || fault.Channel == channel;

    private sealed class Running(Fault fault, long untilNanos)
    {
        public Fault Fault { get; } = fault;

        public long UntilNanos { get; } = untilNanos;

        public int Left { get; set; } = fault.Count;
    }
}
