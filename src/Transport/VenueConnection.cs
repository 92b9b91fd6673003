using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Wire;

namespace LatencyEngine.Transport;

/// <summary>One of the three connections through all its lives: connect, upgrade, log in, subscribe, keep alive, and again after a loss.</summary>
/// <remarks>Thread: io, but for <see cref="Status"/>. Allocates: while it is being established, and for each heartbeat; not for data.</remarks>
internal sealed class VenueConnection : IDisposable
{
    private const long NanosPerMilli = 1_000_000;
    private const long NanosPerTick = 100;

    // Venue time ahead of the present that a login is good for: enough for a slow network and a clock that is a little off (Bybit V5, 20: pitfall 13).
    private const long LoginLifetimeMillis = 10_000;

    private const string StandsAlready = "error:already subscribed";   // Bybit V5, 5.3

    private readonly Uri _address;
    private readonly IReadOnlyList<string> _topics;
    private readonly ApiCredentials? _credentials;
    private readonly TlsClient? _tls;
    private readonly LogicClock _clock;
    private readonly ConnectionTimings _timings;
    private readonly int _busyPollMicroseconds;
    private readonly TimeSpan _pingInterval;
    private readonly TimeSpan _silenceMax;
    private readonly IoLoop _loop;
    private readonly WebSocketLink _link = new();
    private readonly bool[] _confirmed;
    private readonly bool _isProtected;
    private readonly byte[] _ping = "{\"op\":\"ping\"}"u8.ToArray();

    private Socket? _connectingSocket;
    private Task<ILinkSocket>? _connecting;
    private long _phaseDeadlineNanos;
    private long _retryAtNanos;
    private long _nextPingNanos;
    private long _heardAtNanos;
    private long _readyAtNanos;
    private int _failedAttempts;
    private int _shortLives;
    private int _unconfirmed;
    private bool _isAnnounced;
    private bool _isAway;
    private bool _isStopping;

    private int _phase = (int)ConnectionPhase.Waiting;
    private int _timesReady;
    private string? _lastFault;
    private string? _refusal;

    /// <summary>Prepares a connection; the first <see cref="Advance"/> starts it.</summary>
    /// <param name="channel">Which one.</param>
    /// <param name="address">Where to.</param>
    /// <param name="topics">What it subscribes to.</param>
    /// <param name="credentials">What it logs in with; null for the public socket.</param>
    /// <param name="tls">Makes the connection of a <c>wss</c> address; else unused.</param>
    /// <param name="settings">Clock and timings.</param>
    /// <param name="loop">Told of every change.</param>
    public VenueConnection(VenueChannel channel, Uri address, IReadOnlyList<string> topics, ApiCredentials? credentials, TlsClient? tls, IoSettings settings, IoLoop loop)
    {
        Channel = channel;
        _address = address;
        _tls = IsSecure(address) ? tls : null;
        _topics = topics;
        _credentials = credentials;
        _clock = settings.Clock;
        _timings = settings.Timings;
        _busyPollMicroseconds = settings.BusyPollMicroseconds;
        (_pingInterval, _silenceMax) = credentials is null ? (_timings.PingInterval, _timings.SilenceMax) : (_timings.AccountPingInterval, _timings.AccountSilenceMax);
        _loop = loop;
        _isProtected = channel == VenueChannel.Private && settings.ArmsDisconnectProtection;
        _confirmed = new bool[topics.Count];
    }

    /// <summary>Which connection.</summary>
    public VenueChannel Channel { get; }

    /// <summary>Number of this life; frames carry it. Rises with each connection that stands, and begins again after 65,535: no frame is that old.</summary>
    public ushort Generation { get; private set; }

    /// <summary>Of use, and not about to close.</summary>
    public bool IsReady => Phase == ConnectionPhase.Ready && _link.State == LinkState.Open;

    /// <summary>Real time at which it last became of use; the name of that life within this process.</summary>
    public long ReadyAtNanos => _readyAtNanos;

