using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Transport;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>From the moment in which the venue ought to send a market frame until the first bytes of the order that answers it are back at the venue: an open loop over loopback sockets, plain and through TLS 1.3, at fixed rates up to what cannot be followed.</summary>
/// <remarks>
/// The venue's thread spins on the first core that the process may use, what runs in production, one spinning thread with the engine on it, on the last. Time counts from when a frame was due, not from when it was sent, and frames that
/// the engine takes and answers together count each: no omission is coordinated. Which frames an order answers is the engine's own word (<see cref="OrderCauses"/>), the orders are matched by the names of their requests.
/// Beside it, in the same rounds: the same schedule with bare sockets, which send an order's bytes back for every frame, and what the host takes from a thread that only reads the clock.
/// </remarks>
internal static class WireToWireComparison
{
    private const string Plain = "WireToWire.plain";
    private const string Tls = "WireToWire.tls";
    private const string Echo = "WireToWire.echo";
    private const string FloorName = "WireToWire.floor";
    private const string Answered = "answered";
    private const string VenueLate = "venueLate.p99";
    private const string Saturated = "saturated";
    private const int FramesMin = 500;
    private const int Scene = 100;                     // frames before those that count: the first book, the first orders
    private const long SceneNanos = 500_000;           // between two of them
    private const int RequestsAFrameMax = 8;
    private const long QuietNanos = 2_000_000;         // without an order: nothing is on its way any more
    private const long PatienceNanos = 10_000_000_000;
    private const long TickNanos = 100_000_000;        // of the recording's time, as in a backtest
    private const uint Session = 7;

    // The recording's time goes up to a thousand times as fast as the host's: what is bounded by a few of its seconds would end while a thread of the host is off its core.
    private static readonly (string Key, string Value)[] Patient =
    [
        ("orderBudget:acknowledgementTimeoutMilliseconds", "60000"),
        ("risk:orderStreamDelayMaxMilliseconds", "60000"),
        ("risk:marketDataAgeMaxMilliseconds", "60000"),
        ("risk:markPriceAgeMaxMilliseconds", "60000"),
        ("risk:feedLagMaxMilliseconds", "60000"),
        ("reconciliation:everySeconds", "0"),
    ];

