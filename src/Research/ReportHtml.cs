using System.Xml.Linq;
using static LatencyEngine.Research.Html;

namespace LatencyEngine.Research;

/// <summary>The page of a run: one file that loads nothing, for screen, phone and paper.</summary>
public static class ReportHtml
{
    private const int FillsShownEachEnd = 50;

    private static readonly string[] FillHeadings =
        ["Time, UTC", "Symbol", "Side", "Role", "Price", "Qty", "Fee", "Fee at VIP 0", "Queue ahead", "Filled before", "Prints", "Waited", "Position after", "Realised after"];

    /// <summary>The whole document; also well-formed XML.</summary>
    /// <param name="result">The run, with its samples.</param>
    /// <param name="trades">Every execution, oldest first.</param>
    /// <param name="latencyCurves">Stage name to its percentile points, rising.</param>
    public static string Render(RunResult result, IReadOnlyList<TradeRow> trades, IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> latencyCurves) =>
        Page(
            $"{Figures.Pnl(result.NetPnl)}: {result.Verb} of {string.Join(", ", result.Symbols)}",
            Headline(result),
            Alerts(result),
            Cards(result),
            Section("What ran", Facts(result)),
            Section("Pace and connections", Connections(result)),
            OverTime(result, trades),
            Section("Latency", LatencyFigure(result, latencyCurves), LatencyTable(result)),
            Element("div", "columns", Section("Where the P&L comes from", PnlTable(result)), Section("Refused by the risk gate", Refusals(result))),
            Section("Instruments", Instruments(result)),
            FairValues(result),
            Section("Fills", Fills(trades)),
            Section("How to read these numbers", Notes(result)));

    private static XElement Headline(RunResult result)
    {
        (string tone, string words) = result.NetPnl switch
        {
            < 0m => ("loss", "net loss"),
            > 0m => ("gain", "net profit"),
            _ => ("soft", "net: neither profit nor loss"),
        };
        return new XElement(
            "header",
            Element("div", "eyebrow", $"LatencyEngine {result.Verb}"),
            new XElement("h1", Element("span", tone, $"{Figures.SignedUsdt(result.NetPnl)} USDT {words}")),
            Element("p", "soft", $"{string.Join(", ", result.Symbols)} · {Figures.Seconds(result.RecordingSeconds)} of {(result.Market switch { "flow" => "generated", "live" => "live", _ => "recorded" })} market, {Figures.Utc(result.FirstUtc)} to {Figures.Utc(result.LastUtc)} · simulated venue, fees of {result.FeeTier}"));
    }

    private static IEnumerable<XElement> Alerts(RunResult result)
    {
        foreach (RunIncident incident in result.Incidents) yield return Element("div", "alert", incident.ToString());
        if (result.Interrupted)
        {
            yield return Element("div", "alert", "The operator interrupted this run; the figures cover what ran.");
        }

        if (result.InvariantBreaks.Count > 0)
        {
            yield return Element("div", "alert", new XElement("strong", "The run failed: an invariant did not hold."), new XElement("ul", result.InvariantBreaks.Select(sentence => new XElement("li", sentence))));
        }
    }

    private static XElement Cards(RunResult result) =>
        Element(
            "div",
            "cards",
            Card("Net P&L", Figures.SignedUsdt(result.NetPnl), PnlUnit(result.NetPnl), $"fees of {result.FeeTier}", Tone(result.NetPnl)),
            Card("Net P&L at VIP 0", Figures.SignedUsdt(result.NetPnlAtVip0), PnlUnit(result.NetPnlAtVip0), "same fills, VIP 0 fees", Tone(result.NetPnlAtVip0)),
            Card("Equity", Figures.Usdt(result.EndEquity), "USDT", $"from {Figures.Usdt(result.StartEquity)}"),
            Card("Max drawdown", Figures.Usdt(result.MaxDrawdown), "USDT", "largest fall from a peak of equity"),
            Card("Fills", Figures.Count(result.Fills), "", $"{Figures.Count(result.MakerFills)} maker · {Figures.Usdt(result.Turnover)} USDT traded{(result.CrossedWithoutFill > 0 ? $" · {Figures.Count(result.CrossedWithoutFill)} orders crossed without a print" : "")}"),
            Card("Requests sent", Figures.Count(result.OrdersSent), "", $"{Figures.Count(result.CreatesSent)} create · {Figures.Count(result.AmendsSent)} amend · {Figures.Count(result.CancelsSent)} cancel"),
            Card("Liquidations", Figures.Count(result.Liquidations), "", $"at {Figures.Exact(result.Leverage)}x leverage", result.Liquidations > 0 ? "loss" : ""),
            Card("Allocated", Figures.Count(result.HotPathAllocatedBytes), "bytes", "by the engine, from its first frame on"));

