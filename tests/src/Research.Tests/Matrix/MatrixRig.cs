using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;
using LatencyEngine.Transport;
using ApiCredentials = LatencyEngine.Transport.ApiCredentials;

namespace LatencyEngine.Research.Tests;

/// <summary>A flow market served over loopback in real time, and the engine on its threads with the wiring of a live run.</summary>
/// <remarks>Thread: the one that made it drives the venue with <see cref="Step"/>; what the engine holds comes from the engine's own thread, as <see cref="View"/>.</remarks>
internal sealed class MatrixRig : IDisposable
{
    /// <summary>Origin of what other clients send: no connection has it.</summary>
    public const long Outside = long.MaxValue;

    public const string Symbol = "BTCUSDT";

    private const long EngineUid = 11;
    private const long FirstOtherUid = 12;
    private const int Others = 40;   // the other account is one after the other of them
    private const decimal OtherPositionMax = 400m;   // with one more sweep far below what the venue allows one account
    private const int Observer = 1;
    private const long FeedMicros = 1_000;
    private const long WayMicros = 20_000;   // long enough to meet a request on its way
    private const int StepMillis = 2;

    private static readonly TimeSpan NeverByItself = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // A live run's, but that a dead line is noticed sooner: a cell of it has to wait for that.
    private static readonly ConnectionTimings Timings = LiveRunner.Timings with { AccountPingInterval = TimeSpan.FromSeconds(1), AccountSilenceMax = TimeSpan.FromSeconds(3) };

    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly List<Delivery> _deliveries = [];
    private readonly ConcurrentQueue<(int Code, string Text)> _refusals = new();
    private readonly VenueClock _clock;
    private readonly RestClient _client;
    private readonly LookUpWorker _lookUps;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _clockKeeping;
    private readonly RestOrderEntry? _orders;
    private readonly EngineThreads _threads;
    private EngineView? _view;
    private EngineView? _judged;
    private int _outsideOrders;
    private long _otherUid = FirstOtherUid;
    private long _venueAheadNanos;

