using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>Reads what a live run begins with and judges it. For one start.</summary>
internal sealed class LiveStartReader
{
    private const string Isolated = "ISOLATED_MARGIN";   // Bybit V5, 12.2, as are the next two
    private const string Cross = "REGULAR_MARGIN";
    private const string Portfolio = "PORTFOLIO_MARGIN";
    private const string Derivatives = "DERIVATIVES";   // Bybit V5, 7.6 and 12.6

    private readonly BybitRest _rest;
    private readonly EngineConfiguration _configuration;
    private readonly List<string> _faults = [];

    public LiveStartReader(BybitRest rest, EngineConfiguration configuration)
    {
        _rest = rest;
        _configuration = configuration;
        WantedMode = configuration.Account.IsCross ? Cross : Isolated;
    }

    private bool IsDemo => _rest.Environment == "demo";

    private string WantedMode { get; }

    /// <summary>See <see cref="LiveStart.ReadAsync"/>.</summary>
    public async Task<LiveStart> ReadAsync(CancellationToken cancel)
    {
        VenueClock clock = _rest.Clock ?? throw new ArgumentException($"the calls must be signed with a {nameof(VenueClock)}");
        Answer(await _rest.MeasureClockAsync(cancel).ConfigureAwait(false));
        RestApiKey? key = await ReadKeyAsync(cancel).ConfigureAwait(false);
        RestAccount? account = Answer(await _rest.AccountAsync(cancel).ConfigureAwait(false));
        if (account is not null) CheckAccount(account);
        RestDisconnectGuard? guard = await ReadGuardAsync(cancel).ConfigureAwait(false);
        RestWallet? wallet = Answer(await _rest.WalletAsync(cancel).ConfigureAwait(false));

        InstrumentCatalog? catalog = Answer(await _rest.InstrumentsAsync(cancel).ConfigureAwait(false));
        string[] tradable = catalog is null ? [] : [.. _configuration.Symbols.Where(symbol => IsTradable(catalog, symbol))];
        RiskLimitCatalog? ladders = tradable.Length > 0 ? Answer(await _rest.RiskLimitsAsync(tradable, cancel).ConfigureAwait(false)) : null;
        var symbols = new List<SymbolStart>();
        foreach (string symbol in tradable)
        {
            if (ladders is not null && await ReadSymbolAsync(symbol, ladders, cancel).ConfigureAwait(false) is { } read) symbols.Add(read);
        }

        IReadOnlyList<RestOrder>? orders = Answer(await _rest.OpenOrdersAsync(cancel).ConfigureAwait(false));
        if (orders is not null) CheckOrders(orders);
        IReadOnlyList<RestPosition>? positions = Answer(await _rest.PositionsAsync(cancel).ConfigureAwait(false));
        if (_faults.Count == 0) await SetAsync(account!, guard, symbols, cancel).ConfigureAwait(false);
        if (_faults.Count > 0) throw new LiveStartException(_faults);
        var start = new LiveStart
        {
            Instruments = catalog!,
            Fees = [.. symbols.Select(symbol => symbol.Fees)],
            RiskLimits = ladders!,
            WalletUsdt = wallet!.WalletUsdt,
            EquityUsdt = wallet.EquityUsdt,
            AvailableUsdt = wallet.AvailableUsd,
            Positions = positions!,
            OpenOrders = orders!,
            HasDisconnectProtection = guard is not null,
            Plan = [],
        };
        return start with { Plan = [.. Plan(start, clock, key, guard, symbols)] };
    }

    private static string Show(decimal value) => value.ToString("#,0.########", CultureInfo.InvariantCulture);

    private static string Percent(decimal fraction) => (fraction * 100).ToString("0.######", CultureInfo.InvariantCulture) + " %";

