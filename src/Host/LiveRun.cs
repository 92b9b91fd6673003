using System.Globalization;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Risk;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>One live run from its first quote to its end: watches engine and connections, tells what happens, and closes the positions.</summary>
/// <remarks>Thread: one.</remarks>
internal sealed class LiveRun
{
    private const long ProgressNanos = 250_000_000;
    private const int StepMillis = 2;

    // Several receive windows of a request, and time for a venue that is away to come back.
    private const long FlattenWithinNanos = 30_000_000_000;
    private const long OrderEntryAwayNanos = 10_000_000_000;   // while the rest of the venue is there: REST is the way out then
    private const long FirstQuoteWithinNanos = 60_000_000_000;

    private readonly LiveRequest _request;
    private readonly Engine _engine;
    private readonly EngineThreads _threads;
    private readonly LiveVenue _venue;
    private readonly WatchedRun _watched;
    private readonly LiveObserver _observer;
    private readonly RunControl? _control;
    private readonly Uptime _uptime = new();
    private readonly Action<LiveProgress>? _progress;
    private readonly Dictionary<string, LatencyHistogram> _stages;
    private readonly string?[] _toldFaults = new string?[EngineThreads.Channels.Count];
    private string? _toldRestFault;
    private bool _toldPolling;
    private bool _toldSlow;
    private long _nextProgressNanos;
    private string? _failure;
    private string? _notFlat;

    public LiveRun(LiveRequest request, Engine engine, EngineThreads threads, LiveVenue venue, WatchedRun watched, RunControl? control, Action<LiveProgress>? progress, Action<LossState>? remember)
    {
        _request = request;
        _engine = engine;
        _threads = threads;
        _venue = venue;
        _watched = watched;
        _control = control;
        _observer = new LiveObserver(engine, request.Say, control) { OnLosses = remember };
        _progress = progress;
        _stages = new(LatencyStages.Of(engine.Meters, threads.Io.Meters).Append(new("feedLag", engine.Meters.FeedLag)));
    }

    private bool IsFlat => _observer.State.Closing is ClosingState.Flat or ClosingState.TooSmallToClose;

    private bool IsKilledFor(KillReason reason) => KillSwitch.Inside(_engine.Gate.KillReasons).Contains(reason);

    /// <summary>A killed run stays, without quotes, where somebody can resume it. What the venue does not accept, nobody can.</summary>
    private bool CanBeResumed => _control is not null && !IsKilledFor(KillReason.VenueRefused);

    /// <summary>The venue has shown at the end that no order of the run rests.</summary>
    public bool NothingRests { get; private set; }

    /// <summary>Takes what the engine has put out.</summary>
    public void Drain() => _observer.Drain();

    /// <summary>Quotes are made, until the time is up or it cannot go on. Killed, it stays until it is resumed or the operator ends it.</summary>
    public void Trade(CancellationToken cancel)
    {
        long durationNanos = _request.Duration is { } duration ? duration.Ticks * TimeSpan.NanosecondsPerTick : long.MaxValue;
        long begunNanos = StageClock.NowNanos();
        while (!cancel.IsCancellationRequested && _failure is null && _uptime.ElapsedNanos < durationNanos)
        {
            Step();
            long nowNanos = StageClock.NowNanos();
            _uptime.Look(nowNanos, _observer.State, _threads.Io);
            bool isKilled = _observer.State.State == QuotingState.Killed;
            if (isKilled) begunNanos = nowNanos;
            if (_engine.HotPath.IsHalted || (isKilled && !CanBeResumed)) _failure ??= Stopped();
            else if (!_uptime.HasBegun && nowNanos - begunNanos > FirstQuoteWithinNanos) _failure ??= $"no quote could be made within {FirstQuoteWithinNanos / 1_000_000_000} s: {_threads.Io.Describe()}{(_venue.LastFault is { } fault ? $"; by REST: {fault}" : "")}";
        }
    }

