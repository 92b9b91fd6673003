using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Ring;
using LatencyEngine.Wire;

namespace LatencyEngine.Transport;

/// <summary>The io thread: reads the three sockets and the inbox, is the only writer of the inbound ring, and sends what the outbound ring holds.</summary>
/// <remarks>
/// One turn: take what the sockets hold, a tick when it is due, and the inbox; mark the last frame as the end of the burst; let the engine have it; send what it answers.
/// Thread: <see cref="Run"/> is the io thread; other members may be used by any thread where they say so. Allocates: for connections and commands, not for data.
/// </remarks>
public sealed class IoLoop : IDisposable
{
    // Bybit's have 18 characters; something as short as a word may be a part of any message.
    private const int KeyLengthMin = 16;

    private const int Consumer = 0;

    // Frames that the engine may be behind and still be asked to quote at every burst: beyond, only the newest burst is of interest.
    private const long FarBehindFrames = 512;

    // Spinning: turns in a row that the market's socket may keep to itself. Either account socket is then looked at in one turn of eight.
    private const int TurnsToItselfMax = 4;

    // Where requests go by REST there is nothing that could be lost and come back.
    private const ushort RestTradeGeneration = 1;

    // Timestamp outside the window, and request expired (Bybit V5, 18).
    private const int WrongTime = 10002;
    private const int Expired = -1;

    private const int RequestsRemembered = 4_096;   // more than can wait for an answer: 3,600 a second (Bybit V5, 17.3)
    private const long StopWithinNanos = 1_000_000_000;
    private const string DisconnectTopic = "dcp.future";

    private readonly IoSettings _settings;
    private readonly FrameRing _inbound;
    private readonly FrameRing _outbound;
    private readonly IEngineSide _engine;
    private readonly WakeEvent _wake = new();
    private readonly TlsClient? _tls;
    private readonly VenueConnection[] _connections;
    private readonly PollEntry[] _poll;
    private readonly long[] _sentAtNanos = new long[RequestsRemembered];
    private readonly uint[] _sentNumber = new uint[RequestsRemembered];
    private readonly RenewalPlan _renewal;
    private readonly byte[] _key = [];

    private long _receivedAtNanos;
    private long _logicNanos;
    private long _nextTickNanos;
    private long _allocatedAtReady = -1;
    private long _messagesAtReady;
    private InboundKind _stagedKind;
    private ushort _stagedGeneration;
    private long _stagedReceivedAtNanos;
    private long _stagedLogicNanos;
    private int _turnsToItself;
    private int _nextAccountSocket = 1;
    private bool _awaitsCancel;
    private bool _hasStaged;
    private bool _hasPublished;
    private WaitFlag _isWaiting;
    private bool _isStopRequested;
    private bool _isAborted;
    private long _consumed;
    private long _advancedAtNanos;