    /// <summary>What was answered. A refusal is a fault and null; a venue that cannot be reached, or refuses the key, ends the start.</summary>
    private T? Answer<T>(VenueOutcome<T> outcome)
    {
        switch (outcome.Class)
        {
            case OutcomeClass.Answered:
                return outcome.Value;
            case OutcomeClass.HardStop:
                throw new VenueUnavailableException($"{outcome.Text}; check the key, its permissions and addresses, and that it belongs to {_rest.Environment}", isRefusal: true);
            case OutcomeClass.Unknown or OutcomeClass.NotSent or OutcomeClass.Pace or OutcomeClass.Banned or OutcomeClass.Clock:
                throw new VenueUnavailableException($"{outcome.Text}; check that the venue is up and reachable", isRefusal: false);
            default:
                _faults.Add(outcome.Text);
                return default;
        }
    }

    /// <summary>Null where demo trading does not tell (Bybit V5, 1), and after a fault.</summary>
    private async Task<RestApiKey?> ReadKeyAsync(CancellationToken cancel)
    {
        VenueOutcome<RestApiKey> outcome = await _rest.ApiKeyAsync(cancel).ConfigureAwait(false);
        if (IsDemo && outcome.Class == OutcomeClass.Other) return null;
        if (Answer(outcome) is not { } key) return null;
        bool mayTrade = key.May("ContractTrade", "Order") || key.May("Derivatives", "DerivativesTrade");
        if (key.ReadOnly == 1) _faults.Add("the API key is read-only: make one with the permission to trade contracts");
        else if (key.ReadOnly != 0) _faults.Add($"the API key's readOnly is {key.ReadOnly?.ToString(CultureInfo.InvariantCulture) ?? "not told"}, which this version does not know: it is not traded with");
        else if (!mayTrade) _faults.Add("the API key may not trade derivatives: make one with the permission Contract, Orders and Positions");
        if (key.May("Wallet", "Withdraw") && !_configuration.Account.AllowWithdrawalKey)
        {
            _faults.Add($"the API key may withdraw money: make one without the permission Wallet, Withdraw, or allow it ({_configuration.Where("account:allowWithdrawalKey")})");
        }

        return key;
    }

    /// <summary>The account's disconnect protection for derivatives; null where it has none, as in demo trading, which does not tell (Bybit V5, 1), and after a fault.</summary>
    private async Task<RestDisconnectGuard?> ReadGuardAsync(CancellationToken cancel)
    {
        if (IsDemo || Answer(await _rest.DisconnectGuardsAsync(cancel).ConfigureAwait(false)) is not { } guards) return null;
        RestDisconnectGuard? guard = guards.FirstOrDefault(one => one is { Product: Derivatives, DcpStatus: "ON" });
        if (guard is null && _configuration.Account.DisconnectWindowSeconds > 0)
        {
            _faults.Add($"the account has no disconnect protection for derivatives, and {_configuration.Where("account:disconnectWindowSeconds")} wants {_configuration.Account.DisconnectWindowSeconds} s: ask Bybit to switch it on, or set 0");
        }

        if (guard is not null && Window(guard) < AccountConfiguration.DisconnectWindowSecondsMin)
        {
            _faults.Add($"the account's disconnect protection has a window of {guard.WindowSeconds} s, which pings every 5 s would set off: have the start set a longer one ({_configuration.Where("account:disconnectWindowSeconds")}, {AccountConfiguration.DisconnectWindowSecondsMin} to 300)");
        }

        return guard;
    }

    /// <summary>Its window as it is after the start, s.</summary>
    private int Window(RestDisconnectGuard guard) => _configuration.Account.DisconnectWindowSeconds is > 0 and int wanted ? wanted : guard.WindowSeconds;

    private void CheckAccount(RestAccount account)
    {
        if (account.UnifiedMarginStatus == 1) _faults.Add("the account is a classic one: upgrade it to a unified trading account");
        else if (account.UnifiedMarginStatus is not (3 or 4 or 5 or 6)) _faults.Add($"the account's unifiedMarginStatus is {account.UnifiedMarginStatus}, which this version does not know: it is not traded");
        if (account.MarginMode is not (Isolated or Cross or Portfolio)) _faults.Add($"the account's marginMode is \"{account.MarginMode}\", which this version does not know: it is not traded");
        else if (account.MarginMode != WantedMode && !_configuration.Account.SetMarginMode)
        {
            _faults.Add($"the account's margin mode is {account.MarginMode}, {_configuration.Where("account:marginMode")} wants {WantedMode}: change one of them, or allow the start to set it (account:setMarginMode)");
        }
    }