    /// <summary>Quotes are cancelled and positions closed, as far as the venue can be reached.</summary>
    public void Flatten()
    {
        _control?.End();
        _threads.Io.Inbox.Post(InboundKind.Command, [(byte)OperatorCommand.Flatten]);
        long begunNanos = StageClock.NowNanos();
        long canSendNanos = begunNanos;   // when it last could, or the venue was away as a whole
        while (_threads.FaultText is null && !_engine.HotPath.IsHalted && !IsFlat && _observer.State.Closing != ClosingState.Refused && StageClock.NowNanos() - begunNanos < FlattenWithinNanos)
        {
            Step();
            long nowNanos = StageClock.NowNanos();
            if (_threads.Io.Status(VenueChannel.Trade).Phase == ConnectionPhase.Ready || _threads.Io.Status(VenueChannel.Private).Phase != ConnectionPhase.Ready) canSendNanos = nowNanos;
            else if (nowNanos - canSendNanos >= OrderEntryAwayNanos) break;
        }

        if (_threads.FaultText is { } fault) _failure ??= fault;
        if (_engine.HotPath.IsHalted) _failure ??= Stopped();
        string why = _observer.State.Closing == ClosingState.Refused ? "the venue refuses to close" : string.Create(CultureInfo.InvariantCulture, $"after {(StageClock.NowNanos() - begunNanos) / 1e9:0} s");
        if (!IsFlat) _notFlat = string.Create(CultureInfo.InvariantCulture, $"not flat, {why}: {string.Join(", ", _observer.Positions.Select(pair => $"{pair.Key} {pair.Value}"))}, {_observer.State.LiveOrders} orders; {_threads.Io.Describe()}");
    }

    /// <summary>Does work at the end; what fails of it is the run's failure.</summary>
    public void Note(Action work)
    {
        try
        {
            work();
        }
        catch (JournalException fault)
        {
            _failure ??= fault.Message;
        }
    }

    /// <summary>What the run came to; the engine's threads rest.</summary>
    public LiveResult Result(bool isInterrupted)
    {
        IReadOnlyList<string> symbols = _engine.Symbols;
        (bool? flat, NothingRests, string? fault) = _venue.Exit(symbols, _engine.Orders.NextName, _observer.Note, isEngineFlat: _notFlat is null && _threads.FaultText is null && !_engine.HotPath.IsHalted);
        if (flat == true && _notFlat is { } ended) _observer.Note($"the engine ended {ended}; the venue shows it flat");
        if (KillSwitch.Inside(_engine.Gate.KillReasons).Any()) _failure ??= Stopped();
        if (_control is { Switch.IsKilled: true }) _observer.Note($"still killed {KillRecord.Describe(_control.Switch.Kills)}");
        if (flat != true) _failure ??= _notFlat is null ? fault : $"{_notFlat}; {fault}";   // what the engine could not do is no failure where the venue shows it done
        return new LiveResult
        {
            Environment = _request.Environment,
            Endpoint = _request.Endpoints.Rest,
            Symbols = symbols,
            QuotingModel = _request.Configuration.Quoting.Model,
            LevelsPerSide = _request.Configuration.Quoting.LevelsPerSide,
            Interrupted = isInterrupted,
            DurationSeconds = Math.Round(_uptime.ElapsedNanos / 1e9, 3),
            Flat = flat,
            Failure = _failure,
            KilledBy = _engine.Gate.IsKilled ? _engine.Gate.KilledBy.ToString() : null,
            Reconnects = _threads.Reconnects,
            Reconciliations = _engine.Meters.Reconciliations,
            Differences = _engine.Meters.Differences,
            OrphansFound = _engine.Orders.OrphansFound,
            DuplicatesIgnored = _engine.Meters.DuplicatesIgnored,
            UnknownResolved = _engine.Orders.UnknownResolved,
            RecoverMs = RecoverySummary.Of(_engine.Meters.Recover),
            UptimePct = _uptime.Percent is { } percent ? Math.Round(percent, 3) : null,
            ReadySeconds = Math.Round(_uptime.ReadyNanos / 1e9, 3),
            UnreachableSeconds = Math.Round(_uptime.AwayNanos / 1e9, 3),
            DownSeconds = _uptime.DownSeconds,
            HeldSeconds = _uptime.HeldSeconds,
            QuotesHeld = HeldQuotes.Times(_engine.Meters),
            Creates = _engine.Orders.CreatesSent,
            Amends = _engine.Orders.AmendsSent,
            Cancels = _engine.Orders.CancelsSent,
            Acknowledged = _engine.Orders.Acknowledged,
            Rejected = _engine.Orders.Rejected,
            Refusals = _observer.Refusals,
            RateLimited = _engine.Orders.RateLimited + _venue.RateLimited,
            Fills = _observer.Executions,
            RealisedPnl = _observer.Realised,
            Fees = _observer.Fees,
            Wallet = Exact.Usdt(_engine.Ledger.Wallet),
            Instruments = [.. _engine.Lanes.Select(LiveInstrument.Of)],
            Positions = _engine.Lanes.ToDictionary(lane => lane.Spec.Symbol, lane => Exact.Qty(lane.Spec, _engine.Ledger.Position(lane.Spec.Id))),
            RestFailures = _venue.Failures,
            FramesRejected = _engine.Meters.FramesRejected,
            GateRefusals = Host.GateRefusals.Of(_engine.Gate),
            GuardActions = _engine.Lanes.Sum(lane => lane.Guard.Cuts),
            LossLimits = LossFigures.Hits(_engine.HotPath.Losses),
            PausedUntil = LossFigures.Paused(_engine),
            LookUpsDamaged = _engine.Meters.LookUpsDamaged,
            UnknownEnumValues = _engine.Meters.UnknownEnumValues,
            MarketByRest = _venue.Polled,
            Incidents = _observer.Incidents,
            Placement = _threads.Placement,
            Latency = _stages.ToDictionary(stage => stage.Key, stage => LatencySummary.Of(stage.Value)),
            HotPathAllocatedBytes = _threads.Step.AllocatedBytes,
        };
    }

