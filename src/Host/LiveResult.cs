using System.Text.Json.Serialization;

namespace LatencyEngine.Host;

/// <summary>What a live run came to: the document of <c>live --json</c>.</summary>
public sealed record LiveResult
{
    /// <summary>demo, testnet or mainnet.</summary>
    public required string Environment { get; init; }

    /// <summary>Address of the venue's REST.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Symbols traded.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Quoting model as the configuration names it: quoting:model.</summary>
    public required string QuotingModel { get; init; }

    /// <summary>Quotes a side.</summary>
    public required int LevelsPerSide { get; init; }

    /// <summary>The operator ended it.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Real seconds of trading, from the first time it could quote.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>At the end the venue itself, asked by REST, shows no position and no order of the traded symbols; null when it could not be asked.</summary>
    public required bool? Flat { get; init; }

    /// <summary>Why the run ended before its time, or did not end flat; null when neither.</summary>
    public required string? Failure { get; init; }

    /// <summary>What threw the kill switch; null when nothing did.</summary>
    public required string? KilledBy { get; init; }

    /// <summary>Connections that were lost and came back.</summary>
    public required int Reconnects { get; init; }

    /// <summary>Comparisons with the venue that were completed.</summary>
    public required long Reconciliations { get; init; }

    /// <summary>Differences that they found; the venue's value was taken for each.</summary>
    public required long Differences { get; init; }

    /// <summary>Orders of this engine found open at the venue that it did not hold.</summary>
    public required long OrphansFound { get; init; }

    /// <summary>Executions and order rows that came again.</summary>
    public required long DuplicatesIgnored { get; init; }

    /// <summary>Orders whose outcome had been unknown and became known.</summary>
    public required long UnknownResolved { get; init; }

    /// <summary>From the loss of an account connection, or a contradiction, until the engine was ready to quote again, milliseconds.</summary>
    public required RecoverySummary RecoverMs { get; init; }

    /// <summary>Share of the time, in percent, in which the engine was ready to quote, of that in which the venue could be reached; null before it once could.</summary>
    public required double? UptimePct { get; init; }

    /// <summary>Seconds in which the engine was ready to quote.</summary>
    public required double ReadySeconds { get; init; }

    /// <summary>Seconds in which the venue seemed away: from an attempt to connect that failed until one succeeded.</summary>
    public required double UnreachableSeconds { get; init; }

    /// <summary>Seconds in which the venue could be reached and quotes could not be made, by what was missing: the first of the connections <c>public</c>, <c>private</c> and <c>trade</c> that was not of use, or else <c>lookUp</c>: the end of one, or what it has found, as an orphan to be cancelled or a position that cannot be taken over.</summary>
    public required IReadOnlyDictionary<string, double> DownSeconds { get; init; }

    /// <summary>Seconds in which quotes could be made, but those of at least one instrument were held back, by why: <c>book</c>, <c>bookAge</c>, <c>markPriceAge</c>, <c>feedLag</c>, <c>orderStreamDelay</c>, <c>refusals</c>, <c>volatilityJump</c>, <c>volatilityCap</c>, <c>sweep</c>, <c>oneSidedBook</c>, <c>liquidationGuard</c>, <c>lossLimit</c> or <c>directional</c>; or, with <c>markOuts</c>, were further out than the model had them. They count as uptime: the engine saw well, and would rather not.</summary>
    public required IReadOnlyDictionary<string, double> HeldSeconds { get; init; }

    /// <summary>How often each of these began, instrument by instrument.</summary>
    public required IReadOnlyDictionary<string, long> QuotesHeld { get; init; }

    /// <summary>Creates sent.</summary>
    public required long Creates { get; init; }

    /// <summary>Amends sent.</summary>
    public required long Amends { get; init; }

    /// <summary>Cancels sent.</summary>
    public required long Cancels { get; init; }

    /// <summary>Requests that the venue took.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Requests that the venue refused.</summary>
    public required long Rejected { get; init; }

    /// <summary>These by operation and return code, as <c>create 110007</c>; an answer that came after its request was given up is among them, too.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>Answers that refused one for too many requests, 10006 and its like: of orders, among <see cref="Rejected"/>, and of whatever else goes by REST, also where it was repeated and succeeded.</summary>
    public required long RateLimited { get; init; }

    /// <summary>Executions booked.</summary>
    public required long Fills { get; init; }

    /// <summary>Realised P&amp;L before fees, USDT.</summary>
    public required decimal RealisedPnl { get; init; }

    /// <summary>Fees paid, USDT.</summary>
    public required decimal Fees { get; init; }

    /// <summary>Wallet at the end by the engine's ledger, USDT.</summary>
    public required decimal Wallet { get; init; }

    /// <summary>Position at the end by symbol, in base coin, signed.</summary>
    public required IReadOnlyDictionary<string, decimal> Positions { get; init; }

    /// <summary>What the quotes of each instrument were made of, and what came of them.</summary>
    public required IReadOnlyList<LiveInstrument> Instruments { get; init; }

    /// <summary>Requests a booked execution; null before the first.</summary>
    public double? MessagesPerFill => Fills == 0 ? null : (double)(Creates + Amends + Cancels) / Fills;

    /// <summary>Look-ups, mass cancels and questions for the market by REST that failed and were asked again.</summary>
    public required int RestFailures { get; init; }

    /// <summary>Messages of the venue that could not be read, and were dropped.</summary>
    public required long FramesRejected { get; init; }

    /// <summary>Changes that the engine's own gate refused before sending, by reason.</summary>
    public required IReadOnlyDictionary<string, long> GateRefusals { get; init; }

    /// <summary>Times that the liquidation guard began to cut a position.</summary>
    public required long GuardActions { get; init; }

    /// <summary>How often each loss limit was reached, by its name (<see cref="Model.LossRule"/>); those that never were are left out.</summary>
    public required IReadOnlyDictionary<string, long> LossLimits { get; init; }

    /// <summary>Pauses that had not ended, with their end (UTC): of the engine by limit, of an instrument by symbol.</summary>
    public required IReadOnlyDictionary<string, DateTime> PausedUntil { get; init; }

    /// <summary>Look-ups that were void since rows of theirs could not be read.</summary>
    public required long LookUpsDamaged { get; init; }

    /// <summary>Values of an enumeration that this version has no rule for: new at the venue, or of a feature that the engine does not use.</summary>
    public required long UnknownEnumValues { get; init; }

    /// <summary>Books and mark prices that came by REST, since the public connection was away.</summary>
    public required int MarketByRest { get; init; }

    /// <summary>What the meta-label has done; null without the signal meta-label.</summary>
    public MetaLabelResult? MetaLabel { get; init; }

    /// <summary>What happened, one line each, oldest first; the first hundred.</summary>
    public required IReadOnlyList<string> Incidents { get; init; }

    /// <summary>Threads in use.</summary>
    public required string Placement { get; init; }

    /// <summary>Percentiles by stage, nanoseconds.</summary>
    [JsonPropertyName("latencyNs")]
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <summary>Bytes that the hot path allocated.</summary>
    public required long HotPathAllocatedBytes { get; init; }

    /// <summary>What the hot threads have met, from the moment that the connections were of use; null where they never were.</summary>
    public TradingCounters? WhileTrading { get; init; }
}