    private bool IsTradable(InstrumentCatalog catalog, string symbol)
    {
        try
        {
            catalog.Select([symbol]);
            return true;
        }
        catch (InstrumentException fault)
        {
            _faults.Add(fault.Message);
            return false;
        }
    }

    private async Task<SymbolStart?> ReadSymbolAsync(string symbol, RiskLimitCatalog ladders, CancellationToken cancel)
    {
        int faultsBefore = _faults.Count;
        AccountFees fees = await ReadFeesAsync(symbol, cancel).ConfigureAwait(false);
        RestTicker? ticker = Answer(await _rest.TickerAsync(symbol, cancel).ConfigureAwait(false));
        IReadOnlyList<RestPosition>? rows = Answer(await _rest.PositionsAsync(symbol, cancel).ConfigureAwait(false));
        RestPosition? position = rows is null ? null : OneWay(symbol, rows);
        if (position is not null) CheckPosition(position);
        RiskLimitRow tier = ticker is null ? default : Tier(symbol, ladders, ticker);
        return _faults.Count == faultsBefore ? new SymbolStart(symbol, fees, ticker!.MarkPrice, position!.Leverage, tier) : null;
    }

    private async Task<AccountFees> ReadFeesAsync(string symbol, CancellationToken cancel)
    {
        VenueOutcome<RestFeeRate> outcome = await _rest.FeeRateAsync(symbol, cancel).ConfigureAwait(false);
        if (IsDemo && outcome.Class == OutcomeClass.Other) return new AccountFees(_configuration.Account.AssumedMakerFee, _configuration.Account.AssumedTakerFee);
        if (Answer(outcome) is not { } rate) return default;
        if (rate.Symbol == symbol && rate is { MakerFeeRate: { } maker, TakerFeeRate: { } taker }) return new AccountFees(maker, taker);
        _faults.Add($"{symbol}: the venue tells no fee rate");
        return default;
    }

    /// <summary>The one position of one-way mode; null after a fault.</summary>
    private RestPosition? OneWay(string symbol, IReadOnlyList<RestPosition> rows)
    {
        if (rows.Any(row => row.PositionIdx is 1 or 2))
        {
            _faults.Add($"{symbol}: the account is in hedge mode, and this engine trades in one-way mode only: with no position and no order open, switch it at the venue (Position mode, One-way; POST /v5/position/switch-mode with mode 0)");
            return null;
        }

        if (rows is [{ PositionIdx: 0 } row] && row.Symbol == symbol) return row;
        _faults.Add(rows.Count == 1
            ? $"{symbol}: the position's positionIdx is {rows[0].PositionIdx?.ToString(CultureInfo.InvariantCulture) ?? "not told"}, which this version does not know: it is not traded"
            : $"{symbol}: the venue lists {rows.Count} positions where one was asked for: it is not traded");
        return null;
    }

    private void CheckPosition(RestPosition position)
    {
        bool isFlat = position.Size == 0;
        if (position.PositionStatus is "Liq" or "Adl") _faults.Add($"{position.Symbol}: the position is being {(position.PositionStatus == "Liq" ? "liquidated" : "deleveraged")}: wait until it is over");
        else if (position.PositionStatus != "Normal" && !(isFlat && position.PositionStatus.Length == 0)) _faults.Add($"{position.Symbol}: the position's positionStatus is \"{position.PositionStatus}\", which this version does not know: it is not traded");
        if (!isFlat && position.Side is not ("Buy" or "Sell")) _faults.Add($"{position.Symbol}: the position's side is \"{position.Side}\", which this version does not know: it is not traded");
        if (position.IsReduceOnly) _faults.Add($"{position.Symbol}: the venue takes only orders that reduce: confirm the new risk limit there, or close the position");
        if (position.Leverage != _configuration.Venue.Leverage && !_configuration.Account.SetLeverage)
        {
            _faults.Add($"{position.Symbol}: the leverage is {Show(position.Leverage)}, {_configuration.Where("venue:leverage")} wants {Show(_configuration.Venue.Leverage)}: change one of them, or allow the start to set it (account:setLeverage)");
        }
    }

