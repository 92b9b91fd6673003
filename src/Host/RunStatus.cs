namespace LatencyEngine.Host;

/// <summary>How a run stands: the document of <c>status --json</c>.</summary>
public sealed record RunStatus
{
    /// <summary>Of the run.</summary>
    public required string Name { get; init; }

    /// <summary>The verb that runs.</summary>
    public required string Verb { get; init; }

    /// <summary>Its process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTime StartedUtc { get; init; }

    /// <summary>Whether quotes are made, and if not, why; <c>Unset</c> before the engine has described itself.</summary>
    public required string State { get; init; }

    /// <summary>Time of the engine's clock at which it described itself; null before.</summary>
    public required DateTime? DescribedUtc { get; init; }

    /// <summary>The kills that hold, oldest first; empty for none.</summary>
    public required IReadOnlyList<KillRecord> Kills { get; init; }

    /// <summary>Whether it is flat, once it was to be.</summary>
    public required string Closing { get; init; }

    /// <summary>Orders that may rest.</summary>
    public required int LiveOrders { get; init; }

    /// <summary>Of them those whose outcome is unknown.</summary>
    public required int OutcomeUnknown { get; init; }

    /// <summary>How each connection stands, by channel; a lost one with its fault.</summary>
    public required IReadOnlyDictionary<string, string> Connections { get; init; }

    /// <summary>Wallet by the engine's ledger.</summary>
    public required decimal WalletUsdt { get; init; }

    /// <summary>Wallet and unrealised P&amp;L.</summary>
    public required decimal EquityUsdt { get; init; }

    /// <summary>Margin that neither positions nor open orders hold.</summary>
    public required decimal AvailableMarginUsdt { get; init; }

    /// <summary>Margin that positions and open orders bind, USDT, against <c>risk:exposureMaxFraction</c> of the balance.</summary>
    public required LimitUse BoundMarginUsdt { get; init; }

    /// <summary>What is lost against the limits on equity, USDT, by the limit's name; empty before the first equity is known. A limit that is off is left out.</summary>
    public required IReadOnlyDictionary<string, LimitUse> Losses { get; init; }

    /// <summary>Pauses that hold and their ends (UTC): of the engine by limit, of an instrument by symbol.</summary>
    public required IReadOnlyDictionary<string, DateTime> PausedUntil { get; init; }

    /// <summary>Requests of the last second against the order budget, by operation: <c>creates</c>, <c>amends</c>, <c>cancels</c>.</summary>
    public required IReadOnlyDictionary<string, LimitUse> OrderBudget { get; init; }

    /// <summary>By instrument.</summary>
    public required IReadOnlyList<InstrumentStatus> Instruments { get; init; }

    /// <summary>What the gate has refused, the last of each reason first the newest.</summary>
    public required IReadOnlyList<GateRefusal> Refusals { get; init; }
}