    /// <summary>Prepares the thread; nothing is connected before <see cref="Run"/>.</summary>
    /// <param name="settings">What to connect to.</param>
    /// <param name="inbound">This object is its only producer.</param>
    /// <param name="outbound">This object is its consumer 0.</param>
    /// <param name="engine">The reader of the inbound ring.</param>
    /// <exception cref="ArgumentException">An address is neither <c>ws</c> nor <c>wss</c>, or of key and account addresses some are missing.</exception>
    /// <exception cref="TlsException">An address is <c>wss</c>, and OpenSSL or the trusted certificates are not there.</exception>
    public IoLoop(IoSettings settings, FrameRing inbound, FrameRing outbound, IEngineSide engine)
    {
        _settings = settings;
        _inbound = inbound;
        _outbound = outbound;
        _engine = engine;
        Inbox = new Inbox(_wake);
        if (settings.Credentials is { Key.Length: >= KeyLengthMin } secret) _key = Encoding.UTF8.GetBytes(secret.Key);
        List<(VenueChannel Channel, Uri Address, IReadOnlyList<string> Topics, ApiCredentials? Credentials)> sockets = [(VenueChannel.Public, settings.PublicAddress, settings.PublicTopics, null)];
        if (settings is { Credentials: { } credentials, PrivateAddress: { } privateAddress } && (settings.TradeAddress is null) != (settings.OnRequest is null))
        {
            sockets.Add((VenueChannel.Private, privateAddress, settings.ArmsDisconnectProtection ? [.. settings.PrivateTopics, DisconnectTopic] : settings.PrivateTopics, credentials));
            if (settings.TradeAddress is { } tradeAddress) sockets.Add((VenueChannel.Trade, tradeAddress, [], credentials));
        }
        else if (settings is not { Credentials: null, PrivateAddress: null, TradeAddress: null, OnRequest: null })
        {
            throw new ArgumentException("key, private address, and trade address or taker of requests belong together: set all of them or none", nameof(settings));
        }

        if (sockets.Exists(socket => VenueConnection.IsSecure(socket.Address))) _tls = new TlsClient(settings.AuthoritiesPath);
        _connections = [.. sockets.Select(socket => new VenueConnection(socket.Channel, socket.Address, socket.Topics, socket.Credentials, _tls, settings, this))];
        _poll = new PollEntry[_connections.Length + 1];
        _renewal = new RenewalPlan(settings.Timings);
    }

    /// <summary>Where other threads leave events. Any thread.</summary>
    public Inbox Inbox { get; }

    /// <summary>What this thread measures.</summary>
    public IoMeters Meters { get; } = new();

    /// <summary>How a connection stands. Any thread.</summary>
    public ConnectionStatus Status(VenueChannel channel) => channel == VenueChannel.Trade && _settings.OnRequest is not null
        ? new ConnectionStatus(ConnectionPhase.Ready, TimesReady: 1, LastFault: null, Refused: false)
        : Connection(channel).Status;

    /// <summary>How the connections stand, in one phrase for people. Any thread.</summary>
    public string Describe() => string.Join("; ", _connections.Select(connection =>
        $"{connection.Channel} {connection.Status.Phase}{(connection.Status.LastFault is { } fault ? $" (last fault: {fault})" : "")}"));

    /// <summary>Wakes the loop when it waits, after something was published in the outbound ring. Any thread.</summary>
    public void WakeIfWaiting()
    {
        if (_isWaiting.IsRaisedAfterPublishing()) _wake.Ring();
    }

    /// <summary>Wakes the loop. Any thread.</summary>
    internal void Wake() => _wake.Ring();

