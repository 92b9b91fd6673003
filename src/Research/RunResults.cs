using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Risk;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>Turns a run that has ended into its result and its report.</summary>
internal static class RunResults
{
    /// <summary>The result of a run whose threads rest, written to a report folder.</summary>
    public static RunResult Write(RunRequest request, RunStage stage, RunCourse course)
    {
        RunResult result = Result(request, stage, course);
        HotPathMeters meters = stage.Engine.Meters;
        try
        {
            string folder = ReportWriter.Write(result, [.. stage.Account.Fills.Select(Row)], Hgrm(meters.TickToOrder), LatencyStages.Of(meters, course.Io).ToDictionary(pair => pair.Key, pair => Curve(pair.Value)), request.ReportDirectory);
            return result with { ReportPath = folder };
        }
        catch (ReportException fault)
        {
            // The folder could be written before the run. The figures are not lost with it.
            return result with { ReportFault = fault.Message };
        }
    }

    private static RunResult Result(RunRequest request, RunStage stage, RunCourse course)
    {
        Engine engine = stage.Engine;
        Venue venue = stage.Session.Venue;
        IReadOnlyList<FillRecord> fills = stage.Account.Fills;
        decimal fees = Exact.Usdt(engine.Ledger.FeesTotal);
        decimal feesAtVip0 = fills.Sum(fill => fill.FeeAtVip0);
        decimal startEquity = request.Configuration.Venue.StartBalanceUsdt;
        RunObserver observer = course.Observer;
        decimal endEquity = Equity(engine);
        return new RunResult
        {
            Verb = request.Verb,
            Market = request.IsFlow ? "flow" : request.Upstream is null ? "replay" : "live",
            Data = request.MarketName,
            DataLabel = stage.DataLabel,
            Symbols = stage.Symbols,
            Leverage = request.Configuration.Venue.Leverage,
            QuotingModel = request.Configuration.Quoting.Model,
            LevelsPerSide = request.Configuration.Quoting.LevelsPerSide,
            Seed = request.Configuration.Venue.Seed,
            FeeTier = stage.FeeTier.Name,
            MakerFeeRate = stage.FeeTier.RatesFor(stage.Symbols[0]).Maker,
            TakerFeeRate = stage.FeeTier.RatesFor(stage.Symbols[0]).Taker,
            QueueModel = request.IsFlow ? Venue.FlowQueueModel : request.Configuration.Venue.QueueModel,
            LatencyModel = stage.Latency.Description,
            MarkPriceSource = stage.Symbols.ToDictionary(symbol => symbol, venue.MarkPriceSource),
            Placement = course.Placement,
            Speed = course.Speed,
            FirstUtc = Exact.Utc(course.FirstNanos),
            LastUtc = Exact.Utc(course.LastNanos),
            RecordingSeconds = (course.LastNanos - course.FirstNanos) / 1e9,
            WallSeconds = course.Wall.TotalSeconds,
            Interrupted = course.Interrupted,
            FramesDecoded = engine.Meters.FramesDecoded,
            FramesForOtherSymbols = engine.Meters.FramesForOtherSymbols,
            FramesRejected = engine.Meters.FramesRejected,
            GuardActions = engine.Lanes.Sum(lane => lane.Guard.Cuts),
            LossLimits = LossFigures.Hits(engine.HotPath.Losses),
            PausedUntil = LossFigures.Paused(engine),
            BiasUpdates = observer.BiasUpdates,
            BiasesRefused = observer.BiasesRefused,
            BiasMin = observer.BiasMin,
            BiasMax = observer.BiasMax,
            Trades = observer.Trades,
            DirectionalRefused = observer.DirectionalRefused,
            SlowThreadMissed = course.SlowMissed,
            WhileTrading = course.Counters,
            MetaLabel = (stage.SlowThread as MetaLabelThread)?.Result,
            OrdersSent = RequestsSent(engine),
            CreatesSent = engine.Orders.CreatesSent,
            AmendsSent = engine.Orders.AmendsSent,
            CancelsSent = engine.Orders.CancelsSent,
            QuoteTables = engine.Meters.QuoteTables,
            QuoteTablesRefused = engine.Meters.QuoteTablesRefused,
            QuotesHeld = HeldQuotes.Times(engine.Meters),
            HeldSeconds = observer.HeldSeconds,
            OrdersAcknowledged = engine.Orders.Acknowledged,
            OrdersRejected = engine.Orders.Rejected,
            OrdersUnanswered = RequestsSent(engine) - engine.Orders.Acknowledged - engine.Orders.Rejected,
            OrdersPostOnlyRefused = engine.Orders.PostOnlyRefused,
            GateRefusals = GateRefusals.Of(engine.Gate),
            KilledBy = engine.Gate.IsKilled ? engine.Gate.KilledBy.ToString() : null,
            Incidents = observer.Incidents,
            Fills = fills.Count,
            MakerFills = fills.Count(fill => fill.IsMaker),
            CrossedWithoutFill = venue.CrossedWithoutFill,
            Turnover = fills.Sum(fill => fill.Price * fill.Qty),
            RealisedPnl = Exact.Usdt(engine.Ledger.RealisedGrossTotal),
            UnrealisedPnl = endEquity - Exact.Usdt(engine.Ledger.Wallet),
            Fees = fees,
            Funding = Exact.Usdt(engine.Ledger.FundingTotal),
            FeesAtVip0 = feesAtVip0,
            NetPnl = endEquity - startEquity,
            NetPnlAtVip0 = endEquity - startEquity + fees - feesAtVip0,
            FinalPositionQty = PositionQty(engine, 0),
            MaxAbsPositionQty = observer.MaxAbsPosition[0],
            StartEquity = startEquity,
            EndEquity = endEquity,
            MaxDrawdown = observer.MaxDrawdown,
            Liquidations = engine.Meters.Liquidations,
            HotPathAllocatedBytes = course.Step.AllocatedBytes,
            GcCollections = course.GcCollections,
            OutboundSha256 = observer.OutboundSha256,
            Latency = LatencyStages.Of(engine.Meters, course.Io).ToDictionary(pair => pair.Key, pair => LatencySummary.Of(pair.Value)),
            Reconnects = course.Reconnects,
            IoAllocatedBytesPerMessage = course.Io?.AllocatedBytesPerMessage,
            Instruments = [.. engine.Lanes.Select(lane => Instrument(lane, engine, observer, fills))],
            InvariantBreaks = observer.InvariantBreaks,
            Samples = observer.Samples,
        };
    }

