using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Book;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Wire;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A hot path on two instruments with its rings, fed by text frames and read as text requests.</summary>
internal sealed class EngineUnderTest
{
    public const long Second = 1_000_000_000;
    public const long StartNanos = 1_700_000_000 * Second;
    public const uint Session = 7;
    public const long BiasTicksMax = 3;

    private readonly FrameRing _inbound = new(1 << 10, 1 << 20, consumerCount: 1);
    private readonly FrameRing _outbound;
    private readonly Dictionary<string, SentRequest> _orders = [];
    private readonly ushort[] _generations = new ushort[4];
    private long _updateId = 100;
    private readonly SortedSet<long> _bids = [];
    private readonly SortedSet<long> _asks = [];

    public EngineUnderTest(int outboundSlots = 1 << 10, long marketDataAgeMaxNanos = 2 * Second, long orderMaxLots = 1_000, long balanceUsdt = 10_000, long minOrderLots = 1, long markPriceAgeMaxNanos = long.MaxValue, long feedLagMaxNanos = long.MaxValue, long streamDelayMaxNanos = Second, long reconcileEveryNanos = 0, Func<InstrumentSpec, Quoter>? quoter = null, FairValueModel fairValue = FairValueModel.Mid, double orderFlowAlpha = 0, bool hasRollingIntensity = false, QueueWorth? queueWorth = null, VolatilityJump? volatilityJump = null, TradeSweep? sweep = null, double markOutGain = 0, long priceLimitRatioE8 = 0, int imbalanceLevels = 1, bool pullsAtVolatilityCap = false, long guardShareE8 = 100_000_000, long holdShareE8 = 100_000_000, long adverseJumpE8 = 100_000, bool isCross = false, LossLadderSettings? losses = null, string strategy = "market-making")
    {
        Btc = new InstrumentSpec(new InstrumentId(0), "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
        {
            MinOrderQty = new(minOrderLots), MaxOrderQty = new(1_500_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000, PriceLimitRatioE8 = priceLimitRatioE8,
        };
        Sol = new InstrumentSpec(new InstrumentId(1), "SOLUSDT", priceDecimals: 2, tickMantissa: 1, qtyDecimals: 1, lotMantissa: 1)
        {
            MinOrderQty = new(1), MaxOrderQty = new(960_000), MinNotional = new(5 * MoneyE8.One), MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000,
        };
        var instruments = new InstrumentTable([Btc, Sol]);
        _outbound = new FrameRing(outboundSlots, 1 << 20, consumerCount: 1);
        Meters = new HotPathMeters();
        Orders = new OrderTable(instruments, levelsPerSide: 1, new OrderTableSettings(RequoteTicks: [1, 1], AckTimeoutNanos: 2 * Second, TimeInForce.PostOnly, RequestLifetimeNanos: 6 * Second, StreamDelayMaxNanos: streamDelayMaxNanos)
        {
            QueueWorths = queueWorth is { } worth ? [worth, worth] : [],
        });
        Ledger = new PositionLedger(instruments, new MoneyE8(balanceUsdt * MoneyE8.One));
        Gate = new RiskGate(instruments, [Limits(marketDataAgeMaxNanos, orderMaxLots, adverseJumpE8, isCross), Limits(marketDataAgeMaxNanos, orderMaxLots, adverseJumpE8, isCross)]);
        Lanes = [Lane(Btc, quoter?.Invoke(Btc) ?? Quoter(Btc, new QtyLots(10)), marketDataAgeMaxNanos, markPriceAgeMaxNanos, feedLagMaxNanos, fairValue, orderFlowAlpha, hasRollingIntensity, imbalanceLevels, pullsAtVolatilityCap, volatilityJump, sweep, markOutGain, guardShareE8, holdShareE8, strategy), Lane(Sol, Quoter(Sol, new QtyLots(50)), marketDataAgeMaxNanos, markPriceAgeMaxNanos, feedLagMaxNanos, fairValue, orderFlowAlpha, hasRollingIntensity, imbalanceLevels, pullsAtVolatilityCap)];
        HotPath = new HotPath(
            instruments, Lanes, levelsPerSide: 1, new BybitDecoder(instruments), Orders, new OrderBudget(100, 100, 100, cancelReserve: 2), Ledger, Gate,
            new OrderRequestEncoder(instruments, recvWindowMillis: 5_000), _outbound, Meters)
        {
            ReconcileEveryNanos = reconcileEveryNanos,
            Losses = new LossLadder(2, losses ?? new LossLadderSettings()),
        };
    }

    public InstrumentSpec Btc { get; }

    public InstrumentSpec Sol { get; }

    public HotPathMeters Meters { get; }

    public OrderTable Orders { get; }

    public PositionLedger Ledger { get; }

    public RiskGate Gate { get; }

    public InstrumentLane[] Lanes { get; }

    public HotPath HotPath { get; }

    public long NowNanos { get; private set; } = StartNanos;

    public long NowMillis => NowNanos / 1_000_000;

    /// <summary>The ring that the hot path writes; a test that reads it here leaves nothing for the members that take text.</summary>
    public FrameRing OutboundRing => _outbound;

    /// <summary>Sees every payload that leaves, of whatever kind.</summary>
    public Action<byte[]>? OnOutbound { get; init; }

    /// <summary>Bytes that the hot path has allocated on this thread.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Frames of rows since the last end of a look-up.</summary>
    public int RowFrames { get; private set; }

    /// <summary>A session whose three connections are of use and whose look-up has found nothing.</summary>
    public EngineUnderTest Begin()
    {
        BeginSession();
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade]) Connect(channel);
        EndLookUp();
        Outbound();
        return this;
    }

