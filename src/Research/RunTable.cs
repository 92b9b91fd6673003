using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>The closing table of a run as plain text cells; the terminal decides how they look.</summary>
public static class RunTable
{
    /// <summary>The sections of the table, most important first.</summary>
    public static IReadOnlyList<RunTableSection> Sections(RunResult result) =>
    [
        new("Result", Printable(ResultRows(result))),
        new("Activity", Printable(ActivityRows(result))),
        new("Account", Printable(AccountRows(result))),
        new("Latency", Printable(LatencyRows(result))),
        new("Run", Printable(RunRows(result))),
    ];

    private static IEnumerable<(string Label, string Value)> ResultRows(RunResult result)
    {
        foreach (string sentence in result.InvariantBreaks) yield return ("Invariant broken", sentence);
        foreach (RunIncident incident in result.Incidents) yield return ("Incident", incident.ToString());
        if (result.Interrupted) yield return ("Interrupted", "yes; the figures cover what ran");
        yield return ("Net P&L", $"{Figures.Pnl(result.NetPnl)}; at VIP 0 fees {Figures.Pnl(result.NetPnlAtVip0)}");
        yield return ("Realised", $"{Figures.Pnl(result.RealisedPnl)}, before fees");
        yield return ("Unrealised", $"{Figures.Pnl(result.UnrealisedPnl)}, at the last mark");
        yield return ("Fees", $"{Fee(result.Fees)} on {result.FeeTier} (maker {Figures.Rate(result.MakerFeeRate)}, taker {Figures.Rate(result.TakerFeeRate)}); same fills at VIP 0: {Fee(result.FeesAtVip0)}");
        if (result.Funding != 0m) yield return ("Funding", $"{Figures.SignedUsdt(result.Funding)} USDT");
    }

    private static IEnumerable<(string Label, string Value)> ActivityRows(RunResult result)
    {
        yield return ("Fills", $"{Figures.Count(result.Fills)} ({Figures.Count(result.MakerFills)} maker), turnover {Figures.Usdt(result.Turnover)} USDT");
        if (result.CrossedWithoutFill > 0) yield return ("Crossed, unfilled", $"{Figures.Count(result.CrossedWithoutFill)} orders that the recorded market reached without a print; live they would have filled");
        yield return ("Requests sent", $"{Figures.Count(result.OrdersSent)} ({Figures.Count(result.CreatesSent)} create, {Figures.Count(result.AmendsSent)} amend, {Figures.Count(result.CancelsSent)} cancel)");
        yield return ("Requests a fill", Figures.Mean(result.MessagesPerFill));
        foreach (InstrumentResult instrument in result.Instruments) yield return ($"Quotes {instrument.Symbol}", Tracking(instrument.Tracking));
        if (result.OrdersSent == 0) yield return ("Nothing sent", result.GateRefusals.Count == 0 ? "no quote was wanted" : $"the risk gate refused every order, most often for {result.GateRefusals.MaxBy(pair => pair.Value).Key}");
        yield return ("Acknowledged", $"{Answers(result)}; {Figures.Count(result.OrdersPostOnlyRefused)} post-only orders cancelled in matching");
        yield return ("Held back", Held(result));
        yield return ("Refused by risk", Refusals(result.GateRefusals));
        foreach (InstrumentResult instrument in result.Instruments)
        {
            if (instrument.FairValue.Count > 0) yield return ($"Fair value {instrument.Symbol}", $"{string.Join("; ", instrument.FairValue.Select(Part))}; mean and mean size in ticks");
            if (instrument.Intensity is { } intensity) yield return ($"Arrivals {instrument.Symbol}", Arrivals(intensity));
        }

        yield return ("Frames", $"{Figures.Count(result.FramesDecoded)} decoded, {Figures.Count(result.FramesRejected)} rejected");
    }

    private static IEnumerable<(string Label, string Value)> AccountRows(RunResult result)
    {
        yield return ("Equity", $"{Figures.Usdt(result.StartEquity)} -> {Figures.Usdt(result.EndEquity)} USDT, max drawdown {Figures.Usdt(result.MaxDrawdown)} USDT");
        foreach (InstrumentResult instrument in result.Instruments)
        {
            yield return ($"Position {instrument.Symbol}", $"{Figures.SignedExact(instrument.FinalPositionQty)}, largest {Figures.Exact(instrument.MaxAbsPositionQty)}");
            if (instrument.MarkOuts.Count > 0) yield return ($"Mark-outs {instrument.Symbol}", MarkOuts(instrument));
        }

        yield return ("Liquidations", Figures.Count(result.Liquidations));
    }

    private static IEnumerable<(string Label, string Value)> LatencyRows(RunResult result)
    {
        foreach ((string stage, LatencySummary latency) in result.Latency)
        {
            yield return (StageName(stage), $"p50 {Figures.Latency(latency.P50),-8} p99 {Figures.Latency(latency.P99),-8} p99.9 {Figures.Latency(latency.P999),-8} max {Figures.Latency(latency.Max)}");
        }

        yield return ("Hot path", $"{Figures.Count(result.HotPathAllocatedBytes)} bytes allocated; {Figures.Count(result.GcCollections)} garbage collections in the process");
        if (result.IoAllocatedBytesPerMessage is { } bytes) yield return ("Io thread", $"{Figures.Bytes(bytes)} bytes allocated a message");
    }

