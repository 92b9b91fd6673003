using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>The dry-run futures venue: the markets of some symbols, and accounts that trade on them and with each other, one-way.</summary>
/// <remarks>
/// A recorded market is not moved by the accounts. Fills there follow a <see cref="QueueModel"/>; in a flow market they are price-time matches. Request parsing and money are the venue's own, in
/// System.Text.Json and <see cref="decimal"/>, so that it is an independent witness of the engine. Time comes in through arguments and must not go back. One
/// thread. The same frames, requests and settings give the same bytes. Where the venue's rule is not published, these are assumed: a pure quantity decrease
/// keeps priority and every other amend loses it; a post-only order amended across the market is cancelled; orders of one account never trade with
/// each other, the resting one is cancelled (CancelMaker); an order that closes all of a position goes before the account's other reduce-only orders; beyond the
/// price limit an account that wants no moving is refused with 30208 or 30209; a close beyond the bankruptcy price is the account's loss, and its wallet can go
/// below zero.
/// </remarks>
public sealed class Venue
{
    /// <summary>What decides every maker fill of a flow market.</summary>
    public const string FlowQueueModel = "price-time";

    internal const long NanosPerMilli = 1_000_000;

    private const decimal EverythingQty = 1_000_000_000m;   // more than any book of the instruments holds
    private const int OpenOrdersMax = 500;              // Bybit V5, 14.9
    private const int OrderLinkIdLengthMax = 45;        // the server's own text, Bybit V5, 14.6
    private const long FutureTimestampMillis = 1_000;   // Bybit V5, 9.1
    private const decimal MarketOrderBound = 0.05m;     // from the last price, Bybit V5, 14.1

    private readonly Dictionary<string, SymbolMarket> _markets;
    private readonly Dictionary<long, VenueAccount> _accounts;
    private readonly Dictionary<(long Uid, string Op), RequestLimit> _limits;
    private readonly VenueJson _json = new();
    private readonly TradingStops _stops;
    private readonly Liquidator _liquidator;
    private readonly SplitMix64 _ids;
    private readonly List<(VenueOrder Order, decimal Qty)> _queueFills = [];

