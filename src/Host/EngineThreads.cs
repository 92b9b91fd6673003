using System.Collections.Concurrent;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>An engine on its threads: the io thread with its three connections, and the engine on it or beside it.</summary>
/// <remarks>Construct, <see cref="Start"/>, <see cref="Stop"/>, dispose: one thread. The engine's own objects belong to the engine thread in between.</remarks>
public sealed class EngineThreads : IDisposable
{
    /// <summary>The connections, in the order in which they are told of.</summary>
    public static readonly IReadOnlyList<VenueChannel> Channels = [VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade];

    private const long KeepApartEveryNanos = 1_000_000_000;
    private const long ConnectWithinNanos = 30_000_000_000;   // far beyond what a connection waits by itself

    private readonly IPairedEngine? _paired;
    private readonly Thread _ioThread;
    private readonly Thread? _engineThread;
    private readonly SlowThread? _slow;
    private readonly PlacementConfiguration _placement;
    private readonly ConcurrentDictionary<string, int> _hot = new();
    private IReadOnlyDictionary<string, ThreadCounts> _countsBefore = new Dictionary<string, ThreadCounts>();
    private int[] _collectionsBefore = [];
    private TimeSpan _pauseBefore;
    private long _keepApartAtNanos;
    private Exception? _fault;
    private bool _isStarted;

    /// <summary>Prepares the threads.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="settings">What to connect to; the wait mode is replaced by the placement's.</param>
    /// <param name="placement">Which threads.</param>
    /// <param name="onFrame">Stands in for the hot path's own entry; null outside tests.</param>
    /// <param name="heartbeat">Gets the engine's signs of life; null for none.</param>
    /// <param name="slow">What runs beside, on a thread of its own; null for none. Not in lockstep, where the market waits for it.</param>
    public EngineThreads(Engine engine, IoSettings settings, PlacementConfiguration placement, FrameHandler? onFrame = null, Heartbeat? heartbeat = null, ISlowThread? slow = null)
    {
        if (slow is not null)
        {
            _slow = new SlowThread(slow, settings.Clock, (kind, payload) => Io!.Inbox.Post(kind, payload), engine.Instruments.Count);
            settings = settings with { OnMarket = _slow.Hear, OnMarketLost = _slow.HearLost, OnFact = _slow.HearFact };
        }

        string[] faults = [.. placement.Faults(CpuAffinity.Allowed)];
        if (faults.Length > 0) throw new ConfigurationException(faults);
        _placement = placement;
        WaitMode wait = placement.Wait switch { "spin" => WaitMode.Spin, "yield" => WaitMode.Yield, _ => WaitMode.Block };
        bool isPaired = placement.IsPaired;
        Step = new EngineStep(engine, onFrame, heartbeat);
        if (isPaired) _paired = Paired(engine, wait);
        Io = new IoLoop(settings with { Wait = wait, BusyPollMicroseconds = placement.BusyPollMicroseconds }, engine.Inbound, engine.Outbound, _paired ?? (IEngineSide)new InlineEngine(Step));
        _ioThread = new Thread(() => Guarded(Io.Run, placement.IoCore)) { Name = "le-io", IsBackground = true };
        if (_paired is not null)
        {
            _paired.OnOutbound = Io.WakeIfWaiting;
            _engineThread = new Thread(() => Guarded(_paired.Run, placement.EngineCore)) { Name = "le-engine", IsBackground = true };
        }

        string where = isPaired ? $"io thread {Where(placement.IoCore)}, engine thread {Where(placement.EngineCore)}" : $"engine on the io thread, {Where(placement.IoCore)}";
        string crowd = wait == WaitMode.Spin && (isPaired ? 2 : 1) >= CpuAffinity.Allowed.Count ? "which leaves the rest of the process no core that is free, " : "";
        string polls = placement.BusyPollMicroseconds == 0 ? "" : BusyPoll.IsOffered(placement.BusyPollMicroseconds) ? FormattableString.Invariant($"busy poll {placement.BusyPollMicroseconds} us, ") : "busy poll refused by the kernel (it wants CAP_NET_ADMIN above net.core.busy_read), ";
        Placement = $"{(isPaired ? "paired" : "inline")} ({where}), waits by {placement.Wait}, {crowd}{(placement.LockMemory ? "memory locked, " : "")}{polls}{Environment.ProcessorCount} cores";
    }

    /// <summary>The io thread's loop.</summary>
    public IoLoop Io { get; }

    /// <summary>The engine's reader of the inbound ring.</summary>
    public EngineStep Step { get; }

    /// <summary>The placement in use, for people.</summary>
    public string Placement { get; }

    /// <summary>What ended the slow thread, for people, in one clause; null while nothing has. The engine goes on without it. Any thread.</summary>
    public string? SlowFaultText => _slow?.Fault is { } fault ? $"the slow thread ended: {fault.GetType().Name}: {fault.Message}" : null;

    /// <summary>Takes the next sentence of what runs beside. Any thread.</summary>
    public bool TryTakeSlowNote(out string note)
    {
        note = "";
        return _slow?.TryTakeNote(out note) ?? false;
    }

    /// <summary>Market messages that the slow thread has not heard, for it did not follow. Any thread.</summary>
    public long SlowMissed => _slow?.Missed ?? 0;

    /// <summary>What the hot threads have met since the connections were of use; null before, and until the threads are stopped.</summary>
    public TradingCounters? Counters { get; private set; }

    /// <summary>What ended a thread before its time; null while none has. Any thread.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>The same for people, in one clause; null while none has. Any thread.</summary>
    public string? FaultText => Fault is { } fault ? $"the engine's thread ended: {fault.GetType().Name}: {fault.Message}" : null;

