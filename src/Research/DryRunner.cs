using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>Runs the engine against the dry-run venue over loopback sockets, as it would run against Bybit, and writes the report.</summary>
public static class DryRunner
{
    private static readonly TimeSpan EstablishWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes one run. Blocks until it is over.</summary>
    /// <param name="request">What to run; its pace is part of the configuration.</param>
    /// <param name="progress">Told how far the run has come, four times a second; may be null.</param>
    /// <param name="cancel">Ends the run orderly: quotes are pulled, the report is written, <see cref="RunResult.Interrupted"/> is set.</param>
    /// <returns>The result, with <see cref="RunResult.ReportPath"/>.</returns>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    /// <exception cref="VenueServerException">The venue cannot be served, for example because the port is in use.</exception>
    /// <exception cref="VenueUnavailableException">The engine cannot connect, log in or subscribe.</exception>
    /// <exception cref="JournalException">The journal cannot be written.</exception>
    /// <exception cref="ReportException">The report cannot be written.</exception>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel) => Run(request, progress, new DryRunHooks(), cancel);

    /// <summary>As the public one, for tests that look into the run.</summary>
    internal static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, DryRunHooks hooks, CancellationToken cancel)
    {
        long wallStarted = Stopwatch.GetTimestamp();
        EngineConfiguration configuration = request.Configuration;
        using RunControl? control = RunControl.Open(request.Files, request.Verb, configuration, isLatching: false);
        using var wake = new WakeEvent();   // before the stage: a live market rings it
        using RunStage stage = RunStage.Set(request, cancel);
        ReportWriter.Probe(request.ReportDirectory);
        WarmUp.Run(configuration.Placement);
        using var observer = new RunObserver(stage.Engine, stage.Account) { Control = control };
        using ProgressThread? display = progress is null ? null : new ProgressThread(progress);
        if (display is not null) stage.FindEnd();
        stage.Follow(wake.Ring, line => observer.Note(stage.Session.LastTimeNanos, line));
        long firstNanos = request.Upstream is null ? stage.Session.LastTimeNanos : SystemClock.UtcNowNanos;
        LogicClock clock = configuration.Venue.Speed is { } speed ? new ScaledClock(firstNanos, speed) : new LockstepClock(firstNanos);
        if (request.Upstream is not null) ((ScaledClock)clock).Start();   // what comes from outside is of the present, not of the moment that the engine is ready

        // The account of a dry-run exists for this run only: so does its key.
        string key = $"dry-run-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        string secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var server = new VenueServer(new VenueServerSettings
        {
            Keys = [new ApiKey { Key = request.Scenario == DryRunScenario.RefusedKey ? "another-key" : key, Secret = secret, Uid = stage.Account.Uid }],
            Symbols = stage.Symbols,
            Topics = [.. stage.Session.Topics],
            Clock = () => clock.NowNanos,
            Port = configuration.Venue.Port,
            NeverAnswers = request.Scenario == DryRunScenario.SilentVenue,
        })
        {
            OnIncoming = wake.Ring,
        };
        using var serving = new Serving(server);
        hooks.OnServing?.Invoke(stage, server);
        stage.OpenRecords();
        var credentials = new ApiCredentials(key, secret);
        using var rest = new RestClient(server.RestEndpoint, credentials, clock, configuration.Wire.RecvWindowMilliseconds, RestTimeout);
        var lookUps = new LookUpWorker(new BybitRest(rest), stage.Engine.Symbols);
        SocketLink? link = null;

        // A run whose records cannot be written any more is of no use: it ends, and the fault is its result.
        // They are written until the engine's threads have ended, also on the way out with a fault: they hold up the rings.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var records = new RecordThread(stage.HasRecords ? stage.Record : null, stage.CompleteRecords, ending.Cancel, configuration.Placement.JournalCore);
        using var threads = new EngineThreads(
            stage.Engine,
            new IoSettings
            {
                PublicAddress = server.PublicEndpoint,
                PrivateAddress = server.PrivateEndpoint,
                TradeAddress = server.TradeEndpoint,
                Credentials = credentials,
                PublicTopics = stage.Topics,
                BookTopics = stage.BookTopics,
                Clock = clock,
                TickNanos = clock is LockstepClock ? 0 : configuration.Venue.TickMilliseconds * EpochNanos.PerMillisecond,
                OnLookUp = payload => AskLookUp(payload),
                OnQuoteTableRequest = payload => AskForTable(payload),
                OnCancelAll = lookUps.CancelAll,

                // Nothing else connects to this venue, and it counts no connections: the first retry comes as soon after the tenth cut as after the first.
                Timings = new ConnectionTimings { Establish = EstablishWithin, RetryFirst = FirstRetry, StableAfter = TimeSpan.Zero },
            },
            configuration.Placement,
            hooks.EngineFrame?.Invoke(stage.Engine),
            slow: clock is LockstepClock ? null : stage.SlowThread);
        if (clock is LockstepClock lockstep) link = new SocketLink(stage.Engine, threads, server, lockstep);
        else lookUps.Start(threads.Io.Inbox);
        stage.Engine.Tables.Start(threads.Io.Inbox);
        using WarmCancel? cancelling = control is null || link is not null ? null : new WarmCancel(new RestClient(server.RestEndpoint, credentials, clock, configuration.Wire.RecvWindowMilliseconds, RestTimeout));
        cancelling?.Start();
        var commands = new ConcurrentQueue<byte[]>();   // in lockstep the venue's thread hands everything over
        control?.Attach(
            stage.Engine,
            threads,
            link is null ? threads.Io.Inbox.Post : (_, command) => commands.Enqueue(command),
            () => cancelling?.CancelAllAsync() ?? Task.FromResult<string?>("none in lockstep, the engine cancels its orders itself"));

        int collectionsBefore = GC.CollectionCount(0);
        threads.Start();
        try
        {
            threads.AwaitReady(observer.Drain, isPatient: false, cancel);
        }
        catch
        {
            // Nothing has run: files that hold nothing would be in the way of the next try.
            threads.Stop();
            records.Dispose();
            stage.DiscardRecords();
            throw;
        }

        long lastNanos;
        string? failure = null;
        if (link is not null)
        {
            var run = new SteppedRun(stage.Engine, stage.Session, link, observer, slow: stage.SlowThread);
            run.Begin(stage.SessionNumber, firstNanos);
            try
            {
                BacktestRunner.Play(request, stage, run, observer, display, ending.Token, threads, commands);
            }
            catch (EngineLostException fault)
            {
                failure = fault.Message;
            }

            lastNanos = run.LastNanos;
        }
        else
        {
            var run = new TimedRun(stage, threads, server, (ScaledClock)clock, observer, wake, request, hooks, display);
            run.Play(request.Duration, ending.Token);
            (firstNanos, lastNanos) = (run.FirstNanos, run.LastNanos);
            failure = run.Failure;
        }

        int reconnects = threads.Reconnects;
        threads.Stop();
        serving.Stop();   // before the look-ups: nobody drives the venue any more that could answer them
        lookUps.Complete();
        stage.Engine.Tables.Complete();
        try
        {
            records.Complete();
        }
        catch (JournalException fault)
        {
            failure ??= fault.Message;
        }

        if (failure is not null) observer.Break(failure);
        stage.Finish(observer);
        if (!cancel.IsCancellationRequested && request.Duration is null && failure is null) stage.RequireBooks(observer);
        return RunResults.Write(request, stage, new RunCourse
        {
            Observer = observer,
            Step = threads.Step,
            Placement = threads.Placement,
            Speed = configuration.Venue.Speed is { } pace ? FormattableString.Invariant($"{pace}x") : "max (lockstep)",
            FirstNanos = firstNanos,
            LastNanos = lastNanos,
            Wall = Stopwatch.GetElapsedTime(wallStarted),
            Interrupted = cancel.IsCancellationRequested,
            GcCollections = GC.CollectionCount(0) - collectionsBefore,
            Io = threads.Io.Meters,
            Reconnects = reconnects,
            SlowMissed = link is null ? threads.SlowMissed : null,
            Counters = threads.Counters,
        });

        void AskLookUp(ReadOnlySpan<byte> payload)
        {
            if (link is null) lookUps.Ask(payload);
            else link.OnLookUp(payload);
        }

        void AskForTable(ReadOnlySpan<byte> payload)
        {
            if (link is null) stage.Engine.Tables.Ask(payload);
            else link.OnQuoteTableRequest(payload);
        }
    }

    /// <summary>A started server, for a caller that does not await.</summary>
    private sealed class Serving : IDisposable
    {
        private readonly VenueServer _server;

        public Serving(VenueServer server)
        {
            _server = server;
            server.StartAsync().GetAwaiter().GetResult();
        }

        public void Stop() => _server.StopAsync().GetAwaiter().GetResult();

        public void Dispose() => Stop();
    }
}