    /// <summary>Builds the venue at rest: no book, no order, no position.</summary>
    /// <exception cref="ArgumentException">A symbol without instrument, ladder or fee rate, no account or two of one uid, a leverage out of range, or a balance or a number of rows not above zero.</exception>
    public Venue(VenueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Symbols.Count == 0) throw new ArgumentException("at least one symbol must be traded", nameof(settings));
        if (settings.Accounts.Count == 0) throw new ArgumentException("at least one account is needed", nameof(settings));
        if (settings.RowsKept <= 0) throw new ArgumentException($"at least one row of each account must be kept, was {settings.RowsKept}", nameof(settings));
        Ledger = new Ledger(settings.RowsKept);
        Past = settings.Past;
        _markets = settings.Symbols.ToDictionary(symbol => symbol, symbol => CreateMarket(settings, symbol), StringComparer.Ordinal);
        Accounts = [.. settings.Accounts.Select(account => new VenueAccount(account, _markets.Values, Ledger, settings.RowsKept, settings.KeepsFills))];
        _accounts = Accounts.ToDictionary(account => account.Uid);
        _ids = new SplitMix64(settings.Seed);
        _stops = new TradingStops(this);
        _liquidator = new Liquidator(this);
        _limits = Accounts.SelectMany(account => OrderRequest.Operations.Select(op => (Key: (account.Uid, op), account.FeeTier.RequestsPerSecond)))
            .ToDictionary(limit => limit.Key, limit => new RequestLimit(limit.RequestsPerSecond));
    }

    /// <summary>All money of the venue.</summary>
    public Ledger Ledger { get; }

    /// <summary>The accounts, in the order of the settings.</summary>
    public IReadOnlyList<VenueAccount> Accounts { get; }

    /// <summary>Resting places of client orders that the recorded opposite side reached without a fill afterwards: live the order would have been hit there.</summary>
    public int CrossedWithoutFill => _markets.Values.Sum(market => market.Recorded.Queue.CrossedWithoutFill);

    /// <summary>Recorded book, trade and ticker frames that could not be read; they were passed on and not acted on.</summary>
    public long MalformedFrames { get; internal set; }

    /// <summary>What has happened before; null for nothing.</summary>
    internal IMarketPast? Past { get; }

    /// <summary>The account of a uid.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public VenueAccount Account(long uid) => _accounts[uid];

    /// <summary>The mark price of a traded symbol; null before there is one.</summary>
    public decimal? Mark(string symbol) => _markets[symbol].Mark;

    /// <summary>Best displayed prices of a traded symbol; null for a side not there.</summary>
    public (decimal? Bid, decimal? Ask) Best(string symbol) => _markets[symbol].Book.Displayed;

    /// <summary>What is displayed on one side of a traded symbol at a price and better, in base coin.</summary>
    public decimal QtyTo(string symbol, Side side, decimal price) =>
        _markets[symbol].Book.Levels(bidSide: side == Side.Buy).TakeWhile(level => side == Side.Buy ? level.Price >= price : level.Price <= price).Sum(level => level.Qty);

    /// <summary>Where the mark price of a traded symbol comes from: "tickers" once a recorded ticker has carried one, else "mid (derived)"; of a flow market its own median.</summary>
    public string MarkPriceSource(string symbol) =>
        _markets[symbol].Flow is not null ? "median of index with funding, index with basis, last trade" : _markets[symbol].TickerMark is null ? "mid (derived)" : "tickers";

    /// <summary>The book of a traded symbol as a V5 snapshot frame, for a client that subscribes anew; null before the recording's own first snapshot.</summary>
    public byte[]? BuildSnapshotFrame(string symbol, long nowNanos)
    {
        SymbolMarket market = _markets[symbol];
        return market.Recorded.Market.HasSnapshot ? _json.BookSnapshot(market.Recorded.Market, market.Instrument, nowNanos / NanosPerMilli) : null;
    }

    /// <summary>Every ticker field of a traded symbol that the recording has shown, as a V5 snapshot frame, for a client that subscribes anew; null before any.</summary>
    public byte[]? BuildTickerFrame(string symbol, long nowNanos) =>
        _markets[symbol].Ticker is { HasFields: true } ticker ? _json.Ticker(symbol, ticker, nowNanos / NanosPerMilli) : null;

    /// <summary>A recorded public frame reaches the venue: the book moves, trades fill resting orders, the mark may liquidate.</summary>
    /// <param name="frame">A V5 public frame.</param>
    /// <param name="nowNanos">Recording time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    public void OnMarketFrame(ReadOnlyMemory<byte> frame, long nowNanos, List<VenueMessage> output)
    {
        MarketFrame? read = MarketFrame.TryParse(frame);
        if (read is null)
        {
            MalformedFrames++;
            return;
        }

        foreach (SymbolMarket each in _markets.Values) SettleFundingIfDue(each, nowNanos, output);
        if (read.Topic == MarketTopic.Other || !_markets.TryGetValue(read.Symbol, out SymbolMarket? market)) return;
        switch (read.Topic)
        {
            case MarketTopic.Book:
                market.Recorded.Market.Apply(read);
                market.Recorded.Queue.OnBook(market.Recorded.Market, nowNanos);
                break;
            case MarketTopic.Trade:
                foreach (MarketTrade trade in read.Trades) OnTrade(market, trade, nowNanos, output);
                break;
            case MarketTopic.Ticker:
                market.Ticker.Apply(read);
                market.TickerMark = read.MarkPrice ?? market.TickerMark;
                market.Index = read.IndexPrice ?? market.Index;
                market.LastPrice ??= read.LastPrice;
                market.FundingRate = read.FundingRate ?? market.FundingRate;
                if (read.NextFundingMillis is { } next) market.NextFundingMillis = next;
                break;
        }

        AfterPrices(market, nowNanos, output);
    }

    /// <summary>What all accounts hold of a symbol, long and short, base coin.</summary>
    internal decimal OpenInterest(string symbol) => Accounts.Sum(account => Math.Abs(account.Position(symbol).Qty));

    /// <summary>Takers of a flow market have matched: their trades are printed, and clients whose orders they hit are filled. Prices are looked at when all of it is booked.</summary>
    /// <param name="market">A flow market.</param>
    /// <param name="takes">What they took.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the accounts' messages in the order sent.</param>
    internal void OnFlow(SymbolMarket market, IReadOnlyList<FlowTake> takes, long nowNanos, List<VenueMessage> output)
    {
        foreach (FlowTake take in takes)
        {
            foreach ((VenueOrder order, decimal qty) in market.Flow!.Print(take, nowNanos)) TryFillResting(order, qty, nowNanos, output);
        }

        if (takes.Count > 0) AfterPrices(market, nowNanos, output);
    }

    /// <summary>Index, mark and funding of a flow market have moved: funding that is due is paid at the old ones, stops may trigger, positions may be liquidated.</summary>
    /// <param name="market">A flow market.</param>
    /// <param name="step">Moves the prices; called when who pays has been settled.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the accounts' messages in the order sent.</param>
    internal void OnFlowPrices(SymbolMarket market, Func<FlowPrices> step, long nowNanos, List<VenueMessage> output)
    {
        SettleFundingIfDue(market, nowNanos, output);
        FlowPrices prices = step();
        market.TickerMark = prices.Mark;
        market.Index = prices.Index;
        market.FundingRate = prices.FundingRate;
        market.NextFundingMillis = prices.NextFundingMillis;
        AfterPrices(market, nowNanos, output);
    }

    /// <summary>An order-entry request reaches the venue (Bybit V5, 8).</summary>
    /// <param name="account">Who sent it.</param>
    /// <param name="request">The request's JSON text.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the response and the accounts' messages in the order sent.</param>
    public void OnRequest(VenueAccount account, ReadOnlyMemory<byte> request, long nowNanos, List<VenueMessage> output) => OnRequest(account, request, nowNanos, output, injected: null, VenueJson.FirstConnectionId);

    /// <summary>As the public one, but refused where <paramref name="injected"/> says so, without a look at it unless it is carried out all the same; the response names the session <paramref name="connectionId"/>.</summary>
    internal void OnRequest(VenueAccount account, ReadOnlyMemory<byte> request, long nowNanos, List<VenueMessage> output, Refusal? injected, string connectionId)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(output);
        OrderRequest parsed = OrderRequest.Parse(request);
        if (((injected is { IsCarriedOut: true } ? null : injected) ?? parsed.Fault ?? CheckEnvelope(account, parsed, nowNanos)) is { } refusal)
        {
            Respond(refusal, null);
            return;
        }

        if (parsed.Items.Count == 0)
        {
            Execute(account, parsed, nowNanos, output, Respond);
            return;
        }

        // The answer leaves before the messages of what it answers.
        List<VenueMessage> messages = [];
        Answer(injected, null, ExecuteBatch(account, parsed, nowNanos, messages));
        output.AddRange(messages);

        void Respond(Refusal? fault, VenueOrder? order) => Answer(injected ?? fault, order, []);

        void Answer(Refusal? fault, VenueOrder? order, IReadOnlyList<BatchOutcome> outcomes)
        {
            byte[] frame = _json.Response(parsed, fault, order, outcomes, LimitOf(account, parsed.Op, nowNanos), _ids.NextHex32(), nowNanos / NanosPerMilli, connectionId);
            output.Add(new VenueMessage(DeliveryChannel.Trade, frame, account.Uid));
        }
    }

    /// <summary>Counts one order against the account's limit of an operation; null when it is within it (Bybit V5, 17.4).</summary>
    internal Refusal? TakeLimit(VenueAccount account, string op, long nowNanos) => _limits[(account.Uid, op)].TryTake(nowNanos) ? null : Refusal.TooManyRequests;

    /// <summary>The account's limit of an operation; that of creating orders for one that is not known.</summary>
    internal LimitState LimitOf(VenueAccount account, string op, long nowNanos) =>
        _limits.TryGetValue((account.Uid, op), out RequestLimit? limit)
            ? LimitState.Of(limit, nowNanos)
            : new LimitState(account.FeeTier.RequestsPerSecond, account.FeeTier.RequestsPerSecond, nowNanos / NanosPerMilli);

    /// <summary>Carries out one order of order entry. Parameters as of <see cref="Create"/>.</summary>
    internal void Execute(VenueAccount account, OrderRequest request, long nowNanos, List<VenueMessage> output, Action<Refusal?, VenueOrder?> answer)
    {
        switch (request.Op)
        {
            case "order.create":
                Create(account, request, nowNanos, output, answer);
                break;
            case "order.amend":
                Amend(account, request, nowNanos, output, answer);
                break;
            default:
                Cancel(account, request, nowNanos, output, answer);
                break;
        }
    }

    /// <summary>Carries out the orders of a batch one after the other (Bybit V5, 8.4). Each counts against the batch's limit, and one beyond it is refused alone (17.4).</summary>
    /// <param name="account">Who sent it.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the accounts' messages in the order sent.</param>
    /// <returns>What became of each, in order.</returns>
    internal IReadOnlyList<BatchOutcome> ExecuteBatch(VenueAccount account, OrderRequest batch, long nowNanos, List<VenueMessage> output)
    {
        List<BatchOutcome> outcomes = [];
        foreach (OrderRequest item in batch.Items)
        {
            if ((TakeLimit(account, batch.Op, nowNanos) ?? item.Fault) is { } refusal) outcomes.Add(new BatchOutcome(item, refusal, null));
            else Execute(account, item, nowNanos, output, (fault, order) => outcomes.Add(new BatchOutcome(item, fault, fault is null ? order : null)));
        }

        return outcomes;
    }

    /// <summary>Places an order (Bybit V5, 10.1).</summary>
    /// <param name="account">Who places it.</param>
    /// <param name="request">The order.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the accounts' messages in the order sent.</param>
    /// <param name="answer">Called once, before any message: the refusal, or the order.</param>
    internal void Create(VenueAccount account, OrderRequest request, long nowNanos, List<VenueMessage> output, Action<Refusal?, VenueOrder?> answer)
    {
        if ((CheckScope(request) ?? (account.IsInHedgeMode ? Refusal.WrongPositionIdx : null)) is { } outside)
        {
            answer(outside, null);
            return;
        }

        AccountSymbol state = account.In(request.Symbol);
        Refusal? refusal = TryCreateOrder(state, request, nowNanos, out VenueOrder? order);
        answer(refusal, order);
        if (order is null) return;
        account.Add(order);
        Match(state, order, wasResting: false, nowNanos, output);
        AfterPrices(state.Market, nowNanos, output);
    }

    /// <summary>Changes price or quantity of an open order (Bybit V5, 10.2). Parameters as of <see cref="Create"/>.</summary>
    internal void Amend(VenueAccount account, OrderRequest request, long nowNanos, List<VenueMessage> output, Action<Refusal?, VenueOrder?> answer)
    {
        VenueOrder? order = null;
        Refusal? refusal = CheckScope(request) ?? FindOpen(account, request, "replace", out order);
        if (order is null)
        {
            answer(refusal, null);
            return;
        }

        if (order.IsWaiting)
        {
            answer(new Refusal(10001, "params error: a stop of a position is changed by trading-stop"), null);
            return;
        }

        AccountSymbol state = account.In(request.Symbol);
        (decimal oldPrice, decimal oldQty) = (order.Price, order.Qty);
        refusal = TryAmend(state, request, order);
        answer(refusal, order);
        if (refusal is not null) return;

        order.UpdatedAtNanos = nowNanos;
        if (order.Price == oldPrice && order.Qty < oldQty)
        {
            state.Market.Book.Shrink(order);
            PublishOrder(order, nowNanos, output);
            PublishAccount(state, nowNanos, output);
        }
        else
        {
            state.Market.Book.Remove(order);
            if (order.Price == oldPrice) Rest(state, order, nowNanos, output);
            else Match(state, order, wasResting: true, nowNanos, output);
        }

        AfterPrices(state.Market, nowNanos, output);
    }

    /// <summary>Cancels an open order (Bybit V5, 10.3). Parameters as of <see cref="Create"/>.</summary>
    internal void Cancel(VenueAccount account, OrderRequest request, long nowNanos, List<VenueMessage> output, Action<Refusal?, VenueOrder?> answer)
    {
        VenueOrder? order = null;
        Refusal? refusal = CheckScope(request) ?? FindOpen(account, request, "cancel", out order);
        answer(refusal, order);
        if (order is null) return;
        AccountSymbol state = account.In(request.Symbol);
        CancelByUser(state, order, nowNanos, output);
        PublishAccount(state, nowNanos, output);
        AfterPrices(state.Market, nowNanos, output);
    }

    /// <summary>Cancels resting orders and stops of one symbol, or of all, oldest first (Bybit V5, 10.4). Prices are looked at when all are cancelled.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="symbol">A traded symbol; null for every one.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    /// <param name="resting">Whether resting orders are cancelled.</param>
    /// <param name="stops">Whether the stops of positions are cancelled.</param>
    /// <param name="byGuard">Whether disconnect protection cancels them, not the user.</param>
    /// <param name="most">How many it cancels at most.</param>
    /// <returns>The orders cancelled.</returns>
    internal IReadOnlyList<VenueOrder> CancelAll(
        VenueAccount account, string? symbol, long nowNanos, List<VenueMessage> output, bool resting = true, bool stops = true, bool byGuard = false, int most = int.MaxValue)
    {
        List<VenueOrder> cancelled = [.. account.LiveOrders.Where(order => (order.IsOpen ? resting : stops) && (symbol is null || order.Symbol == symbol)).Take(most)];
        List<IGrouping<string, VenueOrder>> bySymbol = [.. cancelled.GroupBy(order => order.Symbol)];
        foreach (IGrouping<string, VenueOrder> orders in bySymbol)
        {
            AccountSymbol state = account.In(orders.Key);
            foreach (VenueOrder order in orders)
            {
                if (byGuard) Cancel(state, order, "CancelByDCP", "EC_NoError", nowNanos, output);
                else CancelByUser(state, order, nowNanos, output);
            }

            PublishAccount(state, nowNanos, output);
        }

        foreach (IGrouping<string, VenueOrder> orders in bySymbol) AfterPrices(_markets[orders.Key], nowNanos, output);
        return cancelled;
    }

    /// <summary>Sets the leverage of a symbol, both sides alike (Bybit V5, 11.2).</summary>
    /// <param name="account">Whose.</param>
    /// <param name="symbol">A symbol.</param>
    /// <param name="leverage">1 to the maximum of the tier of position and orders, in steps of 0.01.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    /// <returns>Why not; null when done.</returns>
    internal Refusal? SetLeverage(VenueAccount account, string symbol, decimal leverage, long nowNanos, List<VenueMessage> output) =>
        Change(account, symbol, state => MarginRules.SetLeverage(state, leverage), nowNanos, output);

    /// <summary>Adds margin to an isolated position, or takes some back when below zero (Bybit V5, 11.5). Parameters as of <see cref="SetLeverage"/>.</summary>
    internal Refusal? AddMargin(VenueAccount account, string symbol, decimal margin, long nowNanos, List<VenueMessage> output) =>
        Change(account, symbol, state => MarginRules.AddMargin(state, margin), nowNanos, output);

    /// <summary>Switches auto-add-margin of a symbol (Bybit V5, 11.5). Parameters as of <see cref="SetLeverage"/>.</summary>
    internal Refusal? SetAutoAddMargin(VenueAccount account, string symbol, bool isOn, long nowNanos, List<VenueMessage> output) =>
        Change(account, symbol, state => MarginRules.SetAutoAddMargin(state, isOn), nowNanos, output);

    /// <summary>Sets, changes or removes take profit and stop loss of a position (Bybit V5, 11.4).</summary>
    /// <param name="account">Whose.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    /// <returns>Why not; null when done.</returns>
    internal Refusal? SetTradingStop(VenueAccount account, TradingStopRequest request, long nowNanos, List<VenueMessage> output) =>
        request.Fault
        ?? CheckScope(request.Category, request.Symbol, request.PositionIdx)
        ?? Change(account, request.Symbol, state => _stops.Set(state, request, nowNanos, output), nowNanos, output);

    /// <summary>Sets the margin mode of an account (Bybit V5, 12.3). Parameters as of <see cref="SetLeverage"/>.</summary>
    /// <returns>Why not, with its reasons; null when done.</returns>
    internal Refusal? SetMarginMode(VenueAccount account, MarginMode mode, long nowNanos, List<VenueMessage> output)
    {
        if (MarginRules.SetMarginMode(account, mode) is { } refusal) return refusal;
        Publish(account, _json.Wallet(account, nowNanos / NanosPerMilli), output);
        return null;
    }

    /// <summary>Answers a switch of the position mode, which is one-way always (Bybit V5, 11.3).</summary>
    /// <param name="symbol">A symbol; null when the request names a coin.</param>
    /// <param name="mode">0 one-way, 3 hedge.</param>
    internal Refusal SetPositionMode(string? symbol, int mode) =>
        symbol is not null && !_markets.ContainsKey(symbol) ? new Refusal(10001, "symbol params err") : MarginRules.SetPositionMode(mode);

    /// <summary>Puts every account into hedge mode, with positions and orders too, as V5 does only without: whoever asked for the mode before finds another (Bybit V5, 11.3). No order is taken in it.</summary>
    internal void SwitchToHedgeMode()
    {
        foreach (VenueAccount account in Accounts) account.IsInHedgeMode = true;
    }

    /// <summary>Closes half of every position by auto-deleveraging.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the accounts' messages in the order sent.</param>
    internal void Deleverage(long nowNanos, List<VenueMessage> output)
    {
        foreach (AccountSymbol state in Accounts.SelectMany(account => account.Symbols).Where(state => state.Position.Qty != 0)) _liquidator.Deleverage(state, nowNanos, output);
    }

    /// <summary>Brings money into an account.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="amount">USDT, above 0.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    internal void Deposit(VenueAccount account, decimal amount, long nowNanos, List<VenueMessage> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        Ledger.Deposit(account.Uid, amount, nowNanos);
        Publish(account, _json.Wallet(account, nowNanos / NanosPerMilli), output);
    }

    /// <summary>The markets, one a symbol.</summary>
    internal IReadOnlyCollection<SymbolMarket> Markets => _markets.Values;

    /// <summary>The market of a traded symbol.</summary>
    internal SymbolMarket Market(string symbol) => _markets[symbol];

    /// <summary>Whether a symbol can be traded.</summary>
    internal bool Trades(string symbol) => _markets.ContainsKey(symbol);

    private static SymbolMarket CreateMarket(VenueSettings settings, string symbol)
    {
        VenueInstrument instrument = settings.Instruments[symbol];
        return settings.RiskLadders.TryGetValue(symbol, out RiskLadder? ladder)
            ? new SymbolMarket(instrument, ladder, settings.QueueModel, settings.TakenNanos)
            : throw new ArgumentException($"no risk ladder for {symbol}", nameof(settings));
    }

    private Refusal? CheckEnvelope(VenueAccount account, OrderRequest request, long nowNanos)
    {
        if (request.Items.Count == 0 && TakeLimit(account, request.Op, nowNanos) is { } tooMany) return tooMany;
        long nowMillis = nowNanos / NanosPerMilli;
        if (request.TimestampMillis is not { } sent) return new Refusal(10001, "params error: X-BAPI-TIMESTAMP is required");
        if (sent < nowMillis - request.RecvWindowMillis || sent >= nowMillis + FutureTimestampMillis)
        {
            return new Refusal(
                10002,
                $"invalid request, please check your server timestamp or recv_window param. req_timestamp[{sent}],server_timestamp[{nowMillis}],recv_window[{request.RecvWindowMillis}]");
        }

        return request.Category != "linear" ? new Refusal(10404, "category is not correct or not supported") : null;
    }

    private Refusal? CheckScope(OrderRequest request) => CheckScope(request.Category, request.Symbol, request.PositionIdx);

    private Refusal? CheckScope(string category, string symbol, long positionIdx) =>
        category != "linear" ? new Refusal(10001, "Illegal category")
        : !_markets.ContainsKey(symbol) ? new Refusal(10001, "symbol params err")
        : positionIdx != 0 ? Refusal.WrongPositionIdx
        : null;

    /// <summary>Changes what an account holds in a symbol and tells it.</summary>
    private Refusal? Change(VenueAccount account, string symbol, Func<AccountSymbol, Refusal?> change, long nowNanos, List<VenueMessage> output)
    {
        if (!_markets.ContainsKey(symbol)) return new Refusal(10001, "symbol params err");
        AccountSymbol state = account.In(symbol);
        if (change(state) is { } refusal) return refusal;
        state.PositionUpdatedMillis = nowNanos / NanosPerMilli;
        state.Market.NextSequence();
        PublishAccount(state, nowNanos, output);
        AfterPrices(state.Market, nowNanos, output);
        return null;
    }

    private void CancelByUser(AccountSymbol state, VenueOrder order, long nowNanos, List<VenueMessage> output)
    {
        if (order.IsWaiting) _stops.CancelByUser(state, order, nowNanos, output);
        else Cancel(state, order, "CancelByUser", "EC_PerCancelRequest", nowNanos, output);
    }

    private Refusal? TryCreateOrder(AccountSymbol state, OrderRequest request, long nowNanos, out VenueOrder? order)
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
        if (price is not { } asked || !IsPriceAllowed(state.Instrument, asked)) return new Refusal(110003, "price is invalid");
        Refusal? refusal = isMarket ? null : KeepToPriceLimit(state, side, ref asked);
        if (refusal is not null) return refusal;
        price = asked;
        if (request.Qty is not { } qty) return new Refusal(10001, "Qty invalid");
        bool closesAll = qty == 0 && request is { ReduceOnly: true, CloseOnTrigger: true };
        if (closesAll)
        {
            // All of the position, up to the largest order (Bybit V5, 14.5), whatever other orders are to close of it.
            refusal = CheckReduceOnly(state, side);
            if (refusal is not null) return refusal;
            qty = Math.Min(Math.Abs(state.Position.Qty), MaxQty(state.Instrument, isMarket, timeInForce));
        }

        refusal = CheckQty(state.Instrument, qty);
        if (refusal is not null) return refusal;

        // A market order is worth what it costs now, not what its protective limit allows.
        decimal worth = isMarket ? (LastOrMark(state) ?? price.Value) : price.Value;
        if (!request.ReduceOnly && qty * worth < state.Instrument.MinNotional) return MinNotionalRefusal(state.Instrument);
        if (request.OrderLinkId.Length > 0 && state.Account.HasUsedLinkId(request.OrderLinkId)) return new Refusal(110072, "OrderLinkedID is duplicate");
        if (state.Orders(buys: true).Count + state.Orders(buys: false).Count >= OpenOrdersMax) return new Refusal(110020, $"more than {OpenOrdersMax} active orders");
        if (request.ReduceOnly && !closesAll)
        {
            refusal = CheckReduceOnly(state, side) ?? CutToReducible(state, side, except: null, ref qty);
            if (refusal is not null) return refusal;
        }

        refusal = CheckMaxQty(state.Instrument, qty, isMarket, timeInForce);
        if (refusal is not null) return refusal;

        StopLevel? takeProfit = request.Stops.TakeProfit is { Price: > 0 } profit ? profit : null;
        StopLevel? stopLoss = request.Stops.StopLoss is { Price: > 0 } loss ? loss : null;
        if (request.ReduceOnly && (takeProfit ?? stopLoss) is not null) return new Refusal(10001, "params error: a reduce-only order takes no takeProfit or stopLoss");
        refusal = TradingStops.Check(side == Side.Buy, request.Stops, by => isMarket ? TradingStops.PriceOf(state.Market, by) : price, state.Instrument);
        if (refusal is not null) return refusal;

        var candidate = new VenueOrder(state.Account.Uid, _ids.NextUuid(), request.Symbol, side)
        {
            OrderLinkId = request.OrderLinkId,
            IsMarket = isMarket,
            TimeInForce = timeInForce,
            ReduceOnly = request.ReduceOnly,
            CloseOnTrigger = request.CloseOnTrigger,
            TakeProfit = takeProfit,
            StopLoss = stopLoss,
            CreatedAtNanos = nowNanos,
            UpdatedAtNanos = nowNanos,
            LastPriceOnCreated = state.Market.LastPrice,
            Price = price.Value,
            Qty = qty,
            Status = VenueOrderStatus.New,
        };
        decimal marginBefore = state.OrderMargin;
        decimal valueBefore = state.WorstValue;
        state.Insert(candidate);
        refusal = CheckMargin(state, marginBefore, valueBefore);
        state.Remove(candidate);
        order = refusal is null ? candidate : null;
        return refusal;
    }

    /// <summary>Checks new price and quantity and, when accepted, leaves them in the order; a refused order is unchanged.</summary>
    private static Refusal? TryAmend(AccountSymbol state, OrderRequest request, VenueOrder order)
    {
        decimal price = request.Price ?? order.Price;
        decimal qty = request.Qty ?? order.Qty;
        if (!IsPriceAllowed(state.Instrument, price)) return new Refusal(110003, "price is invalid");
        Refusal? refusal = (price == order.Price ? null : KeepToPriceLimit(state, order.Side, ref price))
            ?? CheckQty(state.Instrument, qty);
        if (refusal is not null) return refusal;
        if (qty <= order.CumExecQty) return new Refusal(110064, "new quantity must be above the filled quantity");
        if (!order.ReduceOnly && qty * price < state.Instrument.MinNotional) return MinNotionalRefusal(state.Instrument);
        if (order.ReduceOnly)
        {
            decimal leaves = qty - order.CumExecQty;
            refusal = CheckReduceOnly(state, order.Side) ?? CutToReducible(state, order.Side, except: order, ref leaves);
            if (refusal is not null) return refusal;
            qty = order.CumExecQty + leaves;
        }

        refusal = CheckMaxQty(state.Instrument, qty, order.IsMarket, order.TimeInForce);
        if (refusal is not null) return refusal;
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

    private static void Replace(AccountSymbol state, VenueOrder order, decimal price, decimal qty)
    {
        state.Remove(order);
        order.Price = price;
        order.Qty = qty;
        state.Insert(order);
    }

    private static Refusal? FindOpen(VenueAccount account, OrderRequest request, string verb, out VenueOrder? order)
    {
        order = null;
        if (request.OrderId.Length == 0 && request.OrderLinkId.Length == 0) return new Refusal(10001, "params error: OrderId or orderLinkId is required");
        VenueOrder? found = account.FindLive(request.OrderId, request.OrderLinkId);
        if (found is null || found.Symbol != request.Symbol) return new Refusal(110001, $"order not exists or too late to {verb}");
        order = found;
        return null;
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
    private static decimal? MarketBound(AccountSymbol state, Side side)
    {
        if (LastOrMark(state) is not { } last) return null;
        decimal tick = state.Instrument.TickSize;
        decimal bound = decimal.Floor(last * (1 + (side.Sign * MarketOrderBound)) / tick) * tick;
        return Math.Clamp(bound, state.Instrument.MinPrice, state.Instrument.MaxPrice);
    }

    private static decimal? LastOrMark(AccountSymbol state) => state.Market.LastPrice ?? state.Market.Mark;

    private static bool IsPriceAllowed(VenueInstrument instrument, decimal price) =>
        price >= instrument.MinPrice && price <= instrument.MaxPrice && price % instrument.TickSize == 0;

    /// <summary>Checks sign, step and minimum of a quantity as it was sent.</summary>
    private static Refusal? CheckQty(VenueInstrument instrument, decimal qty)
    {
        const decimal QtyBound = 1_000_000_000_000m;   // far above any instrument's: beyond it the text of the maximum could not be scaled
        if (qty <= 0 || qty > QtyBound || qty % instrument.QtyStep != 0) return new Refusal(10001, "Qty invalid");
        return qty < instrument.MinOrderQty ? new Refusal(10001, "The number of contracts exceeds minimum limit allowed") : null;
    }

    /// <summary>Checks the maximum, of a reduce-only order when it has been cut: closing everything is asked for with more than there is (Bybit V5, 14.5).</summary>
    private static Refusal? CheckMaxQty(VenueInstrument instrument, decimal qty, bool isMarket, VenueTimeInForce timeInForce)
    {
        const decimal TextScale = 100_000_000m;   // the text prints quantities × 1e8, Bybit V5, 14.9
        decimal most = MaxQty(instrument, isMarket, timeInForce);
        return qty <= most
            ? null
            : new Refusal(
                10001,
                $"The number of contracts exceeds maximum limit allowed: too large, order_qty:{VenueJson.Trimmed(qty * TextScale)} > max_qty:{VenueJson.Trimmed(most * TextScale)}");
    }

    private static decimal MaxQty(VenueInstrument instrument, bool isMarket, VenueTimeInForce timeInForce) =>
        isMarket ? instrument.MaxMarketQty : timeInForce == VenueTimeInForce.PostOnly ? instrument.MaxPostOnlyQty : instrument.MaxOrderQty;

    private static Refusal MinNotionalRefusal(VenueInstrument instrument) =>
        new(110094, $"Order does not meet minimum order value {VenueJson.Trimmed(instrument.MinNotional)}USDT");

    /// <summary>An order beyond the price limit is moved to it, or refused where the account wants that (Bybit V5, 14.10).</summary>
    private static Refusal? KeepToPriceLimit(AccountSymbol state, Side side, ref decimal price)
    {
        if (state.Market.PriceLimits is not { } limits) return null;
        decimal kept = side == Side.Buy ? Math.Min(price, limits.Buy) : Math.Max(price, limits.Sell);
        if (kept != price && !state.Account.MovesOrdersToPriceLimit)
        {
            return side == Side.Buy
                ? new Refusal(30208, $"the order price is above the maximum buying price {VenueJson.Trimmed(kept)}")
                : new Refusal(30209, $"the order price is below the minimum selling price {VenueJson.Trimmed(kept)}");
        }

        price = kept;
        return null;
    }

    /// <summary>Refuses to reduce a position that is not there, or not on the other side (Bybit V5, 14.5).</summary>
    private static Refusal? CheckReduceOnly(AccountSymbol state, Side side) =>
        state.Position.Qty == 0 ? new Refusal(110017, "current position is zero, cannot fix reduce-only order qty")
        : Math.Sign(state.Position.Qty) == side.Sign ? new Refusal(110017, "Reduce-only rule not satisfied")
        : null;

    /// <summary>A reduce-only quantity is cut to what the position and the other reduce-only orders leave (Bybit V5, 14.5).</summary>
    private static Refusal? CutToReducible(AccountSymbol state, Side side, VenueOrder? except, ref decimal qty)
    {
        decimal promised = state.Orders(side == Side.Buy).Where(order => order.ReduceOnly && order != except).Sum(order => order.LeavesQty);
        qty = Math.Min(qty, Math.Abs(state.Position.Qty) - promised);
        return qty > 0 ? null : new Refusal(110017, "Reduce-only rule not satisfied");
    }

    /// <summary>Refuses what would bind more margin than is available, or exceed the tier of the leverage. An order that binds no more than before passes.</summary>
    private static Refusal? CheckMargin(AccountSymbol state, decimal marginBefore, decimal valueBefore)
    {
        if (state.WorstValue > valueBefore && state.WorstValue > state.Ladder.ValueLimitAt(state.Leverage))
        {
            decimal limit = state.Ladder.ValueLimitAt(state.Leverage);
            return new Refusal(110090, $"position and orders exceed the risk limit of {VenueJson.Trimmed(limit)} USDT at this leverage");
        }

        return state.OrderMargin > marginBefore && state.Account.Available < 0 ? new Refusal(110007, "ab not enough for new order") : null;
    }

    /// <summary>The id of an order that the venue itself makes.</summary>
    internal string NextOrderId() => _ids.NextUuid();

    /// <summary>Lets a stop that was triggered take what it finds within the bound of a market order.</summary>
    internal void MatchAtMarket(AccountSymbol state, VenueOrder order, long nowNanos, List<VenueMessage> output)
    {
        order.Price = MarketBound(state, order.Side) ?? order.Trigger!.Value.Price;   // the index may trigger before there is another price
        Match(state, order, wasResting: false, nowNanos, output);
    }

    /// <summary>Fills an order that takes over a position, at its own price and without a counterparty.</summary>
    internal void FillTakeover(AccountSymbol state, VenueOrder order, string execType, long nowNanos, List<VenueMessage> output)
    {
        long sequence = state.Market.NextSequence();
        ExecutionRow row = Execute(state, order, order.Qty, order.Price, state.Fees.Taker, execType, isMaker: false, nowNanos);
        state.Account.End(order);
        PublishFills(state, order, [row], sequence, nowNanos, output);
        AfterFill(state, order, nowNanos, output);
    }

    /// <summary>Tells the account that a position is being liquidated.</summary>
    internal void PublishLiquidating(AccountSymbol state, long nowNanos, List<VenueMessage> output) =>
        Publish(state.Account, _json.Position(state, "Liq", state.Market.NextSequence(), nowNanos / NanosPerMilli), output);

    /// <summary>Lets an accepted order take what crosses, then rests or cancels what is left (Bybit V5, 14.1 to 14.3).</summary>
    internal void Match(AccountSymbol state, VenueOrder order, bool wasResting, long nowNanos, List<VenueMessage> output)
    {
        List<VenueOrder> passedOver = [];
        List<Crossing> crossings = state.Market.Book.Crossings(order, order.LeavesQty, nowNanos, passedOver);
        if (order.TimeInForce == VenueTimeInForce.PostOnly && (crossings.Count > 0 || passedOver.Count > 0))
        {
            Cancel(state, order, "UNKNOWN", "EC_PostOnlyWillTakeLiquidity", nowNanos, output);
            if (wasResting) PublishAccount(state, nowNanos, output);
            return;
        }

        if (order.TimeInForce == VenueTimeInForce.FillOrKill && Fillable(state.Market.Book.Crossings(order, EverythingQty, nowNanos)) < order.LeavesQty)
        {
            Cancel(state, order, "UNKNOWN", "EC_NoEnoughQtyToFill", nowNanos, output);
            return;
        }

        foreach (VenueOrder own in passedOver)
        {
            own.SmpOrderId = order.OrderId;
            Cancel(state, own, "CancelBySmp", "EC_BySelfMatch", nowNanos, output);
        }

        if (crossings.Count == 0 && order.TimeInForce == VenueTimeInForce.ImmediateOrCancel)
        {
            Cancel(state, order, "UNKNOWN", "EC_NoImmediateQtyToFill", nowNanos, output);
            return;
        }

        if (crossings.Count == 0)
        {
            Rest(state, order, nowNanos, output);
            return;
        }

        if (wasResting) PublishOrder(order, nowNanos, output);
        Take(state, order, crossings, nowNanos, output);
    }

    /// <summary>What a taker can get for certain: a reduce-only maker gives no more than its account's position after the fills before it.</summary>
    private decimal Fillable(List<Crossing> crossings)
    {
        decimal sum = 0m;
        Dictionary<long, decimal> positions = [];
        foreach (Crossing crossing in crossings)
        {
            decimal qty = crossing.Qty;
            if (crossing.Maker is { } maker)
            {
                decimal position = positions.GetValueOrDefault(maker.Uid, StateOf(maker).Position.Qty);
                if (maker.ReduceOnly) qty = Math.Min(qty, Math.Max(0m, -maker.Side.Sign * position));
                positions[maker.Uid] = position + (maker.Side.Sign * qty);
            }

            sum += qty;
        }

        return sum;
    }

    private void Take(AccountSymbol state, VenueOrder order, List<Crossing> crossings, long nowNanos, List<VenueMessage> output)
    {
        long? sequence = null;
        var rows = new List<ExecutionRow>(crossings.Count);
        List<(VenueOrder Order, ExecutionRow Row)> makers = [];
        bool isCutShort = false;
        foreach (Crossing found in crossings)
        {
            // An earlier fill of this order can have shrunk the position that a reduce-only maker closes: what is left is matched anew without that maker.
            Crossing crossing = found with { Qty = Math.Min(found.Qty, Reducible(found.Maker) ?? found.Qty) };
            isCutShort = crossing.Qty < found.Qty;
            if (crossing.Qty > 0)
            {
                state.Market.Book.Take(order, crossing, nowNanos);
                sequence ??= state.Market.NextSequence();   // that of the trades, as the public is told
                rows.Add(Execute(state, order, crossing.Qty, crossing.Price, state.Fees.Taker, "Trade", isMaker: false, nowNanos));
                if (crossing.Maker is { } maker) makers.Add((maker, Hit(maker, crossing.Qty, nowNanos)));
            }

            if (isCutShort) break;
        }

        long told = sequence ?? state.Market.NextSequence();
        if (!isCutShort) EndTaking(state, order, nowNanos);
        PublishFills(state, order, rows, told, nowNanos, output);
        AfterFill(state, order, nowNanos, output);
        foreach ((VenueOrder maker, ExecutionRow row) in makers)
        {
            AccountSymbol other = StateOf(maker);
            PublishFills(other, maker, [row], told, nowNanos, output);
            AfterFill(other, maker, nowNanos, output);
        }

        if (isCutShort) Match(state, order, wasResting: false, nowNanos, output);
    }

    /// <summary>What a taker did not get rests, or is cancelled.</summary>
    private void EndTaking(AccountSymbol state, VenueOrder order, long nowNanos)
    {
        if (order.IsOpen && order.TimeInForce == VenueTimeInForce.GoodTillCancelled)
        {
            state.Market.Book.Join(order, nowNanos);
            Open(state, order);
            return;
        }

        if (order.IsOpen)
        {
            order.Status = VenueOrderStatus.Cancelled;
            order.RejectReason = "EC_NoImmediateQtyToFill";
        }

        Close(order);
    }

    /// <summary>What a reduce-only order can still close; null for every other order.</summary>
    private decimal? Reducible(VenueOrder? order) => order is { ReduceOnly: true } ? Math.Max(0m, -order.Side.Sign * StateOf(order).Position.Qty) : null;

    /// <summary>Books the fill of a resting order.</summary>
    private ExecutionRow Hit(VenueOrder maker, decimal qty, long nowNanos)
    {
        AccountSymbol state = StateOf(maker);
        ExecutionRow row = Execute(state, maker, qty, maker.Price, state.Fees.Maker, "Trade", isMaker: true, nowNanos);
        if (maker.IsOpen)
        {
            state.Market.Book.Shrink(maker);   // a reduce-only order that shrank while this fill was under way
        }
        else
        {
            state.Market.Book.Remove(maker);
            Close(maker);
        }

        return row;
    }

    private void OnTrade(SymbolMarket market, MarketTrade trade, long nowNanos, List<VenueMessage> output)
    {
        market.Print(trade);
        if (trade.IsBlock) return;
        _queueFills.Clear();
        market.Recorded.Queue.OnPrint(new TradePrint(nowNanos, trade.MatchMillis, trade.Id, trade.Price, trade.Qty), trade.TakerBuys, _queueFills);
        foreach ((VenueOrder order, decimal granted) in _queueFills)
        {
            if (TryFillResting(order, granted, nowNanos, output)) AfterPrices(market, nowNanos, output);
        }

        AfterPrices(market, nowNanos, output);
    }

    /// <summary>Fills a resting order that a taker of the market has hit; false when an earlier fill of the same taker has left nothing of it, as of a reduce-only order.</summary>
    private bool TryFillResting(VenueOrder order, decimal granted, long nowNanos, List<VenueMessage> output)
    {
        decimal qty = Math.Min(granted, order.LeavesQty);
        if (qty == 0) return false;
        AccountSymbol state = StateOf(order);
        long sequence = state.Market.NextSequence();
        ExecutionRow row = Hit(order, qty, nowNanos);
        PublishFills(state, order, [row], sequence, nowNanos, output);
        AfterFill(state, order, nowNanos, output);
        return true;
    }

    /// <summary>Books one fill: order, position, wallet and record. Nothing is published yet.</summary>
    private ExecutionRow Execute(AccountSymbol state, VenueOrder order, decimal qty, decimal price, decimal feeRate, string execType, bool isMaker, long nowNanos)
    {
        string execId = _ids.NextUuid();
        LedgerEntryType type = execType == "BustTrade" ? LedgerEntryType.Liquidation : LedgerEntryType.Trade;
        FillResult result = state.BookFill(Ledger, type, order.Side.Sign, qty, price, feeRate, execId, nowNanos);
        decimal filledBefore = isMaker ? order.FilledSinceJoin : 0m;
        decimal closedPnl = result.Realised - Ledger.Rounded(result.Fee * result.ClosedQty / qty);
        order.Fill(qty, price, result.Fee, result.ClosedQty > 0 ? closedPnl : 0m, isMaker);
        order.Status = order.CumExecQty == order.Qty ? VenueOrderStatus.Filled : VenueOrderStatus.PartiallyFilled;
        order.UpdatedAtNanos = nowNanos;

        var row = new ExecutionRow(
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
        if (state.Account.KeepsFills) Record(state, row, filledBefore, nowNanos);
        return row;
    }

    /// <summary>Keeps a booked fill with its evidence, which is a copy of every print since the order took its place.</summary>
    private static void Record(AccountSymbol state, ExecutionRow row, decimal filledBefore, long nowNanos)
    {
        VenueOrder order = row.Order;
        FeeRates vip0 = FeeTier.Vip0.RatesFor(order.Symbol);
        state.Account.Add(new FillRecord
        {
            TimeNanos = nowNanos,
            Symbol = order.Symbol,
            Side = order.Side,
            Price = row.Price,
            Qty = row.Qty,
            OrderId = order.OrderId,
            OrderLinkId = order.OrderLinkId,
            ExecId = row.ExecId,
            ExecType = row.ExecType,
            IsMaker = row.IsMaker,
            PlacedAtNanos = row.IsMaker ? order.JoinedAtNanos : nowNanos,
            PlacedOnBookMillis = row.IsMaker ? order.JoinedBookMillis : 0,
            QueueAheadAtPlacement = row.IsMaker ? order.QueueAheadAtJoin ?? 0m : 0m,
            FilledBefore = filledBefore,
            Prints = row.IsMaker ? [.. order.PrintsSinceJoin] : [],
            Fee = row.Fee,
            FeeAtVip0 = Ledger.Rounded(row.Qty * row.Price * (row.IsMaker ? vip0.Maker : vip0.Taker)),
            PositionAfter = state.Position.Qty,
            AverageEntryAfter = state.Position.AverageEntry,
            RealisedGross = state.Account.RealisedGross,
            Fees = state.Account.Fees,
            Funding = state.Account.Funding,
            Wallet = state.Account.Wallet,
        });
    }

    private void Rest(AccountSymbol state, VenueOrder order, long nowNanos, List<VenueMessage> output)
    {
        state.Market.Book.Join(order, nowNanos);
        Open(state, order);
        PublishOrder(order, nowNanos, output);
        if (GoesFirst(order)) EnforceReduceOnly(state, order, nowNanos, output);
        PublishAccount(state, nowNanos, output);
    }

    /// <summary>Ends a resting order.</summary>
    internal void Cancel(AccountSymbol state, VenueOrder order, string cancelType, string reason, long nowNanos, List<VenueMessage> output)
    {
        order.Status = VenueOrderStatus.Cancelled;
        order.CancelType = cancelType;
        order.RejectReason = reason;
        order.UpdatedAtNanos = nowNanos;
        state.Market.Book.Remove(order);
        Close(order);
        PublishOrder(order, nowNanos, output);
    }

    /// <summary>After a fill, reduce-only orders and stops follow the position.</summary>
    private void AfterFill(AccountSymbol state, VenueOrder order, long nowNanos, List<VenueMessage> output)
    {
        EnforceReduceOnly(state, order, nowNanos, output);
        _stops.FollowPosition(state, order, nowNanos, output);
    }

    /// <summary>After a change of a price or an account in a market, stops may trigger and positions may be liquidated; what that trades may be too much for others.</summary>
    private void AfterPrices(SymbolMarket market, long nowNanos, List<VenueMessage> output)
    {
        bool isAny = _stops.TryTrigger(market, nowNanos, output) | _liquidator.TryLiquidate(market, nowNanos, output);
        while (isAny)
        {
            isAny = false;
            foreach (SymbolMarket each in _markets.Values) isAny |= _stops.TryTrigger(each, nowNanos, output) | _liquidator.TryLiquidate(each, nowNanos, output);
        }
    }

    /// <summary>Whether an order makes the account's other reduce-only orders give way: one with <c>closeOnTrigger</c> (Bybit V5, 10.1).</summary>
    private static bool GoesFirst(VenueOrder order) => order is { ReduceOnly: true, CloseOnTrigger: true, IsOpen: true };

    /// <summary>Reduce-only orders keep only what the position can still give them: in price-time priority, after the order that was placed or filled where that goes first (Bybit V5, 14.5).</summary>
    private void EnforceReduceOnly(AccountSymbol state, VenueOrder changed, long nowNanos, List<VenueMessage> output)
    {
        foreach (bool buys in (ReadOnlySpan<bool>)[true, false])
        {
            decimal left = (state.Position.Qty > 0) == buys ? 0m : Math.Abs(state.Position.Qty);
            foreach (VenueOrder order in state.Orders(buys).Where(order => order.ReduceOnly).OrderByDescending(order => order == changed && GoesFirst(order)).ToList())
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
                    state.Market.Book.Shrink(order);
                    PublishOrder(order, nowNanos, output);
                }

                left -= order.LeavesQty;
            }
        }
    }

    /// <summary>Books the funding of a stamp that has passed, once (Bybit V5, 16.6 and 24.9).</summary>
    private void SettleFundingIfDue(SymbolMarket market, long nowNanos, List<VenueMessage> output)
    {
        if (market.NextFundingMillis is not { } stamp || nowNanos / NanosPerMilli < stamp) return;
        market.NextFundingMillis = null;
        if (stamp <= market.LastFundingMillis) return;
        market.LastFundingMillis = stamp;
        if (market.FundingRate is not { } rate || market.Mark is not { } mark) return;
        market.Tape.Funding.Add(new TapeFunding(stamp, rate));
        foreach (VenueAccount account in Accounts) SettleFunding(account.In(market.Symbol), rate, mark, nowNanos, output);
        AfterPrices(market, nowNanos, output);
    }

    private void SettleFunding(AccountSymbol state, decimal rate, decimal mark, long nowNanos, List<VenueMessage> output)
    {
        decimal qty = state.Position.Qty;
        if (qty == 0) return;
        var stampOrder = new VenueOrder(state.Account.Uid, _ids.NextUuid(), state.Symbol, qty > 0 ? Side.Buy : Side.Sell) { CreateType = "" };
        string execId = _ids.NextUuid();
        decimal payment = state.BookFunding(Ledger, PositionMath.FundingPayment(qty, mark, rate), execId, nowNanos);
        var row = new ExecutionRow(
            stampOrder,
            execId,
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
        PublishExecution(state.Account, new VenueExecution(row, mark, state.Market.NextSequence(), nowNanos / NanosPerMilli), output);
        PublishAccount(state, nowNanos, output);
    }

    private AccountSymbol StateOf(VenueOrder order) => _accounts[order.Uid].In(order.Symbol);

    private static void Open(AccountSymbol state, VenueOrder order)
    {
        state.Account.Close(order);   // an amended one rested before, under another time priority
        state.Account.Open(order);
    }

    private void Close(VenueOrder order)
    {
        VenueAccount account = _accounts[order.Uid];
        account.Close(order);
        account.End(order);
    }

    /// <summary>Order, executions, position, wallet, with one sequence number (Bybit V5, 24.2).</summary>
    private void PublishFills(AccountSymbol state, VenueOrder order, List<ExecutionRow> rows, long sequence, long nowNanos, List<VenueMessage> output)
    {
        long nowMillis = nowNanos / NanosPerMilli;
        VenueExecution[] executions = [.. rows.Select(row => new VenueExecution(row, state.Market.Mark, sequence, nowMillis))];
        foreach (VenueExecution execution in executions.Where(execution => execution.Row.ExecType == "Trade"))
        {
            output.Add(new VenueMessage(DeliveryChannel.Private, _json.FastExecution(execution), state.Account.Uid, IsFastExecution: true));
        }

        Publish(state.Account, _json.Order(order, sequence, nowMillis), output);
        foreach (VenueExecution execution in executions) PublishExecution(state.Account, execution, output);
        PublishAccount(state, sequence, nowMillis, output);
    }

    /// <summary>Tells the account how an order stands.</summary>
    internal void PublishOrder(VenueOrder order, long nowNanos, List<VenueMessage> output) =>
        Publish(_accounts[order.Uid], _json.Order(order, StateOf(order).Market.NextSequence(), nowNanos / NanosPerMilli), output);

    /// <summary>Position and wallet after a change of orders, under the sequence number of that change.</summary>
    internal void PublishAccount(AccountSymbol state, long nowNanos, List<VenueMessage> output) => PublishAccount(state, state.Market.LastSequence, nowNanos / NanosPerMilli, output);

    private void PublishAccount(AccountSymbol state, long sequence, long nowMillis, List<VenueMessage> output)
    {
        Publish(state.Account, _json.Position(state, "Normal", sequence, nowMillis), output);
        Publish(state.Account, _json.Wallet(state.Account, nowMillis), output);
    }

    private void PublishExecution(VenueAccount account, VenueExecution execution, List<VenueMessage> output)
    {
        account.Add(execution);
        Publish(account, _json.Execution(execution), output);
    }

    private static void Publish(VenueAccount account, byte[] frame, List<VenueMessage> output) => output.Add(new VenueMessage(DeliveryChannel.Private, frame, account.Uid));
}