    /// <summary>Starts both; the engine does not quote yet.</summary>
    /// <param name="seed">Of the market.</param>
    /// <param name="ordersByRest">Orders go by REST, as in demo trading.</param>
    /// <param name="changes">Settings other than the usual ones.</param>
    public MatrixRig(ulong seed, bool ordersByRest = false, params (string Key, string Value)[] changes)
    {
        RestTime = new SteppedTime(Machine);
        Sockets = ordersByRest ? 2 : 3;
        EngineConfiguration configuration = Configuration(changes);
        Session = new ReplaySession(new ReplaySettings
        {
            Flow = new FlowSettings { Scenario = FlowScenario.Calm, Seed = seed, StartNanos = SystemClock.UtcNowNanos },
            Venue = new VenueSettings
            {
                Instruments = InstrumentList.Load(configuration.Data.Instruments),
                RiskLadders = RiskLadder.LoadAll(configuration.Data.RiskLimits),
                Symbols = [Symbol],
                Accounts =
                [
                    new AccountSettings { Uid = EngineUid, StartBalance = 100_000m, Leverage = 50m, FeeTier = FeeTier.Parse("Supreme VIP") },
                    .. Enumerable.Range(0, Others).Select(i => new AccountSettings { Uid = FirstOtherUid + i, StartBalance = 1_000_000_000m, Leverage = 1m, FeeTier = FeeTier.Parse("Pro 6") }),
                ],
                Seed = seed,
            },
            Latency = new LatencyModel(seed, FeedMicros, WayMicros, WayMicros, jitter: Jitter.Uniform(0)),
            Topics = new HashSet<string> { $"orderbook.50.{Symbol}", $"publicTrade.{Symbol}", $"tickers.{Symbol}" },
        });
        Account = Session.Venue.Account(EngineUid);
        Server = new VenueServer(new VenueServerSettings
        {
            Keys = [new ApiKey { Key = "matrix-key", Secret = "matrix-secret", Uid = EngineUid }],
            Symbols = [Symbol],
            Topics = [.. Session.Topics],
            Clock = VenueNanos,
        })
        {
            OnIncoming = () => _wake.Set(),
            OnRefused = (code, text) => _refusals.Enqueue((code, text)),
        };
        Server.StartAsync().GetAwaiter().GetResult();

        var credentials = new ApiCredentials("matrix-key", "matrix-secret");
        _clock = new VenueClock(Machine);
        _client = new RestClient(Server.RestEndpoint, credentials, _clock, configuration.Wire.RecvWindowMilliseconds, TimeSpan.FromSeconds(5), RestTime);
        var rest = new BybitRest(_client) { Environment = ordersByRest ? "demo" : "testnet" };
        if (ordersByRest) _orders = new RestOrderEntry(_client, TimeSpan.FromMilliseconds(configuration.Wire.RecvWindowMilliseconds));
        _lookUps = new LookUpWorker(rest, [Symbol]);
        LiveStart start = Await(LiveStart.ReadAsync(rest, configuration, CancellationToken.None));
        Engine engine = EngineBuilder.Build(configuration, start.Instruments.Select(configuration.Symbols), start.Fees, start.RiskLimits, outboundConsumers: 1 + Observer, isLive: true);
        Engine = engine;
        SessionNumber = (uint)(_clock.NowNanos / 1_000_000_000);
        _threads = new EngineThreads(
            engine,
            new IoSettings
            {
                PublicAddress = Server.PublicEndpoint,
                PrivateAddress = Server.PrivateEndpoint,
                TradeAddress = ordersByRest ? null : Server.TradeEndpoint,
                OnRequest = _orders is null ? null : _orders.Send,
                Credentials = credentials,
                PublicTopics = [$"orderbook.50.{Symbol}", $"publicTrade.{Symbol}", $"tickers.{Symbol}"],
                BookTopics = [$"orderbook.50.{Symbol}"],
                Clock = _clock,
                TickNanos = LiveRunner.TickNanos,
                OnLookUp = _lookUps.Ask,
                OnCancelAll = _lookUps.CancelAll,
                OnClockRefused = rest.DoubtClock,
                Timings = Timings,
            },
            configuration.Placement,
            OnFrame);
        _lookUps.Start(_threads.Io.Inbox);
        _clockKeeping = rest.KeepClockAsync(NeverByItself, _ending.Token);
        _orders?.Start(_threads.Io.Inbox);
        _threads.Start();
        StepUntil(() => _threads.IsReady, Patience, "the connections");
        engine.Begin(SessionNumber, _threads.Io.Inbox.Post);

        void OnFrame(in FrameView frame)
        {
            engine.HotPath.OnFrame(in frame);
            if (!frame.IsEndOfBurst) return;
            EngineView? before = Volatile.Read(ref _view);
            EngineView view = EngineView.Of(engine);
            Volatile.Write(ref _view, view);
            if (before is null || !before.Orders.SequenceEqual(view.Orders)) _wake.Set();
        }
    }

    public ReplaySession Session { get; }

    public VenueServer Server { get; }

    public VenueAccount Account { get; }

    public Engine Engine { get; }

    /// <summary>Sockets of the engine that can be lost.</summary>
    public int Sockets { get; }

    /// <summary>What the engine's clock of the venue's time goes by.</summary>
    public SteppedTime Machine { get; } = new();

    /// <summary>What the REST client measures its waits with; it goes with the machine.</summary>
    public SteppedTime RestTime { get; }

    public VenueLog Log { get; } = new();

    /// <summary>How far the engine's time is from the venue's.</summary>
    public TimeSpan TimeOff => TimeSpan.FromMicroseconds(Math.Abs(_clock.NowNanos - VenueNanos()) / 1_000);

    /// <summary>Times that the venue was driven.</summary>
    public long Steps { get; private set; }

