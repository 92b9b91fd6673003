using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The engine and the venue on one thread and one virtual clock.</summary>
/// <remarks>Thread: one. The engine's own work is measured for time and allocation; the venue's is not part of either figure.</remarks>
public sealed class VirtualTimeRun : IDisposable
{
    private readonly RunStage _stage;
    private readonly DirectLink _link;
    private readonly SteppedRun _run;

    /// <summary>Joins an engine and a session that nothing has run through yet.</summary>
    /// <param name="stage">Engine and session.</param>
    /// <param name="onDelivery">Sees, and may replace, each delivery before the engine gets it; null outside tests.</param>
    /// <param name="markEveryFrames">Null: a burst ends where the session says. A number n: every n-th frame ends one, whatever arrives together.</param>
    /// <param name="engineFrame">Stands in for the hot path's own entry, inside what is measured; null outside tests.</param>
    /// <param name="onRequest">Sees each request that leaves; null outside tests.</param>
    public VirtualTimeRun(RunStage stage, Func<Delivery, Delivery>? onDelivery = null, int? markEveryFrames = null, FrameHandler? engineFrame = null, Action<byte[]>? onRequest = null)
    {
        _stage = stage;
        Engine = new EngineStep(stage.Engine, engineFrame);
        Observer = new RunObserver(stage.Engine, stage.Account, onRequest);
        _link = new DirectLink(stage.Engine, Engine, stage.BookTopics);
        _run = new SteppedRun(stage.Engine, stage.Session, _link, Observer, onDelivery, markEveryFrames, stage.Record, stage.SlowThread);
    }

    /// <summary>The engine's reader of the inbound ring.</summary>
    public EngineStep Engine { get; }

    /// <summary>What follows the run.</summary>
    public RunObserver Observer { get; }

    /// <summary>The run behind it.</summary>
    internal SteppedRun Run => _run;

    /// <summary>Opens connections and session, before any market data.</summary>
    public void Begin()
    {
        _link.Connect(_stage.Session.LastTimeNanos);
        _run.Begin(_stage.SessionNumber, _stage.Session.LastTimeNanos);
    }

    /// <summary>Takes the next burst through the engine and its requests to the venue; false when the session has nothing left.</summary>
    public bool Step() => _run.Step();

    /// <summary>Has the quotes pulled and lets the session go on until the venue has confirmed it.</summary>
    public void StopQuoting() => _run.StopQuoting();

    /// <summary>Checks at the end that nothing was lost between engine and venue.</summary>
    public void Finish() => _stage.Finish(Observer);

    /// <inheritdoc />
    public void Dispose() => Observer.Dispose();
}
