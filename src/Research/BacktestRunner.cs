using System.Collections.Concurrent;
using System.Diagnostics;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Runs the engine against the dry-run venue in virtual time, on the caller's thread, and writes the report.</summary>
public static class BacktestRunner
{
    private const int BurstsBetweenProgress = 256;

    /// <summary>Makes one run.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how far the run has come, now and then; may be null.</param>
    /// <param name="cancel">Ends the run orderly: quotes are pulled, the report is written, <see cref="RunResult.Interrupted"/> is set.</param>
    /// <returns>The result, with <see cref="RunResult.ReportPath"/>.</returns>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    /// <exception cref="Journal.JournalException">The journal or the recording cannot be written.</exception>
    /// <exception cref="ReportException">The report cannot be written.</exception>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel) => Run(request, progress, onDelivery: null, cancel);

    /// <summary>As <see cref="Run(RunRequest, IProgress{RunProgress}?, CancellationToken)"/>, for tests that look at or alter what the engine receives.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how far the run has come; may be null.</param>
    /// <param name="onDelivery">Sees, and may replace, each delivery before the engine gets it.</param>
    /// <param name="cancel">Ends the run orderly.</param>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, Func<Delivery, Delivery>? onDelivery, CancellationToken cancel)
    {
        long wallStarted = Stopwatch.GetTimestamp();
        using RunStage stage = RunStage.Set(request, cancel);
        ReportWriter.Probe(request.ReportDirectory);
        WarmUp.Run();
        stage.OpenRecords();
        using var run = new VirtualTimeRun(stage, onDelivery);
        int collectionsBefore = GC.CollectionCount(0);
        run.Begin();
        Play(request, stage, run.Run, run.Observer, progress, cancel);
        run.Finish();
        stage.CompleteRecords();
        if (!cancel.IsCancellationRequested && request.Duration is null) stage.RequireBooks(run.Observer);
        return RunResults.Write(request, stage, new RunCourse
        {
            Observer = run.Observer,
            Step = run.Engine,
            Placement = "inline, virtual time, one thread",
            Speed = "virtual time",
            FirstNanos = run.Run.FirstNanos,
            LastNanos = run.Run.LastNanos,
            Wall = Stopwatch.GetElapsedTime(wallStarted),
            Interrupted = cancel.IsCancellationRequested,
            GcCollections = GC.CollectionCount(0) - collectionsBefore,
        });
    }

    /// <summary>Plays a session to its end, or to the duration's or the operator's; quotes are pulled at the end.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="stage">Engine and session.</param>
    /// <param name="run">The run.</param>
    /// <param name="observer">What follows it.</param>
    /// <param name="progress">Told how far it has come; may be null.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="threads">The engine's threads; null in virtual time.</param>
    /// <param name="commands">From outside, each taken before the next burst; null for none.</param>
    internal static void Play(RunRequest request, RunStage stage, SteppedRun run, RunObserver observer, IProgress<RunProgress>? progress, CancellationToken cancel, EngineThreads? threads = null, ConcurrentQueue<byte[]>? commands = null)
    {
        long lastNanos = request.Duration is { } duration ? run.FirstNanos + (duration.Ticks * 100) : long.MaxValue;
        for (int burst = 0; !cancel.IsCancellationRequested && run.LastNanos < lastNanos && run.Step(); burst++)
        {
            while (commands is not null && commands.TryDequeue(out byte[]? command)) run.Command(command);
            if (progress is not null && burst % BurstsBetweenProgress == 0) progress.Report(stage.Progress(observer, run.LastNanos, threads));
        }

        observer.Control?.End();
        run.StopQuoting();
        progress?.Report(stage.Progress(observer, run.LastNanos, threads));
    }
}
