using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>A session played burst by burst on a virtual clock: each burst goes to the engine, and what the engine sends goes back to the session before the next.</summary>
/// <remarks>Thread: one drives it. What the engine decides depends on the session alone and not on the link.</remarks>
internal sealed class SteppedRun
{
    private const long StopWithinNanos = 5_000_000_000;

    private readonly Engine _engine;
    private readonly ReplaySession _session;
    private readonly IEngineLink _link;
    private readonly RunObserver _observer;
    private readonly Action? _onHanded;
    private readonly Func<Delivery, Delivery> _onDelivery;
    private readonly int? _markEveryFrames;
    private ISlowThread? _slow;
    private readonly SlowSteps? _slowSteps;
    private readonly List<Delivery> _burst = [];
    private long _nowNanos;
    private long _unmarkedFrames;

    /// <summary>Joins an engine and a session that nothing has run through yet.</summary>
    /// <param name="engine">The engine; read while it rests between two steps.</param>
    /// <param name="session">The recording, the venue and the latencies.</param>
    /// <param name="link">The way between them.</param>
    /// <param name="observer">Reads what the engine puts out.</param>
    /// <param name="onDelivery">Sees, and may replace, each delivery before the engine gets it; null outside tests.</param>
    /// <param name="markEveryFrames">Null: a burst ends where the session says. A number n: every n-th frame ends one, whatever arrives together.</param>
    /// <param name="onHanded">Called after every step, while the engine rests: the journal takes what waits; null without one.</param>
    /// <param name="slow">What runs beside: the market waits for each step, and what comes of it is handed over at the time of the burst in which the step fell due. Null for nothing.</param>
    public SteppedRun(Engine engine, ReplaySession session, IEngineLink link, RunObserver observer, Func<Delivery, Delivery>? onDelivery = null, int? markEveryFrames = null, Action? onHanded = null, ISlowThread? slow = null)
    {
        _engine = engine;
        _session = session;
        _link = link;
        _observer = observer;
        _onHanded = onHanded;
        _onDelivery = onDelivery ?? (delivery => delivery);
        _markEveryFrames = markEveryFrames;
        _slow = slow;
        if (slow is null) return;
        _slowSteps = new SlowSteps(slow, Post);
        observer.OnDirectionalFact = fact => slow.OnDirectional(in fact);
    }

    /// <summary>Logic time of the start, ns since 1970.</summary>
    public long FirstNanos { get; private set; }

    /// <summary>Logic time of the newest burst.</summary>
    public long LastNanos => _nowNanos;

    /// <summary>Opens the session, before any market data.</summary>
    public void Begin(uint sessionNumber, long nowNanos)
    {
        _nowNanos = FirstNanos = nowNanos;
        _slowSteps?.StepTo(nowNanos);
        _engine.Begin(sessionNumber, Post);
    }

    /// <summary>Takes the next burst through the engine and its answers to the venue; false when the session has nothing left.</summary>
    public bool Step()
    {
        if (!_session.TryNextBurst(_burst)) return false;
        for (int i = 0; i < _burst.Count; i++)
        {
            Delivery delivery = _onDelivery(_burst[i]);
            _nowNanos = Math.Max(_nowNanos, delivery.TimeNanos);
            _link.Hand(in delivery, EndsBurst(i));
        }

        Settle();
        StepSlow();
        return true;
    }

    /// <summary>Hands over an operator's command, at the time of the newest burst.</summary>
    public void Command(byte[] payload) => Post(InboundKind.Command, payload);

    /// <summary>Tells the engine to pull its quotes and lets the session go on until the venue has answered, at most five seconds of logic time.</summary>
    public void StopQuoting()
    {
        Post(InboundKind.Command, [(byte)OperatorCommand.StopQuoting]);
        long deadline = _nowNanos + StopWithinNanos;
        while (!IsSettled && _nowNanos < deadline && Step())
        {
        }
    }

    /// <summary>No order of the engine is open or unanswered, and every execution of the venue has reached it.</summary>
    private bool IsSettled => _engine.Orders.LiveOrders == 0 && _observer.Executions == _session.Venue.Accounts[0].Fills.Count;

    /// <summary>First what is due, then the burst: its messages are no older than the step.</summary>
    private void StepSlow()
    {
        if (_slow is null) return;
        if (_slowSteps!.IsDue(_nowNanos))
        {
            _observer.Drain();
            if (_observer.StateNanos > 0) _slow.OnAccount(_observer.Lanes, _observer.State.Wallet, _observer.State.State);
        }

        try
        {
            _slowSteps.StepTo(_nowNanos);
        }
#pragma warning disable CA1031 // As on a thread of its own: the run goes on without it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _observer.Note(_nowNanos, $"the slow thread ended: {fault.GetType().Name}: {fault.Message}; biases fade, and the stops of positions stay with the engine");
            _slow = null;
            return;
        }

        while (_slow.TryTakeNote(out string note)) _observer.Note(_nowNanos, note);
        foreach (Delivery delivery in _burst)
        {
            if (delivery is { Channel: DeliveryChannel.Public, IsLost: false } && SlowThread.IsHeard(delivery.Frame.Span)) _slow.OnMarket(delivery.Frame.Span, new EpochNanos(delivery.TimeNanos));
        }
    }

    private bool EndsBurst(int index)
    {
        if (_markEveryFrames is not int every) return index == _burst.Count - 1;
        if (++_unmarkedFrames < every) return false;
        _unmarkedFrames = 0;
        return true;
    }

    private void Post(InboundKind kind, byte[] payload)
    {
        _link.Post(kind, payload, _nowNanos);
        Settle();
    }

    private void Settle()
    {
        _observer.Drain();
        _onHanded?.Invoke();
        _link.Collect(_session, _nowNanos);
    }
}
