namespace LatencyEngine.Simulator;

/// <summary>One account of the venue: a USDT wallet, a one-way position in each symbol, its orders and what became of them. Money in USDT.</summary>
/// <remarks>Written by <see cref="Venue"/> on its thread, which alone may read it.</remarks>
public sealed class VenueAccount
{
    private readonly LedgerWallet _wallet;
    private readonly Dictionary<string, AccountSymbol> _symbols;
    private readonly Dictionary<string, VenueOrder> _openById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VenueOrder> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VenueOrder> _byLinkId = new(StringComparer.Ordinal);
    private readonly RecentRows<VenueOrder> _ended;
    private readonly RecentRows<VenueExecution> _executions;
    private readonly ClosedTrades _closedTrades;
    private readonly List<FillRecord> _fills = [];
    private long _lastNumber;

    internal VenueAccount(AccountSettings settings, IEnumerable<SymbolMarket> markets, Ledger ledger, int rowsKept = VenueSettings.DefaultRowsKept, bool keepsFills = true)
    {
        _ended = new RecentRows<VenueOrder>(rowsKept);
        _executions = new RecentRows<VenueExecution>(rowsKept);
        _closedTrades = new ClosedTrades(rowsKept);
        KeepsFills = keepsFills;
        if (settings.Uid <= 0) throw new ArgumentException($"the uid of an account must be above 0, was {settings.Uid}", nameof(settings));
        if (settings.StartBalance <= 0) throw new ArgumentException($"the start balance must be above 0 USDT, was {settings.StartBalance}", nameof(settings));
        Uid = settings.Uid;
        MarginMode = settings.MarginMode;
        FeeTier = settings.FeeTier;
        _wallet = ledger.Open(settings.Uid);
        ledger.Deposit(settings.Uid, settings.StartBalance, nowNanos: 0);
        _symbols = markets.ToDictionary(market => market.Symbol, market => CreateSymbol(settings, market), StringComparer.Ordinal);
    }

    /// <summary>The user id.</summary>
    public long Uid { get; }

    /// <summary>Margin mode of every position.</summary>
    public MarginMode MarginMode { get; internal set; }

    /// <summary>Long and short are two positions (Bybit V5, 11.3); only a fault brings it about.</summary>
    public bool IsInHedgeMode { get; internal set; }

    /// <summary>Whether an order beyond the price limit is moved to it; else it is refused (Bybit V5, 12.7).</summary>
    public bool MovesOrdersToPriceLimit { get; internal set; } = true;

    /// <summary>Fee level.</summary>
    public FeeTier FeeTier { get; }

    /// <summary>Money brought in: the start balance and what was deposited since.</summary>
    public decimal Deposits => _wallet.Deposits;

    /// <summary>Wallet balance: deposits + realised - fees + funding.</summary>
    public decimal Wallet => _wallet.Balance;

    /// <summary>Wallet and unrealised profit at the marks: V5's margin balance.</summary>
    public decimal Equity => Wallet + UnrealisedPnl;

    /// <summary>Unrealised profit of all positions at their marks.</summary>
    public decimal UnrealisedPnl => _symbols.Values.Sum(state => state.Unrealised);

    /// <summary>Realised profit before fees and funding.</summary>
    public decimal RealisedGross => _wallet.RealisedGross;

    /// <summary>Fees paid; below zero when rebates prevail.</summary>
    public decimal Fees => _wallet.Fees;

    /// <summary>Funding received; below zero when paid.</summary>
    public decimal Funding => _wallet.Funding;

    /// <summary>What new orders may bind: the wallet, in cross mode the equity, less the margin of positions and orders (Bybit V5, 7.5).</summary>
    public decimal Available => (MarginMode == MarginMode.Cross ? Equity : Wallet) - PositionMargin - OrderMargin;

    /// <summary>Margin of all positions.</summary>
    public decimal PositionMargin => _symbols.Values.Sum(state => state.PositionMargin);

    /// <summary>Margin held for open orders.</summary>
    public decimal OrderMargin => _symbols.Values.Sum(state => state.OrderMargin);

    /// <summary>Maintenance margin of all positions at their marks.</summary>
    public decimal MaintenanceMargin => _symbols.Values.Sum(state => state.MaintenanceMargin);

    /// <summary>Margin of all positions and orders.</summary>
    public decimal InitialMargin => PositionMargin + OrderMargin;

    /// <summary>Initial margin over equity, cut to four decimals; 0 without equity (Bybit V5, 7.5).</summary>
    public decimal InitialMarginRate => RateOf(InitialMargin);

    /// <summary>Maintenance margin over equity, cut to four decimals; 0 without equity (Bybit V5, 7.5).</summary>
    public decimal MaintenanceMarginRate => RateOf(MaintenanceMargin);

    /// <summary>Whether the equity no longer exceeds the maintenance margin of the positions: account MM rate 100 % (Bybit V5, 16.2). Means nothing in isolated mode.</summary>
    public bool IsMaintenanceReached => MaintenanceMargin is > 0 and var margin && margin >= Equity;

    /// <summary>Liquidations begun so far, one a position.</summary>
    public int Liquidations { get; internal set; }

    /// <summary>Every fill so far, oldest first; none where the venue does not keep them.</summary>
    public IReadOnlyList<FillRecord> Fills => _fills;

    /// <summary>Whether the venue keeps every fill.</summary>
    internal bool KeepsFills { get; }

