using System.Diagnostics;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Risk;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Runs the engine against the dry-run venue in virtual time, on the caller's thread, and writes the report.</summary>
public static class BacktestRunner
{
    private const string Placement = "inline, virtual time, one thread";
    private const long StopWithinNanos = 5_000_000_000;
    private const int BurstsBetweenProgress = 256;

    /// <summary>Makes one run.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how far the run has come, now and then; may be null.</param>
    /// <param name="cancel">Ends the run orderly: quotes are pulled, the report is written, <see cref="RunResult.Interrupted"/> is set.</param>
    /// <returns>The result, with <see cref="RunResult.ReportPath"/>.</returns>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    /// <exception cref="ReportException">The report cannot be written.</exception>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel) => Run(request, progress, onDelivery: null, cancel);

    /// <summary>As <see cref="Run(RunRequest, IProgress{RunProgress}?, CancellationToken)"/>, for tests that look at or alter what the engine receives.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how far the run has come; may be null.</param>
    /// <param name="onDelivery">Sees, and may replace, each delivery before the engine gets it.</param>
    /// <param name="cancel">Ends the run orderly.</param>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, Func<Delivery, Delivery>? onDelivery, CancellationToken cancel)
    {
        long wallStarted = Stopwatch.GetTimestamp();
        using RunStage stage = RunStage.Set(request);
        using var run = new VirtualTimeRun(stage.Engine, stage.Session, onDelivery);
        int collectionsBefore = GC.CollectionCount(0);
        Play(request, stage, run, progress, cancel);
        run.Finish();
        if (!cancel.IsCancellationRequested && request.Duration is null) RequireBooks(request, run);
        RunResult result = Result(request, stage, run, cancel.IsCancellationRequested, GC.CollectionCount(0) - collectionsBefore, Stopwatch.GetElapsedTime(wallStarted));
        string folder = ReportWriter.Write(result, [.. stage.Session.Venue.Fills.Select(Row)], Hgrm(stage.Engine.Meters.TickToOrder), Curves(stage.Engine.Meters), request.ReportDirectory);
        return result with { ReportPath = folder };
    }

    private static void Play(RunRequest request, RunStage stage, VirtualTimeRun run, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        run.Begin(stage.SessionNumber, stage.Session.LastTimeNanos);
        long lastNanos = request.Duration is { } duration ? run.FirstNanos + (duration.Ticks * 100) : long.MaxValue;
        for (int burst = 0; !cancel.IsCancellationRequested && run.LastNanos < lastNanos && run.Step(); burst++)
        {
            if (progress is not null && burst % BurstsBetweenProgress == 0) progress.Report(Progress(stage, run));
        }

        run.StopQuoting(StopWithinNanos);
        progress?.Report(Progress(stage, run));
    }

    /// <summary>A whole recording that never showed a usable book of a symbol cannot have been meant to be traded on.</summary>
    private static void RequireBooks(RunRequest request, VirtualTimeRun run)
    {
        if (run.SymbolsWithoutBook.Count == 0) return;
        string symbols = string.Join(", ", run.SymbolsWithoutBook);
        throw new RecordingException($"{request.Configuration.ShownPath(request.RecordingPath)} never shows a complete book of {symbols}: it needs an orderbook snapshot that fits the instrument, with its deltas; record from the subscription on, or trade other symbols (--symbols)");
    }

    private static RunProgress Progress(RunStage stage, VirtualTimeRun run) => new(
        stage.Session.Progress, Exact.Utc(run.LastNanos), run.Mid(0), run.Equity, run.PositionQty(0), RequestsSent(stage.Engine), stage.Engine.Ledger.ExecutionCount);

    private static long RequestsSent(Engine engine) => engine.Orders.CreatesSent + engine.Orders.AmendsSent + engine.Orders.CancelsSent;