    private void Step()
    {
        _observer.Drain();
        if (_threads.FaultText is { } fault) _failure ??= fault;
        _threads.KeepApart();
        TellOfConnections();
        TellOfRest();
        TellOfMarket();
        TellOfSlowThread();
        _observer.TellOfStrangeData(StageClock.NowNanos());
        Report();
        Thread.Sleep(StepMillis);
    }

    private string Stopped() => $"the engine stopped by itself: {(_engine.Gate.IsKilled ? $"the kill switch was thrown ({string.Join(", ", KillSwitch.Inside(_engine.Gate.KillReasons))})" : "its outbound ring was full")}";

    /// <summary>A fault of a connection is told once, and once more that it is back.</summary>
    private void TellOfConnections()
    {
        for (int i = 0; i < EngineThreads.Channels.Count; i++)
        {
            ConnectionStatus status = _threads.Io.Status(EngineThreads.Channels[i]);
            string? fault = status.Phase == ConnectionPhase.Ready ? null : status.LastFault;
            if (fault == _toldFaults[i]) continue;
            _toldFaults[i] = fault;
            _observer.Note($"{EngineThreads.Channels[i]} connection: {(fault is null ? "back" : fault)}");
        }
    }

    /// <summary>Where the market comes from is told once, and once more that it is as it was.</summary>
    private void TellOfMarket()
    {
        if (_venue.IsPolling == _toldPolling) return;
        _toldPolling = !_toldPolling;
        _observer.Note(_toldPolling ? "market data comes by REST while the public connection is away: no quotes, positions can be closed" : "market data comes by the public connection again");
    }

    private void TellOfSlowThread()
    {
        while (_threads.TryTakeSlowNote(out string note)) _observer.Note(note);
        if (_toldSlow || _threads.SlowFaultText is not { } fault) return;
        _toldSlow = true;
        _observer.Note($"{fault}; biases fade, and the stops of positions stay with the engine");
    }

    /// <summary>Why REST does not answer is told when the reason changes.</summary>
    private void TellOfRest()
    {
        string? fault = _venue.LastFault;
        if (fault is null || fault == _toldRestFault) return;
        _toldRestFault = fault;
        _observer.Note($"by REST: {fault}; it is asked again");
    }

    private void Report()
    {
        long nowNanos = StageClock.NowNanos();
        if (nowNanos < _nextProgressNanos) return;
        _nextProgressNanos = nowNanos + ProgressNanos;
        if (_watched.News() is { } news) _observer.Note(news);
        _progress?.Invoke(new LiveProgress(TimeSpan.FromTicks(_uptime.ElapsedNanos / TimeSpan.NanosecondsPerTick), _observer.State.State, _observer.State.HeldBy, _observer.Equity, _observer.Requests, _observer.Executions, _observer.Positions) { Stages = _stages });
    }
}
