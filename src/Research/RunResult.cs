using System.Text.Json.Serialization;
using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>Everything a finished run says about itself: the source of the terminal table, <c>summary.json</c>, <c>--json</c> and the HTML report. Money in USDT, quantities in base coin, latencies in nanoseconds.</summary>
public sealed record RunResult
{
    /// <summary>The verb that ran: backtest or dry-run.</summary>
    public required string Verb { get; init; }

    /// <summary>"replay" for a recording, "live" for the market of a venue, "flow" for generated order flow.</summary>
    public required string Market { get; init; }

    /// <summary>Recording file as given, the venue of a live market, or the flow market's scenario.</summary>
    public required string Data { get; init; }

    /// <summary>What the recording is, in one phrase, from its origin: genuine capture or derived; of a live market where its rules are from.</summary>
    public required string DataLabel { get; init; }

    /// <summary>Symbols traded.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Leverage of every position.</summary>
    public required decimal Leverage { get; init; }

    /// <summary>Quoting model as the configuration names it: quoting:model.</summary>
    public required string QuotingModel { get; init; }

    /// <summary>Quotes a side.</summary>
    public required int LevelsPerSide { get; init; }

    /// <summary>Seed of the latency model.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Fee tier by its published name, for example "Pro 5".</summary>
    public required string FeeTier { get; init; }

    /// <summary>Maker fee as a fraction.</summary>
    public required decimal MakerFeeRate { get; init; }

    /// <summary>Taker fee as a fraction.</summary>
    public required decimal TakerFeeRate { get; init; }

    /// <summary>Name of the queue model behind every maker fill.</summary>
    public required string QueueModel { get; init; }

    /// <summary>The latency model in one phrase.</summary>
    public required string LatencyModel { get; init; }

    /// <summary>Where the mark price came from, per symbol: "tickers" or "mid (derived)".</summary>
    public required IReadOnlyDictionary<string, string> MarkPriceSource { get; init; }

    /// <summary>Thread placement in use.</summary>
    public required string Placement { get; init; }

    /// <summary>Pace of the run: "5x", "max (lockstep)" or "virtual time".</summary>
    public required string Speed { get; init; }

    /// <summary>First and last logic time of the run, UTC.</summary>
    public required DateTime FirstUtc { get; init; }

    /// <summary>Last logic time of the run, UTC.</summary>
    public required DateTime LastUtc { get; init; }

    /// <summary>Seconds of market covered.</summary>
    public required double RecordingSeconds { get; init; }

    /// <summary>Seconds of real time the run took.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>True when the operator interrupted the run; the figures cover what ran.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Recorded market frames that decoded completely, control and unused topics included.</summary>
    public required long FramesDecoded { get; init; }

    /// <summary>Recorded market frames of symbols that the run does not trade.</summary>
    public required long FramesForOtherSymbols { get; init; }

    /// <summary>Frames of any source that were malformed and dropped.</summary>
    public required long FramesRejected { get; init; }

    /// <summary>Times that the liquidation guard began to cut a position.</summary>
    public required long GuardActions { get; init; }

    /// <summary>How often each loss limit was reached, by its name (<see cref="Model.LossRule"/>); those that never were are left out.</summary>
    public required IReadOnlyDictionary<string, long> LossLimits { get; init; }

    /// <summary>Pauses that had not ended, with their end (UTC): of the engine by limit, of an instrument by symbol.</summary>
    public required IReadOnlyDictionary<string, DateTime> PausedUntil { get; init; }

    /// <summary>Biases of the slow thread that the engine took.</summary>
    public required long BiasUpdates { get; init; }

    /// <summary>Those that it refused, each of which left its instrument without one.</summary>
    public required long BiasesRefused { get; init; }

    /// <summary>Lowest score of those taken, -1 to 1; null without any.</summary>
    public required decimal? BiasMin { get; init; }

    /// <summary>Highest score of those taken; null without any.</summary>
    public required decimal? BiasMax { get; init; }

    /// <summary>Positions that directional requests of the slow thread have opened.</summary>
    public required long Trades { get; init; }

    /// <summary>Directional requests that the engine refused.</summary>
    public required long DirectionalRefused { get; init; }

    /// <summary>Market messages that the slow thread has not heard, for it did not follow; null where the market waits for it.</summary>
    public required long? SlowThreadMissed { get; init; }

    /// <summary>What the meta-label has done; null without the signal meta-label.</summary>
    public MetaLabelResult? MetaLabel { get; init; }

    /// <summary>Order-entry requests sent: creates + amends + cancels.</summary>
    public required long OrdersSent { get; init; }

    /// <summary>Of them <c>order.create</c>.</summary>
    public required long CreatesSent { get; init; }

    /// <summary>Of them <c>order.amend</c>.</summary>
    public required long AmendsSent { get; init; }

    /// <summary>Of them <c>order.cancel</c>.</summary>
    public required long CancelsSent { get; init; }

    /// <summary>Tables of exact quotes that the engine took; 0 for a model without tables.</summary>
    public required long QuoteTables { get; init; }

    /// <summary>Tables that it refused: malformed, or without a solution.</summary>
    public required long QuoteTablesRefused { get; init; }

    /// <summary>How often an instrument's quotes began to be held back or further out while the engine was ready, by why.</summary>
    public required IReadOnlyDictionary<string, long> QuotesHeld { get; init; }

