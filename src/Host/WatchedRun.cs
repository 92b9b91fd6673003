using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Meter;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>What makes a live run one that is watched: its heartbeat, and the process of its watchdog.</summary>
/// <remarks>Thread: the run's; the heartbeat itself is the engine's while that runs.</remarks>
internal sealed class WatchedRun : IDisposable
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchedWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndedWithin = TimeSpan.FromSeconds(2);

    private readonly RunFiles? _files;
    private readonly Process? _watchdog;
    private readonly bool _isWatched;
    private readonly ManualResetEventSlim _exited = new();
    private Thread? _exit;
    private long _toldAlarms;
    private bool _toldEnd;

    /// <summary>Makes the heartbeat and starts the watchdog, where the request has them.</summary>
    /// <exception cref="WatchdogException">One of them cannot be made.</exception>
    public WatchedRun(LiveRequest request)
    {
        _files = request.Files;
        Plan = "watchdog: none; when this process is killed or hangs, orders rest until the venue's disconnect protection cancels them, where it is armed, or you do";
        if (_files is null) return;
        Heartbeat = Begin(_files);
        if (request.WatchdogCommand is not { } command) return;
        _isWatched = true;
        string silent = string.Create(CultureInfo.InvariantCulture, $"{request.Configuration.Watchdog.SilentMilliseconds} ms");
        try
        {
            if (Watchdog.IsWatched(_files)) Plan = $"watchdog: another process watches {_files.Name} already";
            else
            {
                _watchdog = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))) ?? throw new WatchdogException($"the watchdog's process does not start: {command[0]}");
                Plan = string.Create(CultureInfo.InvariantCulture, $"watchdog: process {_watchdog.Id}; when this one is gone, or silent for {silent}, it cancels every USDT order of the account");
            }
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or UnauthorizedAccessException or WatchdogException)
        {
            Dispose();
            throw fault as WatchdogException ?? new WatchdogException($"the watchdog's process does not start: {fault.Message}; mend that, or go without one (--no-watchdog)", fault);
        }
    }

    /// <summary>Refuses a second run of one name, whose watch could not be told from the first one's.</summary>
    /// <exception cref="ConfigurationException">One is under way in another process.</exception>
    public static void CheckName(RunFiles? files)
    {
        if (files is null) return;
        using Heartbeat? other = Heartbeat.TryOpen(files.HeartbeatPath, out _);
        if (other is not { Phase: not HeartbeatPhase.Ended, IsOwnerAlive: true } || other.ProcessId == Environment.ProcessId) return;
        throw new ConfigurationException([string.Create(CultureInfo.InvariantCulture, $"a run named {files.Name} is under way, process {other.ProcessId}: end that one, or give this one another name (--name)")]);
    }

    /// <summary>The run's signs of life; null where it has no files.</summary>
    public Heartbeat? Heartbeat { get; }

    /// <summary>Who watches, in one line for people.</summary>
    public string Plan { get; }

    /// <summary>Waits until somebody watches, where somebody is to.</summary>
    /// <param name="meanwhile">Called again and again.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="WatchdogException">Nobody does.</exception>
    public void AwaitWatchdog(Action meanwhile, CancellationToken cancel)
    {
        long begun = Stopwatch.GetTimestamp();
        while (_isWatched && Heartbeat!.WatcherId == 0)
        {
            cancel.ThrowIfCancellationRequested();
            meanwhile();
            if (_watchdog is { HasExited: true } && !Watchdog.IsWatched(_files!)) throw new WatchdogException(string.Create(CultureInfo.InvariantCulture, $"the watchdog has ended with status {_watchdog.ExitCode}, its words are above: mend that, or go without one (--no-watchdog)"));
            if (Stopwatch.GetElapsedTime(begun) > WatchedWithin) throw new WatchdogException("the watchdog does not get ready: look for a process of this program that hangs, or go without one (--no-watchdog)");
            Thread.Sleep(1);
        }
    }

    /// <summary>From here on orders may rest.</summary>
    public void Trades()
    {
        if (Heartbeat is not null) Heartbeat.Phase = HeartbeatPhase.Trading;
    }

    /// <summary>The engine's threads have ended, and the rest of the run may take its time: signs of life come from a thread of its own, which waits for nobody. A program that hangs while it ends would have it beat for ever, so its time is bounded.</summary>
    /// <param name="within">From then on it is silent, and the watchdog cancels what rests.</param>
    public void Exits(TimeSpan within)
    {
        if (Heartbeat is not { } heartbeat) return;
        long begun = Stopwatch.GetTimestamp();
        _exit = new Thread(Beat) { IsBackground = true, Name = "exit heartbeat" };
        _exit.Start();

        void Beat()
        {
            do heartbeat.Beat(StageClock.NowNanos());
            while (!_exited.Wait(BeatEvery) && Stopwatch.GetElapsedTime(begun) < within);
        }
    }

    /// <summary>No order of the run rests: the watchdog has nothing left to do.</summary>
    public void EndsInOrder()
    {
        if (Heartbeat is null) return;
        Heartbeat.Phase = HeartbeatPhase.Ended;
        File.Delete(_files!.HeartbeatPath);
        _watchdog?.WaitForExit(EndedWithin);
    }

    /// <summary>What has become of the watch since this was last asked, as one line; null for nothing.</summary>
    public string? News()
    {
        if (Heartbeat is { } heartbeat && heartbeat.Alarms is var alarms && alarms != _toldAlarms)
        {
            _toldAlarms = alarms;
            return "the watchdog raised an alarm: this process had given no sign of life, and every order of the account was cancelled";
        }

        if (_toldEnd || _watchdog is not { HasExited: true }) return null;
        _toldEnd = true;
        string now = Watchdog.IsWatched(_files!) ? "another process watches this run" : "nobody watches this run any more";   // a service's may have come up at the same time
        return string.Create(CultureInfo.InvariantCulture, $"the watchdog has ended with status {_watchdog.ExitCode}: {now}");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _exited.Set();
        _exit?.Join();   // no beat is under way when the memory goes
        _exited.Dispose();
        if (Heartbeat is { Phase: HeartbeatPhase.Starting }) EndsInOrder();
        Heartbeat?.Dispose();
        _watchdog?.Dispose();
    }

    private static Heartbeat Begin(RunFiles files)
    {
        try
        {
            return Heartbeat.Create(files.HeartbeatPath);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new WatchdogException($"the heartbeat cannot be made: {files.HeartbeatPath} ({fault.Message}); free the disk, move that file away, or give the run another name (--name)", fault);
        }
    }
}
