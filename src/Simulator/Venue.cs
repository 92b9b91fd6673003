using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>The dry-run futures venue: a recorded market and one account with one-way, isolated positions.</summary>
/// <remarks>
/// The recorded market is not moved by the account. Fills follow the queue model <see cref="QueueModel"/>. Request parsing and money are the venue's own, in
/// System.Text.Json and <see cref="decimal"/>, so that it is an independent witness of the engine. Time comes in through arguments and must not go back. One
/// thread. The same frames, requests and settings give the same bytes. Where the venue's rule is not published, these are assumed: a pure quantity decrease
/// keeps priority and every other amend loses it; a post-only order amended across the market is cancelled; own orders never trade with each other, the
/// resting one is cancelled (CancelMaker).
/// </remarks>
public sealed class Venue
{
    /// <summary>Name of the rule that decides every maker fill.</summary>
    public const string QueueModel = "trades-at-or-through";

    internal const long NanosPerMilli = 1_000_000;

    private const int OpenOrdersMax = 500;              // Bybit V5, 14.9
    private const int OrderLinkIdLengthMax = 45;        // the server's own text, Bybit V5, 14.6
    private const long FutureTimestampMillis = 1_000;   // Bybit V5, 9.1
    private const decimal MarketOrderBound = 0.05m;     // from the last price, Bybit V5, 14.1
    private const long FirstSequence = 1;

    private static readonly string[] Operations = ["order.create", "order.amend", "order.cancel"];   // each has its own limit, Bybit V5, 17.4

    private readonly Dictionary<string, SymbolState> _states;
    private readonly Account _account;
    private readonly VenueJson _json;
    private readonly SplitMix64 _ids;
    private readonly Dictionary<string, RequestLimit> _limits;
    private readonly Dictionary<string, VenueOrder> _openById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VenueOrder> _openByLinkId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _usedLinkIds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _usedReqIds = new(StringComparer.Ordinal);
    private readonly List<VenueOrder> _orders = [];
    private readonly List<VenueExecution> _executions = [];
    private readonly List<FillRecord> _fills = [];
    private readonly List<(VenueOrder Order, decimal Qty)> _queueFills = [];
    private readonly int _requestsPerSecond;
    private long _sequence = FirstSequence - 1;