    /// <summary>Logic seconds in which that was so of at least one instrument, by why; from looks at each tick.</summary>
    public required IReadOnlyDictionary<string, double> HeldSeconds { get; init; }

    /// <summary>Requests the gateway accepted (retCode 0).</summary>
    public required long OrdersAcknowledged { get; init; }

    /// <summary>Requests the gateway refused (any other retCode).</summary>
    public required long OrdersRejected { get; init; }

    /// <summary>Requests whose answer has not come. With those acknowledged and those rejected they are the requests sent.</summary>
    public required long OrdersUnanswered { get; init; }

    /// <summary>Of the orders acknowledged, those that matching cancelled at once: post-only orders that would have taken.</summary>
    public required long OrdersPostOnlyRefused { get; init; }

    /// <summary>Changes the risk gate refused, by reason.</summary>
    public required IReadOnlyDictionary<string, long> GateRefusals { get; init; }

    /// <summary>Why the kill switch was thrown; null when it was not.</summary>
    public required string? KilledBy { get; init; }

    /// <summary>Liquidations and a thrown kill switch, oldest first.</summary>
    public required IReadOnlyList<RunIncident> Incidents { get; init; }

    /// <summary>Executions, liquidations included.</summary>
    public required long Fills { get; init; }

    /// <summary>Order-entry requests sent for each execution; null without one.</summary>
    public double? MessagesPerFill => Fills == 0 ? null : (double)OrdersSent / Fills;

    /// <summary>Maker fills.</summary>
    public required long MakerFills { get; init; }

    /// <summary>Resting orders that the recorded opposite side reached and that did not fill afterwards, since no print paid for it. Live they would have been hit, at a bad price: a bound on how much the queue model flatters.</summary>
    public required long CrossedWithoutFill { get; init; }

    /// <summary>Traded value, USDT.</summary>
    public required decimal Turnover { get; init; }

    /// <summary>Realised P&amp;L before fees and funding.</summary>
    public required decimal RealisedPnl { get; init; }

    /// <summary>Unrealised P&amp;L at the last mark.</summary>
    public required decimal UnrealisedPnl { get; init; }

    /// <summary>Fees paid; negative is a rebate.</summary>
    public required decimal Fees { get; init; }

    /// <summary>Funding received; negative was paid.</summary>
    public required decimal Funding { get; init; }

    /// <summary>The same fills at VIP 0 rates.</summary>
    public required decimal FeesAtVip0 { get; init; }

    /// <summary>realised + unrealised - fees + funding.</summary>
    public required decimal NetPnl { get; init; }

    /// <summary>Net P&amp;L with the VIP 0 fees instead.</summary>
    public required decimal NetPnlAtVip0 { get; init; }

    /// <summary>Signed position at the end; with several instruments the one of the first (see <see cref="Instruments"/>).</summary>
    public required decimal FinalPositionQty { get; init; }

    /// <summary>Largest position held, without sign; with several instruments the one of the first.</summary>
    public required decimal MaxAbsPositionQty { get; init; }

    /// <summary>Equity at the start.</summary>
    public required decimal StartEquity { get; init; }

    /// <summary>Equity at the end.</summary>
    public required decimal EndEquity { get; init; }

    /// <summary>Largest fall from a peak of equity, in USDT.</summary>
    public required decimal MaxDrawdown { get; init; }

    /// <summary>Positions liquidated.</summary>
    public required long Liquidations { get; init; }

    /// <summary>Bytes the engine allocated, from its first frame on.</summary>
    public required long HotPathAllocatedBytes { get; init; }

    /// <summary>What the hot threads have met, from the moment that the connections were of use; null without sockets.</summary>
    public TradingCounters? WhileTrading { get; init; }

    /// <summary>Garbage collections of any generation during the run, caused by the venue and the report, not by the engine.</summary>
    public required int GcCollections { get; init; }

    /// <summary>Connections that were lost and came back, over the three sockets.</summary>
    public required int Reconnects { get; init; }

    /// <summary>Bytes that the io thread allocated once every connection stood, by data message; null without sockets.</summary>
    public required double? IoAllocatedBytesPerMessage { get; init; }

    /// <summary>SHA-256 over the length-prefixed outbound request payloads, lower-case hex.</summary>
    public required string OutboundSha256 { get; init; }

    /// <summary>Stage name (decode, decide, tickToOrder, and over sockets send, tickToTrade and roundTrip) to its percentiles.</summary>
    public required IReadOnlyDictionary<string, LatencySummary> Latency { get; init; }

    /// <summary>Figures by instrument.</summary>
    public required IReadOnlyList<InstrumentResult> Instruments { get; init; }

    /// <summary>What did not hold, one sentence each; empty is a good run, anything else is exit status 1.</summary>
    public required IReadOnlyList<string> InvariantBreaks { get; init; }

    /// <summary>Folder of the report; null when it could not be written.</summary>
    public string? ReportPath { get; init; }

    /// <summary>Why the report could not be written after the run; null when it was.</summary>
    public string? ReportFault { get; init; }

    /// <summary>Equity and inventory over time, for the report's charts.</summary>
    [JsonIgnore]
    public IReadOnlyList<RunSample> Samples { get; init; } = [];
}