    private static XElement Card(string label, string value, string unit, string detail, string tone = "") =>
        Element("div", "card", Element("div", "label", label), Element("div", $"value {tone}".TrimEnd(), $"{value} ", new XElement("small", unit)), Element("div", "detail", detail));

    private static string PnlUnit(decimal amount) => amount < 0m ? "USDT (loss)" : "USDT";

    private static XElement Facts(RunResult result)
    {
        (string Term, string Text)[] facts =
        [
            ("Market", $"{result.Data}: {result.DataLabel}"),
            ("Instruments and leverage", $"{string.Join(", ", result.Symbols)} at {Figures.Exact(result.Leverage)}x"),
            ("Quoting model", RunTable.Quoting(result)),
            ("Fee tier", $"{result.FeeTier}: maker {Figures.Rate(result.MakerFeeRate)}, taker {Figures.Rate(result.TakerFeeRate)}"),
            ("Queue model", result.QueueModel),
            ("Latency model", $"{result.LatencyModel}, seed {result.Seed}"),
            ("Mark price", string.Join(", ", result.MarkPriceSource.Select(pair => $"{pair.Key} from {pair.Value}"))),
            ("Frames", $"{Figures.Count(result.FramesDecoded)} decoded, {Figures.Count(result.FramesRejected)} rejected, in {Figures.Seconds(result.WallSeconds)} of real time"),
            ("Requests acknowledged", $"{RunTable.Answers(result)} of {Figures.Count(result.OrdersSent)} sent; {Figures.Count(result.OrdersPostOnlyRefused)} post-only orders were cancelled in matching"),
            ("Requests a fill", Figures.Mean(result.MessagesPerFill)),
            .. result.Instruments.Select(instrument => ($"Quotes of {instrument.Symbol}", RunTable.Tracking(instrument.Tracking))),
            ("Quotes held back", RunTable.Held(result)),
            .. result.Instruments.Where(instrument => instrument.MarkOuts.Count > 0).Select(instrument => ($"Mid after fills of {instrument.Symbol}", RunTable.MarkOuts(instrument))),
            ("Garbage collections", $"{Figures.Count(result.GcCollections)} in the process, of the venue and the report"),
        ];
        return FactList(facts, Element("div", "full", new XElement("dt", "SHA-256 of all outbound requests"), new XElement("dd", new XElement("code", result.OutboundSha256))));
    }

    private static XElement Connections(RunResult result)
    {
        (string Term, string Text)[] threads = [("Pace", RunTable.Pace(result)), ("Placement", result.Placement)];
        (string Term, string Text)[] sockets = result.IoAllocatedBytesPerMessage is { } bytes
            ? [("Reconnects", $"{Figures.Count(result.Reconnects)}, over the three sockets"), ("Allocated by the io thread", $"{Figures.Bytes(bytes)} bytes a message")]
            : [("Connections", "none: engine and venue share one thread")];
        return FactList([.. threads, .. sockets]);
    }

    private static XElement FactList(IEnumerable<(string Term, string Text)> facts, XElement? last = null) =>
        Element("dl", "facts", facts.Select(fact => new XElement("div", new XElement("dt", fact.Term), new XElement("dd", fact.Text))), last);

    private static XElement OverTime(RunResult result, IReadOnlyList<TradeRow> trades)
    {
        IReadOnlyList<Chart> charts = ReportCharts.OverTime(result, trades);
        return Section("Over time", charts.Count == 0 ? [Element("p", "soft", "This run took no samples.")] : [.. charts.Select(chart => Figure(chart))]);
    }

    private static XElement? LatencyFigure(RunResult result, IReadOnlyDictionary<string, IReadOnlyList<PercentilePoint>> curves) =>
        ReportCharts.Latency(result, curves) is { } chart ? Figure(chart) : null;

