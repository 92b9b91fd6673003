using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>Whether the venue's clock, the account and its key are as the configuration wants them. Asks, and changes nothing: no order, no setting.</summary>
/// <remarks>One at a time. Blocks while it asks.</remarks>
public sealed class AccountChecks
{
    private const string NoKeys = "not checked: no keys";
    private const long NanosPerMilli = 1_000_000;
    private const long ClockWarnNanos = 5 * NanosPerMilli;
    private const long ClockFailNanos = 1_000 * NanosPerMilli;   // Bybit V5, 9.1: a request may not be so far ahead

    private readonly BybitRest _rest;
    private readonly bool _hasKeys;
    private readonly EngineConfiguration _configuration;

    /// <summary>Prepares the checks.</summary>
    /// <param name="rest">The calls, signed with a <see cref="VenueClock"/>.</param>
    /// <param name="hasKeys">Whether they can be signed at all.</param>
    /// <param name="configuration">What is to be traded, and how.</param>
    public AccountChecks(BybitRest rest, bool hasKeys, EngineConfiguration configuration)
    {
        _rest = rest;
        _hasKeys = hasKeys;
        _configuration = configuration;
    }

    /// <summary>What the configured fee tier charges on a symbol; null where it is not known. Dry-runs assume it.</summary>
    public Func<string, AccountFees?> TierFees { get; init; } = static _ => null;

    /// <summary>Order requests a second that the venue allows an account of a level, written as it writes it, for example <c>VIP-1</c>; null where it is not known (Bybit V5, 17.3).</summary>
    public Func<string, int?> LevelRequests { get; init; } = static _ => null;

    private bool IsDemo => _rest.Environment == "demo";

    private string WantedMode => _configuration.Account.IsCross ? "REGULAR_MARGIN" : "ISOLATED_MARGIN";   // Bybit V5, 12.2

    /// <summary>Asks for everything.</summary>
    public async Task<IReadOnlyList<HealthCheck>> ReadAsync(CancellationToken cancel)
    {
        VenueOutcome<long> difference = await _rest.MeasureClockAsync(cancel).ConfigureAwait(false);
        if (!difference.IsAnswered)
        {
            string silent = $"not checked: {difference.Text}";
            return [ClockCheck(Verdict.Fail, difference.Text), Sanity(Verdict.Unknown, silent), Key(Verdict.Unknown, silent), Mode(Verdict.Unknown, silent), Fees(Verdict.Unknown, silent), Limits(Verdict.Unknown, silent)];
        }

        HealthCheck clock = ClockOf(difference.Value, _rest.Clock!.ErrorNanos);
        HealthCheck sanity = await SanityAsync(cancel).ConfigureAwait(false);
        if (!_hasKeys) return [clock, sanity, Key(Verdict.Unknown, NoKeys), Mode(Verdict.Unknown, NoKeys), Fees(Verdict.Unknown, NoKeys), Limits(Verdict.Unknown, NoKeys)];
        VenueOutcome<RestApiKey> key = await _rest.ApiKeyAsync(cancel).ConfigureAwait(false);
        return [clock, sanity, KeyOf(key), await ModeAsync(cancel).ConfigureAwait(false), await FeesAsync(cancel).ConfigureAwait(false), LimitsOf(key.Value)];
    }

    /// <summary>The verdict over the machine's time of day beside the venue's.</summary>
    /// <param name="differenceNanos">How far the venue's is ahead, ns.</param>
    /// <param name="errorNanos">How far that may be wrong: half of the shortest round trip.</param>
    public static HealthCheck ClockOf(long differenceNanos, long errorNanos)
    {
        long apart = Math.Max(0, Math.Abs(differenceNanos) - errorNanos);   // what cannot be the way's
        return ClockCheck(
            apart > ClockFailNanos ? Verdict.Fail : apart > ClockWarnNanos ? Verdict.Warn : Verdict.Ok,
            string.Create(CultureInfo.InvariantCulture, $"the venue's time is {Math.Abs(differenceNanos) / 1e6:0.###} ms {(differenceNanos < 0 ? "behind" : "ahead of")} this machine's, known to {errorNanos / 1e6:0.###} ms"));
    }

    private static HealthCheck ClockCheck(Verdict verdict, string found) => new(
        "venue-clock",
        verdict,
        found,
        "orders are signed with the venue's time as it was measured, so a wrong clock does not refuse them; it makes the times of logs, journals and certificates wrong, and more than a second says that nobody keeps it",
        "apt-get install chrony; systemctl enable --now chrony; chronyc makestep");

    private static HealthCheck Key(Verdict verdict, string found) => new(
        "key",
        verdict,
        found,
        "a key that may withdraw turns a leak into a loss of everything, and one that may not trade ends the run at its start",
        "make a key at the venue with Contract: Orders and Positions and nothing else, bound to this machine's address, and put it into BYBIT_API_KEY and BYBIT_API_SECRET");