    private static IEnumerable<(string Label, string Value)> RunRows(RunResult result)
    {
        yield return ("Market", $"{result.Data} ({result.DataLabel})");
        yield return ("Traded", $"{string.Join(", ", result.Symbols)} at {Figures.Exact(result.Leverage)}x, {Figures.Seconds(result.RecordingSeconds)} of market in {Figures.Seconds(result.WallSeconds)}");
        yield return ("Quoting", Quoting(result));
        yield return ("Venue", $"simulated; queue {result.QueueModel}; {result.LatencyModel}; seed {result.Seed}");
        yield return ("Mark price", string.Join(", ", result.MarkPriceSource.Select(pair => $"{pair.Key}: {pair.Value}")));
        yield return ("Pace", Pace(result));
        if (result.IoAllocatedBytesPerMessage is not null) yield return ("Reconnects", Figures.Count(result.Reconnects));
        yield return ("Placement", result.Placement);
        yield return ("Outbound SHA-256", result.OutboundSha256.Length > 16 ? result.OutboundSha256[..16] : result.OutboundSha256);
        if (result.ReportPath is { } path) yield return ("Report", path);
    }

    /// <summary>A part of the fair value; what is not in use is in brackets.</summary>
    private static string Part(FairValuePart part)
    {
        string text = $"{PartName(part.Name)} {(part.Name == "mid" ? Figures.Ticks(part.MeanTicks) : $"{Figures.SignedTicks(part.MeanTicks)} of {Figures.Ticks(part.MeanAbsoluteTicks)}")}";
        return part.Weight == 0 ? $"({text})" : text;
    }

    /// <summary>The name of a part of the fair value as people read it.</summary>
    public static string PartName(string part) => part switch { "weightedMid" => "weighted mid", "orderFlow" => "order flow", _ => part };

    /// <summary>A rolling arrival intensity.</summary>
    public static string Arrivals(IntensitySummary intensity) =>
        $"A {intensity.ArrivalRatePerSecond:G4}/s, k {intensity.DecayPerTick:G4}/tick; {Figures.Count(intensity.FitsTaken)} fits taken ({Figures.Count(intensity.FitsTakenInPart)} in part), {Figures.Count(intensity.FitsRefused)} refused; bids {intensity.Bids}, asks {intensity.Asks}";

    private static string Tables(RunResult result)
    {
        if (result.QuoteTables + result.QuoteTablesRefused == 0) return "";
        return $", {Figures.Count(result.QuoteTables)} tables{(result.QuoteTablesRefused == 0 ? "" : $" and {Figures.Count(result.QuoteTablesRefused)} refused")}";
    }

    private static string Fee(decimal fee) => fee < 0m ? $"{Figures.Usdt(-fee)} USDT rebate" : $"{Figures.Usdt(fee)} USDT paid";

    /// <summary>How well the quotes of an instrument followed what was wanted.</summary>
    public static string Tracking(TrackingResult tracking) =>
        $"bid {Figures.Mean(tracking.BidErrorTicks)} and ask {Figures.Mean(tracking.AskErrorTicks)} ticks from where they were wanted; missing {Figures.Share(tracking.BidMissingShare)} and {Figures.Share(tracking.AskMissingShare)} of the time";

    /// <summary>What became of the requests sent.</summary>
    public static string Answers(RunResult result) =>
        $"{Figures.Count(result.OrdersAcknowledged)}, rejected {Figures.Count(result.OrdersRejected)}, unanswered {Figures.Count(result.OrdersUnanswered)}";

    private static string Refusals(IReadOnlyDictionary<string, long> refusals) =>
        refusals.Count == 0 ? "0" : $"{Figures.Count(refusals.Values.Sum())} ({string.Join(", ", refusals.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {Figures.Count(pair.Value)}"))})";

    /// <summary>How often and how long quotes were held back or further out, by why.</summary>
    public static string Held(RunResult result) => result.QuotesHeld.Count == 0
        ? "never"
        : string.Join(", ", result.QuotesHeld.Select(held => $"{held.Key} {Figures.Count(held.Value)} times, {Figures.Seconds(result.HeldSeconds.GetValueOrDefault(held.Key))}"));

    /// <summary>What the mid did after the fills of an instrument.</summary>
    public static string MarkOuts(InstrumentResult instrument) => string.Join(
        "; ",
        instrument.MarkOuts.GroupBy(after => after.Side).Select(side => FormattableString.Invariant(
            $"{(side.Key == "Buy" ? "bids" : "asks")} {string.Join(", ", side.Select(after => FormattableString.Invariant($"{after.MeanTicks:+0.0;-0.0;0.0} ticks in {after.AfterSeconds:0.#} s")))}")));

    /// <summary>Quoting model and levels.</summary>
    public static string Quoting(RunResult result) => $"{result.QuotingModel}, {Figures.Count(result.LevelsPerSide)} level{(result.LevelsPerSide == 1 ? "" : "s")} a side{Tables(result)}";

    /// <summary>Pace of a run and how engine and venue are joined.</summary>
    public static string Pace(RunResult result) => result.IoAllocatedBytesPerMessage is null ? result.Speed : $"{result.Speed}, over loopback sockets";

    /// <summary>The name of a stage as people read it.</summary>
    public static string StageName(string stage) => stage switch { "tickToOrder" => "tick to order", "tickToTrade" => "tick to trade", "roundTrip" => "round trip", _ => stage };

    private static List<(string Label, string Value)> Printable(IEnumerable<(string Label, string Value)> rows) =>
        [.. rows.Select(row => (Figures.OneLine(row.Label), Figures.OneLine(row.Value)))];
}