    /// <summary>The tier of the largest position that the configuration allows.</summary>
    private RiskLimitRow Tier(string symbol, RiskLimitCatalog ladders, RestTicker ticker)
    {
        if (ticker.MarkPrice <= 0)
        {
            _faults.Add($"{symbol}: the venue tells no mark price");
            return default;
        }

        try
        {
            decimal value = _configuration.Instruments[symbol].PositionQtyMax * ticker.MarkPrice;
            string limit = $"{_configuration.Where($"instruments:{symbol}:positionQtyMax")} is worth {Show(decimal.Round(value))} USDT";
            RiskLimitRow tier = ladders[symbol].FirstOrDefault(row => row.ValueLimit >= value);
            if (tier.ValueLimit == 0) _faults.Add($"{limit}, more than the venue's highest tier of {symbol} takes ({Show(ladders[symbol][^1].ValueLimit)})");
            else if (tier.MaxLeverage < _configuration.Venue.Leverage) _faults.Add($"{limit}, where the venue allows a leverage of {Show(tier.MaxLeverage)}; {_configuration.Where("venue:leverage")} wants {Show(_configuration.Venue.Leverage)}");
            return tier;
        }
        catch (InstrumentException fault)
        {
            _faults.Add(fault.Message);
            return default;
        }
    }

    private void CheckOrders(IReadOnlyList<RestOrder> open)
    {
        foreach (IGrouping<string, RestOrder> foreign in open.Where(order => !ClientOrderId.Parse(order.OrderLinkId).IsOurs && _configuration.Symbols.Contains(order.Symbol)).GroupBy(order => order.Symbol))
        {
            RestOrder first = foreign.First();
            _faults.Add($"{foreign.Key}: open orders that are not this engine's: {foreign.Count()} (for example {first.OrderId}: {first.Side} {Show(first.Qty)} at {Show(first.Price)}): cancel them at the venue, or leave the symbol out");
        }
    }

    /// <summary>Sets what differs and may be set; a refusal is a fault.</summary>
    private async Task SetAsync(RestAccount account, RestDisconnectGuard? guard, List<SymbolStart> symbols, CancellationToken cancel)
    {
        if (guard is not null && Window(guard) != guard.WindowSeconds) Answer(await _rest.SetDisconnectWindowAsync(Window(guard), cancel).ConfigureAwait(false));
        bool changesMode = account.MarginMode != WantedMode;
        if (changesMode) Answer(await _rest.SetMarginModeAsync(WantedMode, cancel).ConfigureAwait(false));

        // With another margin mode the venue may use another leverage.
        decimal leverage = _configuration.Venue.Leverage;
        foreach (SymbolStart symbol in symbols.Where(symbol => changesMode || symbol.Leverage != leverage))
        {
            if (!_configuration.Account.SetLeverage) continue;
            VenueOutcome<bool> outcome = await _rest.SetLeverageAsync(symbol.Symbol, leverage, cancel).ConfigureAwait(false);
            Answer(outcome.IsAnswered ? outcome : outcome with { Text = $"{symbol.Symbol}: {outcome.Text}" });
        }
    }