    private static HealthCheck Mode(Verdict verdict, string found, string mend = "") => new(
        "account-mode",
        verdict,
        found,
        "liquidation is computed for unified one-way trading in the configured margin mode; any other is refused at the start",
        mend.Length > 0 ? mend : "at the venue: unified trading account, one-way mode, and the margin mode of account:marginMode; or allow the start to set that (account:setMarginMode)");

    private static HealthCheck Fees(Verdict verdict, string found) => new(
        "fees",
        verdict,
        found,
        "the venue's fees decide whether a spread is worth quoting: results of a dry-run with other fees do not carry over",
        "set venue:feeTier to the account's tier (--fee-tier), and run dry-run and calibrate again");

    private static HealthCheck Limits(Verdict verdict, string found) => new(
        "rate-limits",
        verdict,
        found,
        "requests beyond the venue's limit are refused, and the quotes that they were to move stay where they are",
        "set orderBudget:createsPerSecond, amendsPerSecond and cancelsPerSecond to what the account's level allows");

    private static HealthCheck Sanity(Verdict verdict, string found) => new(
        "configuration",
        verdict,
        found,
        "sizes and limits that do not fit the venue's instruments refuse the start, or every quote",
        "change the keys that are named in the profile, or by --overlay; ./run.sh show-config prints where each comes from");

    private static string Percent(decimal fraction) => (fraction * 100).ToString("0.######", CultureInfo.InvariantCulture) + " %";

    private static string Show(decimal value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private HealthCheck KeyOf(VenueOutcome<RestApiKey> outcome)
    {
        if (IsDemo && outcome.Class == OutcomeClass.Other) return Key(Verdict.Unknown, "demo trading tells nothing of its key");
        if (outcome.Value is not { } key || !outcome.IsAnswered) return Key(Verdict.Fail, outcome.Text);
        if (key.May("Wallet", "Withdraw")) return Key(_configuration.Account.AllowWithdrawalKey ? Verdict.Warn : Verdict.Fail, "it may withdraw money");
        if (key.ReadOnly != 0) return Key(Verdict.Fail, key.ReadOnly == 1 ? "it may only read" : "the venue does not tell whether it may only read");
        if (!key.May("ContractTrade", "Order") && !key.May("Derivatives", "DerivativesTrade")) return Key(Verdict.Fail, "it may not trade derivatives");
        return Key(Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"account {key.Uid}: trades derivatives, and may not withdraw"));
    }

    private async Task<HealthCheck> ModeAsync(CancellationToken cancel)
    {
        VenueOutcome<RestAccount> outcome = await _rest.AccountAsync(cancel).ConfigureAwait(false);
        if (outcome.Value is not { } account || !outcome.IsAnswered) return Mode(Verdict.Fail, outcome.Text);
        if (account.UnifiedMarginStatus is not (3 or 4 or 5 or 6)) return Mode(Verdict.Fail, $"no unified account (unifiedMarginStatus {account.UnifiedMarginStatus})");
        if (account.MarginMode != WantedMode)
        {
            return Mode(_configuration.Account.SetMarginMode ? Verdict.Warn : Verdict.Fail, $"{account.MarginMode}; {_configuration.Where("account:marginMode")} wants {WantedMode}{(_configuration.Account.SetMarginMode ? ", which the start will set" : "")}");
        }

        foreach (string symbol in _configuration.Symbols)
        {
            VenueOutcome<IReadOnlyList<RestPosition>> positions = await _rest.PositionsAsync(symbol, cancel).ConfigureAwait(false);
            if (!positions.IsAnswered) return Mode(Verdict.Fail, positions.Text);
            if (positions.Value!.Any(row => row.PositionIdx is 1 or 2)) return Mode(Verdict.Fail, $"{symbol} is in hedge mode", "with no position and no order open, switch it at the venue: Position mode, One-way");
        }

        return Mode(Verdict.Ok, $"unified, one-way, {account.MarginMode}");
    }

