using System.Runtime.InteropServices;
using LatencyEngine.Book;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Pipeline;
using LatencyEngine.Quoting;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Wire;

namespace LatencyEngine.Host;

/// <summary>Builds every object of an engine once, from its configuration. The one place where configured decimals become ticks, lots and fixed-point fractions.</summary>
public static class EngineBuilder
{
    /// <summary>Frames that the inbound ring holds: seconds of the busiest recording here (261 frames a second).</summary>
    private const int InboundSlots = 4_096;

    /// <summary>Bytes of them: the largest book frame here has 33 KB, a mean one 0.5 KB.</summary>
    private const int InboundBytes = 4 << 20;

    /// <summary>Requests and facts of one burst, with room: far more than the order budget of a second.</summary>
    private const int OutboundSlots = 4_096;

    private const int OutboundBytes = 4 << 20;

    private const long NanosPerSecond = 1_000 * EpochNanos.PerMillisecond;

    /// <summary>How far the venue lets a request's time be ahead of its own (Bybit V5, 9.1).</summary>
    private const long ClockDifferenceNanos = 1_000_000_000;

    /// <summary>Levels a side that a book keeps: the deepest topic has 1,000.</summary>
    private const int BookLevelsMax = 1_000;

    /// <summary>Builds the engine.</summary>
    /// <param name="configuration">Validated.</param>
    /// <param name="instruments">The instruments to trade; each has its entry in the configuration.</param>
    /// <param name="fees">The account's rates, one entry an instrument.</param>
    /// <param name="riskLimits">Ladders of all instruments.</param>
    /// <param name="inboundConsumers">Consumers of the inbound ring: the hot path, and for example a journal behind it.</param>
    /// <param name="outboundConsumers">Consumers of the outbound ring: the sender, and for example a journal behind it.</param>
    /// <param name="isLive">On an account that others may use too: the venue is asked now and then what it holds, without a cause.</param>
    /// <exception cref="ConfigurationException">A configured value does not fit an instrument; one line each says which.</exception>
    /// <exception cref="InstrumentException">A ladder is missing, or its rows do not follow from each other.</exception>
    public static Engine Build(
        EngineConfiguration configuration, InstrumentTable instruments, IReadOnlyList<AccountFees> fees, RiskLimitCatalog riskLimits, int inboundConsumers = 1, int outboundConsumers = 1, bool isLive = false)
    {
        var scale = new InstrumentScale(configuration);
        var lanes = new InstrumentLane[instruments.Count];
        var limits = new RiskLimits[instruments.Count];
        var requoteTicks = new long[instruments.Count];
        var queueWorths = new QueueWorth[configuration.Quoting.Requote == "queue" ? instruments.Count : 0];
        for (int i = 0; i < lanes.Length; i++)
        {
            InstrumentSpec spec = instruments[new InstrumentId(i)];
            InstrumentConfiguration instrument = configuration.Instruments[spec.Symbol];
            IReadOnlyList<RiskLimitRow> ladder = riskLimits[spec.Symbol];
            lanes[i] = Lane(configuration, instrument, spec, fees[i], ladder, scale);
            limits[i] = Limits(configuration, instrument, spec, fees[i], lanes[i].RiskTiers, scale);
            requoteTicks[i] = instrument.RequoteTicks;
            if (queueWorths.Length > 0) queueWorths[i] = new QueueWorth(instrument.QueueValueTicks, (double)instrument.QueueTradedQty * 1e8 / spec.LotE8);
            CheckAgainstVenue(configuration, spec, ladder[0], scale);
        }

        scale.ThrowIfFaulty();
        var orders = new OrderTable(instruments, configuration.Quoting.LevelsPerSide, new OrderTableSettings(
            requoteTicks, Nanos(configuration.OrderBudget.AcknowledgementTimeoutMilliseconds), TimeInForce.PostOnly, Nanos(configuration.Wire.RecvWindowMilliseconds) + ClockDifferenceNanos,
            Nanos(configuration.Risk.OrderStreamDelayMaxMilliseconds)) { QueueWorths = queueWorths });
        var budget = new OrderBudget(
            configuration.OrderBudget.CreatesPerSecond, configuration.OrderBudget.AmendsPerSecond, configuration.OrderBudget.CancelsPerSecond, configuration.OrderBudget.CancelReserve);
        var ledger = new PositionLedger(instruments, new MoneyE8(InstrumentScale.E8(configuration.Venue.StartBalanceUsdt)));
        var gate = new RiskGate(instruments, limits);
        var outbound = new FrameRing(OutboundSlots, OutboundBytes, outboundConsumers);
        var meters = new HotPathMeters();
        return new Engine
        {
            Instruments = instruments,
            Inbound = new FrameRing(InboundSlots, InboundBytes, inboundConsumers),
            Outbound = outbound,
            HotPath = new HotPath(
                instruments, lanes, configuration.Quoting.LevelsPerSide, new BybitDecoder(instruments), orders, budget, ledger, gate,
                new OrderRequestEncoder(instruments, configuration.Wire.RecvWindowMilliseconds), outbound, meters)
            {
                Losses = Losses(configuration.Losses, instruments.Count),
                ReconcileEveryNanos = isLive ? configuration.Reconciliation.EverySeconds * NanosPerSecond : 0,
            },
            Lanes = lanes,
            Orders = orders,
            Ledger = ledger,
            Gate = gate,
            Tables = new QuoteTableSolver(lanes.Select(lane => (lane.Quoter as GlftQuoter)?.Settings)),
            MicropriceTables = [.. lanes.Select(lane => MicropriceTable(lane.Spec.Id, configuration.Instruments[lane.Spec.Symbol].MicropriceTicks)).OfType<byte[]>()],
            Meters = meters,
        };
    }