    /// <summary>All three connections are of use. Any thread.</summary>
    public bool IsReady => Io.Status(VenueChannel.Public).Phase == ConnectionPhase.Ready
        && Io.Status(VenueChannel.Private).Phase == ConnectionPhase.Ready
        && Io.Status(VenueChannel.Trade).Phase == ConnectionPhase.Ready;

    /// <summary>Connections that were lost and came back. Any thread.</summary>
    public int Reconnects => Channels.Sum(channel => Math.Max(0, Io.Status(channel).TimesReady - 1));

    /// <summary>Waits until all three connections are of use, thirty seconds at most.</summary>
    /// <param name="meanwhile">Called again and again, to take what the engine puts out.</param>
    /// <param name="isPatient">A connection that fails is tried again for all that time; otherwise its first fault ends the wait. A refusal of the venue always does.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="VenueUnavailableException">They did not come to be of use.</exception>
    public void AwaitReady(Action meanwhile, bool isPatient, CancellationToken cancel)
    {
        long deadlineNanos = StageClock.NowNanos() + ConnectWithinNanos;
        while (!IsReady)
        {
            cancel.ThrowIfCancellationRequested();
            meanwhile();
            if (Fault is { } fault) throw new InvalidOperationException($"the io thread ended: {fault.Message}", fault);
            foreach (VenueChannel channel in Channels)
            {
                ConnectionStatus status = Io.Status(channel);
                if (status.Refused) throw new VenueUnavailableException($"the venue's {Name(channel)} socket: {status.LastFault}; check the key, its permissions and the symbols", isRefusal: true);
                if (!isPatient && status.LastFault is { } last) throw new VenueUnavailableException($"the venue's {Name(channel)} socket: {last}; check that the venue is up and reachable", isRefusal: false);
            }

            if (StageClock.NowNanos() > deadlineNanos) throw new VenueUnavailableException($"the venue does not answer: {Io.Describe()}", isRefusal: false);
            Thread.Sleep(1);
        }

        Settle();
    }

    /// <summary>Starts the threads. What else the process has leaves their cores first, and with it what it makes from then on.</summary>
    /// <exception cref="PlacementException">Memory is to be locked, and cannot be.</exception>
    public void Start()
    {
        CpuAffinity.KeepOff(_placement.HotCores);
        if (_placement.LockMemory) MemoryLock.LockAll();
        _isStarted = true;
        _engineThread?.Start();
        _ioThread.Start();
        _slow?.Start();
    }

    /// <summary>Once a second, takes what has come up meanwhile off the hot cores: in the native program a thread begins where the one was that made it, and the io thread has others do its slow work.</summary>
    public void KeepApart()
    {
        if (_placement.HotCores.Count == 0 || StageClock.NowNanos() < _keepApartAtNanos) return;
        _keepApartAtNanos = StageClock.NowNanos() + KeepApartEveryNanos;
        CpuAffinity.KeepOff(_placement.HotCores);
    }

    /// <summary>Closes the connections and ends the threads; the engine takes what waits first. Afterwards the engine's objects may be read.</summary>
    public void Stop()
    {
        if (!_isStarted) return;
        _isStarted = false;
        Count();
        _slow?.Dispose();
        Io.Stop();
        _ioThread.Join();
        _paired?.Stop();
        _engineThread?.Join();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Stop();
        _slow?.Dispose();
        Io.Dispose();
        _paired?.Dispose();
    }

    private static string Name(VenueChannel channel) => channel switch { VenueChannel.Public => "public", VenueChannel.Private => "private", _ => "trade" };

    private IPairedEngine Paired(Engine engine, WaitMode wait) => wait switch
    {
        WaitMode.Spin => new PairedEngine<BusySpinWait>(engine, Step, default),
        WaitMode.Yield => new PairedEngine<YieldingWait>(engine, Step, default),
        _ => new PairedEngine<BlockingWait>(engine, Step, new BlockingWait(new WakeEvent())),
    };

    private static string Where(int? core) => core is { } number ? $"on core {number}" : "not pinned";

    /// <summary>What the start has left is collected before anything is traded, and from here on is counted what the collector and the kernel do to the hot threads.</summary>
    private void Settle()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect();
        CpuAffinity.KeepOff(_placement.HotCores);   // the threads that the start has made meanwhile
        _collectionsBefore = Collections();
        _pauseBefore = GC.GetTotalPauseDuration();
        _countsBefore = _hot.ToDictionary(thread => thread.Key, thread => ThreadCounts.Of(thread.Value));
    }

    private void Count()
    {
        if (_collectionsBefore.Length == 0) return;
        IReadOnlyList<int> collections = [.. Collections().Zip(_collectionsBefore, (now, before) => now - before)];
        Counters = new TradingCounters(
            collections,
            Math.Round((GC.GetTotalPauseDuration() - _pauseBefore).TotalMilliseconds, 3),
            [.. _countsBefore.OrderByDescending(thread => thread.Key, StringComparer.Ordinal).Select(thread => Of(thread.Key, ThreadCounts.Of(_hot[thread.Key]).Since(thread.Value)))]);

        HotThreadCounters Of(string name, ThreadCounts counts) => new(name, name == _ioThread.Name ? _placement.IoCore : _placement.EngineCore, counts.MinorFaults, counts.MajorFaults, counts.SwitchedOut);
    }

    private static int[] Collections() => [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)];

    private void Guarded(Action work, int? core)
    {
        try
        {
            _hot[Thread.CurrentThread.Name!] = CpuAffinity.CurrentThread;
            if (core is { } number) CpuAffinity.Pin(number);
            if (_placement.LockMemory) MemoryLock.TouchStack();
            work();
        }
#pragma warning disable CA1031 // A thread's last line of defence: whoever runs the engine reports the fault and ends the run.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            Io.Abort();
        }
    }
}