    /// <summary>The socket while there is one.</summary>
    public Socket? Socket => _link.State is LinkState.Unset or LinkState.Closed ? null : _link.Socket;

    /// <summary>Bytes wait for the socket.</summary>
    public bool HasUnsent => _link.HasUnsent;

    /// <summary>How it stands. Any thread; the parts may be a moment apart.</summary>
    public ConnectionStatus Status
    {
        get
        {
            string? refusal = Volatile.Read(ref _refusal);   // flag and reason in one: neither is ever seen without the other
            return new ConnectionStatus((ConnectionPhase)Volatile.Read(ref _phase), Volatile.Read(ref _timesReady), refusal ?? Volatile.Read(ref _lastFault), refusal is not null, Volatile.Read(ref _isAway));
        }
    }

    private string Transports => _tls is null ? "TCP" : "TCP and TLS";

    private ConnectionPhase Phase
    {
        get => (ConnectionPhase)_phase;
        set => Volatile.Write(ref _phase, (int)value);
    }

    /// <summary>Does what time and other threads have made due.</summary>
    public void Advance(long nowNanos)
    {
        switch (Phase)
        {
            case ConnectionPhase.Waiting:
                if (_isStopping || nowNanos < _retryAtNanos) break;
                if (_isProtected && !_loop.EngineAdvances(nowNanos)) _retryAtNanos = nowNanos + Nanos(_timings.RetryFirst);   // a new login would reset the venue's window
                else Connect(nowNanos);
                break;
            case ConnectionPhase.Connecting:
                if (_connecting!.IsCompleted) OnConnected(nowNanos);
                else if (nowNanos >= _phaseDeadlineNanos) Fail($"no {Transports} connection within {Seconds(_timings.Establish)}", nowNanos);
                break;
            case ConnectionPhase.Stopped:
                break;
            default:
                AdvanceLink(nowNanos);
                break;
        }
    }

    /// <summary>Real time at which <see cref="Advance"/> has something to do again.</summary>
    public long NextDueNanos => Phase switch
    {
        ConnectionPhase.Waiting => _isStopping ? long.MaxValue : _retryAtNanos,
        ConnectionPhase.Stopped => long.MaxValue,
        ConnectionPhase.Ready => Math.Min(_nextPingNanos, _heardAtNanos + Nanos(_silenceMax)),
        _ => _phaseDeadlineNanos,
    };

    /// <summary>Reads what the socket holds.</summary>
    /// <returns>False when it held nothing.</returns>
    public bool Receive(long nowNanos)
    {
        if (_link.State is LinkState.Unset or LinkState.Closed || !_link.Receive()) return false;
        _heardAtNanos = nowNanos;
        return true;
    }

    /// <summary>The next data message; answers to commands are dealt with on the way.</summary>
    /// <param name="message">In place, valid until the next call of any member.</param>
    public bool TryTake(out ReadOnlySpan<byte> message)
    {
        while (_link.State != LinkState.Unset && _link.TryTake(out message))
        {
            if (!_isAnnounced) OnOpen();
            if (IsPlainlyData(message)) return true;
            if (!VenueReply.TryRead(message, out VenueReply reply)) _loop.Meters.UnreadableReplies++;
            else if (IsData(reply)) return true;
            else OnReply(reply);
        }

        message = default;
        if (!_isAnnounced && _link.State == LinkState.Open) OnOpen();
        return false;
    }

    /// <summary>Sends one text message; false when it is not of use, or the peer does not read.</summary>
    public bool TrySend(ReadOnlySpan<byte> text) => IsReady && _link.TrySend(text);

    /// <summary>Sends what the socket did not take before.</summary>
    public void Flush() => _link.Flush();

    /// <summary>Ends a subscription and begins it again: the venue answers with a fresh snapshot (Bybit V5, 6.1). False when the connection is not of use.</summary>
    public bool TryResubscribe(string topic)
    {
        if (!IsReady) return false;
        int index = IndexOf(topic);
        SendCommand("unsubscribe", index);
        SendCommand("subscribe", index);
        return true;
    }