    private static InstrumentLane Lane(EngineConfiguration configuration, InstrumentConfiguration instrument, InstrumentSpec spec, AccountFees fees, IReadOnlyList<RiskLimitRow> ladder, InstrumentScale scale)
    {
        QuotingConfiguration quoting = configuration.Quoting;
        ProtectionConfiguration protection = configuration.Protection;
        QtyLots baseQty = scale.Lots(spec, "orderQty", instrument.OrderQty);
        return new InstrumentLane
        {
            Spec = spec,
            Book = new OrderBook(spec, BookLevelsMax),
            Volatility = Volatility(quoting),
            Quoter = Quoter(quoting, instrument, spec, fees, baseQty),
            Bias = new HeldBias(quoting.BiasAgeMaxSeconds * NanosPerSecond),
            IsQuoted = configuration.Strategy != "directional",
            TakesDirectionalRequests = configuration.TradesOutright,
            Intensity = quoting.Intensity == "rolling" ? RollingIntensity(instrument) : null,
            OrderFlow = instrument.OrderFlowAlphaTicksPerSecondPerLot == 0 ? null : new OrderFlowImbalance(instrument.OrderFlowHalfLifeSeconds),
            OrderFlowAlphaTicksPerSecondPerLot = instrument.OrderFlowAlphaTicksPerSecondPerLot,
            RiskTiers = Tiers(spec.Symbol, ladder),
            LeverageE2 = (int)(configuration.Venue.Leverage * 100),
            TakerFeeE8 = InstrumentScale.E8(fees.Taker),
            FairValue = quoting.FairValue,
            ImbalanceLevels = quoting.ImbalanceLevels,
            VolatilityJump = protection.VolatilityJumpRatio > 0 ? new VolatilityJump(protection.VolatilityJumpSeconds, protection.VolatilityJumpRatio, quoting.MidSampleMilliseconds) : null,
            PullsAtVolatilityCap = protection.VolatilityCapPulls,
            Sweep = protection.SweepLevels > 0 ? new TradeSweep(protection.SweepLevels, Nanos(protection.SweepHoldMilliseconds)) : null,
            MarkOuts = new MarkOuts(new MarkOutSettings
            {
                BaseQty = baseQty,
                Gain = protection.MarkOutGain,
                WideningMaxFraction = protection.MarkOutMaxFraction,
                MemorySeconds = protection.MarkOutSeconds,
            }),
            Guard = new LiquidationGuard(spec, new LiquidationGuardSettings(
                InstrumentScale.E8(configuration.Risk.LiquidationGuardHoldShare), InstrumentScale.E8(configuration.Risk.LiquidationGuardShare),
                InstrumentScale.E8(configuration.Risk.LiquidationGuardCutFraction), Nanos(configuration.Risk.LiquidationGuardPassiveMilliseconds), configuration.Risk.LiquidationGuardPauseSeconds * NanosPerSecond)),
            MarketDataAgeMaxNanos = Nanos(configuration.Risk.MarketDataAgeMaxMilliseconds),
            MarkPriceAgeMaxNanos = Nanos(configuration.Risk.MarkPriceAgeMaxMilliseconds),
            FeedLagMaxNanos = Nanos(configuration.Risk.FeedLagMaxMilliseconds),
        };
    }