    private static InstrumentResult Instrument(InstrumentLane lane, Engine engine, RunObserver observer, IReadOnlyList<FillRecord> fills)
    {
        InstrumentId id = lane.Spec.Id;
        return new InstrumentResult(
            lane.Spec.Symbol,
            fills.Count(fill => fill.Symbol == lane.Spec.Symbol),
            Exact.Usdt(engine.Ledger.RealisedGross(id)),
            Exact.Usdt(engine.Ledger.Unrealised(id, lane.MarkPrice)),
            Exact.Usdt(engine.Ledger.Fees(id)),
            PositionQty(engine, id.Index),
            observer.MaxAbsPosition[id.Index],
            Exact.Price(engine.Ledger.AverageEntry(id)),
            Exact.Price(lane.MarkPrice))
        {
            FairValue = FairValuePart.Of(lane),
            Intensity = IntensitySummary.Of(lane),
            Tracking = TrackingResult.Of(lane.Tracking),
            MarkOuts = MarkOutResult.Of(lane),
        };
    }

    private static TradeRow Row(FillRecord fill) => new()
    {
        Symbol = fill.Symbol,
        ExecType = fill.ExecType,
        Side = fill.Side.ToString(),
        IsMaker = fill.IsMaker,
        Price = fill.Price,
        Qty = fill.Qty,
        Value = fill.Price * fill.Qty,
        Fee = fill.Fee,
        FeeAtVip0 = fill.FeeAtVip0,
        OrderId = fill.OrderId,
        OrderLinkId = fill.OrderLinkId,
        ExecId = fill.ExecId,
        ExecutedAtNanos = fill.TimeNanos,
        PlacedAtNanos = fill.IsMaker ? fill.PlacedAtNanos : null,
        PlacedOnBookMillis = fill.IsMaker ? fill.PlacedOnBookMillis : null,
        QueueAheadAtPlacement = fill.IsMaker ? fill.QueueAheadAtPlacement : null,
        FilledBefore = fill.FilledBefore,
        Prints = fill.Prints,
        PositionAfter = fill.PositionAfter,
        AverageEntryAfter = fill.AverageEntryAfter,
        RealisedPnlAfter = fill.RealisedGross,
        FeesAfter = fill.Fees,
        WalletAfter = fill.Wallet,
    };

    private static string Hgrm(LatencyHistogram histogram)
    {
        using var text = new StringWriter();
        HgrmWriter.Write(histogram, text, unitScale: 1_000);
        return text.ToString();
    }

    private static long RequestsSent(Engine engine) => engine.Orders.CreatesSent + engine.Orders.AmendsSent + engine.Orders.CancelsSent;

    private static decimal Equity(Engine engine) =>
        Exact.Usdt(engine.Lanes.Aggregate(engine.Ledger.Wallet, (equity, lane) => equity + engine.Ledger.Unrealised(lane.Spec.Id, lane.MarkPrice)));

    private static decimal PositionQty(Engine engine, int instrument) =>
        Exact.Qty(engine.Instruments[new InstrumentId(instrument)], engine.Ledger.Position(new InstrumentId(instrument)));

    /// <summary>Points at even steps of -log10(1 - p), as far as the count of samples carries.</summary>
    private static IReadOnlyList<PercentilePoint> Curve(LatencyHistogram histogram)
    {
        if (histogram.Count == 0) return [];
        int steps = (int)Math.Ceiling(10 * Math.Log10(histogram.Count));
        return [.. Enumerable.Range(0, steps + 1).Select(step => 100 * (1 - Math.Pow(10, -step / 10.0))).Append(100).Select(p => new PercentilePoint(p, histogram.ValueAtPercentile(p)))];
    }
}