    /// <summary>Builds the venue at rest: no book, no order, no position.</summary>
    /// <exception cref="ArgumentException">A symbol without instrument, ladder or fee rate, a leverage out of range, or a balance not above zero.</exception>
    public Venue(VenueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Symbols.Count == 0) throw new ArgumentException("at least one symbol must be traded", nameof(settings));
        if (settings.StartBalance <= 0) throw new ArgumentException($"the start balance must be above 0 USDT, was {settings.StartBalance}", nameof(settings));
        _states = settings.Symbols.ToDictionary(symbol => symbol, symbol => CreateState(settings, symbol), StringComparer.Ordinal);
        _account = new Account(settings.StartBalance);
        _requestsPerSecond = settings.FeeTier.RequestsPerSecond;
        _json = new VenueJson(_requestsPerSecond);
        _ids = new SplitMix64(settings.Seed);
        _limits = Operations.ToDictionary(op => op, _ => new RequestLimit(_requestsPerSecond), StringComparer.Ordinal);
    }

    /// <summary>Wallet balance: start + realised - fees + funding, USDT.</summary>
    public decimal Wallet => _account.Wallet;

    /// <summary>Wallet and unrealised profit at the marks, USDT.</summary>
    public decimal Equity => Wallet + UnrealisedPnl;

    /// <summary>Unrealised profit of all positions at their marks, USDT.</summary>
    public decimal UnrealisedPnl => _states.Values.Sum(state => state.Unrealised);

    /// <summary>Realised profit before fees and funding, USDT.</summary>
    public decimal RealisedGross => _account.RealisedGross;

    /// <summary>Fees paid, USDT; below zero when rebates prevail.</summary>
    public decimal Fees => _account.Fees;

    /// <summary>Funding received, USDT; below zero when paid.</summary>
    public decimal Funding => _account.Funding;

    /// <summary>Wallet less the margin of positions and orders, USDT.</summary>
    public decimal Available => Wallet - _states.Values.Sum(state => state.PositionMargin + state.OrderMargin);

    /// <summary>Every fill so far, oldest first.</summary>
    public IReadOnlyList<FillRecord> Fills => _fills;

    /// <summary>Resting orders, in no order.</summary>
    public IReadOnlyCollection<VenueOrder> OpenOrders => _openById.Values;

    /// <summary>Every order taken so far, open or done, oldest first; how a done one ended is in it.</summary>
    public IReadOnlyList<VenueOrder> Orders => _orders;

    /// <summary>Every execution published so far, oldest first.</summary>
    internal IReadOnlyList<VenueExecution> Executions => _executions;

    /// <summary>Positions liquidated so far.</summary>
    public int Liquidations { get; private set; }

    /// <summary>Resting places of own orders that the recorded opposite side reached without a fill afterwards: live the order would have been hit there.</summary>
    public int CrossedWithoutFill => _states.Values.Sum(state => state.Queue.CrossedWithoutFill);

    /// <summary>Recorded book, trade and ticker frames that could not be read; they were passed on and not acted on.</summary>
    public long MalformedFrames { get; private set; }

    /// <summary>The position of a traded symbol.</summary>
    public PositionState Position(string symbol) => _states[symbol].Position;

    /// <summary>The mark price of a traded symbol; null before there is one.</summary>
    public decimal? Mark(string symbol) => _states[symbol].Mark;

    /// <summary>The mark price at which a traded symbol's position would be liquidated; null when flat.</summary>
    public decimal? LiquidationPrice(string symbol) => _states[symbol].LiquidationPrice;

    /// <summary>Best displayed prices of a traded symbol; null for a side not there.</summary>
    public (decimal? Bid, decimal? Ask) Best(string symbol) => _states[symbol].Book.Displayed;

    /// <summary>Where the mark price of a traded symbol comes from: "tickers" once a recorded ticker has carried one, else "mid (derived)".</summary>
    public string MarkPriceSource(string symbol) => _states[symbol].TickerMark is null ? "mid (derived)" : "tickers";

    /// <summary>The book of a traded symbol as a V5 snapshot frame, for a client that subscribes anew; null before the recording's own first snapshot.</summary>
    public byte[]? BuildSnapshotFrame(string symbol, long nowNanos)
    {
        SymbolState state = _states[symbol];
        return state.Book.HasSnapshot ? _json.BookSnapshot(state.Book, state.Instrument, nowNanos / NanosPerMilli) : null;
    }

    /// <summary>Every ticker field of a traded symbol that the recording has shown, as a V5 snapshot frame, for a client that subscribes anew; null before any.</summary>
    public byte[]? BuildTickerFrame(string symbol, long nowNanos) =>
        _states[symbol].Ticker is { HasFields: true } ticker ? _json.Ticker(symbol, ticker, nowNanos / NanosPerMilli) : null;

    /// <summary>A recorded public frame reaches the venue: the book moves, trades fill resting orders, the mark may liquidate.</summary>
    /// <param name="frame">A V5 public frame.</param>
    /// <param name="nowNanos">Recording time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    public void OnMarketFrame(ReadOnlyMemory<byte> frame, long nowNanos, List<VenueMessage> output)
    {
        MarketFrame? market = MarketFrame.TryParse(frame);
        if (market is null)
        {
            MalformedFrames++;
            return;
        }

        foreach (SymbolState each in _states.Values) SettleFundingIfDue(each, nowNanos, output);
        if (market.Topic == MarketTopic.Other || !_states.TryGetValue(market.Symbol, out SymbolState? state)) return;
        switch (market.Topic)
        {
            case MarketTopic.Book:
                state.Book.Apply(market);
                state.Queue.OnBook(state.Book, nowNanos);
                break;
            case MarketTopic.Trade:
                foreach (MarketTrade trade in market.Trades) OnTrade(state, trade, nowNanos, output);
                break;
            case MarketTopic.Ticker:
                state.Ticker.Apply(market);
                state.TickerMark = market.MarkPrice ?? state.TickerMark;
                state.LastPrice ??= market.LastPrice;
                state.FundingRate = market.FundingRate ?? state.FundingRate;
                if (market.NextFundingMillis is { } next) state.NextFundingMillis = next;
                break;
        }

        LiquidateIfDue(state, nowNanos, output);
    }

    /// <summary>An order-entry request reaches the venue (Bybit V5, 8).</summary>
    /// <param name="request">The request's JSON text.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the response and the account's messages in the order sent.</param>
    public void OnRequest(ReadOnlyMemory<byte> request, long nowNanos, List<VenueMessage> output)
    {
        OrderRequest parsed = OrderRequest.Parse(request);
        Refusal? refusal = parsed.Fault ?? CheckEnvelope(parsed, nowNanos);
        if (refusal is not null)
        {
            Respond(parsed, refusal, null, nowNanos, output);
            return;
        }

        SymbolState state = _states[parsed.Symbol];
        switch (parsed.Op)
        {
            case "order.create":
                Create(state, parsed, nowNanos, output);
                break;
            case "order.amend":
                Amend(state, parsed, nowNanos, output);
                break;
            default:
                CancelByUser(state, parsed, nowNanos, output);
                break;
        }

        LiquidateIfDue(state, nowNanos, output);
    }

    /// <summary>Cancels the open orders of one symbol, or all of them, oldest first (Bybit V5, 10.4).</summary>
    /// <param name="symbol">A traded symbol; null for every one.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    /// <returns>The orders cancelled.</returns>
    internal IReadOnlyList<VenueOrder> CancelAll(string? symbol, long nowNanos, List<VenueMessage> output)
    {
        List<VenueOrder> cancelled = [.. _orders.Where(order => order.IsOpen && (symbol is null || order.Symbol == symbol))];
        foreach (IGrouping<string, VenueOrder> orders in cancelled.GroupBy(order => order.Symbol))
        {
            SymbolState state = _states[orders.Key];
            foreach (VenueOrder order in orders) Cancel(state, order, "CancelByUser", "EC_PerCancelRequest", nowNanos, output);
            PublishAccount(state, nowNanos, output);
            LiquidateIfDue(state, nowNanos, output);
        }

        return cancelled;
    }

    /// <summary>Whether the account trades a symbol.</summary>
    internal bool Trades(string symbol) => _states.ContainsKey(symbol);

    private static SymbolState CreateState(VenueSettings settings, string symbol)
    {
        VenueInstrument instrument = settings.Instruments[symbol];
        if (!settings.RiskLadders.TryGetValue(symbol, out RiskLadder? ladder)) throw new ArgumentException($"no risk ladder for {symbol}", nameof(settings));
        decimal most = Math.Min(instrument.MaxLeverage, ladder.MaxLeverage);
        decimal leverage = settings.Leverage;
        if (leverage < 1 || leverage > most || decimal.Round(leverage, 2) != leverage)
        {
            throw new ArgumentException($"leverage of {symbol} must lie in 1..{VenueJson.Trimmed(most)} in steps of 0.01, was {leverage}", nameof(settings));
        }

        return new SymbolState(instrument, ladder, leverage, settings.FeeTier.RatesFor(symbol));
    }

    private Refusal? CheckEnvelope(OrderRequest request, long nowNanos)
    {
        if (!_limits[request.Op].TryTake(nowNanos)) return new Refusal(10006, "Too many visits. Exceeded the API Rate Limit.");
        long nowMillis = nowNanos / NanosPerMilli;
        if (request.TimestampMillis is not { } sent) return new Refusal(10001, "params error: X-BAPI-TIMESTAMP is required");
        if (sent < nowMillis - request.RecvWindowMillis || sent >= nowMillis + FutureTimestampMillis)
        {
            return new Refusal(
                10002,
                $"invalid request, please check your server timestamp or recv_window param. req_timestamp[{sent}],server_timestamp[{nowMillis}],recv_window[{request.RecvWindowMillis}]");
        }

        if (request.ReqId is { Length: > 0 } && !_usedReqIds.Add(request.ReqId)) return new Refusal(20006, "reqId is duplicate");
        if (request.Category != "linear") return new Refusal(10404, "category is not correct or not supported");
        if (!_states.ContainsKey(request.Symbol)) return new Refusal(10001, "symbol params err");
        return request.PositionIdx != 0 ? new Refusal(10001, "position idx not match position mode") : null;
    }

    private void Respond(OrderRequest request, Refusal? refusal, VenueOrder? order, long nowNanos, List<VenueMessage> output)
    {
        (int remaining, long resetNanos) = _limits.TryGetValue(request.Op, out RequestLimit? limit)
            ? (limit.Remaining, limit.ResetNanos(nowNanos))
            : (_requestsPerSecond, nowNanos);
        byte[] frame = _json.Response(request, refusal, order, remaining, resetNanos / NanosPerMilli, _ids.NextHex32(), nowNanos / NanosPerMilli);
        output.Add(new VenueMessage(DeliveryChannel.Trade, frame));
    }

    private void Create(SymbolState state, OrderRequest request, long nowNanos, List<VenueMessage> output)
    {
        Refusal? refusal = TryCreateOrder(state, request, nowNanos, out VenueOrder? order);
        Respond(request, refusal, order, nowNanos, output);
        if (order is null) return;
        if (order.OrderLinkId.Length > 0) _usedLinkIds.Add(order.OrderLinkId);
        _orders.Add(order);
        Match(state, order, wasResting: false, nowNanos, output);
    }

    private Refusal? TryCreateOrder(SymbolState state, OrderRequest request, long nowNanos, out VenueOrder? order)
    {
        order = null;
        bool isMarket = request.OrderType == "Market";
        VenueTimeInForce timeInForce = isMarket ? VenueTimeInForce.ImmediateOrCancel : ReadTimeInForce(request.TimeInForce);
        if (request.Side is not ("Buy" or "Sell")) return new Refusal(10001, "Side invalid");
        if (!isMarket && request.OrderType != "Limit") return new Refusal(10001, "OrderType invalid");
        if (timeInForce == VenueTimeInForce.Unset) return new Refusal(10001, "TimeInForce invalid");
        if (request.OrderLinkId.Length > OrderLinkIdLengthMax) return new Refusal(10001, $"order link id is longer than {OrderLinkIdLengthMax}");
        if (!request.OrderLinkId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return new Refusal(10001, "params error: orderLinkId invalid");

        Side side = request.Side == "Buy" ? Side.Buy : Side.Sell;
        decimal? price = isMarket ? MarketBound(state, side) : request.Price;
        if (isMarket && price is null) return new Refusal(110118, "no price for a market order");
        if (price is null || !IsPriceAllowed(state.Instrument, price.Value)) return new Refusal(110003, "price is invalid");
        if (request.Qty is not { } qty) return new Refusal(10001, "Qty invalid");
        Refusal? refusal = CheckQty(state.Instrument, qty, isMarket, timeInForce);
        if (refusal is not null) return refusal;
        if (!request.ReduceOnly && qty * price.Value < state.Instrument.MinNotional) return MinNotionalRefusal(state.Instrument);
        if (request.OrderLinkId.Length > 0 && _usedLinkIds.Contains(request.OrderLinkId)) return new Refusal(110072, "OrderLinkedID is duplicate");
        if (_openById.Values.Count(other => other.Symbol == request.Symbol) >= OpenOrdersMax) return new Refusal(110020, $"more than {OpenOrdersMax} active orders");
        if (request.ReduceOnly)
        {
            refusal = CheckReduceOnly(state, side, except: null, ref qty);
            if (refusal is not null) return refusal;
        }

        var candidate = new VenueOrder(_ids.NextUuid(), request.Symbol, side)
        {
            OrderLinkId = request.OrderLinkId,
            IsMarket = isMarket,
            TimeInForce = timeInForce,
            ReduceOnly = request.ReduceOnly,
            CreatedAtNanos = nowNanos,
            UpdatedAtNanos = nowNanos,
            LastPriceOnCreated = state.LastPrice,
            Price = price.Value,
            Qty = qty,
            Status = VenueOrderStatus.New,
        };
        decimal marginBefore = state.OrderMargin;
        decimal valueBefore = state.WorstValue;
        state.Queue.Insert(candidate);
        refusal = CheckMargin(state, marginBefore, valueBefore);
        state.Queue.Remove(candidate);
        order = refusal is null ? candidate : null;
        return refusal;
    }

    private void Amend(SymbolState state, OrderRequest request, long nowNanos, List<VenueMessage> output)
    {
        Refusal? refusal = FindOpen(request, "replace", out VenueOrder? order);
        if (order is null)
        {
            Respond(request, refusal, null, nowNanos, output);
            return;
        }

        decimal oldPrice = order.Price;
        decimal oldQty = order.Qty;
        refusal = TryAmend(state, request, order);
        Respond(request, refusal, order, nowNanos, output);
        if (refusal is not null) return;

        order.UpdatedAtNanos = nowNanos;
        if (order.Price == oldPrice && order.Qty < oldQty)
        {
            Publish(_json.Order(order, ++_sequence, nowNanos / NanosPerMilli), output);
            PublishAccount(state, nowNanos, output);
            return;
        }

        state.Queue.Remove(order);
        if (order.Price == oldPrice)
        {
            Rest(state, order, nowNanos, output);
            return;
        }

        Match(state, order, wasResting: true, nowNanos, output);
    }

    /// <summary>Checks new price and quantity and, when accepted, leaves them in the order; a refused order is unchanged.</summary>
    private Refusal? TryAmend(SymbolState state, OrderRequest request, VenueOrder order)
    {
        decimal price = request.Price ?? order.Price;
        decimal qty = request.Qty ?? order.Qty;
        if (!IsPriceAllowed(state.Instrument, price)) return new Refusal(110003, "price is invalid");
        Refusal? refusal = CheckQty(state.Instrument, qty, order.IsMarket, order.TimeInForce);
        if (refusal is not null) return refusal;
        if (qty <= order.CumExecQty) return new Refusal(110064, "new quantity must be above the filled quantity");
        if (!order.ReduceOnly && qty * price < state.Instrument.MinNotional) return MinNotionalRefusal(state.Instrument);
        if (order.ReduceOnly)
        {
            decimal leaves = qty - order.CumExecQty;
            refusal = CheckReduceOnly(state, order.Side, except: order, ref leaves);
            if (refusal is not null) return refusal;
            qty = order.CumExecQty + leaves;
        }

        if (price == order.Price && qty == order.Qty)
        {
            return new Refusal(10001, "The order remains unchanged as the parameters entered match the existing ones.");
        }

        (decimal oldPrice, decimal oldQty) = (order.Price, order.Qty);
        decimal marginBefore = state.OrderMargin;
        decimal valueBefore = state.WorstValue;
        Replace(state, order, price, qty);
        refusal = CheckMargin(state, marginBefore, valueBefore);
        if (refusal is not null) Replace(state, order, oldPrice, oldQty);
        return refusal;
    }

    private static void Replace(SymbolState state, VenueOrder order, decimal price, decimal qty)
    {
        state.Queue.Remove(order);
        order.Price = price;
        order.Qty = qty;
        state.Queue.Insert(order);
    }

    private void CancelByUser(SymbolState state, OrderRequest request, long nowNanos, List<VenueMessage> output)
    {
        Refusal? refusal = FindOpen(request, "cancel", out VenueOrder? order);
        Respond(request, refusal, order, nowNanos, output);
        if (order is null) return;
        Cancel(state, order, "CancelByUser", "EC_PerCancelRequest", nowNanos, output);
        PublishAccount(state, nowNanos, output);
    }

    private Refusal? FindOpen(OrderRequest request, string verb, out VenueOrder? order)
    {
        order = null;
        if (request.OrderId.Length == 0 && request.OrderLinkId.Length == 0) return new Refusal(10001, "params error: OrderId or orderLinkId is required");
        bool found = request.OrderId.Length > 0
            ? _openById.TryGetValue(request.OrderId, out order)
            : _openByLinkId.TryGetValue(request.OrderLinkId, out order);
        if (found && order!.Symbol == request.Symbol) return null;
        order = null;
        return new Refusal(110001, $"order not exists or too late to {verb}");
    }

    private static VenueTimeInForce ReadTimeInForce(string text) => text switch
    {
        "" or "GTC" => VenueTimeInForce.GoodTillCancelled,
        "PostOnly" => VenueTimeInForce.PostOnly,
        "IOC" => VenueTimeInForce.ImmediateOrCancel,
        "FOK" => VenueTimeInForce.FillOrKill,
        _ => VenueTimeInForce.Unset,
    };

    /// <summary>The protective limit of a market order: 5 % beyond the last price, on a tick (Bybit V5, 14.1).</summary>
    private static decimal? MarketBound(SymbolState state, Side side)
    {
        if ((state.LastPrice ?? state.Mark) is not { } last) return null;
        decimal tick = state.Instrument.TickSize;
        decimal bound = decimal.Floor(last * (1 + (side.Sign * MarketOrderBound)) / tick) * tick;
        return Math.Clamp(bound, state.Instrument.MinPrice, state.Instrument.MaxPrice);
    }

    private static bool IsPriceAllowed(VenueInstrument instrument, decimal price) =>
        price >= instrument.MinPrice && price <= instrument.MaxPrice && price % instrument.TickSize == 0;

    private static Refusal? CheckQty(VenueInstrument instrument, decimal qty, bool isMarket, VenueTimeInForce timeInForce)
    {
        const decimal TextScale = 100_000_000m;   // the text prints quantities × 1e8, Bybit V5, 14.9
        if (qty <= 0 || qty % instrument.QtyStep != 0) return new Refusal(10001, "Qty invalid");
        if (qty < instrument.MinOrderQty) return new Refusal(10001, "The number of contracts exceeds minimum limit allowed");
        decimal most = isMarket ? instrument.MaxMarketQty : timeInForce == VenueTimeInForce.PostOnly ? instrument.MaxPostOnlyQty : instrument.MaxOrderQty;
        return qty <= most
            ? null
            : new Refusal(
                10001,
                $"The number of contracts exceeds maximum limit allowed: too large, order_qty:{VenueJson.Trimmed(qty * TextScale)} > max_qty:{VenueJson.Trimmed(most * TextScale)}");
    }

    private static Refusal MinNotionalRefusal(VenueInstrument instrument) =>
        new(110094, $"Order does not meet minimum order value {VenueJson.Trimmed(instrument.MinNotional)}USDT");

    /// <summary>A reduce-only quantity is cut to what the position and the other reduce-only orders leave (Bybit V5, 14.5).</summary>
    private static Refusal? CheckReduceOnly(SymbolState state, Side side, VenueOrder? except, ref decimal qty)
    {
        if (state.Position.Qty == 0) return new Refusal(110017, "current position is zero, cannot fix reduce-only order qty");
        if (Math.Sign(state.Position.Qty) == side.Sign) return new Refusal(110017, "Reduce-only rule not satisfied");
        decimal promised = state.Queue.Orders(side == Side.Buy).Where(order => order.ReduceOnly && order != except).Sum(order => order.LeavesQty);
        qty = Math.Min(qty, Math.Abs(state.Position.Qty) - promised);
        return qty > 0 ? null : new Refusal(110017, "Reduce-only rule not satisfied");
    }

    /// <summary>Refuses what would bind more margin than is available, or exceed the tier of the leverage. An order that binds no more than before passes.</summary>
    private Refusal? CheckMargin(SymbolState state, decimal marginBefore, decimal valueBefore)
    {
        if (state.WorstValue > valueBefore && state.WorstValue > state.Ladder.ValueLimitAt(state.Leverage))
        {
            decimal limit = state.Ladder.ValueLimitAt(state.Leverage);
            return new Refusal(110090, $"position and orders exceed the risk limit of {VenueJson.Trimmed(limit)} USDT at this leverage");
        }

        return state.OrderMargin > marginBefore && Available < 0 ? new Refusal(110007, "ab not enough for new order") : null;
    }

    /// <summary>Lets an accepted order take what crosses, then rests or cancels what is left (Bybit V5, 14.1 to 14.3).</summary>
    private void Match(SymbolState state, VenueOrder order, bool wasResting, long nowNanos, List<VenueMessage> output)
    {
        List<(decimal Price, decimal Qty)> crossing = Crossing(state, order);
        List<VenueOrder> ownCrossing =
            [.. state.Queue.Orders(!order.IsBuy).Where(other => order.IsBuy ? other.Price <= order.Price : other.Price >= order.Price)];
        if (order.TimeInForce == VenueTimeInForce.PostOnly && (crossing.Count > 0 || ownCrossing.Count > 0))
        {
            Cancel(state, order, "UNKNOWN", "EC_PostOnlyWillTakeLiquidity", nowNanos, output);
            if (wasResting) PublishAccount(state, nowNanos, output);
            return;
        }

        if (order.TimeInForce == VenueTimeInForce.FillOrKill && crossing.Sum(level => level.Qty) < order.LeavesQty)
        {
            Cancel(state, order, "UNKNOWN", "EC_NoEnoughQtyToFill", nowNanos, output);
            return;
        }

        foreach (VenueOrder own in ownCrossing) Cancel(state, own, "CancelBySmp", "EC_BySelfMatch", nowNanos, output);
        if (crossing.Count == 0 && order.TimeInForce == VenueTimeInForce.ImmediateOrCancel)
        {
            Cancel(state, order, "UNKNOWN", "EC_NoImmediateQtyToFill", nowNanos, output);
            return;
        }

        if (crossing.Count == 0)
        {
            Rest(state, order, nowNanos, output);
            return;
        }

        if (wasResting) Publish(_json.Order(order, ++_sequence, nowNanos / NanosPerMilli), output);
        Take(state, order, crossing, nowNanos, output);
    }

    /// <summary>What a crossing order can take, best level first, up to its price and quantity.</summary>
    private static List<(decimal Price, decimal Qty)> Crossing(SymbolState state, VenueOrder order)
    {
        List<(decimal Price, decimal Qty)> levels = [];
        decimal wanted = order.LeavesQty;
        foreach ((decimal price, decimal available) in state.Book.Available(bidSide: !order.IsBuy))
        {
            if (wanted == 0 || (order.IsBuy ? price > order.Price : price < order.Price)) break;
            decimal qty = Math.Min(wanted, available);
            levels.Add((price, qty));
            wanted -= qty;
        }

        return levels;
    }

    private void Take(SymbolState state, VenueOrder order, List<(decimal Price, decimal Qty)> levels, long nowNanos, List<VenueMessage> output)
    {
        long sequence = ++_sequence;
        var rows = new List<ExecutionRow>(levels.Count);
        foreach ((decimal price, decimal qty) in levels)
        {
            state.Book.Take(bidSide: !order.IsBuy, price, qty);
            rows.Add(Execute(state, order, qty, price, state.Fees.Taker, "Trade", isMaker: false, nowNanos));
        }

        if (order.IsOpen && order.TimeInForce == VenueTimeInForce.GoodTillCancelled)
        {
            state.Queue.Join(order, state.Book, nowNanos);
            Register(order);
        }
        else
        {
            if (order.IsOpen)
            {
                order.Status = VenueOrderStatus.Cancelled;
                order.RejectReason = "EC_NoImmediateQtyToFill";
            }

            Unregister(order);
        }

        PublishFills(state, order, rows, sequence, nowNanos, output);
        EnforceReduceOnly(state, nowNanos, output);
    }

    private void OnTrade(SymbolState state, MarketTrade trade, long nowNanos, List<VenueMessage> output)
    {
        if (trade.IsBlock) return;
        state.LastPrice = trade.Price;
        _queueFills.Clear();
        state.Queue.OnPrint(new TradePrint(nowNanos, trade.MatchMillis, trade.Id, trade.Price, trade.Qty), trade.TakerBuys, _queueFills);
        foreach ((VenueOrder order, decimal granted) in _queueFills)
        {
            decimal qty = Math.Min(granted, order.LeavesQty);   // an earlier fill of this trade can shrink a reduce-only order
            if (qty == 0) continue;
            long sequence = ++_sequence;
            ExecutionRow row = Execute(state, order, qty, order.Price, state.Fees.Maker, "Trade", isMaker: true, nowNanos);
            if (!order.IsOpen)
            {
                state.Queue.Remove(order);
                Unregister(order);
            }

            PublishFills(state, order, [row], sequence, nowNanos, output);
            EnforceReduceOnly(state, nowNanos, output);
            LiquidateIfDue(state, nowNanos, output);
        }
    }

    /// <summary>Books one fill: order, position, wallet and record. Nothing is published yet.</summary>
    private ExecutionRow Execute(SymbolState state, VenueOrder order, decimal qty, decimal price, decimal feeRate, string execType, bool isMaker, long nowNanos)
    {
        PositionState before = state.Position;
        FillResult result = _account.PostFill(before, order.Side.Sign, qty, price, feeRate);
        state.Position = result.After;
        bool opensAnew = before.Qty == 0 || Math.Sign(result.After.Qty) == -Math.Sign(before.Qty);
        state.CurrentRealised = opensAnew
            ? -Account.Rounded(result.Fee * (qty - result.ClosedQty) / qty)
            : state.CurrentRealised + result.Realised - result.Fee;
        if (opensAnew) state.PositionOpenedMillis = nowNanos / NanosPerMilli;
        state.PositionUpdatedMillis = nowNanos / NanosPerMilli;

        decimal filledBefore = isMaker ? order.FilledSinceJoin : 0m;
        decimal closedPnl = result.Realised - Account.Rounded(result.Fee * result.ClosedQty / qty);
        order.Fill(qty, price, result.Fee, result.ClosedQty > 0 ? closedPnl : 0m, isMaker);
        order.Status = order.CumExecQty == order.Qty ? VenueOrderStatus.Filled : VenueOrderStatus.PartiallyFilled;
        order.UpdatedAtNanos = nowNanos;

        string execId = _ids.NextUuid();
        FeeRates vip0 = FeeTier.Vip0.RatesFor(order.Symbol);
        _fills.Add(new FillRecord
        {
            TimeNanos = nowNanos,
            Symbol = order.Symbol,
            Side = order.Side,
            Price = price,
            Qty = qty,
            OrderId = order.OrderId,
            OrderLinkId = order.OrderLinkId,
            ExecId = execId,
            ExecType = execType,
            IsMaker = isMaker,
            PlacedAtNanos = isMaker ? order.JoinedAtNanos : nowNanos,
            PlacedOnBookMillis = isMaker ? order.JoinedBookMillis : 0,
            QueueAheadAtPlacement = isMaker ? order.QueueAheadAtJoin ?? 0m : 0m,
            FilledBefore = filledBefore,
            Prints = isMaker ? [.. order.PrintsSinceJoin] : [],
            Fee = result.Fee,
            FeeAtVip0 = Account.Rounded(qty * price * (isMaker ? vip0.Maker : vip0.Taker)),
            PositionAfter = result.After.Qty,
            AverageEntryAfter = result.After.AverageEntry,
            RealisedGross = _account.RealisedGross,
            Fees = _account.Fees,
            Funding = _account.Funding,
            Wallet = _account.Wallet,
        });
        return new ExecutionRow(
            order,
            execId,
            execType,
            OrderType: order.IsMarket ? "Market" : "Limit",
            price,
            qty,
            OrderPrice: order.Price,
            OrderQty: order.Qty,
            order.LeavesQty,
            result.Fee,
            feeRate,
            result.ClosedQty,
            result.Realised,
            isMaker);
    }

    private void Rest(SymbolState state, VenueOrder order, long nowNanos, List<VenueMessage> output)
    {
        state.Queue.Join(order, state.Book, nowNanos);
        Register(order);
        Publish(_json.Order(order, ++_sequence, nowNanos / NanosPerMilli), output);
        PublishAccount(state, nowNanos, output);
    }

    private void Cancel(SymbolState state, VenueOrder order, string cancelType, string reason, long nowNanos, List<VenueMessage> output)
    {
        order.Status = VenueOrderStatus.Cancelled;
        order.CancelType = cancelType;
        order.RejectReason = reason;
        order.UpdatedAtNanos = nowNanos;
        state.Queue.Remove(order);
        Unregister(order);
        Publish(_json.Order(order, ++_sequence, nowNanos / NanosPerMilli), output);
    }

    /// <summary>After a fill, reduce-only orders keep only what the position can still give them (Bybit V5, 14.5).</summary>
    private void EnforceReduceOnly(SymbolState state, long nowNanos, List<VenueMessage> output)
    {
        foreach (bool buys in (ReadOnlySpan<bool>)[true, false])
        {
            decimal left = (state.Position.Qty > 0) == buys ? 0m : Math.Abs(state.Position.Qty);
            foreach (VenueOrder order in state.Queue.Orders(buys).Where(order => order.ReduceOnly).ToList())
            {
                if (left == 0)
                {
                    Cancel(state, order, "CancelByReduceOnly", "EC_NoError", nowNanos, output);
                    continue;
                }

                if (order.LeavesQty > left)
                {
                    order.Qty = order.CumExecQty + left;
                    order.UpdatedAtNanos = nowNanos;
                    Publish(_json.Order(order, ++_sequence, nowNanos / NanosPerMilli), output);
                }

                left -= order.LeavesQty;
            }
        }
    }

    /// <summary>Takes over a position whose mark has reached its liquidation price, in the sequence of Bybit V5, 24.8; the loss is the position margin.</summary>
    private void LiquidateIfDue(SymbolState state, long nowNanos, List<VenueMessage> output)
    {
        PositionState position = state.Position;
        if (state.LiquidationPrice is not { } liquidation || state.Mark is not { } mark) return;
        if (position.Qty > 0 ? mark > liquidation : mark < liquidation) return;

        Liquidations++;
        foreach (VenueOrder order in state.Queue.Orders(buys: true).Concat(state.Queue.Orders(buys: false)).ToList())
        {
            Cancel(state, order, "CancelAllBeforeLiq", "EC_NoError", nowNanos, output);
        }

        Publish(_json.Position(state, "Liq", ++_sequence, nowNanos / NanosPerMilli), output);

        // The printed price is the booked one, so that a client's own ledger agrees to the last digit.
        decimal bankruptcy = Account.Rounded(PositionMath.BankruptcyPrice(position.Qty, position.AverageEntry, state.Leverage));
        var takeover = new VenueOrder(_ids.NextUuid(), state.Instrument.Symbol, position.Qty > 0 ? Side.Sell : Side.Buy)
        {
            IsMarket = true,
            TimeInForce = VenueTimeInForce.ImmediateOrCancel,
            CreateType = "CreateByTakeOver_PassThrough",
            CreatedAtNanos = nowNanos,
            LastPriceOnCreated = state.LastPrice,
            Price = bankruptcy,
            Qty = Math.Abs(position.Qty),
            Status = VenueOrderStatus.New,
        };
        _orders.Add(takeover);
        long sequence = ++_sequence;
        ExecutionRow row = Execute(state, takeover, takeover.Qty, bankruptcy, state.Fees.Taker, "BustTrade", isMaker: false, nowNanos);
        PublishFills(state, takeover, [row], sequence, nowNanos, output);
    }

    /// <summary>Books the funding of a stamp that has passed, once (Bybit V5, 16.6 and 24.9). It is taken from the wallet, never from the position margin.</summary>
    private void SettleFundingIfDue(SymbolState state, long nowNanos, List<VenueMessage> output)
    {
        if (state.NextFundingMillis is not { } stamp || nowNanos / NanosPerMilli < stamp) return;
        state.NextFundingMillis = null;
        if (stamp <= state.LastFundingMillis) return;
        state.LastFundingMillis = stamp;
        decimal qty = state.Position.Qty;
        if (qty == 0 || state.FundingRate is not { } rate || state.Mark is not { } mark) return;

        decimal payment = Account.Rounded(PositionMath.FundingPayment(qty, mark, rate));
        state.Position = _account.PostFunding(state.Position, payment);
        state.CurrentRealised -= payment;
        state.PositionUpdatedMillis = nowNanos / NanosPerMilli;
        var stampOrder = new VenueOrder(_ids.NextUuid(), state.Instrument.Symbol, qty > 0 ? Side.Buy : Side.Sell) { CreateType = "" };
        var row = new ExecutionRow(
            stampOrder,
            _ids.NextUuid(),
            ExecType: "Funding",
            OrderType: "UNKNOWN",
            Price: mark,
            Qty: Math.Abs(qty),
            OrderPrice: 0m,
            OrderQty: 0m,
            LeavesQty: 0m,
            Fee: payment,
            FeeRate: rate * Math.Sign(qty),
            ClosedQty: 0m,
            Realised: 0m,
            IsMaker: false);
        PublishExecution(new VenueExecution(row, mark, ++_sequence, nowNanos / NanosPerMilli), output);
        PublishAccount(state, nowNanos, output);
    }

    private void Register(VenueOrder order)
    {
        _openById[order.OrderId] = order;
        if (order.OrderLinkId.Length > 0) _openByLinkId[order.OrderLinkId] = order;
    }

    private void Unregister(VenueOrder order)
    {
        _openById.Remove(order.OrderId);
        if (order.OrderLinkId.Length > 0) _openByLinkId.Remove(order.OrderLinkId);
        order.ForgetPrints();
    }

    /// <summary>Order, executions, position, wallet, with one sequence number (Bybit V5, 24.2).</summary>
    private void PublishFills(SymbolState state, VenueOrder order, List<ExecutionRow> rows, long sequence, long nowNanos, List<VenueMessage> output)
    {
        long nowMillis = nowNanos / NanosPerMilli;
        Publish(_json.Order(order, sequence, nowMillis), output);
        foreach (ExecutionRow row in rows) PublishExecution(new VenueExecution(row, state.Mark, sequence, nowMillis), output);
        Publish(_json.Position(state, "Normal", sequence, nowMillis), output);
        Publish(_json.Wallet(_account, _states.Values, nowMillis), output);
    }

    /// <summary>Position and wallet after a change of orders, under the sequence number of that change.</summary>
    private void PublishAccount(SymbolState state, long nowNanos, List<VenueMessage> output)
    {
        Publish(_json.Position(state, "Normal", _sequence, nowNanos / NanosPerMilli), output);
        Publish(_json.Wallet(_account, _states.Values, nowNanos / NanosPerMilli), output);
    }

    private void PublishExecution(VenueExecution execution, List<VenueMessage> output)
    {
        _executions.Add(execution);
        Publish(_json.Execution(execution), output);
    }

    private static void Publish(byte[] frame, List<VenueMessage> output) => output.Add(new VenueMessage(DeliveryChannel.Private, frame));
}
