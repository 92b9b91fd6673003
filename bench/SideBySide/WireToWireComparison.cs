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
/// Beside it, in the same rounds: the same schedule with bare sockets, which send an order's bytes back for every frame that the engine answers in a backtest, and an open loop in which nothing is done.
/// </remarks>
internal static class WireToWireComparison
{
    private const string FloorName = "WireToWire.floor";
    private const string Saturated = "saturated";
    private const int FramesMin = 500;
    private const int Scene = 100;                     // frames before those that count: the first book, the first orders
    private const long SceneNanos = 500_000;           // between two of them
    private const int RequestsAFrameMax = 8;
    private const long QuietNanos = 2_000_000;         // without an order: nothing is on its way any more
    private const long LostNanos = 1_000_000_000;      // without one of those that were sent: they do not come any more
    private const long PatienceNanos = 10_000_000_000;
    private const long TickNanos = 100_000_000;        // of the recording's time, as in a backtest
    private const uint Session = 7;

    // The recording's time goes up to a thousand times as fast as the host's: what is bounded by a few of its seconds would end while a thread of the host is off its core.
    internal static readonly (string Key, string Value)[] QuotingPatiently =
    [
        .. Tape.QuotingEveryTick,
        ("orderBudget:acknowledgementTimeoutMilliseconds", "60000"),
        ("risk:orderStreamDelayMaxMilliseconds", "60000"),
        ("risk:marketDataAgeMaxMilliseconds", "60000"),
        ("risk:markPriceAgeMaxMilliseconds", "60000"),
        ("risk:feedLagMaxMilliseconds", "60000"),
        ("reconciliation:everySeconds", "0"),
    ];

    // What is told of a rate beside its percentiles; of bare sockets the first two.
    private static readonly (string Name, string Unit, Func<Flight, double> Of)[] Others =
    [
        ("answered", Figure.Count, flight => flight.Latency.Count),
        ("venueLate.p99", Figure.Nanos, flight => flight.Late.ValueAtPercentile(99)),
        ("unprompted", Figure.Count, flight => flight.Unprompted),
        ("lost", Figure.Count, flight => flight.Lost),
    ];

    private static readonly (string Name, double FramesPerSecond)[] Rates = [("1k", 1_000), ("2k", 2_000), ("5k", 5_000), ("10k", 10_000), ("20k", 20_000), ("50k", 50_000), ("100k", 100_000), ("200k", 200_000)];