    private IEnumerable<string> Plan(LiveStart start, VenueClock clock, RestApiKey? key, RestDisconnectGuard? guard, List<SymbolStart> symbols)
    {
        decimal leverage = _configuration.Venue.Leverage;
        yield return $"environment {_rest.Environment}, {_rest.Address.GetLeftPart(UriPartial.Authority)}";
        yield return $"account {(key is null ? "(demo trading tells nothing of its key)" : string.Create(CultureInfo.InvariantCulture, $"{key.Uid}, {(key.VipLevel.Length > 0 ? key.VipLevel : "no level")}"))}, {_configuration.Account.MarginMode} margin, one-way; wallet {Show(start.WalletUsdt)} USDT, {Show(start.AvailableUsdt)} available";
        yield return string.Create(CultureInfo.InvariantCulture, $"clock: the venue's time is {Math.Abs(clock.DifferenceNanos) / 1e6:0.0} ms {(clock.DifferenceNanos < 0 ? "behind" : "ahead of")} this machine's, known to {clock.ErrorNanos / 1e6:0.0} ms");
        foreach (SymbolStart symbol in symbols)
        {
            InstrumentConfiguration sizes = _configuration.Instruments[symbol.Symbol];
            decimal value = sizes.PositionQtyMax * symbol.MarkPrice;
            yield return $"{symbol.Symbol}: leverage {Show(leverage)}{(symbol.Leverage == leverage ? "" : $" (set now, was {Show(symbol.Leverage)})")}; tier to {Show(symbol.Tier.ValueLimit)} USDT, maintenance {Percent(symbol.Tier.MaintenanceRate)}, at most {Show(symbol.Tier.MaxLeverage)}x; fees maker {Percent(symbol.Fees.Maker)}, taker {Percent(symbol.Fees.Taker)}{(IsAssumed(symbol) ? $" (assumed, {_configuration.Where("account:assumedMakerFee")})" : "")}";
            yield return $"{symbol.Symbol}: orders of {Show(sizes.OrderQty)} ({Show(decimal.Round(sizes.OrderQty * symbol.MarkPrice, 2))} USDT), at most {Show(sizes.OrderQtyMax)}; position at most {Show(sizes.PositionQtyMax)} ({Show(decimal.Round(value, 2))} USDT, margin {Show(decimal.Round(value / leverage, 2))})";
        }

        RiskConfiguration risk = _configuration.Risk;
        yield return $"limits: {Show(risk.OrderNotionalMaxUsdt)} USDT an order, {risk.OpenOrdersMax} open orders an instrument, prices within {Percent(risk.PriceCollarFraction)} of the mid, survives a jump of the mark price of {Percent(_configuration.Account.IsCross ? risk.CrossJumpFraction : risk.IsolatedJumpFraction)}, binds at most {Percent(risk.ExposureMaxFraction)} of the balance";

        yield return guard is null
            ? $"disconnect protection: {(IsDemo ? "none in demo trading" : "the account has none")}"
            : string.Create(CultureInfo.InvariantCulture, $"disconnect protection: armed; with the private connection dead for {Window(guard)} s{(Window(guard) == guard.WindowSeconds ? "" : $" (set now, was {guard.WindowSeconds})")} the venue cancels every order of derivatives");

        RestOrder[] leftovers = [.. start.OpenOrders.Where(order => _configuration.Symbols.Contains(order.Symbol))];
        yield return leftovers.Length == 0 ? "cancelled first: nothing" : $"cancelled first: orders of a run before: {string.Join(", ", leftovers.Select(order => $"{order.Symbol} {order.Side} {Show(order.LeavesQty)} at {Show(order.Price)}"))}";
        RestPosition[] taken = [.. start.Positions.Where(position => _configuration.Symbols.Contains(position.Symbol))];
        yield return taken.Length == 0 ? "taken over: no position" : $"taken over: {string.Join(", ", taken.Select(position => $"{position.Symbol} {Show(position.SignedSize)} at {Show(position.AvgPrice)}"))}";

        int others = start.OpenOrders.Count - leftovers.Length;
        if (others > 0) yield return $"careful: open orders of symbols that are not traded here: {others}; when the order connection is lost every order of the account is cancelled, these too";
    }

    private bool IsAssumed(SymbolStart symbol) => IsDemo && symbol.Fees == new AccountFees(_configuration.Account.AssumedMakerFee, _configuration.Account.AssumedTakerFee);

    /// <summary>One symbol as it was found.</summary>
    /// <param name="Symbol">As the venue writes it.</param>
    /// <param name="Fees">The account's rates.</param>
    /// <param name="MarkPrice">USDT.</param>
    /// <param name="Leverage">As it was before the start.</param>
    /// <param name="Tier">Of the largest position that the configuration allows.</param>
    private sealed record SymbolStart(string Symbol, AccountFees Fees, decimal MarkPrice, decimal Leverage, RiskLimitRow Tier);
}