    private static RunResult Result(RunRequest request, RunStage stage, VirtualTimeRun run, bool interrupted, int collections, TimeSpan wall)
    {
        Engine engine = stage.Engine;
        Venue venue = stage.Session.Venue;
        IReadOnlyList<FillRecord> fills = venue.Fills;
        decimal fees = Exact.Usdt(engine.Ledger.FeesTotal);
        decimal feesAtVip0 = fills.Sum(fill => fill.FeeAtVip0);
        decimal startEquity = request.Configuration.Venue.StartBalanceUsdt;
        decimal endEquity = run.Equity;
        return new RunResult
        {
            Verb = request.Verb,
            Data = request.Configuration.ShownPath(request.RecordingPath),
            DataLabel = stage.DataLabel,
            Symbols = stage.Symbols,
            Leverage = request.Configuration.Venue.Leverage,
            Seed = request.Configuration.Venue.Seed,
            FeeTier = stage.FeeTier.Name,
            MakerFeeRate = stage.FeeTier.RatesFor(stage.Symbols[0]).Maker,
            TakerFeeRate = stage.FeeTier.RatesFor(stage.Symbols[0]).Taker,
            QueueModel = Venue.QueueModel,
            LatencyModel = stage.Latency.Description,
            MarkPriceSource = stage.Symbols.ToDictionary(symbol => symbol, venue.MarkPriceSource),
            Placement = Placement,
            FirstUtc = Exact.Utc(run.FirstNanos),
            LastUtc = Exact.Utc(run.LastNanos),
            RecordingSeconds = (run.LastNanos - run.FirstNanos) / 1e9,
            WallSeconds = wall.TotalSeconds,
            Interrupted = interrupted,
            FramesDecoded = engine.Meters.FramesDecoded,
            FramesForOtherSymbols = engine.Meters.FramesForOtherSymbols,
            FramesRejected = engine.Meters.FramesRejected,
            OrdersSent = RequestsSent(engine),
            CreatesSent = engine.Orders.CreatesSent,
            AmendsSent = engine.Orders.AmendsSent,
            CancelsSent = engine.Orders.CancelsSent,
            OrdersAcknowledged = engine.Orders.Acknowledged,
            OrdersRejected = engine.Orders.Rejected + engine.Orders.PostOnlyRefused,
            RiskRefusals = Enum.GetValues<RiskReason>().Where(reason => engine.Gate.Refused(reason) > 0).ToDictionary(reason => reason.ToString(), engine.Gate.Refused),
            KilledBy = engine.Gate.IsKilled ? engine.Gate.KilledBy.ToString() : null,
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
            FinalPositionQty = run.PositionQty(0),
            MaxAbsPositionQty = run.MaxAbsPosition[0],
            StartEquity = startEquity,
            EndEquity = endEquity,
            MaxDrawdown = run.MaxDrawdown,
            Liquidations = engine.Meters.Liquidations,
            WarmupFrames = Math.Min(run.MarketFrames, VirtualTimeRun.WarmupFrames),
            HotPathAllocatedBytes = run.HotPathAllocatedBytes,
            GcCollections = collections,
            OutboundSha256 = run.OutboundSha256,
            Latency = new Dictionary<string, LatencySummary>
            {
                ["decode"] = Summary(engine.Meters.Decode),
                ["decide"] = Summary(engine.Meters.Decide),
                ["tickToOrder"] = Summary(engine.Meters.TickToOrder),
            },
            Instruments = [.. engine.Lanes.Select(lane => Instrument(lane, engine, run, fills))],
            InvariantBreaks = run.InvariantBreaks,
            Samples = run.Samples,
        };
    }

    private static InstrumentResult Instrument(InstrumentLane lane, Engine engine, VirtualTimeRun run, IReadOnlyList<FillRecord> fills)
    {
        InstrumentId id = lane.Spec.Id;
        return new InstrumentResult(
            lane.Spec.Symbol,
            fills.Count(fill => fill.Symbol == lane.Spec.Symbol),
            Exact.Usdt(engine.Ledger.RealisedGross(id)),
            Exact.Usdt(engine.Ledger.Unrealised(id, lane.MarkPrice)),
            Exact.Usdt(engine.Ledger.Fees(id)),
            run.PositionQty(id.Index),
            run.MaxAbsPosition[id.Index],
            Exact.Price(engine.Ledger.AverageEntry(id)),
            Exact.Price(lane.MarkPrice));
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

    private static LatencySummary Summary(LatencyHistogram histogram) => new(
        histogram.Count, histogram.ValueAtPercentile(50), histogram.ValueAtPercentile(90), histogram.ValueAtPercentile(99), histogram.ValueAtPercentile(99.9), histogram.Max);

    private static string Hgrm(LatencyHistogram histogram)
    {
        using var text = new StringWriter();
        HgrmWriter.Write(histogram, text, unitScale: 1_000);
        return text.ToString();
    }

    private static Dictionary<string, IReadOnlyList<PercentilePoint>> Curves(HotPathMeters meters) => new()
    {
        ["decode"] = Curve(meters.Decode),
        ["decide"] = Curve(meters.Decide),
        ["tickToOrder"] = Curve(meters.TickToOrder),
    };

    /// <summary>Points at even steps of -log10(1 - p), as far as the count of samples carries.</summary>
    private static PercentilePoint[] Curve(LatencyHistogram histogram)
    {
        if (histogram.Count == 0) return [];
        int steps = (int)Math.Ceiling(10 * Math.Log10(histogram.Count));
        return [.. Enumerable.Range(0, steps + 1).Select(step => 100 * (1 - Math.Pow(10, -step / 10.0))).Append(100).Select(p => new PercentilePoint(p, histogram.ValueAtPercentile(p)))];
    }
}