    private async Task<HealthCheck> FeesAsync(CancellationToken cancel)
    {
        var found = new List<string>();
        Verdict worst = Verdict.Ok;
        foreach (string symbol in _configuration.Symbols)
        {
            VenueOutcome<RestFeeRate> outcome = await _rest.FeeRateAsync(symbol, cancel).ConfigureAwait(false);
            if (IsDemo && outcome.Class == OutcomeClass.Other) return Fees(Verdict.Unknown, $"demo trading tells no fee rate; account:assumedMakerFee is {Percent(_configuration.Account.AssumedMakerFee)}");
            if (outcome is not { IsAnswered: true, Value: { MakerFeeRate: { } maker, TakerFeeRate: { } taker } }) return Fees(Verdict.Fail, outcome.IsAnswered ? $"{symbol}: the venue tells no fee rate" : outcome.Text);
            bool isDearer = TierFees(symbol) is { } tier && (maker > tier.Maker || taker > tier.Taker);
            if (isDearer) worst = Verdict.Warn;
            found.Add($"{symbol} maker {Percent(maker)}, taker {Percent(taker)}{(isDearer ? $", more than the {_configuration.Venue.FeeTier} of the profile" : "")}");
        }

        return Fees(worst, string.Join("; ", found));
    }

    private HealthCheck LimitsOf(RestApiKey? key)
    {
        OrderBudgetConfiguration budget = _configuration.OrderBudget;
        int wanted = Math.Max(budget.CreatesPerSecond, Math.Max(budget.AmendsPerSecond, budget.CancelsPerSecond));
        if (key is null || key.VipLevel.Length == 0) return Limits(Verdict.Unknown, $"the venue does not tell the account's level; the profile counts on {wanted} a second");
        if (LevelRequests(key.VipLevel) is not { } allowed) return Limits(Verdict.Unknown, $"the limits of level {key.VipLevel} are not known here; the profile counts on {wanted} a second");
        return Limits(wanted > allowed ? Verdict.Fail : Verdict.Ok, $"level {key.VipLevel} may send {allowed} of each kind a second, by the venue's published table; the profile counts on {wanted}");
    }

    /// <summary>Builds the engine as a start would, from the venue's own instruments and ladders, and lets it go.</summary>
    private async Task<HealthCheck> SanityAsync(CancellationToken cancel)
    {
        VenueOutcome<InstrumentCatalog> catalog = await _rest.InstrumentsAsync(cancel).ConfigureAwait(false);
        if (!catalog.IsAnswered) return Sanity(Verdict.Fail, catalog.Text);
        var faults = new List<string>();
        try
        {
            InstrumentTable instruments = catalog.Value!.Select(_configuration.Symbols);
            VenueOutcome<RiskLimitCatalog> ladders = await _rest.RiskLimitsAsync(_configuration.Symbols, cancel).ConfigureAwait(false);
            if (!ladders.IsAnswered) return Sanity(Verdict.Fail, ladders.Text);
            AccountFees fees = new(_configuration.Account.AssumedMakerFee, _configuration.Account.AssumedTakerFee);
            EngineBuilder.Build(_configuration, instruments, [.. _configuration.Symbols.Select(_ => fees)], ladders.Value!);
            foreach (string symbol in _configuration.Symbols) await CheckSizesAsync(symbol, ladders.Value!, faults, cancel).ConfigureAwait(false);
        }
        catch (InstrumentException fault)
        {
            faults.Add(fault.Message);
        }
        catch (ConfigurationException fault)
        {
            faults.AddRange(fault.Faults);
        }

        return faults.Count == 0 ? Sanity(Verdict.Ok, $"{string.Join(", ", _configuration.Symbols)}: sizes, limits and leverage fit the venue's instruments") : Sanity(Verdict.Fail, string.Join("; ", faults));
    }

    private async Task CheckSizesAsync(string symbol, RiskLimitCatalog ladders, List<string> faults, CancellationToken cancel)
    {
        VenueOutcome<RestTicker> ticker = await _rest.TickerAsync(symbol, cancel).ConfigureAwait(false);
        if (ticker.Value is not { MarkPrice: > 0 and var mark } || !ticker.IsAnswered)
        {
            faults.Add(ticker.IsAnswered ? $"{symbol}: the venue tells no mark price" : ticker.Text);
            return;
        }

        InstrumentConfiguration sizes = _configuration.Instruments[symbol];
        decimal order = sizes.OrderQty * mark;
        if (order > _configuration.Risk.OrderNotionalMaxUsdt)
        {
            faults.Add($"{_configuration.Where($"instruments:{symbol}:orderQty")} is worth {Show(decimal.Round(order))} USDT, and risk:orderNotionalMaxUsdt refuses more than {Show(_configuration.Risk.OrderNotionalMaxUsdt)}");
        }

        decimal position = sizes.PositionQtyMax * mark;
        RiskLimitRow tier = ladders[symbol].FirstOrDefault(row => row.ValueLimit >= position);
        if (tier.ValueLimit == 0 || tier.MaxLeverage < _configuration.Venue.Leverage)
        {
            faults.Add($"{_configuration.Where($"instruments:{symbol}:positionQtyMax")} is worth {Show(decimal.Round(position))} USDT, which the venue does not take at a leverage of {Show(_configuration.Venue.Leverage)}");
        }
    }
}
