using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Listens to a venue's market without a key, on an io thread of its own: every frame waits in a ring for one reader. Connections that are lost come back.</summary>
/// <remarks>Constructor and members: the reader's thread. A reader that does not follow holds the io thread up, and nothing is lost.</remarks>
public sealed class MarketListener : IDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(30);

    private readonly Uri _address;
    private readonly IoLoop _io;
    private readonly FrameRing _requests = new(64, 1 << 12, consumerCount: 1);
    private readonly Thread _thread;
    private readonly long _startedNanos = StageClock.NowNanos();
    private Exception? _fault;

    /// <summary>Begins to connect.</summary>
    /// <param name="address">The venue's public socket, <c>ws</c> or <c>wss</c>.</param>
    /// <param name="topics">Full names of the topics.</param>
    /// <param name="authoritiesPath">PEM file of the certificates that a <c>wss</c> address is trusted by; null for the system's.</param>
    /// <param name="slots">Frames that may wait, a power of two.</param>
    /// <param name="ringBytes">Bytes that may wait, a power of two.</param>
    /// <param name="onPublished">Called on the io thread after frames have come; must return at once.</param>
    /// <exception cref="Platform.TlsException">The address is <c>wss</c>, and OpenSSL or the trusted certificates are not there.</exception>
    public MarketListener(Uri address, IReadOnlyList<string> topics, string? authoritiesPath, int slots, int ringBytes, Action? onPublished = null)
    {
        _address = address;
        Inbound = new FrameRing(slots, ringBytes, consumerCount: 1);
        _io = new IoLoop(
            new IoSettings
            {
                PublicAddress = address,
                PublicTopics = topics,
                BookTopics = topics,
                AuthoritiesPath = authoritiesPath,
                Clock = new SystemClock(),
                TickNanos = 0,
                OnLookUp = static _ => { },
            },
            Inbound,
            _requests,
            new Published(onPublished ?? (static () => { })));
        _thread = new Thread(Run) { Name = "le-io", IsBackground = true };
        _thread.Start();
    }

    /// <summary>What has been heard: <see cref="InboundKind.PublicFrame"/>, and <see cref="InboundKind.Connection"/> where a connection came or went. Consumer 0 is the reader's.</summary>
    public FrameRing Inbound { get; }

    /// <summary>How the connection stands. Any thread.</summary>
    public ConnectionStatus Status => _io.Status(VenueChannel.Public);

    /// <summary>Times that a frame had to wait for room in the ring.</summary>
    public long BackPressure => _io.Meters.BackPressure;

    /// <summary>Throws what ended the io thread, where something did.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (Volatile.Read(ref _fault) is { } fault) throw new InvalidOperationException($"the io thread ended: {fault.Message}", fault);
    }

    /// <summary>Whether the market is heard, or has been once.</summary>
    /// <exception cref="VenueUnavailableException">It has not, and the first attempt has failed, or nothing has come of it for 30 s; or a topic is refused.</exception>
    /// <exception cref="InvalidOperationException">The io thread has ended, which must not happen.</exception>
    public bool CheckHeard()
    {
        ThrowIfEnded();
        ConnectionStatus status = Status;
        if (status.Refused) throw new VenueUnavailableException($"the venue refuses: {status.LastFault}; check --symbols and --depth", isRefusal: true);
        if (status.TimesReady > 0) return true;
        if (status.LastFault is not null || StageClock.NowNanos() - _startedNanos > ConnectWithin.Ticks * TimeSpan.NanosecondsPerTick)
        {
            throw new VenueUnavailableException($"no market from {_address}: {status.LastFault ?? _io.Describe()}; check the address and the network", isRefusal: false);
        }

        return false;
    }

    /// <summary>Subscribes a topic anew, so that a snapshot follows, on the connection whose frames were seen last; on a later one it comes by itself.</summary>
    /// <param name="topic">Its index among the topics.</param>
    /// <param name="generation">Of that connection.</param>
    public void Resubscribe(int topic, ushort generation)
    {
        if (!_requests.TryClaim(sizeof(int), out Span<byte> slot)) return;   // as many wait already: the io thread is asked often enough
        BitConverter.TryWriteBytes(slot, topic);
        _requests.Publish((byte)OutboundKind.SnapshotRequest, flags: 0, generation, StageClock.NowNanos(), logicTimeNanos: 0, causeSequence: -1);
        _io.WakeIfWaiting();
    }

    /// <summary>Closes the connection. The reader goes on with what has been heard until <see cref="Join"/> is true.</summary>
    public void Stop() => _io.Stop();

    /// <summary>Waits for the io thread to end; false when it has not within the time.</summary>
    public bool Join(int millis) => _thread.Join(millis);

    /// <summary>Ends the io thread, whatever it has in hand.</summary>
    public void Dispose()
    {
        _io.Abort();
        _thread.Join();
        _io.Dispose();
    }

    private void Run()
    {
        try
        {
            _io.Run();
        }
#pragma warning disable CA1031 // A thread's last line of defence: the fault is thrown where the reader asks for it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _fault, fault);
        }
    }

    /// <summary>Nobody decides anything here: the ring's only reader is another thread.</summary>
    private sealed class Published(Action call) : IEngineSide
    {
        public void OnPublished() => call();
    }
}