    private static Quoter Quoter(QuotingConfiguration quoting, InstrumentConfiguration instrument, InstrumentSpec spec, AccountFees fees, QtyLots baseQty)
    {
        var pipeline = new QuotePipelineSettings
        {
            MakerFeeE8 = InstrumentScale.E8(fees.Maker),
            MinEdgeE8 = InstrumentScale.E8(quoting.MinEdgeFraction),
            Levels = quoting.LevelsPerSide,
            Step = new TickDelta(instrument.LevelStepTicks),
            BaseQty = baseQty,
            StepMultiplierE8 = InstrumentScale.E8(quoting.LevelStepMultiplier),
            SizeMultiplierE8 = InstrumentScale.E8(quoting.SizeMultiplier),
            HasLinearSizes = quoting.SizeShape == "linear",
            AddingShrinkE8 = InstrumentScale.E8(quoting.AddingShrinkFraction),
            UnitsMax = quoting.MaxInventoryUnits,
            SkewFraction = quoting.InventorySkewFraction,
            ViewWeight = quoting.ViewWeight,
            ViewScore = instrument.ViewScore,
            BiasUnitsMax = (double)(instrument.BiasMaxQty / instrument.OrderQty),
            BiasTicksMax = instrument.BiasMaxTicks,
            DriftTicksPerSecond = instrument.DriftTicksPerSecond,
        };
        if (quoting.Model == "avellaneda-stoikov")
        {
            return new AvellanedaStoikovQuoter(spec, new AvellanedaStoikovSettings
            {
                Gamma = instrument.RiskAversionPerTickUnit,
                K = instrument.ArrivalDecayPerTick,
                TauSeconds = quoting.HorizonSeconds,
                MinSigmaTicks = instrument.SigmaFloorTicksPerSqrtSecond,
                MaxSigmaTicks = instrument.SigmaCapTicksPerSqrtSecond,
                Pipeline = pipeline,
            });
        }

        return new GlftQuoter(spec, new GlftSettings
        {
            Gamma = instrument.RiskAversionPerTickUnit,
            ExecutionGamma = instrument.RiskAversionPerTickUnit * quoting.ExecutionRiskFraction,
            ArrivalRatePerSecond = instrument.ArrivalRatePerSecond,
            K = instrument.ArrivalDecayPerTick,
            ImpactTicks = instrument.ImpactTicks,
            MinSigmaTicks = instrument.SigmaFloorTicksPerSqrtSecond,
            MaxSigmaTicks = instrument.SigmaCapTicksPerSqrtSecond,
            IsExact = quoting.Model == "glft-exact",
            Pipeline = pipeline,
        });
    }

    private static byte[]? MicropriceTable(InstrumentId instrument, IReadOnlyList<double[]>? rows)
    {
        if (rows is null) return null;
        int headBytes = Marshal.SizeOf<InstrumentId>();
        byte[] payload = new byte[headBytes + Book.MicropriceTable.BytesMax];
        MemoryMarshal.Write(payload, in instrument);
        return payload[..(headBytes + Book.MicropriceTable.Write(rows.Count, rows[0].Length, [.. rows.SelectMany(row => row)], payload.AsSpan(headBytes)))];
    }

    private static RiskLimits Limits(EngineConfiguration configuration, InstrumentConfiguration instrument, InstrumentSpec spec, AccountFees fees, RiskTierTable tiers, InstrumentScale scale) => new()
    {
        MarketDataAgeMaxNanos = Nanos(configuration.Risk.MarketDataAgeMaxMilliseconds),
        MarkPriceAgeMaxNanos = Nanos(configuration.Risk.MarkPriceAgeMaxMilliseconds),
        OrderMax = scale.Lots(spec, "orderQtyMax", instrument.OrderQtyMax),
        OrderNotionalMax = new MoneyE8(InstrumentScale.E8(configuration.Risk.OrderNotionalMaxUsdt)),
        PositionMax = scale.Lots(spec, "positionQtyMax", instrument.PositionQtyMax),
        OpenOrdersMax = configuration.Risk.OpenOrdersMax,
        CollarFractionE8 = InstrumentScale.E8(configuration.Risk.PriceCollarFraction),
        AdverseJumpE8 = InstrumentScale.E8(configuration.Account.IsCross ? configuration.Risk.CrossJumpFraction : configuration.Risk.IsolatedJumpFraction),
        ExposureMaxE8 = InstrumentScale.E8(configuration.Risk.ExposureMaxFraction),
        IsCross = configuration.Account.IsCross,
        Tiers = tiers,
        LeverageE2 = (int)(configuration.Venue.Leverage * 100),
        TakerFeeE8 = InstrumentScale.E8(fees.Taker),
    };