    /// <summary>Asks the loop to close the connections and end, within a second. Any thread.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopRequested, true);
        _wake.Ring();
    }

    /// <summary>Ends the loop in its next turn, even in the middle of back-pressure: for a reader of the inbound ring that has failed. Any thread.</summary>
    public void Abort()
    {
        Volatile.Write(ref _isAborted, true);
        Stop();
    }

    /// <summary>Runs until stopped. The calling thread is the io thread.</summary>
    public void Run()
    {
        if (_settings.OnRequest is not null)
        {
            Stamp();
            Stage(InboundKind.Connection, RestTradeGeneration, [(byte)VenueChannel.Trade, (byte)ConnectionState.Opened]);
            Stage(InboundKind.Connection, RestTradeGeneration, [(byte)VenueChannel.Trade, (byte)ConnectionState.Ready]);
        }

        while (!Volatile.Read(ref _isStopRequested))
        {
            if (!Turn()) WaitForWork();
        }

        if (_allocatedAtReady >= 0 && Meters.Messages > _messagesAtReady)
        {
            Meters.AllocatedBytesPerMessage = (double)(GC.GetAllocatedBytesForCurrentThread() - _allocatedAtReady) / (Meters.Messages - _messagesAtReady);
        }

        CloseConnections();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (VenueConnection connection in _connections) connection.Dispose();
        _tls?.Dispose();
        _wake.Dispose();
    }

    /// <summary>A connection changed: an event like any other. Io thread.</summary>
    internal void OnConnection(VenueConnection connection, ConnectionState state)
    {
        Stage(InboundKind.Connection, connection.Generation, [(byte)connection.Channel, (byte)state]);
        if (_allocatedAtReady >= 0 || !Array.TrueForAll(_connections, static any => any.IsReady)) return;
        _allocatedAtReady = GC.GetAllocatedBytesForCurrentThread();
        _messagesAtReady = Meters.Messages;
    }

    /// <summary>A life of a connection, or an attempt at one, is over. Io thread.</summary>
    internal void OnFailed(VenueConnection connection)
    {
        if (connection.Channel == VenueChannel.Public) _settings.OnMarketLost?.Invoke(_logicNanos);
    }

    /// <summary>A login was refused. Io thread.</summary>
    internal void OnLoginRefused() => _settings.OnClockRefused();

    /// <summary>False once frames have waited for the engine, and it has taken none, for as long as allowed. Io thread.</summary>
    internal bool EngineAdvances(long nowNanos)
    {
        long consumed = _inbound.ConsumedCount(Consumer);
        if (consumed != _consumed || consumed == _inbound.PublishedCount)
        {
            _consumed = consumed;
            _advancedAtNanos = nowNanos;
        }

        return nowNanos - _advancedAtNanos < _settings.Timings.EngineStallMax.Ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>What has become too old is made anew; of the order-entry socket the engine is told first, and has its time to pull the quotes. False when nothing is due.</summary>
    private bool Renew()
    {
        if (_connections.Length == 1 || Volatile.Read(ref _isStopRequested) || _receivedAtNanos < RenewalDueNanos()) return false;
        bool isTradeNext = _renewal.IsTradeNext(TradeReadyAtNanos, Connection(VenueChannel.Private).ReadyAtNanos);
        VenueConnection due = Connection(isTradeNext ? VenueChannel.Trade : VenueChannel.Private);
        if (isTradeNext && !_renewal.IsLeaving(due.ReadyAtNanos))
        {
            _renewal.Leave(due.ReadyAtNanos, _receivedAtNanos);
            OnConnection(due, ConnectionState.Leaving);
            return true;
        }

        GiveUpForAge(due);
        return true;
    }

    private void GiveUpForAge(VenueConnection connection)
    {
        Meters.ConnectionsRenewed++;
        connection.Drop("made anew by plan, for its age");
    }

    private long RenewalDueNanos() => Array.TrueForAll(_connections, static connection => connection.IsReady)
        ? _renewal.DueNanos(TradeReadyAtNanos, Connection(VenueChannel.Private).ReadyAtNanos)
        : long.MaxValue;

    // Without a socket of its own order entry is never the one that is due.
    private long TradeReadyAtNanos => Connection(_settings.OnRequest is null ? VenueChannel.Trade : VenueChannel.Private).ReadyAtNanos;

    private VenueConnection Connection(VenueChannel channel) => _connections[(int)channel - 1];

    /// <summary>One turn; false when there was nothing to do.</summary>
    private bool Turn()
    {
        Meters.Turns++;
        if (_settings.ArmsDisconnectProtection) EngineAdvances(StageClock.NowNanos());   // before new frames wait
        bool worked = false;
        if (_settings.Wait == WaitMode.Spin && !Volatile.Read(ref _isStopRequested)) worked = TakeInRotation();
        else foreach (VenueConnection connection in _connections) worked |= TakeFrom(connection);
        Stamp();
        worked |= TakeTick();
        worked |= TakeInbox();
        worked |= Renew();
        EndBurst();
        if (_hasPublished)
        {
            _hasPublished = false;
            _engine.OnPublished();
            worked = true;
        }

        return SendOutbound() || worked;
    }

    /// <summary>For a thread that never sleeps, until it is stopped. A look at a socket costs a call of the system whether it holds something or not, so a message of the market goes to the engine before the other two are looked at; while the market is silent, they are in turn.</summary>
    private bool TakeInRotation()
    {
        bool took = TakeFrom(_connections[0]);
        if (_connections.Length == 1) return took;
        if (took && ++_turnsToItself < TurnsToItselfMax) return true;
        _turnsToItself = 0;
        _nextAccountSocket = _connections.Length == 2 ? 1 : 3 - _nextAccountSocket;
        return TakeFrom(_connections[_nextAccountSocket]) || took;
    }

    private bool TakeFrom(VenueConnection connection)
    {
        bool received = connection.Receive(StageClock.NowNanos());
        Stamp();
        while (connection.TryTake(out ReadOnlySpan<byte> message))
        {
            Meters.Messages++;
            if (connection.Channel == VenueChannel.Trade) OnAcknowledged(message);
            Stage(KindOf(connection.Channel), connection.Generation, message);
            if (_settings.OnMarket is { } onMarket && connection.Channel == VenueChannel.Public) onMarket(message, _logicNanos);
        }

        connection.Advance(_receivedAtNanos);
        if (connection.HasUnsent) connection.Flush();
        return received;
    }

    private static InboundKind KindOf(VenueChannel channel) => channel switch
    {
        VenueChannel.Public => InboundKind.PublicFrame,
        VenueChannel.Private => InboundKind.PrivateFrame,
        _ => InboundKind.TradeFrame,
    };

    private void Stamp()
    {
        _receivedAtNanos = StageClock.NowNanos();
        _logicNanos = _settings.Clock.NowNanos;
    }

    private bool TakeTick()
    {
        if (_settings.TickNanos == 0 || _logicNanos < _nextTickNanos) return false;
        _nextTickNanos = _logicNanos + _settings.TickNanos;
        Stage(InboundKind.Tick, generation: 0, default);
        return true;
    }

    private bool TakeInbox()
    {
        bool took = false;
        while (Inbox.TryTake(out (InboundKind Kind, byte[] Payload) post))
        {
            Stamp();   // after it is taken: whoever moves the clock and then posts is never stamped with the time before
            if (post.Kind == InboundKind.TradeFrame) OnAcknowledged(post.Payload);
            if (post is { Kind: InboundKind.Command, Payload: [(byte)OperatorCommand.Kill] }) AwaitCancel();
            Stage(post.Kind, post.Kind == InboundKind.TradeFrame ? RestTradeGeneration : (ushort)0, post.Payload);
            took = true;
        }

        return took;
    }

    /// <summary>What it has answered so far was decided before the kill: with the engine on this thread nothing of it waits any more.</summary>
    private void AwaitCancel()
    {
        _awaitsCancel = true;
        Meters.KillAnsweredAtNanos = 0;
    }

    /// <summary>Copies a frame into the ring and publishes the one before it, which now is known not to be the last of its burst.</summary>
    private void Stage(InboundKind kind, ushort generation, ReadOnlySpan<byte> payload)
    {
        if (_hasStaged) Publish(flags: 0);
        (_stagedReceivedAtNanos, _stagedLogicNanos) = (_receivedAtNanos, _logicNanos);   // its own arrival, not that of the frame that lets it be published
        if (!TryClaim(payload.Length, out Span<byte> slot)) return;
        payload.CopyTo(slot);
        if (kind is not (InboundKind.PublicFrame or InboundKind.Tick)) HideKey(slot);
        _stagedKind = kind;
        _stagedGeneration = generation;
        _hasStaged = true;
    }

    /// <summary>A refusal that comes to the engine may repeat the key (Bybit V5, 18), and what is on the ring goes into a journal.</summary>
    private void HideKey(Span<byte> frame)
    {
        while (_key.Length > 0 && frame.IndexOf(_key) is >= 0 and var at) frame.Slice(at, _key.Length).Fill((byte)'*');
    }

    /// <summary>Room in the inbound ring; waits for its slowest reader, since nothing may be lost. False only when the loop is aborted.</summary>
    /// <exception cref="InvalidOperationException">The frame is longer than the whole ring: waiting would not help.</exception>
    private bool TryClaim(int lengthBytes, out Span<byte> slot)
    {
        if (_inbound.TryClaim(lengthBytes, out slot)) return true;
        if (_inbound.LastRefusal == ClaimRefusal.TooLong) throw new InvalidOperationException($"a frame of {lengthBytes} bytes never fits the inbound ring of {_inbound.PayloadBytes}");
        Meters.BackPressure++;
        while (!Volatile.Read(ref _isAborted))
        {
            _engine.OnPublished();
            SendOutbound();
            if (_inbound.TryClaim(lengthBytes, out slot)) return true;
            if (_settings.ArmsDisconnectProtection && !EngineAdvances(StageClock.NowNanos())) Connection(VenueChannel.Private).DropForTheEngine();   // no ping comes to be due here
            Thread.Yield();
        }

        return false;
    }

    private void EndBurst()
    {
        if (!_hasStaged) return;
        bool farBehind = _inbound.PublishedCount - _inbound.ConsumedCount(Consumer) > FarBehindFrames;
        Publish(_settings.Clock.EndsBurst && !farBehind ? FrameRing.EndOfBurst : (byte)0);
    }

    private void Publish(byte flags)
    {
        _inbound.Publish((byte)_stagedKind, flags, _stagedGeneration, _stagedReceivedAtNanos, _stagedLogicNanos, causeSequence: -1);
        _hasStaged = false;
        _hasPublished = true;
    }

    private bool SendOutbound()
    {
        bool sent = false;
        while (_outbound.TryPeek(Consumer, out FrameView frame))
        {
            switch ((OutboundKind)frame.Kind)
            {
                case OutboundKind.Request: SendRequest(frame); break;
                case OutboundKind.SnapshotRequest: Resubscribe(frame); break;
                case OutboundKind.LookUpRequest: _settings.OnLookUp(frame.Payload); break;
                case OutboundKind.QuoteTableRequest: _settings.OnQuoteTableRequest(frame.Payload); break;
                case OutboundKind.CancelAllRequest: _settings.OnCancelAll(); break;
                case OutboundKind.ReconnectTrade when _settings.OnRequest is null && frame.Generation == Connection(VenueChannel.Trade).Generation: Reconnect(Connection(VenueChannel.Trade)); break;
                case OutboundKind.LaneFact or OutboundKind.EngineFact or OutboundKind.DirectionalFact: _settings.OnFact?.Invoke((OutboundKind)frame.Kind, frame.Payload, frame.LogicTimeNanos); break;
                default: break;   // other facts are for other readers of this ring
            }

            _outbound.Advance(Consumer);
            sent = true;
        }

        return sent;
    }

    private void Reconnect(VenueConnection trade)
    {
        if (_renewal.IsLeaving(trade.ReadyAtNanos)) GiveUpForAge(trade);
        else trade.Drop("the venue restarts this node (10019)");
    }

    /// <summary>Only on the connection that lacked the snapshot: with the next one it comes by itself.</summary>
    private void Resubscribe(in FrameView frame)
    {
        VenueConnection stream = Connection(VenueChannel.Public);
        if (frame.Generation != stream.Generation) return;
        if (stream.TryResubscribe(_settings.BookTopics[BinaryPrimitives.ReadInt32LittleEndian(frame.Payload)])) Meters.Resubscriptions++;
    }

    private void SendRequest(in FrameView frame)
    {
        if (_settings.OnRequest is { } onRequest)
        {
            onRequest(frame.Payload);
            OnSent(in frame);
            return;
        }

        VenueConnection trade = Connection(VenueChannel.Trade);
        if (!trade.IsReady || frame.Generation != trade.Generation)
        {
            // Meant for a connection that is gone: with its loss the engine takes everything on its way for unknown, and would be surprised by an order on the next one.
            Meters.RequestsDropped++;
            return;
        }

        if (!trade.TrySend(frame.Payload))
        {
            // The engine learns of it by the loss of the connection.
            Meters.RequestsDropped++;
            trade.Drop("the venue does not read");
            return;
        }

        OnSent(in frame);
    }

    private void OnSent(in FrameView frame)
    {
        long sentAtNanos = StageClock.NowNanos();
        Meters.RequestsSent++;
        Meters.Send.Record(sentAtNanos - frame.ReceivedAtNanos);
        if (_inbound.TryReceivedAt(frame.CauseSequence, out long receivedAtNanos)) Meters.TickToTrade.Record(sentAtNanos - receivedAtNanos);
        if (_awaitsCancel && frame.Payload.IndexOf("\"order.cancel\""u8) >= 0)
        {
            _awaitsCancel = false;
            Meters.KillAnsweredAtNanos = sentAtNanos;
        }

        uint number = RequestName.Read(frame.Payload).Number;
        _sentAtNanos[number % RequestsRemembered] = sentAtNanos;
        _sentNumber[number % RequestsRemembered] = number;
    }

    private void OnAcknowledged(ReadOnlySpan<byte> message)
    {
        if (ReturnCode(message) is WrongTime or Expired) _settings.OnClockRefused();
        uint number = RequestName.Read(message).Number;
        if (number == 0 || _sentNumber[number % RequestsRemembered] != number) return;
        _sentNumber[number % RequestsRemembered] = 0;
        Meters.RoundTrip.Record(_receivedAtNanos - _sentAtNanos[number % RequestsRemembered]);
    }

    /// <summary>An answer's code, which stands among its first bytes (Bybit V5, 8.2); 0 where there is none.</summary>
    private static int ReturnCode(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> key = "\"retCode\":"u8;
        int at = message.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(message[(at + key.Length)..], out int code, out _) ? code : 0;
    }

    private void WaitForWork()
    {
        switch (_settings.Wait)
        {
            case WaitMode.Spin: return;
            case WaitMode.Yield: Thread.Yield(); return;
        }

        _isWaiting.Raise();
        if (!_outbound.TryPeek(Consumer, out _) && Inbox.IsEmpty && !Volatile.Read(ref _isStopRequested))
        {
            for (int i = 0; i < _connections.Length; i++) _poll[i] = EntryOf(_connections[i]);
            _poll[^1] = new PollEntry { Descriptor = _wake.Descriptor, Wanted = PollEntry.Readable };
            Poll.Wait(_poll, Math.Max(TimeoutNanos(), 0));
            if (_poll[^1].Happened != 0) _wake.Clear();
        }

        _isWaiting.Lower();
    }

    private static PollEntry EntryOf(VenueConnection connection) => connection.Socket is { } socket
        ? new PollEntry { Descriptor = (int)socket.Handle, Wanted = connection.HasUnsent ? (short)(PollEntry.Readable | PollEntry.Writable) : PollEntry.Readable }
        : new PollEntry { Descriptor = -1 };

    private long TimeoutNanos()
    {
        long nowNanos = StageClock.NowNanos();
        long timeout = long.MaxValue;
        foreach (VenueConnection connection in _connections) timeout = Math.Min(timeout, connection.NextDueNanos - nowNanos);
        if (_connections.Length > 1 && RenewalDueNanos() is var due and < long.MaxValue) timeout = Math.Min(timeout, due - nowNanos);
        if (_settings.TickNanos > 0) timeout = Math.Min(timeout, _settings.Clock.RealNanosUntil(_nextTickNanos));
        return timeout;
    }

    private void CloseConnections()
    {
        foreach (VenueConnection connection in _connections) connection.Stop();
        long deadlineNanos = StageClock.NowNanos() + StopWithinNanos;
        while (!Volatile.Read(ref _isAborted) && StageClock.NowNanos() < deadlineNanos && Array.Exists(_connections, connection => connection.Status.Phase != ConnectionPhase.Stopped))
        {
            if (Turn()) continue;
            for (int i = 0; i < _connections.Length; i++) _poll[i] = EntryOf(_connections[i]);
            Poll.Wait(_poll.AsSpan(0, _connections.Length), StopWithinNanos / 100);
        }

        foreach (VenueConnection connection in _connections) connection.Drop("no answer to the close");
        Turn();
    }
}
