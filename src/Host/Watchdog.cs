using System.Globalization;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Meter;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>Watches a live run of another process by its heartbeat, and has the venue cancel every order of the account when the run is silent, or gone without having ended in order.</summary>
/// <remarks>Thread: the caller's. Blocks. Its connection is its own, and warm.</remarks>
public sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RestTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockInterval = TimeSpan.FromSeconds(10);   // keeps the connection warm, too
    private static readonly TimeSpan CheckWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClaimWithin = TimeSpan.FromSeconds(1);   // somebody may just be looking whether it is free

    private static readonly HostJson Json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" });

    private readonly WatchdogRequest _request;
    private readonly CancellationToken _cancel;
    private readonly VenueClock _clock = new();
    private readonly RestClient _client;
    private readonly BybitRest _rest;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<WatchdogAlarm> _alarms = [];
    private int? _engineProcess;
    private long _engineStartTicks;
    private long _beats;
    private bool _isInterrupted;

    private Watchdog(WatchdogRequest request, CancellationToken cancel)
    {
        _request = request;
        _cancel = cancel;
        _client = new RestClient(request.Endpoints.Rest, request.Credentials, _clock, request.Configuration.Wire.RecvWindowMilliseconds, RestTimeout, authoritiesPath: request.AuthoritiesPath) { OnNotice = request.Say };
        _rest = new BybitRest(_client) { Environment = request.Environment };
    }

    /// <summary>Waits for the run and watches it until it ends.</summary>
    /// <param name="request">What to watch.</param>
    /// <param name="cancel">Ends it; one that the run has started only ends with the run.</param>
    /// <exception cref="ConfigurationException">Somebody else watches this run.</exception>
    /// <exception cref="VenueUnavailableException">The venue refuses the key.</exception>
    public static WatchdogResult Run(WatchdogRequest request, CancellationToken cancel)
    {
        using var teller = new Teller();
        Action<string> say = request.Say;
        using var watchdog = new Watchdog(request with { Say = line => teller.Post(() => say(line)) }, cancel);
        return watchdog.Run();
    }

    /// <summary>Whether a process watches the run.</summary>
    public static bool IsWatched(RunFiles files)
    {
        using FileStream? claim = TryClaim(files);
        return claim is null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _ending.Dispose();
    }

    private static FileStream? TryClaim(RunFiles files)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();   // tells the compiler that there are modes
        try
        {
            return new FileStream(files.WatchPath, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        catch (IOException)
        {
            return null;
        }
    }

    private WatchdogResult Run()
    {
        Task clockKeeping = Task.CompletedTask;
        try
        {
            Check();
            clockKeeping = _rest.KeepClockAsync(ClockInterval, _ending.Token);
            for (bool isFirst = true; isFirst || IsAnotherThere(); isFirst = false)
            {
                using FileStream? claim = Claim();
                if (claim is null && !isFirst) break;   // somebody else has taken over
                if (claim is null) throw new ConfigurationException([$"another process watches the run {_request.Files.Name} already"]);
                using Heartbeat? heartbeat = Await();
                if (heartbeat is null) break;
                Watch(heartbeat);
            }
        }
        finally
        {
            _ending.Cancel();
            clockKeeping.Wait();
        }

        return new WatchdogResult
        {
            Environment = _request.Environment,
            Endpoint = _request.Endpoints.Rest,
            Name = _request.Files.Name,
            EngineProcess = _engineProcess,
            Beats = _beats,
            Alarms = _alarms,
            Interrupted = _isInterrupted,
        };
    }

    /// <summary>Measures the clock, and asks once what will be asked in need: a key that is refused is found out now, and what is slow the first time is behind.</summary>
    private void Check()
    {
        using var within = new CancellationTokenSource(CheckWithin);
        string fault = "no answer in time";
        try
        {
            VenueOutcome<long> clock = _rest.MeasureClockAsync(within.Token).GetAwaiter().GetResult();
            VenueOutcome<IReadOnlyList<RestOrder>> orders = _rest.OpenOrdersAsync(within.Token).GetAwaiter().GetResult();
            if (orders.Class == OutcomeClass.HardStop) throw new VenueUnavailableException($"{orders.Text}; check the key, its permissions and addresses, and that it belongs to {_rest.Environment}", isRefusal: true);
            fault = clock.IsAnswered ? orders.Text : clock.Text;
        }
        catch (OperationCanceledException)
        {
            // The text stands.
        }

        if (fault.Length > 0) _request.Say($"watchdog: {fault}; it is asked again in need");
    }

    private FileStream? Claim()
    {
        long begunNanos = StageClock.NowNanos();
        while (true)
        {
            if (TryClaim(_request.Files) is { } claim) return claim;
            if (StageClock.NowNanos() - begunNanos > ClaimWithin.Ticks * TimeSpan.NanosecondsPerTick) return null;
            Thread.Sleep(LookEvery);
        }
    }

    /// <summary>The run that begins next, or is under way; null when there will be none.</summary>
    private Heartbeat? Await()
    {
        string told = "";
        while (true)
        {
            if (Find(out string fault) is { } heartbeat) return heartbeat;
            if (fault.Length > 0 && fault != told) _request.Say($"watchdog: {fault}");
            told = fault;
            _isInterrupted = _cancel.IsCancellationRequested && !_request.IsOfRun;
            if (_isInterrupted || _request.IsOfRun) return null;
            Thread.Sleep(LookEvery);
        }
    }

    /// <summary>A run that has not ended: one that was killed while orders could rest is among them, one that was killed before is not.</summary>
    private Heartbeat? Find(out string fault)
    {
        Heartbeat? found = Heartbeat.TryOpen(_request.Files.HeartbeatPath, out fault);
        if (found is null || found.Phase == HeartbeatPhase.Trading || (found.Phase == HeartbeatPhase.Starting && found.IsOwnerAlive)) return found;
        found.Dispose();
        return null;
    }

    /// <summary>The next run has found this watchdog still at the one before, and has started none of its own.</summary>
    private bool IsAnotherThere()
    {
        using Heartbeat? next = _isInterrupted ? null : Find(out _);
        return next is not null && (next.ProcessId, next.StartTicks) != (_engineProcess, _engineStartTicks);
    }

    private void Watch(Heartbeat heartbeat)
    {
        (_engineProcess, _engineStartTicks) = (heartbeat.ProcessId, heartbeat.StartTicks);
        heartbeat.WatcherId = Environment.ProcessId;
        string run = string.Create(CultureInfo.InvariantCulture, $"{_request.Files.Name}, process {_engineProcess}");
        if (!_request.IsOfRun) _request.Say($"watchdog: watches {run}");
        long silentMaxNanos = _request.Configuration.Watchdog.SilentMilliseconds * 1_000_000L;
        var silence = new Silence();
        bool isRaised = false;
        while (true)
        {
            bool isAlive = heartbeat.IsOwnerAlive;   // before the phase: a process that ends in order says so first
            HeartbeatPhase phase = heartbeat.Phase;
            _beats = heartbeat.Beats;
            if (phase == HeartbeatPhase.Ended) return;
            if (!isAlive)
            {
                if (phase == HeartbeatPhase.Starting || Raise(heartbeat, $"{run}, is gone and has not ended in order", IsEnded)) heartbeat.Phase = HeartbeatPhase.Ended;
                return;
            }

            if (IsEnded()) return;
            if (phase == HeartbeatPhase.Trading) silence.Look(_beats, StageClock.NowNanos());
            else silence.Forget();
            if (isRaised && silence.Nanos == 0)
            {
                isRaised = false;
                _request.Say($"watchdog: {run}, gives signs of life again; it is watched as before");
            }

            if (!isRaised && silence.Nanos >= silentMaxNanos)
            {
                long beats = _beats;
                isRaised = true;
                Raise(heartbeat, string.Create(CultureInfo.InvariantCulture, $"{run}, has given no sign of life for {silence.Nanos / 1_000_000} ms"), () => heartbeat.Beats != beats || IsEnded());
            }

            Thread.Sleep(LookEvery);
        }
    }

    private bool IsEnded() => _isInterrupted = _cancel.IsCancellationRequested && !_request.IsOfRun;

    /// <summary>Cancels everything; true when nothing rests.</summary>
    private bool Raise(Heartbeat heartbeat, string reason, Func<bool> isOver)
    {
        long raisedNanos = StageClock.NowNanos();
        DateTime raisedUtc = DateTime.UtcNow;
        long beatNanos = heartbeat.BeatNanos is > 0 and long nanos ? nanos : raisedNanos;
        heartbeat.Alarms++;
        _request.Say($"watchdog: ALARM: {reason}: every USDT order of the account is cancelled");
        var sweep = new OrderSweep(_rest, TimeSpan.FromMilliseconds(_request.Configuration.Wire.RecvWindowMilliseconds), line => _request.Say($"watchdog: {line}"));
        bool isSwept = sweep.Run(isOver);
        IReadOnlyList<string> positions = isSwept ? sweep.Positions() : [];
        var alarm = new WatchdogAlarm
        {
            RaisedUtc = raisedUtc,
            Reason = reason,
            RaisedAfterMs = Millis(raisedNanos)!.Value,
            CancelledAfterMs = Millis(sweep.FirstCancelNanos),
            NothingRestsAfterMs = Millis(sweep.EmptySinceNanos),
            Cancels = sweep.Cancels,
            Positions = positions,
        };
        _alarms.Add(alarm);
        string held = positions.Count == 0 ? "" : $"; HELD and watched by nobody: {string.Join(", ", positions)}";
        _request.Say(isSwept
            ? string.Create(CultureInfo.InvariantCulture, $"watchdog: nothing rests, since {alarm.NothingRestsAfterMs:0} ms after the last sign of life{held}")
            : "watchdog: it was ended before it could be sure that nothing rests");
        Write(alarm);
        return isSwept;

        double? Millis(long? atNanos) => atNanos is { } at ? Math.Round((at - beatNanos) / 1e6, 3) : null;
    }

    private void Write(WatchdogAlarm alarm)
    {
        string path = _request.Files.AlarmPath;
        try
        {
            AtomicFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(alarm, Json.WatchdogAlarm), (byte)'\n']);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _request.Say($"watchdog: the alarm cannot be written to {path}: {fault.Message}");
        }
    }
}