    private static readonly (string Name, int Others, Way Play)[] Ways =
    [
        ("WireToWire.plain", Others.Length, OverPlain),
        ("WireToWire.tls", Others.Length, OverTls),
        ("WireToWire.echo", 2, OverBareSockets),
    ];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry([.. Ways.SelectMany(way => (string[])[.. Rates.SelectMany(rate => Figures($"{way.Name}.{rate.Name}", way.Others, frames: 0)).Select(figure => figure.Name), $"{way.Name}.{Saturated}"]), .. OpenLoopFigures.Names(FloorName)], [], Open),
    ];

    private static Comparison Open(BenchContext context)
    {
        var market = Market.Of(Tape.Record(QuotingPatiently));
        return new Comparison
        {
            Contestants = [.. Ways.SelectMany(way => (Contestant[])[.. Rates.Select(rate => AtRate($"{way.Name}.{rate.Name}", way.Others, market, rate.FramesPerSecond, way.Play)), AsFastAsItGoes(way.Name, market, way.Play)]), OpenLoopFigures.Floor(FloorName)],
            IsPinned = false,
        };
    }

    private static IEnumerable<Figure> Figures(string of, int others, int frames) =>
        [.. OpenLoopFigures.Names(of).Select(name => new Figure(name) { Frames = frames }), .. Others.Take(others).Select(other => new Figure($"{of}.{other.Name}") { Unit = other.Unit, Frames = frames })];

    private static Contestant AtRate(string name, int others, Market market, double framesPerSecond, Way play)
    {
        int frames = (int)Math.Clamp(framesPerSecond * OpenLoopFigures.SecondsOfRound, FramesMin, market.Count - Scene);
        long[] due = [.. Enumerable.Range(0, frames).Select(i => (long)(i * 1e9 / framesPerSecond))];
        var all = new LatencyHistogram();
        return new Contestant([.. Figures(name, others, frames)], numbers =>
        {
            Flight flight = play(market, due, all);
            OpenLoopFigures.Read(flight.Latency, numbers);
            for (int i = 0; i < others; i++) numbers[OpenLoopFigures.Count + i] = Others[i].Of(flight);
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
        return new Contestant([new Figure($"{way}.{Saturated}") { Frames = due.Length }], numbers => numbers[0] = (double)play(market, due, all).TakenNanos / due.Length);
    }

    private static Flight OverPlain(Market market, long[] due, LatencyHistogram all)
    {
        using var venue = new LoopbackVenue();
        return Over(market, due, all, venue, () => PlainVenue.Of(venue), static settings => settings);
    }

    private static Flight OverTls(Market market, long[] due, LatencyHistogram all)
    {
        using var tls = new TlsVenue();
        return Over(market, due, all, tls.Venue, tls.Decrypting, settings => settings with { AuthoritiesPath = tls.AuthoritiesPath });
    }

    /// <summary>Plays against what runs in production, in the placement with one spinning thread: a scene first, then the frames behind it by the schedule.</summary>
    /// <param name="market">Its frames.</param>
    /// <param name="due">Of each frame behind the scene, ns after the beginning.</param>
    /// <param name="all">Gets every latency too.</param>
    /// <param name="listener">Lets the engine in.</param>
    /// <param name="ends">The venue's ends of the connections, once they are let in.</param>
    /// <param name="change">What this way of connecting wants of the io thread.</param>
    /// <exception cref="InvalidOperationException">The engine's thread ended, or did not take the frames within ten seconds.</exception>
    internal static Flight Over(Market market, long[] due, LatencyHistogram all, LoopbackVenue listener, Func<IScriptedVenue> ends, Func<IoSettings, IoSettings> change)
    {
        Engine engine = market.NewEngine();
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
            int scene = Play(SceneDue, 0, new LatencyHistogram()).Sent;
            if (venue.Orders.Count != scene || causes.MarketFrames != Scene) throw new InvalidOperationException($"before the open loop began {Scene} frames and {scene} orders were sent, {causes.MarketFrames} frames and {venue.Orders.Count} orders came over the wire");
            var late = new LatencyHistogram();
            (long begin, long takenNanos, int sent) = Play(due, Scene, late);
            listener.Dispose();   // first: the io thread would wait for an answer to its close
            threads.Stop();
            return Match([.. venue.Orders.Skip(scene)], causes.Noted[scene..sent], firstFrame: Scene, begin, due, all) with { Late = late, TakenNanos = takenNanos };

            (long Begin, long TakenNanos, int Sent) Play(long[] schedule, int first, LatencyHistogram lateness)
            {
                long begin = StageClock.NowNanos() + OpenLoop.SettleNanos;
                OpenLoop.Give(begin, schedule, i =>
                {
                    lateness.Record(StageClock.NowNanos() - (begin + schedule[i]));
                    venue.Send(market.Frames[first + i], market.LogicNanos[first + i]);
                    return true;
                },
                venue.TakeOrders);
                SocketScript.SpinUntil(() =>
                {
                    venue.TakeOrders();
                    return causes.MarketFrames >= first + schedule.Length || threads.Fault is not null;
                });
                long taken = StageClock.NowNanos() - begin;
                int sentUntilQuiet = AwaitQuiet(venue, causes);
                return threads.FaultText is { } fault ? throw new InvalidOperationException(fault) : (begin, taken, sentUntilQuiet);
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

    /// <summary>Answers lead to orders, which are answered: until every order that the engine has sent is there, or does not come, and it sends no more.</summary>
    /// <returns>How many it has sent: what it sends later, as connections close, is of no flight.</returns>
    private static int AwaitQuiet(WireVenue venue, OrderCauses causes)
    {
        long quietSince = StageClock.NowNanos(), giveUpAt = quietSince + PatienceNanos;
        while (true)
        {
            int sent = causes.Requests, before = venue.Orders.Count;
            venue.TakeOrders();
            long now = StageClock.NowNanos();
            if (venue.Orders.Count != before) quietSince = now;
            else if (now - quietSince > (before < sent ? LostNanos : QuietNanos)) return sent;
            if (now > giveUpAt) throw new InvalidOperationException($"the engine sends without end: {sent} orders");
        }
    }

    /// <summary>Finds each order that the engine sent among those that came, by the name of its request. Each market frame counts once, with the first order that answers it, and not at all if that one is lost.</summary>
    /// <param name="orders">Those that came: the number of the request's name, and when the first bytes were there, ns of <see cref="StageClock"/>.</param>
    /// <param name="sent">Those that were sent, oldest first, with the market frames that each answers.</param>
    /// <param name="firstFrame">Number of the frame that is due first.</param>
    /// <param name="begin">Of the schedule, ns of <see cref="StageClock"/>.</param>
    /// <param name="due">Of each frame, ns after the beginning.</param>
    /// <param name="all">Gets every latency too.</param>
    /// <exception cref="AnswersDifferException">An order came twice, or was never sent; or no frame was answered.</exception>
    internal static Flight Match(IReadOnlyList<(uint Number, long AtNanos)> orders, ReadOnlySpan<OrderCauses.Cause> sent, int firstFrame, long begin, long[] due, LatencyHistogram all)
    {
        var cameAtNanos = new Dictionary<uint, long>();
        foreach ((uint number, long atNanos) in orders)
        {
            if (!cameAtNanos.TryAdd(number, atNanos)) throw new AnswersDifferException($"the order of request {number} came over the wire twice");
        }

        var latency = new LatencyHistogram();
        bool[] isAnswered = new bool[due.Length];
        int unprompted = 0, lost = 0;
        foreach ((uint number, int from, int to) in sent)
        {
            bool came = cameAtNanos.Remove(number, out long atNanos);
            if (from == to) unprompted++;
            if (!came) lost++;
            for (int i = Math.Max(from - firstFrame, 0); i < to - firstFrame; i++)
            {
                if (isAnswered[i]) continue;
                isAnswered[i] = true;
                if (!came) continue;
                long nanos = atNanos - (begin + due[i]);
                latency.Record(nanos);
                all.Record(nanos);
            }
        }

        if (cameAtNanos.Count > 0) throw new AnswersDifferException($"the order of request {cameAtNanos.Keys.First()} came over the wire, and the engine did not send it");
        if (latency.Count == 0) throw new AnswersDifferException("no market frame of the open loop was answered by an order");
        return new Flight(latency) { Unprompted = unprompted, Lost = lost };
    }

    /// <summary>Bare sockets: reads each market frame to its end, and sends an order's bytes where the engine has an order in a backtest.</summary>
    private static Flight OverBareSockets(Market market, long[] due, LatencyHistogram all)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        (Socket Client, Socket Server) frames = SocketComparison.Pair(listener), orders = SocketComparison.Pair(listener);
        using Socket framesClient = frames.Client, framesServer = frames.Server, ordersClient = orders.Client, ordersServer = orders.Server;
        var venue = new PlainVenue(framesServer, ordersServer);
        byte[] order = market.AnOrder, received = new byte[512 * 1024];
        LatencyHistogram latency = new(), late = new();
        int[] asked = [.. Enumerable.Range(0, due.Length).Where(i => market.IsAnswered[Scene + i])];
        long begin = 0, taken = 0, receivedBytes = 0;
        int answered = 0, done = 0;
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
                while (Volatile.Read(ref done) < due.Length && !Volatile.Read(ref isBroken)) TakeOrders();
                taken = StageClock.NowNanos() - begin;
                while (answered < asked.Length && !Volatile.Read(ref isBroken)) TakeOrders();
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
                        if (market.IsAnswered[Scene + frame]) SocketScript.SendWhole(ordersClient, order);
                        frame++;
                    }

                    Volatile.Write(ref done, frame);
                }
            });
        return answered == asked.Length ? new Flight(latency) { Late = late, TakenNanos = taken } : throw new InvalidOperationException("the bare sockets of the open loop broke");

        void TakeOrders()
        {
            int read = venue.Receive(received);
            if (read == 0) return;
            long now = StageClock.NowNanos();
            receivedBytes += read;
            for (long begun = (receivedBytes + order.Length - 1) / order.Length; answered < begun; answered++)
            {
                latency.Record(now - (begin + due[asked[answered]]));
                all.Record(now - (begin + due[asked[answered]]));
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
    private delegate Flight Way(Market market, long[] due, LatencyHistogram all);

    /// <summary>One play.</summary>
    /// <param name="Latency">Of each frame that an order answers: from when it was due, ns.</param>
    internal sealed record Flight(LatencyHistogram Latency)
    {
        /// <summary>How late the venue itself began to send each, ns.</summary>
        public LatencyHistogram Late { get; init; } = new();

        /// <summary>From the beginning until the other side was done with the last frame, ns.</summary>
        public long TakenNanos { get; init; }

        /// <summary>Orders that answer no market frame: a fill or a tick has led to them. They are in no latency.</summary>
        public int Unprompted { get; init; }

        /// <summary>Orders that the engine sent and that did not come.</summary>
        public int Lost { get; init; }
    }

    /// <summary>The market frames of a backtest as the venue sends them.</summary>
    internal sealed class Market
    {
        private readonly Tape _tape;

        private Market(Tape tape) => _tape = tape;

        /// <summary>Each as a server's WebSocket frame.</summary>
        public required byte[][] Frames { get; init; }

        /// <summary>Its time in the recording, ns since 1970.</summary>
        public required long[] LogicNanos { get; init; }

        /// <summary>Whether it leads to an order in the backtest.</summary>
        public required bool[] IsAnswered { get; init; }

        /// <summary>A client's WebSocket frame with an amendment.</summary>
        public required byte[] AnOrder { get; init; }

        /// <summary>How many frames there are.</summary>
        public int Count => Frames.Length;

        /// <summary>Those of a backtest.</summary>
        public static Market Of(Tape tape)
        {
            Engine engine = tape.NewOwnEngine();
            bool[] isAnswered = [.. tape.Entries.Select(entry => Answers(engine, entry))];
            int[] market = [.. Enumerable.Range(0, tape.Entries.Count).Where(i => tape.Entries[i].Kind == InboundKind.PublicFrame)];
            return new Market(tape)
            {
                Frames = [.. market.Select(i => Framed(tape.Entries[i].Payload))],
                LogicNanos = [.. market.Select(i => tape.Entries[i].LogicTimeNanos)],
                IsAnswered = [.. market.Select(i => isAnswered[i])],
                AnOrder = AnAmend(engine.Instruments),
            };
        }

        /// <summary>The engine of that backtest, before the first frame.</summary>
        public Engine NewEngine() => _tape.NewOwnEngine();

        private static bool Answers(Engine engine, Tape.Entry entry)
        {
            Tape.Hand(engine, in entry);
            bool answers = false;
            for (int bytes = Tape.Take(engine, digest: null); bytes >= 0; bytes = Tape.Take(engine, digest: null)) answers |= bytes > 0;
            return answers;
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