    /// <summary>The connection is given up and made anew.</summary>
    public void Drop(string fault) => _link.Drop(fault);

    /// <summary>The engine hangs: the venue's disconnect protection is to see it, and a socket that is only silent may count as alive for minutes.</summary>
    public void DropForTheEngine() => _link.Drop("dropped, for the engine takes nothing: the venue's disconnect protection is to see it");

    /// <summary>Ends it for good, with a close handshake where one stands; the loss of a connection that stood is told as ever.</summary>
    public void Stop()
    {
        _isStopping = true;
        _link.Close(1000);
        if (Phase is not (ConnectionPhase.Waiting or ConnectionPhase.Connecting)) return;
        AbandonConnecting();
        Phase = ConnectionPhase.Stopped;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        AbandonConnecting();
        _link.Dispose();
    }

    /// <summary>Whether an address is reached through TLS.</summary>
    /// <exception cref="ArgumentException">It is neither <c>ws</c> nor <c>wss</c>.</exception>
    public static bool IsSecure(Uri address) =>
        address.Scheme == Uri.UriSchemeWss || (address.Scheme == Uri.UriSchemeWs ? false : throw new ArgumentException($"a venue's address is ws or wss, was {address}", nameof(address)));

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static long Nanos(TimeSpan time) => time.Ticks * NanosPerTick;

    private void Connect(long nowNanos)
    {
        Phase = ConnectionPhase.Connecting;
        _phaseDeadlineNanos = nowNanos + Nanos(_timings.Establish);
        Socket socket;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException fault)
        {
            Fail($"no socket: {fault.SocketErrorCode}", nowNanos);
            return;
        }