    /// <summary>REST calls that the venue has taken.</summary>
    public int Calls { get; private set; }

    public uint SessionNumber { get; }

    /// <summary>What the engine put out that a person should know.</summary>
    public List<string> Told { get; } = [];

    /// <summary>The engine after its latest burst; null before the first.</summary>
    public EngineView? View => Volatile.Read(ref _view);

    public int Reconnects => _threads.Reconnects;

    public bool IsReady => _threads.IsReady;

    /// <summary>The engine describes itself as flat after <see cref="Flatten"/>.</summary>
    public bool IsFlat { get; private set; }

    public string Connections => _threads.Io.Describe();

    public string? FailedLookUp => _lookUps.LastFault;

    public int FailedLookUps => _lookUps.Failed;

    /// <summary>Called with each request of the engine before the venue has it; the driver's thread.</summary>
    public Action<VenueLog.LoggedRequest> OnRequest { get; set; } = static _ => { };

    /// <summary>Plays what is due and waits a little for more.</summary>
    public void Step()
    {
        Steps++;
        long nowNanos = Math.Max(VenueNanos(), Session.LastTimeNanos);
        Server.DrainIncoming(Session.ProducedCount, request =>
        {
            if (request.Kind == IncomingKind.Order) OnRequest(Log.Take(request.Frame));
            if (request.Kind == IncomingKind.Call)
            {
                Calls++;
                if (Log.Take(request.Origin, request.Path, request.Body) is { } order) OnRequest(order);
            }

            Session.Take(in request, nowNanos);
        });
        while (_refusals.TryDequeue(out (int Code, string Text) refusal)) Log.TakeRefusal(refusal.Code, refusal.Text);
        _deliveries.Clear();
        Session.PlayUntil(nowNanos, _deliveries);
        foreach (Delivery delivery in _deliveries)
        {
            Log.Take(in delivery, EngineUid);
            Server.Route(in delivery);
        }

        Log.TakeOpen(Account.OpenOrders.Select(order => (order.OrderLinkId, order.Side)));
        while (Session.TryTakeConnectionFault(out Fault? fault)) Server.CarryOut(fault!, nowNanos);
        Observe();
        if (_threads?.FaultText is { } broken) throw new InvalidOperationException(broken, _threads.Fault);
        _wake.WaitOne(StepMillis);
    }

