using LatencyEngine.Bybit;

namespace LatencyEngine.Host;

/// <summary>What a live run begins with: the venue and the account as they were read at the start, found fit to be traded (Bybit V5, 24.7).</summary>
public sealed record LiveStart
{
    /// <summary>The venue's instruments; those to trade can be selected.</summary>
    public required InstrumentCatalog Instruments { get; init; }

    /// <summary>The account's rates, one entry an instrument, in the order of the configuration.</summary>
    public required IReadOnlyList<AccountFees> Fees { get; init; }

    /// <summary>Ladders of the instruments.</summary>
    public required RiskLimitCatalog RiskLimits { get; init; }

    /// <summary>USDT in the wallet, without what open positions have won or lost.</summary>
    public required decimal WalletUsdt { get; init; }

    /// <summary>USDT with that.</summary>
    public required decimal EquityUsdt { get; init; }

    /// <summary>What new positions may use, USDT.</summary>
    public required decimal AvailableUsdt { get; init; }

    /// <summary>Every position that is not flat, of symbols that are not traded too.</summary>
    public required IReadOnlyList<RestPosition> Positions { get; init; }

    /// <summary>Every open order; those of traded symbols are all named by this engine, left over by a run before.</summary>
    public required IReadOnlyList<RestOrder> OpenOrders { get; init; }

    /// <summary>The account has disconnect protection for derivatives (Bybit V5, 12.6): it is to be armed.</summary>
    public required bool HasDisconnectProtection { get; init; }

    /// <summary>What is about to happen, one line each, for people.</summary>
    public required IReadOnlyList<string> Plan { get; init; }

    /// <summary>Reads the venue and the account, checks that they can be traded, and sets what the configuration allows to set; that only when there is no other fault.</summary>
    /// <param name="rest">The calls, signed with a <see cref="VenueClock"/>, which is measured first.</param>
    /// <param name="configuration">What to trade, and how.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="LiveStartException">The account or an instrument cannot be traded as it is; it carries one line a fault.</exception>
    /// <exception cref="VenueUnavailableException">The venue cannot be reached, or refuses the key.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<LiveStart> ReadAsync(BybitRest rest, EngineConfiguration configuration, CancellationToken cancel) => new LiveStartReader(rest, configuration).ReadAsync(cancel);
}