    private static readonly (string Name, double FramesPerSecond)[] Rates = [("1k", 1_000), ("2k", 2_000), ("5k", 5_000), ("10k", 10_000), ("20k", 20_000), ("50k", 50_000), ("100k", 100_000), ("200k", 200_000)];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry([.. new[] { Plain, Tls, Echo }.SelectMany(way => (string[])[.. Rates.SelectMany(rate => Names($"{way}.{rate.Name}")), $"{way}.{Saturated}"]), .. OpenLoopFigures.Names(FloorName)], [], Open),
    ];

    private static IEnumerable<string> Names(string of) => [.. OpenLoopFigures.Names(of), $"{of}.{Answered}", $"{of}.{VenueLate}"];

    private static Comparison Open(BenchContext context)
    {
        var tape = Tape.Record([.. Tape.QuotingEveryTick, .. Patient]);
        Market market = Market.Of(tape, context.Instruments);
        (string Name, Way Play)[] ways =
        [
            (Plain, (due, all) => OverPlain(tape, market, due, all)),
            (Tls, (due, all) => OverTls(tape, market, due, all)),
            (Echo, (due, all) => OverBareSockets(market, due, all)),
        ];
        return new Comparison
        {
            Contestants = [.. ways.SelectMany(way => (Contestant[])[.. Rates.Select(rate => AtRate($"{way.Name}.{rate.Name}", market, rate.FramesPerSecond, way.Play)), AsFastAsItGoes(way.Name, market, way.Play)]), OpenLoopFigures.Floor(FloorName)],
            IsPinned = false,
        };
    }

    private static Contestant AtRate(string name, Market market, double framesPerSecond, Way play)
    {
        int frames = (int)Math.Clamp(framesPerSecond * OpenLoopFigures.SecondsOfRound, FramesMin, market.Count - Scene);
        long[] due = [.. Enumerable.Range(0, frames).Select(i => (long)(i * 1e9 / framesPerSecond))];
        var all = new LatencyHistogram();
        return new Contestant([.. OpenLoopFigures.Names(name).Select(of => new Figure(of) { Frames = frames }), new Figure($"{name}.{Answered}") { Unit = Figure.Count, Frames = frames }, new Figure($"{name}.{VenueLate}") { Frames = frames }], numbers =>
        {
            Flight flight = play(due, all);
            OpenLoopFigures.Read(flight.Latency, numbers);
            numbers[^2] = flight.Latency.Count;
            numbers[^1] = flight.Late.ValueAtPercentile(99);
        })
        {
            Histograms = [(name, all)],
        };
    }

    /// <summary>Frames as fast as the sockets take them: one over this is the rate that cannot be followed.</summary>
    private static Contestant AsFastAsItGoes(string way, Market market, Way play)
    {
        long[] due = new long[market.Count - Scene];
        var all = new LatencyHistogram();
        return new Contestant([new Figure($"{way}.{Saturated}") { Frames = due.Length }], numbers => numbers[0] = (double)play(due, all).TakenNanos / due.Length);
    }

    private static Flight OverPlain(Tape tape, Market market, long[] due, LatencyHistogram all)
    {
        using var venue = new LoopbackVenue();
        return Over(tape, market, due, all, venue, () => PlainVenue.Of(venue), static settings => settings);
    }

    private static Flight OverTls(Tape tape, Market market, long[] due, LatencyHistogram all)
    {
        using var tls = new TlsVenue();
        return Over(tape, market, due, all, tls.Venue, tls.Decrypting, settings => settings with { AuthoritiesPath = tls.AuthoritiesPath });
    }

    /// <summary>What runs in production, in the placement with one spinning thread.</summary>
    private static Flight Over(Tape tape, Market market, long[] due, LatencyHistogram all, LoopbackVenue listener, Func<IScriptedVenue> ends, Func<IoSettings, IoSettings> change)
    {
        Engine engine = tape.NewOwnEngine();
        var causes = new OrderCauses(engine, requestsMax: RequestsAFrameMax * market.Count);
        var clock = new LockstepClock(market.LogicNanos[0]);
        string[] topics = [.. engine.Symbols.Select(symbol => $"orderbook.50.{symbol}")];
        EngineThreads? threads = null;
        IoSettings settings = change(listener.Settings(topics, clock)) with { TickNanos = TickNanos, OnLookUp = asked => threads!.Io.Inbox.Post(InboundKind.LookUpEnd, NothingFound(asked, clock)) };
        ulong[] allowed = HostThread.Allowed();
        try
        {
            HostThread.TryPin(HostThread.LastCore(allowed));   // which the io thread inherits
            threads = new EngineThreads(engine, settings, new PlacementConfiguration { Threads = "inline", Wait = "spin" }, causes.OnFrame);
            engine.Begin(Session, threads.Io.Inbox.Post);
            threads.Start();
            HostThread.TryPin(HostThread.FirstCore(allowed));
            listener.Accept(topics.Length, settings.PrivateTopics.Count, PatienceNanos);
            SocketScript.SpinUntil(() => threads.IsReady);
            var venue = new WireVenue(ends(), clock);
            Play(SceneDue, 0, new LatencyHistogram());
            int sceneOrders = venue.Orders.Count;
            var late = new LatencyHistogram();
            (long begin, long takenNanos) = Play(due, Scene, late);
            listener.Dispose();   // first: the io thread would wait for an answer to its close
            threads.Stop();
            return new Flight(Match(venue.Orders, causes, sceneOrders, begin, due, all), late, takenNanos);

            (long Begin, long TakenNanos) Play(long[] schedule, int first, LatencyHistogram lateness)
            {
                long begin = StageClock.NowNanos() + OpenLoop.SettleNanos;
                OpenLoop.Give(begin, schedule, i =>
                {
                    lateness.Record(StageClock.NowNanos() - (begin + schedule[i]));
                    venue.Send(market.Frames[first + i], market.LogicNanos[first + i]);
                    return true;
                },
                venue.TakeOrders);
                while (!AreTaken(threads, causes, first + schedule.Length)) venue.TakeOrders();
                long taken = StageClock.NowNanos() - begin;
                AwaitQuiet(venue, causes);
                return (begin, taken);
            }
        }
        finally
        {
            listener.Dispose();
            threads?.Dispose();
            HostThread.Unpin(allowed);
            HostThread.UnpinOthers(allowed);
        }
    }

    private static long[] SceneDue { get; } = [.. Enumerable.Range(0, Scene).Select(i => i * SceneNanos)];

    private static bool AreTaken(EngineThreads threads, OrderCauses causes, int frames)
    {
        if (threads.FaultText is { } fault) throw new InvalidOperationException(fault);
        return causes.MarketFrames >= frames;
    }

    /// <summary>Answers lead to orders, which are answered: until every order that the engine has sent is there, and it sends no more.</summary>
    private static void AwaitQuiet(WireVenue venue, OrderCauses causes)
    {
        long giveUpAt = StageClock.NowNanos() + PatienceNanos;
        for (long quietSince = StageClock.NowNanos(), now = quietSince; now - quietSince < QuietNanos; now = StageClock.NowNanos())
        {
            int before = venue.Orders.Count;
            venue.TakeOrders();
            if (venue.Orders.Count != before || venue.Orders.Count != causes.Requests) quietSince = now;
            if (now > giveUpAt) throw new InvalidOperationException($"{causes.Requests} orders were sent, {venue.Orders.Count} came over the wire");
        }
    }

    /// <summary>Every order that came is one that the engine has sent, in its order. Each market frame counts once, with the first order that answers it.</summary>
    internal static LatencyHistogram Match(IReadOnlyList<(uint Number, long AtNanos)> orders, OrderCauses causes, int sceneOrders, long begin, long[] due, LatencyHistogram all)
    {
        var latency = new LatencyHistogram();
        int answered = Scene;
        for (int i = sceneOrders; i < orders.Count; i++)
        {
            (uint number, int from, int to) = causes.Noted[i];
            if (orders[i].Number != number) throw new AnswersDifferException($"order {i} over the wire is that of request {orders[i].Number}, the engine says {number}");
            for (int frame = Math.Max(from, answered); frame < to; frame++)
            {
                long nanos = orders[i].AtNanos - (begin + due[frame - Scene]);
                latency.Record(nanos);
                all.Record(nanos);
            }

            answered = Math.Max(answered, to);
        }

        if (latency.Count == 0) throw new AnswersDifferException("no market frame of the open loop was answered by an order");
        return latency;
    }

    /// <summary>Bare sockets: reads each market frame to its end, and sends an order's bytes.</summary>
    private static Flight OverBareSockets(Market market, long[] due, LatencyHistogram all)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        (Socket Client, Socket Server) frames = SocketComparison.Pair(listener), orders = SocketComparison.Pair(listener);
        using Socket framesClient = frames.Client, framesServer = frames.Server, ordersClient = orders.Client, ordersServer = orders.Server;
        var venue = new PlainVenue(framesServer, ordersServer);
        byte[] order = market.AnOrder, received = new byte[512 * 1024];
        LatencyHistogram latency = new(), late = new();
        long begin = 0, taken = 0, receivedBytes = 0;
        int answered = 0;
        bool isReady = false, isBroken = false;
        new PinnedPair().Run(
            () =>
            {
                while (!Volatile.Read(ref isReady)) { }
                begin = StageClock.NowNanos() + OpenLoop.SettleNanos;
                OpenLoop.Give(begin, due, i =>
                {
                    late.Record(StageClock.NowNanos() - (begin + due[i]));
                    venue.Send(VenueChannel.Public, market.Frames[Scene + i]);
                    return true;
                },
                TakeOrders);
                while (answered < due.Length && !Volatile.Read(ref isBroken)) TakeOrders();
                taken = StageClock.NowNanos() - begin;
            },
            () =>
            {
                Volatile.Write(ref isReady, true);
                byte[] room = new byte[512 * 1024];
                long bytes = 0, end = market.Frames[Scene].Length;
                for (int frame = 0; frame < due.Length;)
                {
                    int read = framesClient.Receive(room, SocketFlags.None, out SocketError error);
                    if (error == SocketError.WouldBlock) continue;
                    if (error != SocketError.Success || read == 0)
                    {
                        Volatile.Write(ref isBroken, true);
                        return;
                    }

                    for (bytes += read; frame < due.Length && bytes >= end; end += frame < due.Length ? market.Frames[Scene + frame].Length : 0)
                    {
                        SocketScript.SendWhole(ordersClient, order);
                        frame++;
                    }
                }
            });
        return answered == due.Length ? new Flight(latency, late, taken) : throw new InvalidOperationException("the bare sockets of the open loop broke");

        void TakeOrders()
        {
            int read = venue.Receive(received);
            if (read == 0) return;
            long now = StageClock.NowNanos();
            receivedBytes += read;
            for (long begun = (receivedBytes + order.Length - 1) / order.Length; answered < begun; answered++)
            {
                latency.Record(now - (begin + due[answered]));
                all.Record(now - (begin + due[answered]));
            }
        }
    }

    /// <summary>The venue holds nothing that it was asked for.</summary>
    private static byte[] NothingFound(ReadOnlySpan<byte> payload, LockstepClock clock)
    {
        LookUpRequest asked = MemoryMarshal.Read<LookUpRequest>(payload);
        var end = new LookUpEnd(clock.NowNanos / EpochNanos.PerMillisecond, asked.PrivateGeneration, asked.AskedNanos, RowFrames: 0);
        return MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)).ToArray();
    }

    /// <summary>Plays frames by a schedule.</summary>
    /// <param name="due">Of each frame behind the scene, ns after the beginning.</param>
    /// <param name="all">Gets every latency too.</param>
    private delegate Flight Way(long[] due, LatencyHistogram all);

    /// <summary>One play.</summary>
    /// <param name="Latency">Of each frame that an order answers: from when it was due.</param>
    /// <param name="Late">How late the venue itself began to send each.</param>
    /// <param name="TakenNanos">From the beginning until the other side was done with the last frame.</param>
    private sealed record Flight(LatencyHistogram Latency, LatencyHistogram Late, long TakenNanos);

    /// <summary>The market frames of a backtest as the venue sends them.</summary>
    private sealed record Market(byte[][] Frames, long[] LogicNanos, byte[] AnOrder)
    {
        public int Count => Frames.Length;

        public static Market Of(Tape tape, InstrumentTable instruments)
        {
            Tape.Entry[] entries = [.. tape.Entries.Where(entry => entry.Kind == InboundKind.PublicFrame)];
            return new Market([.. entries.Select(entry => Framed(entry.Payload))], [.. entries.Select(entry => entry.LogicTimeNanos)], AnAmend(instruments));
        }

        private static byte[] AnAmend(InstrumentTable instruments)
        {
            InstrumentSpec spec = instruments[new InstrumentId(0)];
            byte[] request = new byte[OrderRequestEncoder.RequestBytesMax], frame = new byte[OrderRequestEncoder.RequestBytesMax + WebSocketWriter.HeaderBytesMax];
            var intent = new OrderIntent(OrderAction.Amend, spec.Id, Side.Buy, new PriceTicks(600_000), new QtyLots(10), default, default, new ClientOrderId(Session, 1), TimeInForce.PostOnly, ReduceOnly: false);
            int bytes = new OrderRequestEncoder(instruments, recvWindowMillis: 5_000).Encode(in intent, new RequestId(Session, 1), timestampMillis: 1_786_310_819_720, request);
            return frame[..WebSocketWriter.WriteText(request.AsSpan(0, bytes), 0x12345678, frame)];
        }

        private static byte[] Framed(byte[] text)
        {
            byte[] frame = new byte[text.Length + 10];
            return frame[..LoopbackVenue.Write(text, frame)];
        }
    }
}
