using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>A session served over sockets against a clock: the venue's side of a dry-run at 1x, 5x or any other pace.</summary>
/// <remarks>Thread: one drives it, the venue's; the engine works on its own.</remarks>
internal sealed class TimedRun
{
    private const long StepNanosMax = 5_000_000;              // how late an interruption or the end may be noticed
    private const long ProgressNanos = 250_000_000;
    private const long SettleWithinNanos = 15_000_000_000;    // three receive windows of a request: by then the venue has said what became of every order

    private readonly RunStage _stage;
    private readonly EngineThreads _threads;
    private readonly VenueServer _server;
    private readonly TimedPlay _play;
    private readonly ScaledClock _clock;
    private readonly RunObserver _observer;
    private readonly WakeEvent _wake;
    private readonly IProgress<RunProgress>? _progress;
    private readonly Random? _cuts;
    private readonly long _cutIntervalNanos;
    private readonly long _goneAfterNanos;
    private long _nextProgressNanos;
    private long _nextCutNanos;
    private long _blindSinceNanos;
    private bool _toldSlow;

    /// <summary>Joins the parts; connections stand already.</summary>
    public TimedRun(RunStage stage, EngineThreads threads, VenueServer server, ScaledClock clock, RunObserver observer, WakeEvent wake, RunRequest request, DryRunHooks hooks, IProgress<RunProgress>? progress)
    {
        _stage = stage;
        _threads = threads;
        _server = server;
        _play = new TimedPlay(stage.Session, server);
        _clock = clock;
        _observer = observer;
        _wake = wake;
        _progress = progress;
        if (request.Scenario == DryRunScenario.Cuts) _cuts = new Random(unchecked((int)request.Configuration.Venue.Seed));
        _cutIntervalNanos = hooks.CutInterval.Ticks * TimeSpan.NanosecondsPerTick;
        _goneAfterNanos = hooks.GoneAfter.Ticks * TimeSpan.NanosecondsPerTick;

        // The engine pulls its quotes in real time, be the clock as fast as it may.
        stage.Session.ClosesAfterNanos = Math.Max(ReplaySession.ClosingNanos, clock.Logic(SettleWithinNanos));
        FirstNanos = stage.Session.LastTimeNanos;
    }

    /// <summary>Logic time of the start, ns since 1970.</summary>
    public long FirstNanos { get; private set; }

    /// <summary>Logic time reached.</summary>
    public long LastNanos { get; private set; }

    /// <summary>Why the run ended before its time; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Plays the session to its end, or to the duration's or the operator's, then has the quotes pulled.</summary>
    public void Play(TimeSpan? duration, CancellationToken cancel)
    {
        FirstNanos = Math.Max(FirstNanos, _clock.NowNanos);
        _clock.Start();
        _stage.Engine.Begin(_stage.SessionNumber, _threads.Io.Inbox.Post);
        long lastNanos = duration is { } wanted ? FirstNanos + (wanted.Ticks * 100) : long.MaxValue;
        while (!cancel.IsCancellationRequested && !_stage.Session.IsFinished && LastNanos < lastNanos && Failure is null)
        {
            Step();
            Cut();
        }

        _observer.Control?.End();
        _threads.Io.Inbox.Post(InboundKind.Command, [(byte)OperatorCommand.StopQuoting]);
        long stoppedAtNanos = StageClock.NowNanos();
        while (Failure is null && !IsSettled && StageClock.NowNanos() - stoppedAtNanos < SettleWithinNanos) Step();
        Report();
    }

    /// <summary>The engine has described itself since it was stopped, holds no order, and has booked everything.</summary>
    private bool IsSettled =>
        _observer.State.State is >= QuotingState.Stopped and not QuotingState.Reducing && _observer.State.LiveOrders == 0 && _observer.Executions == _stage.Account.Fills.Count;

    private void Step()
    {
        long nowNanos = _clock.NowNanos;
        long? dueInNanos = _play.Step(nowNanos);
        LastNanos = nowNanos;
        _observer.Drain();
        Watch();
        if (StageClock.NowNanos() >= _nextProgressNanos) Report();
        long waitNanos = dueInNanos is { } dueIn ? Math.Min(_clock.RealNanosUntil(nowNanos + dueIn), StepNanosMax) : StepNanosMax;
        if (waitNanos > 0) _wake.Wait(waitNanos);
    }

    private void Report()
    {
        _nextProgressNanos = StageClock.NowNanos() + ProgressNanos;
        _progress?.Report(_stage.Progress(_observer, LastNanos, _threads));
    }

    /// <summary>A thread that ended, or a venue that stays away, ends the run.</summary>
    private void Watch()
    {
        if (_threads.FaultText is { } fault)
        {
            Failure = fault;
            return;
        }

        while (_threads.TryTakeSlowNote(out string note)) _observer.Note(LastNanos, note);
        if (!_toldSlow && _threads.SlowFaultText is { } slow)
        {
            _toldSlow = true;
            _observer.Note(LastNanos, $"{slow}; biases fade, and the stops of positions stay with the engine");
        }

        long nowNanos = StageClock.NowNanos();
        if (_threads.IsReady) _blindSinceNanos = nowNanos;
        else if (_blindSinceNanos == 0) _blindSinceNanos = nowNanos;
        else if (nowNanos - _blindSinceNanos > _goneAfterNanos) Failure = $"the venue is gone: {_threads.Io.Describe()}";
    }

    private void Cut()
    {
        if (_cuts is null || LastNanos < _nextCutNanos) return;
        bool isFirst = _nextCutNanos == 0;
        _nextCutNanos = LastNanos + (long)(_cutIntervalNanos * (0.5 + _cuts.NextDouble()));
        if (isFirst) return;
        int subset = _cuts.Next(1, 8);
        if ((subset & 1) != 0) _server.Cut(DeliveryChannel.Public);
        if ((subset & 2) != 0) _server.Cut(DeliveryChannel.Private);
        if ((subset & 4) != 0) _server.Cut(DeliveryChannel.Trade);
    }
}