    public void BeginSession()
    {
        Span<byte> session = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(session, Session);
        Hand(InboundKind.Session, session);
    }

    public ushort Generation(VenueChannel channel) => _generations[(int)channel];

    /// <summary>A new connection that is of use.</summary>
    public void Connect(VenueChannel channel)
    {
        Open(channel);
        Connection(channel, ConnectionState.Ready);
    }

    public void Open(VenueChannel channel)
    {
        _generations[(int)channel]++;
        Connection(channel, ConnectionState.Opened);
    }

    public void Lose(VenueChannel channel) => Connection(channel, ConnectionState.Lost);

    public void Connection(VenueChannel channel, ConnectionState state) => Hand(InboundKind.Connection, [(byte)channel, (byte)state], generation: Generation(channel));

    /// <summary>The end of a look-up that was asked for just now, by the present private connection unless another is named.</summary>
    public void EndLookUp(long answeredMillis = 0, int? generation = null, params ClientOrderId[] absent) => EndLookUp(answeredMillis, generation, NowNanos, absent);

    public void EndLookUp(long answeredMillis, int? generation, long askedNanos, params ClientOrderId[] absent)
    {
        EndLookUp(answeredMillis, generation, askedNanos, RowFrames, absent);
    }

    public void EndLookUp(long answeredMillis, int? generation, long askedNanos, long rowFrames, ClientOrderId[] absent)
    {
        RowFrames = 0;
        var end = new LookUpEnd(answeredMillis, generation ?? Generation(VenueChannel.Private), askedNanos, rowFrames);
        Hand(InboundKind.LookUpEnd, [.. MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)), .. MemoryMarshal.AsBytes<ClientOrderId>(absent)]);
    }

    /// <summary>The end of a look-up whose rows make a whole picture: the wallet's row comes with it.</summary>
    public void EndPicture(string balance, long answeredMillis = 0)
    {
        LookUpRows(WalletRow(balance, answeredMillis));
        EndLookUp(answeredMillis);
    }

    public void LookUpRows(string message)
    {
        RowFrames++;
        Hand(InboundKind.LookUpRows, Encoding.UTF8.GetBytes(message));
    }

    public void Advance(long nanos) => NowNanos += nanos;

    public void Public(string frame, bool endOfBurst = true) => Hand(InboundKind.PublicFrame, Encoding.UTF8.GetBytes(frame), endOfBurst, Generation(VenueChannel.Public));

    public void Private(string frame, bool endOfBurst = true) => Hand(InboundKind.PrivateFrame, Encoding.UTF8.GetBytes(frame), endOfBurst, Generation(VenueChannel.Private));

    public void Trade(string frame, bool endOfBurst = true) => Hand(InboundKind.TradeFrame, Encoding.UTF8.GetBytes(frame), endOfBurst, Generation(VenueChannel.Trade));

    public void Tick() => Hand(InboundKind.Tick, []);

    /// <summary>A microprice table: a row for each spread.</summary>
    public void Microprice(InstrumentId instrument, params double[][] rows) => Hand(InboundKind.MicropriceTable, MicropriceTable(instrument, rows));

    /// <summary>The payload of that event.</summary>
    public static byte[] MicropriceTable(InstrumentId instrument, params double[][] rows)
    {
        byte[] content = new byte[LatencyEngine.Book.MicropriceTable.BytesMax];
        int length = LatencyEngine.Book.MicropriceTable.Write(rows.Length, rows[0].Length, [.. rows.SelectMany(row => row)], content);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<InstrumentId>(in instrument)), .. content.AsSpan(0, length)];
    }

    /// <summary>A bias of now; a full score asks for one base order.</summary>
    public void Bias(InstrumentId instrument, double score, long shiftTicks = 0, double doubt = 0)
    {
        Assert.True(LatencyEngine.Model.Bias.TryScore(score, out int scoreE8));
        Hand(InboundKind.Bias, BiasPayload(instrument, scoreE8, shiftTicks * NanoTicks.One, NowNanos, doubtE8: (long)(doubt * 1e8)));
    }

    /// <summary>The payload of that event.</summary>
    public static byte[] BiasPayload(InstrumentId instrument, int scoreE8, long shiftNanoTicks, long madeNanos, long id = 1, long doubtE8 = 0) =>
        Bytes(new Bias { Instrument = instrument, ScoreE8 = scoreE8, ShiftNanoTicks = shiftNanoTicks, MadeAt = new EpochNanos(madeNanos), Id = id, DoubtE8 = doubtE8 });

    /// <summary>A request for a position of BTCUSDT, made now, with an hour to enter.</summary>
    public void Directional(long wantedLots, long boundTicks, long stopTicks, int entrySeconds = 3_600, long id = 1) => Hand(InboundKind.DirectionalRequest, Bytes(new DirectionalRequest
    {
        Instrument = Btc.Id, EntrySeconds = entrySeconds, Wanted = new(wantedLots), Bound = new(boundTicks), Stop = new(stopTicks), MadeAt = new EpochNanos(NowNanos), Id = id,
    }));

    /// <summary>A value as its event has it.</summary>
    public static byte[] Bytes<T>(T value)
        where T : unmanaged => [.. MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value))];

    public void Command(OperatorCommand command) => Hand(InboundKind.Command, [(byte)command]);

    public void Hand(InboundKind kind, ReadOnlySpan<byte> payload, bool endOfBurst = true, ushort generation = 0)
    {
        Assert.True(_inbound.TryClaim(payload.Length, out Span<byte> slot));
        payload.CopyTo(slot);
        _inbound.Publish(payload.Length, (byte)kind, endOfBurst ? FrameRing.EndOfBurst : (byte)0, generation, StageClock.NowNanos(), NowNanos, -1);
        Assert.True(_inbound.TryPeek(0, out FrameView frame));
        int collections = GC.CollectionCount(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        HotPath.OnFrame(in frame);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A collection in the middle retires the thread's allocation buffer, and the runtime counts its unused rest as allocated.
        if (GC.CollectionCount(0) == collections) AllocatedBytes += allocated;
        _inbound.Release(0);
    }

    /// <summary>A book of 50 lots at best bid and ask and one level behind each, for BTCUSDT; prices in ticks of 0.1.</summary>
    public void Book(long bidTicks, long askTicks, bool snapshot = false, bool endOfBurst = true, int skipUpdates = 0, long madeMillisAgo = 0)
    {
        _updateId += 1 + skipUpdates;
        string type = snapshot ? "snapshot" : "delta";
        // a delta clears the levels of the books before that lie around it, so that the top is the one asked for
        string clearBids = Cleared(_bids, snapshot, ticks => ticks > bidTicks);
        string clearAsks = Cleared(_asks, snapshot, ticks => ticks < askTicks);
        _bids.Add(bidTicks);
        _asks.Add(askTicks);
        Public(
            $$"""{"topic":"orderbook.50.BTCUSDT","type":"{{type}}","ts":{{NowMillis - madeMillisAgo}},"data":{"s":"BTCUSDT","b":[["{{Price(bidTicks)}}","0.050"]{{clearBids}}],"a":[["{{Price(askTicks)}}","0.050"]{{clearAsks}}],"u":{{_updateId}},"seq":{{_updateId}}},"cts":{{NowNanos / 1_000_000}}}""",
            endOfBurst);
    }

    /// <summary>One level of BTCUSDT anew, below the top that <see cref="Book"/> knows of: "b" or "a"; quantity "0" takes it away.</summary>
    /// <summary>The mark price of BTCUSDT by its tickers topic.</summary>
    public void Mark(string price) =>
        Public($$"""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"{{price}}"},"cs":1,"ts":1}""");

    /// <summary>The same book a tenth of a second later.</summary>
    public void Move()
    {
        Advance(Second / 10);
        Book(600_000, 600_002);
    }

    /// <summary>From its beginning to where its quote of one side was filled whole, by a mark price of 60,000, and it quotes on.</summary>
    public EngineUnderTest Holding(string side)
    {
        Begin().Market();
        Mark("60000.00");
        Answer(Requests());
        Fill(Resting(side), "0.010", "0", execution: 101, endOfBurst: false);
        Book(600_000, 600_002);
        Answer(Requests());
        Move();
        Answer(Requests());
        return this;
    }

    public void Level(string side, long priceTicks, string qty)
    {
        _updateId++;
        string other = side == "b" ? "a" : "b";
        Public($$"""{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":{{NowMillis}},"data":{"s":"BTCUSDT","{{side}}":[["{{Price(priceTicks)}}","{{qty}}"]],"{{other}}":[],"u":{{_updateId}},"seq":{{_updateId}}},"cts":{{NowMillis}}}""");
    }

    /// <summary>A market long enough for a volatility: a snapshot and small moves, 150 ms apart; ends with both quotes asked for.</summary>
    public EngineUnderTest Market(long midTicks = 600_000)
    {
        Book(midTicks - 1, midTicks + 1, snapshot: true);
        Advance(150_000_000);
        Book(midTicks, midTicks + 2);
        Advance(150_000_000);
        return this;
    }

    /// <summary>Every request since the last call, as text, in order.</summary>
    public List<string> Requests() => Outbound().Where(frame => frame.Kind == OutboundKind.Request).Select(frame => Encoding.UTF8.GetString(frame.Bytes)).ToList();

    /// <summary>Kinds and generations of what left since the last call.</summary>
    public List<(OutboundKind Kind, int Generation)> OutboundGenerations()
    {
        var frames = new List<(OutboundKind, int)>();
        while (_outbound.TryPeek(0, out FrameView frame))
        {
            frames.Add(((OutboundKind)frame.Kind, frame.Generation));
            _outbound.Release(0);
        }

        return frames;
    }

    public List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> Outbound()
    {
        var frames = new List<(OutboundKind, byte[], long)>();
        while (_outbound.TryPeek(0, out FrameView frame))
        {
            byte[] payload = frame.Payload.ToArray();
            OnOutbound?.Invoke(payload);
            frames.Add(((OutboundKind)frame.Kind, payload, frame.CauseSequence));
            _outbound.Release(0);
        }

        return frames;
    }

    /// <summary>Answers requests the way the venue does: acknowledged, and then resting or cancelled.</summary>
    public void Answer(IEnumerable<string> requests)
    {
        foreach (string request in requests)
        {
            var sent = SentRequest.Parse(request);
            Trade($$"""{"reqId":"{{sent.RequestId}}","retCode":0,"retMsg":"OK","op":"{{sent.Operation}}","data":{"orderId":"{{OrderId(sent.LinkId)}}","orderLinkId":"{{sent.LinkId}}"},"retExtInfo":{},"header":{"X-Bapi-Limit":"1000","X-Bapi-Limit-Status":"999","X-Bapi-Limit-Reset-Timestamp":"1","Traceid":"t","Timenow":"1"},"connId":"c"}""", endOfBurst: false);
            sent = sent.Operation switch
            {
                "order.create" => sent,
                "order.amend" => _orders[sent.LinkId] with { RequestId = sent.RequestId, Operation = sent.Operation, Price = sent.Price, Qty = sent.Qty },
                _ => _orders[sent.LinkId] with { RequestId = sent.RequestId, Operation = sent.Operation },
            };
            _orders[sent.LinkId] = sent;
            if (sent.Operation == "order.cancel") Order(sent, "Cancelled", leaves: "0", cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest");
            else Order(sent, "New", leaves: sent.Qty);
        }
    }

    /// <summary>The one order of a side that was answered.</summary>
    public SentRequest Resting(string side) => _orders.Values.Single(order => order.Side == side);

    /// <summary>The one order of a side with a name that was answered.</summary>
    public SentRequest Resting(string side, string ofLinkId) => _orders.Values.Single(order => order.Side == side && order.LinkId == ofLinkId);

    /// <summary>The side of the order that a request is about, once its create was answered.</summary>
    public string SideOf(string request) => _orders[SentRequest.Parse(request).LinkId].Side;

    public void Order(SentRequest sent, string status, string leaves, string cancelType = "UNKNOWN", string rejectReason = "EC_NoError", string filled = "0", bool endOfBurst = false) =>
        Private(OrderRow(sent, status, leaves, NowMillis, cancelType, rejectReason, filled), endOfBurst);

    public static string OrderRow(SentRequest sent, string status, string leaves, long updatedMillis, string cancelType = "UNKNOWN", string rejectReason = "EC_NoError", string filled = "0") =>
        $$"""{"topic":"order","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"{{sent.Symbol}}","orderId":"{{OrderId(sent.LinkId)}}","orderLinkId":"{{sent.LinkId}}","side":"{{sent.Side}}","positionIdx":0,"orderStatus":"{{status}}","cancelType":"{{cancelType}}","rejectReason":"{{rejectReason}}","timeInForce":"PostOnly","price":"{{sent.Price}}","qty":"{{sent.Qty}}","avgPrice":"","leavesQty":"{{leaves}}","cumExecQty":"{{filled}}","orderType":"Limit","reduceOnly":false,"createdTime":"1","updatedTime":"{{updatedMillis}}"}]}""";

    public void Fill(SentRequest order, string qty, string fee, int execution, bool endOfBurst = true, bool isMaker = true)
    {
        Order(order, "Filled", leaves: "0", filled: qty);
        Private(ExecutionRow(order, qty, fee, execution, executedMillis: 1, isMaker), endOfBurst);
    }

    public static string ExecutionRow(SentRequest order, string qty, string fee, int execution, long executedMillis, bool isMaker = true) =>
        $$"""{"topic":"execution","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"{{order.Symbol}}","closedSize":"0","execFee":"{{fee}}","execId":"00000000-0000-4000-8000-{{execution:d12}}","execPrice":"{{order.Price}}","execQty":"{{qty}}","execType":"Trade","leavesQty":"0","orderId":"{{OrderId(order.LinkId)}}","orderLinkId":"{{order.LinkId}}","side":"{{order.Side}}","execTime":"{{executedMillis}}","isMaker":{{(isMaker ? "true" : "false")}},"seq":{{execution}},"extraFees":""}]}""";

    /// <summary>A position of BTCUSDT as the venue tells it.</summary>
    public static string PositionRow(decimal signedQty, decimal entryPrice, long createdMillis, long sequence = 0)
    {
        string side = signedQty > 0 ? "Buy" : signedQty < 0 ? "Sell" : "";
        return FormattableString.Invariant($$"""{"id":"p","topic":"position","creationTime":{{createdMillis}},"data":[{"positionIdx":0,"symbol":"BTCUSDT","side":"{{side}}","size":"{{Math.Abs(signedQty)}}","entryPrice":"{{entryPrice}}","category":"linear","positionStatus":"Normal","cumRealisedPnl":"0","seq":{{sequence}}}]}""");
    }

    public void Wallet(string balance, long createdMillis = 1, bool endOfBurst = true) =>
        Private(WalletRow(balance, createdMillis), endOfBurst);

    public static string WalletRow(string balance, long createdMillis) =>
        $$"""{"id":"w","topic":"wallet","creationTime":{{createdMillis}},"data":[{"accountType":"UNIFIED","coin":[{"coin":"USDT","equity":"{{balance}}","walletBalance":"{{balance}}","totalOrderIM":"0","totalPositionIM":"0"}]}]}""";

    /// <summary>Answers one request with a refusal.</summary>
    public void Refuse(string request, int returnCode)
    {
        var sent = SentRequest.Parse(request);
        Trade($$"""{"reqId":"{{sent.RequestId}}","retCode":{{returnCode}},"retMsg":"refused","op":"{{sent.Operation}}","data":{},"retExtInfo":{},"header":{},"connId":"c"}""");
    }

    /// <summary>The newest description of the engine as a whole among all that left since the last call.</summary>
    public EngineFact State()
    {
        Tick();
        return Read<EngineFact>(Outbound().Last(frame => frame.Kind == OutboundKind.EngineFact).Bytes);
    }

    public static T Read<T>(byte[] bytes)
        where T : unmanaged => MemoryMarshal.Read<T>(bytes);

    public static string Price(long ticks) => (ticks / 10m).ToString("0.00");

    private static string OrderId(string linkId) => $"0000{linkId[14..18]}-0000-4000-8000-000000000000";

    private static RiskLimits Limits(long ageMaxNanos, long orderMaxLots, long adverseJumpE8, bool isCross) => new()
    {
        MarketDataAgeMaxNanos = ageMaxNanos, OrderMax = new(orderMaxLots), OrderNotionalMax = new(100_000 * MoneyE8.One), PositionMax = new(1_000), OpenOrdersMax = 10,
        CollarFractionE8 = 5_000_000, AdverseJumpE8 = adverseJumpE8, LeverageE2 = 5_000, TakerFeeE8 = 55_000,
        MarkPriceAgeMaxNanos = long.MaxValue, ExposureMaxE8 = 100_000_000, IsCross = isCross, Tiers = Tiers,
    };

    private static RiskTierTable Tiers => new("BTCUSDT", [new RiskTier(new MoneyE8(2_000_000 * MoneyE8.One), 500_000, 10_000, default)]);

    private static AvellanedaStoikovQuoter Quoter(InstrumentSpec spec, QtyLots baseQty) => new(spec, new AvellanedaStoikovSettings
    {
        Gamma = 0.01, K = 0.1, TauSeconds = 10, MinSigmaTicks = 10, MaxSigmaTicks = 10,
        Pipeline = new QuotePipelineSettings { MakerFeeE8 = 0, MinEdgeE8 = 0, Levels = 1, Step = new(1), BaseQty = baseQty, SizeMultiplierE8 = 100_000_000, UnitsMax = 5, ViewWeight = 0.2, BiasTicksMax = BiasTicksMax },
    });

    private static InstrumentLane Lane(InstrumentSpec spec, Quoter quoter, long ageMaxNanos, long markPriceAgeMaxNanos, long feedLagMaxNanos, FairValueModel fairValue, double orderFlowAlpha, bool hasRollingIntensity, int imbalanceLevels, bool pullsAtVolatilityCap, VolatilityJump? volatilityJump = null, TradeSweep? sweep = null, double markOutGain = 0, long guardShareE8 = 100_000_000, long holdShareE8 = 100_000_000, string strategy = "market-making") => new()
    {
        Spec = spec,
        Book = new OrderBook(spec, 200),
        Volatility = new BoundedVolatility(new EwmaVolatility(timeConstantSeconds: 30), windowSeconds: 30),
        Quoter = quoter,
        IsQuoted = strategy != "directional",
        TakesDirectionalRequests = strategy != "market-making",
        RiskTiers = Tiers,
        LeverageE2 = 5_000,
        TakerFeeE8 = 55_000,
        FairValue = fairValue,
        ImbalanceLevels = imbalanceLevels,
        PullsAtVolatilityCap = pullsAtVolatilityCap,
        Intensity = hasRollingIntensity ? new RollingIntensity(new ArrivalIntensity(depthMaxTicks: 30, windowSeconds: 10, warmUpSeconds: 5), arrivalRatePerSecond: 1, decayPerTick: 0.1) : null,
        OrderFlow = orderFlowAlpha == 0 ? null : new OrderFlowImbalance(halfLifeSeconds: 1),
        OrderFlowAlphaTicksPerSecondPerLot = orderFlowAlpha,
        VolatilityJump = volatilityJump,
        Sweep = sweep,
        MarkOuts = new MarkOuts(new MarkOutSettings { BaseQty = new(10), Gain = markOutGain, WideningMaxFraction = 0.0001, MemorySeconds = 60 }),
        Guard = new LiquidationGuard(spec, new LiquidationGuardSettings(HoldShareE8: holdShareE8, UsedShareMaxE8: guardShareE8, CutFractionE8: 50_000_000, PassiveNanos: Second, PauseNanos: 0)),
        MarketDataAgeMaxNanos = ageMaxNanos,
        MarkPriceAgeMaxNanos = markPriceAgeMaxNanos,
        FeedLagMaxNanos = feedLagMaxNanos,
    };

    private static string Cleared(SortedSet<long> levels, bool isSnapshot, Predicate<long> isAround)
    {
        long[] cleared = isSnapshot ? [] : [.. levels.Where(ticks => isAround(ticks))];
        if (isSnapshot) levels.Clear();
        else levels.ExceptWith(cleared);
        return string.Concat(cleared.Select(ticks => $",[\"{Price(ticks)}\",\"0\"]"));
    }
}