        _connectingSocket = socket;
        // Blocking: a socket that was once used asynchronously wakes a thread of the runtime with every message from then on, and a TLS handshake takes a millisecond of the processor.
        // On a thread of its own: a venue that does not answer would hold the few of the pool, which the cancellation of all orders by REST needs at that very moment.
        _connecting = Task.Factory.StartNew(() => Establish(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _connecting.ContinueWith(static (_, loop) => ((IoLoop)loop!).Wake(), _loop, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Runs on a thread of its own; the raw socket stays this object's until it is connected.</summary>
    private ILinkSocket Establish(Socket socket)
    {
        CpuAffinity.JoinTheRest();
        socket.Connect(_address.DnsSafeHost, _address.Port);
        BusyPoll.TrySet(socket, _busyPollMicroseconds);
        return _tls is null ? new PlainSocket(socket) : TlsSocket.Connect(_tls, socket, _address.DnsSafeHost);
    }

    private void OnConnected(long nowNanos)
    {
        if (!_connecting!.IsCompletedSuccessfully)
        {
            Exception? fault = _connecting.Exception?.GetBaseException();
            Fail(fault switch
            {
                SocketException socketFault => $"no TCP connection: {socketFault.SocketErrorCode}",
                TlsException => $"no TLS connection: {fault.Message}",
                _ => $"no connection: {fault?.Message}",
            }, nowNanos);
            return;
        }

        _heardAtNanos = nowNanos;
        try
        {
            _link.Attach(_connecting.Result, _address);
        }
        catch (ArgumentException fault)
        {
            Fail($"no WebSocket: {fault.Message.ReplaceLineEndings(" ")}", nowNanos);
            return;
        }

        _connectingSocket = null;
        _connecting = null;
        Phase = ConnectionPhase.Upgrading;
    }

    /// <summary>An attempt that is still under way ends, and whatever comes of it with its socket.</summary>
    private void AbandonConnecting()
    {
        // First: a TLS session that has come about meanwhile holds the raw socket.
        _connecting?.ContinueWith(static done => done.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _connecting = null;
        _connectingSocket?.Dispose();
        _connectingSocket = null;
    }

    private void AdvanceLink(long nowNanos)
    {
        if (_link.State == LinkState.Closed)
        {
            // What the buffer still held has been taken: TryTake comes before Advance in every turn.
            Fail(_link.Fault ?? "closed", nowNanos);
            return;
        }

        if (Phase == ConnectionPhase.Ready)
        {
            if (nowNanos - _heardAtNanos >= Nanos(_silenceMax)) _link.Drop($"nothing heard for {Seconds(_silenceMax)}");
            else if (nowNanos >= _nextPingNanos && _link.State == LinkState.Open) Ping(nowNanos);
        }
        else if (nowNanos >= _phaseDeadlineNanos)
        {
            _link.Drop($"no answer to the {Step()} within {Seconds(_timings.Establish)}");
        }
    }

    /// <summary>A ping that finds no room is due for ever, and the loop would turn without rest.</summary>
    private void Ping(long nowNanos)
    {
        _nextPingNanos = nowNanos + Nanos(_pingInterval);
        if (_isProtected && !_loop.EngineAdvances(nowNanos))
        {
            _loop.Meters.PingsWithheld++;
            DropForTheEngine();
            return;
        }

        if (!_link.TrySend(_ping)) _link.Drop("the venue does not read");
    }

    private string Step() => Phase switch
    {
        ConnectionPhase.Upgrading => "WebSocket upgrade",
        ConnectionPhase.LoggingIn => "login",
        _ => $"subscription of {_topics[Math.Max(Array.IndexOf(_confirmed, false), 0)]}",
    };

    /// <summary>The upgrade is done: whatever comes now belongs to the new life.</summary>
    private void OnOpen()
    {
        Generation++;
        _isAnnounced = true;
        Volatile.Write(ref _isAway, false);
        _loop.OnConnection(this, ConnectionState.Opened);
        if (_credentials is null) Subscribe();
        else LogIn(_credentials);
    }

    private void LogIn(ApiCredentials credentials)
    {
        Phase = ConnectionPhase.LoggingIn;
        long expires = (_clock.NowNanos / NanosPerMilli) + LoginLifetimeMillis;
        string idKey = Channel == VenueChannel.Trade ? "reqId" : "req_id";
        Send(string.Create(CultureInfo.InvariantCulture, $"{{\"{idKey}\":\"auth\",\"op\":\"auth\",\"args\":[\"{credentials.Key}\",{expires},\"{credentials.SignLogin(expires)}\"]}}"));
    }

    /// <summary>One request a topic: a request is refused as a whole when one of its topics is (Bybit V5, 5.2), and so the answer says which.</summary>
    private void Subscribe()
    {
        Phase = ConnectionPhase.Subscribing;
        Array.Clear(_confirmed);
        _unconfirmed = _topics.Count;
        for (int i = 0; i < _topics.Count; i++) SendCommand("subscribe", i);
        if (_unconfirmed == 0) OnReady();
    }

    private void OnReady()
    {
        _readyAtNanos = StageClock.NowNanos();
        _nextPingNanos = _readyAtNanos + Nanos(_pingInterval);
        _heardAtNanos = _readyAtNanos;
        Volatile.Write(ref _refusal, null);
        Volatile.Write(ref _timesReady, _timesReady + 1);
        Phase = ConnectionPhase.Ready;
        _loop.OnConnection(this, ConnectionState.Ready);
    }

    /// <summary>Data as the venue writes it, by its first bytes; anything else is read before it is judged, since the order of keys is nowhere promised.</summary>
    private bool IsPlainlyData(ReadOnlySpan<byte> message) =>
        Channel == VenueChannel.Trade ? RequestName.Read(message) != RequestId.None : VenueReply.IsPlainlyStreamData(message);

    /// <summary>Order entry: whatever does not answer this thread's own commands. Streams: whatever has a topic.</summary>
    private bool IsData(in VenueReply reply) => Channel == VenueChannel.Trade ? reply.Operation == VenueOperation.Unset : reply.HasTopic;

    private void OnReply(in VenueReply reply)
    {
        if (reply.Operation == VenueOperation.Auth && Phase == ConnectionPhase.LoggingIn)
        {
            if (reply.Succeeded)
            {
                Subscribe();
                return;
            }

            _loop.OnLoginRefused();
            Refuse($"login refused: {reply.Text}");
        }
        else if (reply.Operation == VenueOperation.Subscribe && Phase is ConnectionPhase.Subscribing or ConnectionPhase.Ready && _topics.Count > 0)
        {
            OnSubscribed(reply);
        }
    }

    /// <summary>An answer may lack its id (Bybit V5, 5.2); commands are answered in their order, so it is for the first that waits. A topic that is refused because it stands already is what was wanted, but where it is asked for again to get a snapshot: none comes then.</summary>
    private void OnSubscribed(in VenueReply reply)
    {
        int topic = (uint)reply.RequestNumber < (uint)_topics.Count ? reply.RequestNumber : Array.IndexOf(_confirmed, false);
        bool stands = Phase == ConnectionPhase.Subscribing && reply.Text.StartsWith(StandsAlready, StringComparison.Ordinal);
        if (!reply.Succeeded && !stands)
        {
            Refuse($"subscription of {(topic < 0 ? "a topic" : _topics[topic])} refused: {reply.Text}");
            return;
        }

        if (Phase != ConnectionPhase.Subscribing || topic < 0 || _confirmed[topic]) return;
        _confirmed[topic] = true;
        if (--_unconfirmed == 0) OnReady();
    }

    /// <summary>The reason stays the last fault until the connection is of use again: that the venue closes after a refusal says less.</summary>
    private void Refuse(string fault)
    {
        string redacted = Redacted(fault);
        Volatile.Write(ref _refusal, redacted);
        _link.Drop(redacted);
    }

    /// <summary>The venue's words may repeat the key.</summary>
    private string Redacted(string fault) => _credentials?.Redact(fault) ?? fault;

    private void SendCommand(string operation, int topic) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"{{\"req_id\":\"{topic}\",\"op\":\"{operation}\",\"args\":[\"{_topics[topic]}\"]}}"));

    private void Send(string text)
    {
        if (!_link.TrySend(Encoding.UTF8.GetBytes(text))) _link.Drop("the venue does not read");
    }

    private int IndexOf(string topic)
    {
        for (int i = 0; i < _topics.Count; i++)
        {
            if (_topics[i] == topic) return i;
        }

        throw new ArgumentException($"{topic} is not a topic of this connection", nameof(topic));
    }

    /// <summary>This life is over: the engine is told, and the next one is due after a wait.</summary>
    private void Fail(string fault, long nowNanos)
    {
        Volatile.Write(ref _lastFault, Redacted(fault));
        bool wasReady = Phase == ConnectionPhase.Ready;
        bool wasStable = wasReady && nowNanos - _readyAtNanos >= Nanos(_timings.StableAfter);
        AbandonConnecting();
        if (!_isAnnounced) Volatile.Write(ref _isAway, true);
        Phase = _isStopping ? ConnectionPhase.Stopped : ConnectionPhase.Waiting;
        _loop.OnFailed(this);
        if (_isAnnounced) _loop.OnConnection(this, ConnectionState.Lost);
        _isAnnounced = false;
        if (wasReady) _shortLives = wasStable ? 0 : _shortLives + 1;
        _failedAttempts = wasReady ? _shortLives : _failedAttempts + 1;   // attempts while the venue was away say nothing about a connection that stood
        _retryAtNanos = nowNanos + RetryNanos(Math.Max(_failedAttempts - 1, 0));
    }

    /// <summary>Exponential up to a first bound, for a while there, then up to the maximum; the upper half of it random, so that many clients do not come back at once.</summary>
    private long RetryNanos(int failures)
    {
        double first = Nanos(_timings.RetryFirst);
        double soon = Math.Min(first * Math.Pow(2, failures), Math.Max(Nanos(_timings.RetrySoonMax), first));
        double longest = Math.Min(soon * Math.Pow(2, Math.Max(failures - _timings.RetriesSoon, 0)), Nanos(_timings.RetryMax));
        return (long)(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
