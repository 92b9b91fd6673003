using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>The round trip over loopback, market message out to order in, plain and through TLS 1.3: the shipped io thread with the engine on it, spinning; the same socket calls without WebSocket and engine; and the framework's ClientWebSocket with the same engine behind it.</summary>
/// <remarks>The venue spins on the first core that the process may use, the contestant has the last one. Each round is the beginning of a journalled run, 4,000 frames, of which the market messages that lead to an order are timed.</remarks>
internal static class SocketComparison
{
    private const int Reader = 0;
    private const string Ours = "Socket.plainP50";
    private const string Floor = "socket.floorP50";
    private const string Peer = "socket.clientWebSocketP50";
    private const string OursTls = "Socket.tlsP50";
    private const string PeerTls = "socket.tls.clientWebSocketP50";
    private static readonly VenueChannel[] Channels = [VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry([Ours, "Socket.plainP99"], ["socket.plain.overFloor", "socket.plain.clientWebSocket"], Open),
        new Entry([OursTls, "Socket.tlsP99"], ["socket.tls.clientWebSocket"], OpenTls),
        new Entry(["Socket.copyIntoRing"], [], _ => CopyIntoRing()),
        new Entry(["Socket.allocationWatch"], [], _ => AllocationWatch()),
    ];

    private static Comparison Open(BenchContext context)
    {
        SocketScript script = Script();
        Contestant ours = Of(script, RoundTripsOfOurs, Ours, "Socket.plainP99"), floor = Of(script, RoundTripsOfFloor, Floor, "socket.floorP99"), peer = Of(script, RoundTripsOfClientWebSocket, Peer, "socket.clientWebSocketP99");
        return new Comparison
        {
            Contestants = context.WithPeers ? [ours, floor, peer] : [ours],
            Ratios = [new Ratio("socket.plain.overFloor", Ours, Floor), Ratio.TimesFaster("socket.plain.clientWebSocket", Ours, Peer)],
            IsPinned = false,
        };
    }

    private static Comparison OpenTls(BenchContext context)
    {
        SocketScript script = Script();
        Contestant ours = Of(script, RoundTripsOfOursTls, OursTls, "Socket.tlsP99"), peer = Of(script, RoundTripsOfClientWebSocketTls, PeerTls, "socket.tls.clientWebSocketP99");
        return new Comparison
        {
            Contestants = context.WithPeers ? [ours, peer] : [ours],
            Ratios = [Ratio.TimesFaster("socket.tls.clientWebSocket", OursTls, PeerTls)],
            IsPinned = false,
        };
    }

    /// <summary>Quotes follow every tick, and the budget allows it: about every second book message leads to an order.</summary>
    private static SocketScript Script()
    {
        using var run = new RecordedRun(Tape.QuotingEveryTick);
        return new SocketScript(run.JournalPath);
    }

    private static Contestant Of(SocketScript script, Func<SocketScript, ulong[], double[]> play, string p50, string p99)
    {
        int timed = script.Steps.Count(step => step.IsTimed);
        return new Contestant([new Figure(p50) { Frames = timed }, new Figure(p99) { Frames = timed }], numbers =>
        {
            ulong[] allowed = HostThread.Allowed();
            double[] nanos;
            try
            {
                nanos = play(script, allowed);
            }
            finally
            {
                HostThread.Unpin(allowed);
                HostThread.UnpinOthers(allowed);
            }

            numbers[0] = nanos[nanos.Length / 2];
            numbers[1] = nanos[nanos.Length * 99 / 100];
        });
    }