    private static LossLadder Losses(LossesConfiguration losses, int instruments) => new(instruments, new LossLadderSettings
    {
        PositionStopE8 = InstrumentScale.E8(losses.PositionStopFraction),
        PositionStopPauseNanos = losses.PositionStopPauseSeconds * NanosPerSecond,
        DailyLossE8 = InstrumentScale.E8(losses.DailyLossFraction),
        DailyPauseNanos = losses.DailyPauseSeconds * NanosPerSecond,
        SymbolDailyLossE8 = InstrumentScale.E8(losses.SymbolDailyLossFraction),
        WeeklyLossE8 = InstrumentScale.E8(losses.WeeklyLossFraction),
        WeeklyPauseNanos = losses.WeeklyPauseSeconds * NanosPerSecond,
        DrawdownE8 = InstrumentScale.E8(losses.DrawdownFraction),
        OpenPositionsMax = losses.OpenPositionsMax,
        ApiErrorsPerMinute = losses.ApiErrorsPerMinute,
        RejectsPerMinute = losses.RejectsPerMinute,
        RequestPauseNanos = losses.RequestPauseSeconds * NanosPerSecond,
        MarkOutLossE8 = InstrumentScale.E8(losses.MarkOutLossFraction),
        MarkOutPauseNanos = losses.MarkOutPauseSeconds * NanosPerSecond,
        SlowThreadSilentNanos = losses.SlowThreadSilentSeconds * NanosPerSecond,
        ModelConfidenceMinE8 = InstrumentScale.E8(losses.ModelConfidenceMin),
        ModelConfidenceNanos = losses.ModelConfidenceSeconds * NanosPerSecond,
    });

    private static BoundedVolatility Volatility(QuotingConfiguration quoting)
    {
        double windowSeconds = quoting.VolatilityTimeConstantSeconds;
        Volatility estimate = quoting.Volatility == "ewma"
            ? new EwmaVolatility(windowSeconds, quoting.MidSampleMilliseconds)
            : new RollingVolatility(windowSeconds, Math.Max(2, quoting.VolatilitySamples), isJumpRobust: quoting.Volatility == "bipower", quoting.MidSampleMilliseconds);
        return new BoundedVolatility(estimate, windowSeconds, quoting.VolatilityWarmUpSeconds);
    }

    /// <summary>The fit reaches to five times 1/k: less than one taker in a hundred goes deeper, and quotes live nearer.</summary>
    private static RollingIntensity RollingIntensity(InstrumentConfiguration instrument)
    {
        const double DecaysDeep = 5;
        const double DepthMinTicks = 3;
        const double DepthMaxTicks = 10_000;
        int depthTicks = (int)Math.Clamp(Math.Ceiling(DecaysDeep / instrument.ArrivalDecayPerTick), DepthMinTicks, DepthMaxTicks);
        return new RollingIntensity(new ArrivalIntensity(depthTicks), instrument.ArrivalRatePerSecond, instrument.ArrivalDecayPerTick);
    }

    private static void CheckAgainstVenue(EngineConfiguration configuration, InstrumentSpec spec, RiskLimitRow lowest, InstrumentScale scale)
    {
        decimal valueMin = spec.MinNotional.Units / 100_000_000m;
        scale.Require(
            configuration.Risk.OrderNotionalMaxUsdt >= valueMin, "risk:orderNotionalMaxUsdt", $"must be at least {valueMin}, the smallest order value of {spec.Symbol}", configuration.Risk.OrderNotionalMaxUsdt);

        decimal leverage = configuration.Venue.Leverage;
        decimal leverageMax = Math.Min(spec.MaxLeverageE2 / 100m, lowest.MaxLeverage);
        if (!scale.Require(leverage <= leverageMax, "venue:leverage", $"must be at most {leverageMax}, the highest of {spec.Symbol}", leverage)) return;

        // From WorstCase with the mark at the entry. A short is the nearer one: (1/L - m)/(1 + m), a long (1/L - m)/(1 - m).
        // At a larger jump the gate would refuse to open every position.
        if (configuration.Account.IsCross) return;
        decimal distance = ((1 / leverage) - lowest.MaintenanceRate) / (1 + lowest.MaintenanceRate);
        scale.Require(
            configuration.Risk.IsolatedJumpFraction < distance,
            "risk:isolatedJumpFraction",
            $"must be below {decimal.Round(distance, 6)}, where a new {spec.Symbol} position is liquidated at leverage {leverage}",
            configuration.Risk.IsolatedJumpFraction);
    }

    private static RiskTierTable Tiers(string symbol, IReadOnlyList<RiskLimitRow> ladder)
    {
        try
        {
            return new RiskTierTable(symbol, [.. ladder.Select(Tier)]);
        }
        catch (ArgumentException fault)
        {
            throw new InstrumentException(fault.Message, fault);
        }
    }

    private static RiskTier Tier(RiskLimitRow row) => new(
        new MoneyE8(InstrumentScale.E8(row.ValueLimit)), InstrumentScale.E8(row.MaintenanceRate), (int)(row.MaxLeverage * 100), new MoneyE8(InstrumentScale.E8(row.Deduction)));

    private static long Nanos(int milliseconds) => milliseconds * EpochNanos.PerMillisecond;
}