    /// <summary>Resting orders, in no order.</summary>
    public IReadOnlyCollection<VenueOrder> OpenOrders => _openById.Values;

    /// <summary>The orders that rest or wait and the newest done ones, oldest first; how a done one ended is in it. Sorts them anew at each call.</summary>
    public IReadOnlyList<VenueOrder> Orders => [.. _byId.Values.OrderBy(order => order.Number)];

    /// <summary>Resting orders and waiting stops, oldest first.</summary>
    internal IReadOnlyList<VenueOrder> LiveOrders => [.. _openById.Values.Concat(Stops).OrderBy(order => order.Number)];

    /// <summary>The newest done orders, in the order in which they ended.</summary>
    internal RecentRows<VenueOrder> EndedOrders => _ended;

    /// <summary>The newest executions published, oldest first.</summary>
    internal RecentRows<VenueExecution> Executions => _executions;

    /// <summary>The newest postings to the wallet, oldest first.</summary>
    internal RecentRows<LedgerEntry> Entries => _wallet.Entries;

    /// <summary>The newest fills that closed something of a position, oldest first.</summary>
    internal RecentRows<ClosingFill> ClosingFills => _closedTrades.Fills;

    /// <summary>What the account holds in each symbol.</summary>
    internal IReadOnlyCollection<AccountSymbol> Symbols => _symbols.Values;

    /// <summary>The position of a traded symbol.</summary>
    public PositionState Position(string symbol) => _symbols[symbol].Position;

    /// <summary>The mark price at which a traded symbol's position would be liquidated; null when flat.</summary>
    public decimal? LiquidationPrice(string symbol) => _symbols[symbol].LiquidationPrice;

    /// <summary>What the account holds in a traded symbol.</summary>
    internal AccountSymbol In(string symbol) => _symbols[symbol];

    /// <summary>Whether an order that is still kept was taken under a link id (Bybit V5, 14.6).</summary>
    internal bool HasUsedLinkId(string linkId) => _byLinkId.ContainsKey(linkId);

    /// <summary>An order that is still kept, by its order id or, where that is empty, by its link id; null when there is none.</summary>
    internal VenueOrder? Find(string orderId, string linkId) => orderId.Length > 0 ? _byId.GetValueOrDefault(orderId) : _byLinkId.GetValueOrDefault(linkId);

    /// <summary>A resting order or a waiting stop by either id; null when there is none.</summary>
    internal VenueOrder? FindLive(string orderId, string linkId) => Find(orderId, linkId) is { IsLive: true } order ? order : null;

    /// <summary>Wallet + unrealised profit less maintenance margin of every position but one: what that one has to its support in cross mode.</summary>
    internal decimal BalanceBesides(AccountSymbol one) =>
        Wallet + _symbols.Values.Where(state => state != one).Sum(state => state.Unrealised - state.MaintenanceMargin);

    /// <summary>An order was taken.</summary>
    internal void Add(VenueOrder order)
    {
        order.Number = ++_lastNumber;
        _byId.Add(order.OrderId, order);
        if (order.OrderLinkId.Length > 0) _byLinkId.Add(order.OrderLinkId, order);
    }

    /// <summary>An order rests from here on.</summary>
    internal void Open(VenueOrder order)
    {
        _symbols[order.Symbol].Insert(order);
        _openById[order.OrderId] = order;
    }

    /// <summary>An order rests no longer, if it did.</summary>
    internal void Close(VenueOrder order)
    {
        _symbols[order.Symbol].Remove(order);
        _openById.Remove(order.OrderId);
    }

    /// <summary>An order is done; called once for each. The one that ended longest ago makes room for it, and its link id may be used again.</summary>
    internal void End(VenueOrder order)
    {
        if (_ended.IsFull)
        {
            VenueOrder forgotten = _ended[_ended.First];
            _byId.Remove(forgotten.OrderId);
            if (forgotten.OrderLinkId.Length > 0) _byLinkId.Remove(forgotten.OrderLinkId);
        }

        order.ForgetPrints();
        _ended.Add(order);
    }

    /// <summary>An execution was published.</summary>
    internal void Add(VenueExecution execution)
    {
        _executions.Add(execution);
        _closedTrades.Add(execution);
        _symbols[execution.Row.Order.Symbol].LastSequence = execution.Sequence;
    }

    /// <summary>A fill was booked, and <see cref="KeepsFills"/> holds.</summary>
    internal void Add(FillRecord fill) => _fills.Add(fill);

    private IEnumerable<VenueOrder> Stops => _symbols.Values.SelectMany(state => (VenueOrder?[])[state.TakeProfit, state.StopLoss]).OfType<VenueOrder>();

    private decimal RateOf(decimal margin) => Equity <= 0 ? 0m : decimal.Truncate(margin / Equity * 10_000m) / 10_000m;

    private AccountSymbol CreateSymbol(AccountSettings settings, SymbolMarket market)
    {
        decimal most = Math.Min(market.Instrument.MaxLeverage, market.Ladder.MaxLeverage);
        decimal leverage = settings.Leverage;
        if (leverage < 1 || leverage > most || decimal.Round(leverage, 2) != leverage)
        {
            throw new ArgumentException($"leverage of {market.Symbol} must lie in 1..{VenueJson.Trimmed(most)} in steps of 0.01, was {leverage}", nameof(settings));
        }

        return new AccountSymbol(this, market, leverage, settings.FeeTier.RatesFor(market.Symbol));
    }
}