    public bool TryStepUntil(Func<bool> holds, TimeSpan within)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(begun) > within) return false;
            Step();
        }

        return true;
    }

    public void StepUntil(Func<bool> holds, TimeSpan within, string what)
    {
        if (!TryStepUntil(holds, within)) throw new TimeoutException($"{what}: not within {within.TotalSeconds} s; {Log.TakeFaults()}");
    }

    /// <summary>Lets what is on its way arrive, and more come if it will; not over after a time in which the machine stood still.</summary>
    public void StepFor(TimeSpan time)
    {
        long begun = Stopwatch.GetTimestamp();
        long last = Steps + ((long)time.TotalMilliseconds / (5 * StepMillis));
        StepUntil(() => Steps >= last && Stopwatch.GetElapsedTime(begun) >= time, time + Patience, "the end");
    }

    public T Await<T>(Task<T> task)
    {
        StepUntil(() => task.IsCompleted, Patience, "an answer");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Something goes wrong at the venue from now on.</summary>
    public void Inject(Fault fault) => Session.Inject(fault, Session.LastTimeNanos);

    /// <summary>The venue's time goes on at once, as it looks from a machine that has slept for so long.</summary>
    public void Sleep(TimeSpan time) => Interlocked.Add(ref _venueAheadNanos, (long)time.TotalNanoseconds);

    /// <summary>Another client of the engine's account, or the other account, sends an order.</summary>
    /// <returns>The order's name.</returns>
    public string Place(bool isEnginesAccount, string side, string type, decimal qty, decimal? price, string? name = null)
    {
        name ??= string.Create(CultureInfo.InvariantCulture, $"outside-{++_outsideOrders}");
        string limit = price is { } at ? string.Create(CultureInfo.InvariantCulture, $",\"price\":\"{at}\",\"timeInForce\":\"{(type == "IOC" ? "IOC" : "GTC")}\"") : "";
        if (!isEnginesAccount && Math.Abs(Session.Venue.Account(_otherUid).Position(Symbol).Qty) > OtherPositionMax) _otherUid++;
        Send("create", isEnginesAccount ? EngineUid : _otherUid, string.Create(CultureInfo.InvariantCulture, $"\"side\":\"{side}\",\"orderType\":\"{(price is null ? "Market" : "Limit")}\",\"qty\":\"{qty}\"{limit},\"orderLinkId\":\"{name}\""));
        return name;
    }

    /// <summary>The other account takes what stands before an order, and half of the order.</summary>
    public void TakeHalfOf(VenueOrder order)
    {
        decimal reached = Session.Venue.QtyTo(Symbol, order.Side, order.Price);
        Place(isEnginesAccount: false, order.Side == Side.Buy ? "Sell" : "Buy", "IOC", decimal.Round(reached - (order.LeavesQty / 2), 3), order.Price);
    }

    /// <summary>Another client of the engine's account cancels an order.</summary>
    public void Cancel(string name) => Cancel(EngineUid, name);

    /// <summary>The venue cancels every order of the engine's account, as its disconnect protection does.</summary>
    public void CancelByVenue() => Session.Take(new IncomingRequest(IncomingKind.Disconnected, 0, Uid: EngineUid), Session.LastTimeNanos);

    /// <summary>The other account takes away whatever of it rests, whichever of its parts has it.</summary>
    /// <returns>False when nothing does.</returns>
    public bool CancelOther()
    {
        (long Uid, string Name)[] open = [.. Enumerable.Range(0, Others).Select(i => FirstOtherUid + i).SelectMany(uid => Session.Venue.Account(uid).OpenOrders.Select(order => (uid, order.OrderLinkId)))];
        foreach ((long uid, string name) in open) Cancel(uid, name);
        return open.Length > 0;
    }

    /// <summary>The other client of the engine's account takes away what rests of it under foreign names.</summary>
    public void CancelForeign()
    {
        foreach (VenueOrder order in Account.OpenOrders.Where(order => IsForeign(order)).ToArray()) Cancel(order.OrderLinkId);
    }

    /// <summary>Not named by this engine.</summary>
    public static bool IsForeign(VenueOrder order) => order.OrderLinkId.StartsWith("outside-", StringComparison.Ordinal);

    /// <summary>A private message is told once more.</summary>
    public void Repeat(ReadOnlyMemory<byte> frame) => Server.Route(new Delivery(DeliveryChannel.Private, Session.LastTimeNanos, frame, -1, Produced: long.MaxValue, Uid: EngineUid));

    public void Flatten() => _threads.Io.Inbox.Post(InboundKind.Command, [(byte)OperatorCommand.Flatten]);

    /// <summary>Waits until the engine quotes, and has a fill in its books.</summary>
    public void Begin()
    {
        StepUntil(Agrees, Patience, "the first quotes");
        string name = Place(isEnginesAccount: true, "Buy", "Market", 0.05m, price: null);
        StepUntil(() => Account.Fills.Any(fill => fill.OrderLinkId == name) && !Log.LastExecution.IsEmpty && Agrees(), Patience, "the first fill");
    }

    /// <summary>What the engine has found at the venue, since this was last asked, that nobody but itself can have brought about; null for nothing.</summary>
    /// <param name="orphans">Orders that another client has placed under the engine's form of names meanwhile.</param>
    public string? TakeFound(int orphans)
    {
        EngineView view = View!;
        string? found = view.FoundSince(_judged, orphans);
        _judged = view;
        return found is null ? null : $"{found}; told: {string.Join("; ", Told.TakeLast(6))}";
    }

    /// <summary>Engine and venue hold the same at this moment.</summary>
    public bool Agrees() => View is not null && Difference() is null;

    /// <summary>Where engine and venue differ at this moment; null where they do not.</summary>
    public string? Difference()
    {
        VenueOrder[] rest = [.. Account.OpenOrders.Where(order => !IsForeign(order))];
        string? difference = View!.DifferenceTo([.. rest.Select(order => (order.OrderLinkId, order.Side, order.LeavesQty, order.Price))], Account.Position(Symbol).Qty, Account.Wallet);
        return difference is null ? null : $"{difference}; {Connections}; look-ups failed: {FailedLookUp}";
    }

    public void Dispose()
    {
        _threads?.Stop();
        _ending.Cancel();
        Server.StopAsync().GetAwaiter().GetResult();
        _lookUps.Complete();
        _clockKeeping.Wait();
        if (_orders is not null) SpinWait.SpinUntil(() => _orders.UnderWay == 0, Patience);
        _threads?.Dispose();
        _client.Dispose();
        Session.Dispose();
        _ending.Dispose();
        _wake.Dispose();
    }

    private static EngineConfiguration Configuration((string Key, string Value)[] changes)
    {
        (string Key, string Value)[] usual =
        [
            ("symbols", Symbol), ("venue:market", "flow"), ("placement:threads", "inline"), ("account:setMarginMode", "true"),
            ("instruments:BTCUSDT:orderQty", "0.2"), ("instruments:BTCUSDT:orderQtyMax", "0.4"), ("instruments:BTCUSDT:positionQtyMax", "2.4"),
            ("instruments:BTCUSDT:arrivalDecayPerTick", "0.2"), ("quoting:minEdgeFraction", "0"), ("risk:orderNotionalMaxUsdt", "40000"),
            ("orderBudget:createsPerSecond", "40"), ("orderBudget:amendsPerSecond", "40"), ("orderBudget:cancelsPerSecond", "40"),
            ("orderBudget:acknowledgementTimeoutMilliseconds", "1000"), ("reconciliation:everySeconds", "2"), ("risk:marketDataAgeMaxMilliseconds", "800"),
        ];
        return ConfigurationReader.Load(
            ReferenceFiles.InRepository("configs/market-making.json"),
            new Dictionary<string, string>(),
            [.. usual.ExceptBy(changes.Select(change => change.Key), setting => setting.Key).Concat(changes).Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "test"))]);
    }

    private long VenueNanos() => SystemClock.UtcNowNanos + Interlocked.Read(ref _venueAheadNanos);

    private void Cancel(long uid, string name) => Send("cancel", uid, $"\"orderLinkId\":\"{name}\"");

    private void Send(string operation, long uid, string args)
    {
        long nowNanos = Session.LastTimeNanos;
        string request = string.Create(CultureInfo.InvariantCulture, $"{{\"reqId\":\"outside-{++_outsideOrders}\",\"header\":{{\"X-BAPI-TIMESTAMP\":\"{nowNanos / 1_000_000}\",\"X-BAPI-RECV-WINDOW\":\"60000\"}},\"op\":\"order.{operation}\",\"args\":[{{\"category\":\"linear\",\"symbol\":\"{Symbol}\",{args}}}]}}");
        Session.Submit(Encoding.UTF8.GetBytes(request), nowNanos, Outside, uid);
    }

    private void Observe()
    {
        if (Engine is null) return;
        while (Engine.Outbound.TryPeek(Observer, out FrameView frame))
        {
            if (frame.Kind == (byte)OutboundKind.EngineFact) IsFlat = MemoryMarshal.Read<EngineFact>(frame.Payload).Closing == ClosingState.Flat;
            if (frame.Kind == (byte)OutboundKind.DisagreementFact) Told.Add(MemoryMarshal.Read<DisagreementFact>(frame.Payload).ToString());
            Engine.Outbound.Release(Observer);
        }
    }
}