    private static XElement LatencyTable(RunResult result) =>
        Table(
            "table",
            ["Stage", "p50", "p90", "p99", "p99.9", "max", "count"],
            result.Latency.Select(stage => Row(
                RunTable.StageName(stage.Key),
                Figures.Latency(stage.Value.P50),
                Figures.Latency(stage.Value.P90),
                Figures.Latency(stage.Value.P99),
                Figures.Latency(stage.Value.P999),
                Figures.Latency(stage.Value.Max),
                Figures.Count(stage.Value.Count))));

    private static XElement PnlTable(RunResult result)
    {
        var rows = new List<XElement>
        {
            MoneyRow("Realised, before fees", result.RealisedPnl, result.RealisedPnl),
            MoneyRow("Unrealised at the last mark", result.UnrealisedPnl, result.UnrealisedPnl),
            MoneyRow("Fees", -result.Fees, -result.FeesAtVip0),
        };
        if (result.Funding != 0m) rows.Add(MoneyRow("Funding", result.Funding, result.Funding));
        XElement total = MoneyRow("Net", result.NetPnl, result.NetPnlAtVip0);
        total.SetAttributeValue("class", "total");
        rows.Add(total);
        return Table("table", ["USDT", result.FeeTier, "at VIP 0"], rows);
    }

    private static XElement MoneyRow(string heading, decimal atTier, decimal atVip0) => new("tr", new XElement("th", heading), MoneyCell(atTier), MoneyCell(atVip0));

    private static XElement MoneyCell(decimal amount) => new("td", Tone(amount) is { Length: > 0 } tone ? new XAttribute("class", tone) : null, Figures.SignedUsdt(amount));

    private static XElement Refusals(RunResult result) =>
        result.GateRefusals.Count == 0
            ? Element("p", "soft", "The risk gate refused nothing.")
            : Table("table", ["Reason", "changes"], result.GateRefusals.OrderByDescending(refusal => refusal.Value).Select(refusal => Row(refusal.Key, Figures.Count(refusal.Value))));

    private static XElement Instruments(RunResult result) =>
        Table(
            "table",
            ["Instrument", "Fills", "Realised", "Unrealised", "Fees paid", "Final position", "Largest position", "Average entry", "Last mark", "Mark from"],
            result.Instruments.Select(instrument => new XElement(
                "tr",
                new XElement("th", instrument.Symbol),
                new XElement("td", Figures.Count(instrument.Fills)),
                MoneyCell(instrument.RealisedPnl),
                MoneyCell(instrument.UnrealisedPnl),
                new XElement("td", Figures.Usdt(instrument.Fees)),
                new XElement("td", Figures.SignedExact(instrument.FinalPositionQty)),
                new XElement("td", Figures.Exact(instrument.MaxAbsPositionQty)),
                new XElement("td", instrument.FinalPositionQty == 0m ? "flat" : Figures.Exact(instrument.AverageEntry)),
                new XElement("td", Figures.Exact(instrument.LastMark)),
                new XElement("td", result.MarkPriceSource.GetValueOrDefault(instrument.Symbol, "")))));

    private static XElement? FairValues(RunResult result)
    {
        InstrumentResult[] instruments = [.. result.Instruments.Where(instrument => instrument.FairValue.Count > 0)];
        if (instruments.Length == 0) return null;
        return Section(
            "Fair value",
            Element("p", "soft", "What the quotes were laid around, in ticks and by time. Parts in use add up to the centre of the quotes of no inventory; the others are what they would have added."),
            Table(
                "table",
                ["Instrument", "Part", "In use", "Mean", "Mean size"],
                instruments.SelectMany(instrument => instrument.FairValue.Select(part => Row(
                    instrument.Symbol, RunTable.PartName(part.Name), part.Weight == 1 ? "yes" : "no", part.Name == "mid" ? Figures.Ticks(part.MeanTicks) : Figures.SignedTicks(part.MeanTicks), Figures.Ticks(part.MeanAbsoluteTicks))))),
            instruments.All(instrument => instrument.Intensity is null) ? null : FactList(instruments.Where(instrument => instrument.Intensity is not null).Select(instrument => ($"Arrivals {instrument.Symbol}", RunTable.Arrivals(instrument.Intensity!)))));
    }

    private static object[] Fills(IReadOnlyList<TradeRow> trades)
    {
        if (trades.Count == 0) return [Element("p", "soft", "No order was filled.")];