    /// <summary>The one copy between the socket's buffer and the engine: each market message of the derived recording into room that is claimed for it in a ring.</summary>
    private static Comparison CopyIntoRing()
    {
        byte[][] frames = [.. RecordedFrames.ShapedBookDeltas()];
        var ring = new FrameRing(4_096, 4 << 20, 1);
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure("Socket.copyIntoRing") { Frames = frames.Length, MeanBytes = frames.Average(frame => frame.Length) }, frames.Length, () =>
                {
                    foreach (byte[] frame in frames)
                    {
                        ring.TryClaim(frame.Length, out Span<byte> room);
                        frame.CopyTo(room);
                        ring.Publish((byte)InboundKind.PublicFrame, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, causeSequence: -1);
                        ring.TryPeek(Reader, out _);
                        ring.Release(Reader);
                    }

                    return ring.PublishedCount;
                }),
            ],
        };
    }

    /// <summary>What <see cref="EngineStep"/> asks the collector around up to 64 frames that it takes together.</summary>
    private static Comparison AllocationWatch()
    {
        const int Operations = 1_000_000;
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure("Socket.allocationWatch"), Operations, () =>
                {
                    long sum = 0;
                    for (int i = 0; i < Operations; i++) sum += GC.CollectionCount(0) + GC.GetAllocatedBytesForCurrentThread() - GC.GetAllocatedBytesForCurrentThread();
                    return sum;
                }),
            ],
        };
    }

    /// <summary>What runs in production, in the placement with one spinning thread.</summary>
    private static double[] RoundTripsOfOurs(SocketScript script, ulong[] allowed)
    {
        using var venue = new LoopbackVenue();
        return RoundTripsOfOurs(script, allowed, venue, PlainVenue.Of, settings => settings);
    }

    private static double[] RoundTripsOfOursTls(SocketScript script, ulong[] allowed)
    {
        using var tls = new TlsVenue();
        return RoundTripsOfOurs(script, allowed, tls.Venue, _ => tls, settings => settings with { AuthoritiesPath = tls.AuthoritiesPath });
    }

    private static double[] RoundTripsOfOurs(SocketScript script, ulong[] allowed, LoopbackVenue venue, Func<LoopbackVenue, IScriptedVenue> ends, Func<IoSettings, IoSettings> change)
    {
        Engine engine = JournalledEngine.Build(script.Header, JournalledEngine.Configuration(script.Header, "journal"));
        var clock = new LockstepClock(firstNanos: 0);
        string[] topics = [.. script.Header.Instruments.Select(instrument => $"orderbook.50.{instrument.Symbol}")];
        IoSettings settings = change(venue.Settings(topics, clock));
        using var threads = new EngineThreads(engine, settings, new PlacementConfiguration { Threads = "inline", Wait = "spin" });
        UseClientCore(allowed);
        threads.Start();
        UseServerCore(allowed);
        try
        {
            venue.Accept(topics.Length, settings.PrivateTopics.Count, 10_000_000_000);
            SocketScript.SpinUntil(() => threads.IsReady);
            long published = 0;
            double[] nanos = script.Play(ends(venue), step => step.Kind != InboundKind.Connection, Prepare, _ => engine.Inbound.PublishedCount > published && IsDrained(engine));
            RequireOrders(script.Steps.Sum(step => step.Requests), threads.Io.Meters.RequestsSent);
            return nanos;

            void Prepare(SocketScript.Step step)
            {
                published = engine.Inbound.PublishedCount;
                clock.Set(step.LogicNanos, step.EndsBurst);
                if (step.Channel == VenueChannel.Unset) threads.Io.Inbox.Post(step.Kind, step.Kind == InboundKind.LookUpEnd ? OfFirstGeneration(step.Payload) : step.Payload);
            }
        }
        finally
        {
            venue.Dispose();
            threads.Stop();
        }
    }

    /// <summary>Bare sockets: reads each market message to its end, and sends the same order bytes where the run sent an order.</summary>
    private static double[] RoundTripsOfFloor(SocketScript script, ulong[] allowed)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        (Socket Client, Socket Server) market = Pair(listener), orders = Pair(listener);
        using Socket marketClient = market.Client, marketServer = market.Server, ordersClient = orders.Client, ordersServer = orders.Server;
        byte[] order = new byte[script.AnOrder.Length + WebSocketWriter.HeaderBytesMax];
        int orderBytes = WebSocketWriter.WriteText(script.AnOrder, 0x12345678, order);
        int taken = -1;
        var client = new Thread(() =>
        {
            byte[] received = new byte[256 * 1024];
            for (int i = 0; i < script.Steps.Count; i++)
            {
                SocketScript.Step step = script.Steps[i];
                if (step.Kind != InboundKind.PublicFrame) continue;
                for (int bytes = 0; bytes < step.Frame.Length;)
                {
                    int read = marketClient.Receive(received, SocketFlags.None, out SocketError error);
                    if (error == SocketError.Success) bytes += read;
                    else if (error != SocketError.WouldBlock) return;
                }

                if (step.IsTimed) SocketScript.SendWhole(ordersClient, order.AsSpan(0, orderBytes));
                Volatile.Write(ref taken, i);
            }
        }) { IsBackground = true };
        UseClientCore(allowed);
        client.Start();
        UseServerCore(allowed);
        double[] nanos = script.Play(new PlainVenue(marketServer, ordersServer), step => step.Kind == InboundKind.PublicFrame, static _ => { }, i => Volatile.Read(ref taken) == i);
        client.Join();
        return nanos;
    }

    private static double[] RoundTripsOfClientWebSocket(SocketScript script, ulong[] allowed)
    {
        using var venue = new LoopbackVenue();
        return RoundTripsOfClientWebSocket(script, allowed, venue, PlainVenue.Of, static _ => { });
    }

    private static double[] RoundTripsOfClientWebSocketTls(SocketScript script, ulong[] allowed)
    {
        using var tls = new TlsVenue();
        return RoundTripsOfClientWebSocket(script, allowed, tls.Venue, _ => tls, options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => tls.IsOwn(certificate));
    }

    private static double[] RoundTripsOfClientWebSocket(SocketScript script, ulong[] allowed, LoopbackVenue venue, Func<LoopbackVenue, IScriptedVenue> ends, Action<ClientWebSocketOptions> change)
    {
        Engine engine = JournalledEngine.Build(script.Header, JournalledEngine.Configuration(script.Header, "journal"));
        var client = new ClientWebSocketEngine(engine, script);
        client.Configure(change);
        Task connecting = Task.Run(() => client.ConnectAsync(venue));
        venue.Accept(publicTopics: 1, privateTopics: 1, 10_000_000_000);
        connecting.GetAwaiter().GetResult();
        Task running = Task.Run(client.RunAsync);

        // Whatever thread the pool or the socket layer takes, none may share the core on which the venue spins.
        HostThread.PinOthers(HostThread.LastCore(allowed));
        UseServerCore(allowed);
        double[] nanos = script.Play(ends(venue), static _ => true, static _ => { }, i => client.Taken >= i || (running.IsFaulted && running.Wait(0)));
        running.GetAwaiter().GetResult();
        RequireOrders(script.Steps.Sum(step => step.Requests), client.RequestsSent);
        return nanos;
    }

    private static void RequireOrders(long journalled, long sent)
    {
        if (sent != journalled) throw new AnswersDifferException($"the journalled run sent {journalled} orders, over sockets it were {sent}");
    }

    private static bool IsDrained(Engine engine) =>
        engine.Inbound.ConsumedCount(Reader) == engine.Inbound.PublishedCount && engine.Outbound.ConsumedCount(Reader) == engine.Outbound.PublishedCount;

    /// <summary>In the journal connections have no lives; here they are in their first.</summary>
    private static byte[] OfFirstGeneration(byte[] payload)
    {
        byte[] changed = [.. payload];
        LookUpEnd end = MemoryMarshal.Read<LookUpEnd>(changed) with { PrivateGeneration = 1 };
        MemoryMarshal.Write(changed, in end);
        return changed;
    }

    /// <summary>Both ends of a connection over loopback, neither of which blocks.</summary>
    internal static (Socket Client, Socket Server) Pair(TcpListener listener)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
        Socket server = listener.AcceptSocket();
        client.NoDelay = server.NoDelay = true;
        client.Blocking = server.Blocking = false;
        return (client, server);
    }

    private static void UseClientCore(ulong[] allowed) => HostThread.TryPin(HostThread.LastCore(allowed));

    private static void UseServerCore(ulong[] allowed) => HostThread.TryPin(HostThread.FirstCore(allowed));

    /// <summary>The engine behind three ClientWebSockets. It knows the script's order, and so has to wait for one socket only.</summary>
    private sealed class ClientWebSocketEngine(Engine engine, SocketScript script)
    {
        private readonly ClientWebSocket[] _sockets = [null!, new(), new(), new()];
        private readonly EngineStep _step = new(engine);
        private readonly byte[] _received = new byte[256 * 1024];
        private readonly byte[] _request = new byte[4 * 1024];
        private int _taken = -1;

        public int Taken => Volatile.Read(ref _taken);

        public long RequestsSent { get; private set; }

        public void Configure(Action<ClientWebSocketOptions> change)
        {
            foreach (VenueChannel channel in Channels) change(_sockets[(int)channel].Options);
        }

        public async Task ConnectAsync(LoopbackVenue venue)
        {
            foreach (VenueChannel channel in Channels)
            {
                _sockets[(int)channel].Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
                await _sockets[(int)channel].ConnectAsync(venue.Address(channel), CancellationToken.None);
                for (int welcomes = channel == VenueChannel.Private ? 2 : 1; welcomes > 0; welcomes--) await _sockets[(int)channel].ReceiveAsync(_received.AsMemory(), CancellationToken.None);
            }
        }

        public async Task RunAsync()
        {
            for (int i = 0; i < script.Steps.Count; i++)
            {
                SocketScript.Step step = script.Steps[i];
                int lengthBytes = 0;
                if (step.Channel != VenueChannel.Unset)
                {
                    ValueWebSocketReceiveResult result;
                    do
                    {
                        result = await _sockets[(int)step.Channel].ReceiveAsync(_received.AsMemory(lengthBytes), CancellationToken.None);
                        lengthBytes += result.Count;
                    }
                    while (!result.EndOfMessage);
                }

                Publish(step, step.Channel == VenueChannel.Unset ? step.Payload : _received.AsSpan(0, lengthBytes));
                while (TryTakeRequest(out int requestBytes))
                {
                    if (requestBytes == 0) continue;
                    await _sockets[(int)VenueChannel.Trade].SendAsync(_request.AsMemory(0, requestBytes), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    RequestsSent++;
                }

                Volatile.Write(ref _taken, i);
            }

            foreach (VenueChannel channel in Channels) _sockets[(int)channel].Dispose();
        }

        private void Publish(SocketScript.Step step, ReadOnlySpan<byte> payload)
        {
            engine.Inbound.TryClaim(payload.Length, out Span<byte> slot);
            payload.CopyTo(slot);
            engine.Inbound.Publish((byte)step.Kind, step.Flags, generation: 0, StageClock.NowNanos(), step.LogicNanos, causeSequence: -1);
            _step.Run();
        }

        /// <summary>Takes the next outbound frame; 0 bytes for a fact.</summary>
        private bool TryTakeRequest(out int requestBytes)
        {
            requestBytes = 0;
            if (!engine.Outbound.TryPeek(Reader, out FrameView frame)) return false;
            if (frame.Kind == (byte)OutboundKind.Request)
            {
                frame.Payload.CopyTo(_request);
                requestBytes = frame.Payload.Length;
            }

            engine.Outbound.Release(Reader);
            return true;
        }
    }
}