        bool all = trades.Count <= 2 * FillsShownEachEnd;
        IEnumerable<XElement> rows = all
            ? trades.Select(FillRow)
            : [
                .. trades.Take(FillsShownEachEnd).Select(FillRow),
                Element("tr", "gap", new XElement("td", new XAttribute("colspan", FillHeadings.Length), $"{Figures.Count(trades.Count - (2 * FillsShownEachEnd))} fills are not shown here; trades.jsonl has every one.")),
                .. trades.Skip(trades.Count - FillsShownEachEnd).Select(FillRow),
            ];
        return
        [
            Element("p", "soft", $"{(all ? "Every fill" : $"The first and last {FillsShownEachEnd} of {Figures.Count(trades.Count)} fills")}. Queue ahead is what stood before the order when it joined; prints are the recorded trades that worked it off."),
            Table("table fills", FillHeadings, rows),
        ];
    }

    private static XElement FillRow(TradeRow trade) =>
        new(
            "tr",
            new XElement("td", DateTime.UnixEpoch.AddTicks(trade.ExecutedAtNanos / TimeSpan.NanosecondsPerTick).ToString("HH:mm:ss.ffffff")),
            new XElement("td", trade.Symbol),
            new XElement("td", new XAttribute("class", trade.Side == "Buy" ? "gain" : "loss"), trade.Side),
            new XElement("td", trade.ExecType == "BustTrade" ? "liquidation" : trade.IsMaker ? "maker" : "taker"),
            new XElement("td", Figures.Exact(trade.Price)),
            new XElement("td", Figures.Exact(trade.Qty)),
            new XElement("td", Figures.Usdt(trade.Fee)),
            new XElement("td", Figures.Usdt(trade.FeeAtVip0)),
            new XElement("td", trade.QueueAheadAtPlacement is { } ahead ? Figures.Exact(ahead) : "-"),
            new XElement("td", Figures.Exact(trade.FilledBefore)),
            new XElement("td", trade.Prints.Count),
            new XElement("td", trade.PlacedAtNanos is { } placed ? Figures.Latency(trade.ExecutedAtNanos - placed) : "-"),
            new XElement("td", Figures.SignedExact(trade.PositionAfter)),
            MoneyCell(trade.RealisedPnlAfter));

    private static XElement Notes(RunResult result) =>
        Element(
            "ul",
            "notes",
            new XElement("li", "The venue is simulated: the market is recorded, and the engine's own orders do not move it: what it takes is gone for a set time only, and nobody answers its quotes. A real market reacts."),
            new XElement("li", $"Fills follow the queue model {result.QueueModel}. {QueueModelSentence(result.QueueModel)}".TrimEnd()),
            new XElement("li", $"Decode, decide and tick to order are the engine's own work on this machine, from a received frame to a finished request, without any network. {(result.IoAllocatedBytesPerMessage is null ? "The run was in virtual time, and the times of orders on the venue come from the latency model above." : "Send runs from the finished request until the kernel has taken it, round trip from there to its acknowledgement: loopback, the simulated venue, and its latency model at the pace of the run; it says nothing about a real venue.")} These figures do not carry over to another machine."),
            new XElement("li", $"Fees are those of {result.FeeTier}, a tier that an account has to earn. VIP 0 is what a new account pays; the same fills are shown at its rates, although an engine that knew it paid them would quote differently."),
            new XElement("li", "Exact values are in summary.json, every fill with its evidence in trades.jsonl, the full latency distribution in tick-to-order.hgrm."));

    private static string QueueModelSentence(string queueModel) => queueModel switch
    {
        "trades-at-or-through" => "An order joins behind the displayed quantity at its price; only recorded trades at or through that price work the queue off, cancellations ahead are not credited, and a touch alone never fills. An order that the other side reached without a trade stays, though live it would have been hit at a bad price: these are counted as crossed without a print.",
        "risk-averse" => "An order joins behind the displayed quantity at its price; recorded trades work the queue off, and never more is ahead than is displayed: every cancellation is taken to be behind the order until there is nobody behind. Orders that the other side reached without a trade are counted as crossed without a print.",
        "probability-power" or "probability-log" => "An order joins behind the displayed quantity at its price; recorded trades work the queue off, and a cancellation is shared out between those ahead and those behind by a probability that nobody has measured on this market. Its fills have no proof in the recorded trades alone. Orders that the other side reached without a trade are counted as crossed without a print.",
        _ => "",
    };

    private static string Tone(decimal amount) => amount < 0m ? "loss" : amount > 0m ? "gain" : "";
}
