using System.Globalization;
using System.Text.Json;
using LatencyEngine.Book;
using LatencyEngine.MetaModel;
using LatencyEngine.Quoting;
using LatencyEngine.Strategist;
using Microsoft.Extensions.Configuration;

namespace LatencyEngine.Host;

/// <summary>Reads and validates a profile: its file, then overlays, the environment and the command line, the later one winning. Every key is required and every fault is reported at once.</summary>
public static class ConfigurationReader
{
    /// <summary>Variables with this prefix set a key: <c>LATENCY_ENGINE_VENUE__LEVERAGE</c> is <c>venue:leverage</c>. Case does not count after the prefix.</summary>
    public const string EnvironmentPrefix = "LATENCY_ENGINE_";

    /// <summary>The one variable with the prefix that is not a key: with the value 1 an internal error prints its stack trace.</summary>
    public const string TraceVariable = "LATENCY_ENGINE_TRACE";

    private const int InstrumentsMax = 64;
    private const int MillisecondsMax = 60_000;
    private const int MicrosecondsMax = 10_000_000;
    private const int TicksMax = 100_000;

    // The venue hands over what the engine finds within 20 us as one burst; a faster request would reach it in a moment it has already played.
    private const int OrderMicrosecondsMin = 20;
    private const int RequestsPerSecondMax = 1_200;

    // Beyond it a millisecond of a loaded machine is a second of the market; "max" has no clock at all.
    private const double SpeedMax = 100;

    // In base coin or USDT: far above every instrument's own limits, and in lots or 1e-8 it still fits the engine's integers.
    private const decimal AmountMax = 1_000_000_000m;

    // USDT: a cent, far below the margin of any order already.
    private const decimal BalanceMin = 0.01m;

    // The model's bounds are far outside every market, so that a slip of the unit (ms for s, ticks for prices) is a fault and not a silent engine.
    private const double SecondsMax = 86_400;
    private const double PerTickMax = 1_000;
    private const double PerSecondMax = 1_000;
    private const double PerLotMax = 1_000;
    private const double SigmaMax = 100_000;
    private const double ShortSecondsMax = 3_600;
    private const int SecondsOfHour = 3_600;
    private const int PauseSecondsMax = 30 * 86_400;
    private const int EventsPerMinuteMax = 10_000;
    private const int SweepLevelsMax = 1_000;
    private const double GainMax = 10;

    // Twenty times the highest published rate: a slip of the unit (percent for a fraction) is a fault.
    private const decimal FeeMax = 0.01m;

    // The engine counts fractions and USDT in 1e-8: a further digit would be dropped without a word.
    private const int DecimalsMax = 8;

    /// <summary>Reads the profile. Blocks on disk.</summary>
    /// <param name="path">The profile's file.</param>
    /// <param name="environment">The process's environment, by variable. A variable that is set to nothing counts as absent.</param>
    /// <param name="overrides">What the command line sets.</param>
    /// <param name="overlays">Files with keys that replace those of the profile, a later one those of an earlier one; null for none.</param>
    /// <returns>A configuration of which every value is in its range and every rule between values holds.</returns>
    /// <exception cref="ConfigurationException">Anything is wrong; it carries one line a fault.</exception>
    public static EngineConfiguration Load(string path, IReadOnlyDictionary<string, string> environment, IReadOnlyList<ConfigurationOverride> overrides, IReadOnlyList<string>? overlays = null)
    {
        string root = InstallRoot.Find();
        string source = InstallRoot.Shown(root, path);
        var faults = new List<string>();
        IReadOnlyList<EnvironmentName> names = KnownEnvironment.Read(environment, faults);
        Dictionary<string, (string Value, Origin Origin)> above = Above([.. (overlays ?? []).Select(overlay => (overlay, InstallRoot.Shown(root, overlay)))], environment, overrides);
        var read = new SettingReader(
            Layers(path, source, above),
            key => above.TryGetValue(key, out (string Value, Origin Origin) set) ? set.Origin : new Origin(OriginKind.File, source),
            faults);

        read.Know("$schema");
        var configuration = new EngineConfiguration
        {
            Source = source,
            Root = root,
            Category = read.Text("category", text => text == "linear", "must be \"linear\": spot and inverse are not traded by this engine", "linear"),
            Strategy = read.Text("strategy", text => text is "market-making" or "directional" or "hybrid", "must be market-making, directional or hybrid", "market-making"),
            Signal = read.Text("signal", text => text is "none" or "hybrid" or "meta-label", "must be none, hybrid or meta-label", "none"),
            Symbols = read.Symbols("symbols", InstrumentsMax),
            AllSymbolsRequired = read.OriginOf("symbols").Kind == OriginKind.Option,
            Instruments = read.BySymbol("instruments", key => ReadInstrument(read, key)),
            Quoting = ReadQuoting(read),
            Hybrid = ReadHybrid(read, root),
            MetaLabel = ReadMetaLabel(read, root),
            Protection = ReadProtection(read),
            Risk = ReadRisk(read),
            Losses = ReadLosses(read),
            OrderBudget = ReadOrderBudget(read),
            Wire = new WireConfiguration { RecvWindowMilliseconds = read.Whole("wire:recvWindowMilliseconds", 1, MillisecondsMax, 5_000) },
            Account = ReadAccount(read),
            Control = ReadControl(read, root, environment),
            Watchdog = new WatchdogConfiguration { SilentMilliseconds = read.Whole("watchdog:silentMilliseconds", 500, 3_000, 2_000) },
            Reconciliation = new ReconciliationConfiguration { EverySeconds = read.Whole("reconciliation:everySeconds", 0, (int)SecondsMax, 60) },
            Venue = ReadVenue(read, root),
            Placement = new PlacementConfiguration
            {
                Threads = read.Text("placement:threads", text => text is "auto" or "inline" or "paired", "must be auto, inline or paired", "auto"),
                Wait = read.Text("placement:wait", text => text is "block" or "yield" or "spin", "must be block, yield or spin", "block"),
                IoCore = ReadCore(read, "placement:ioCore"),
                EngineCore = ReadCore(read, "placement:engineCore"),
                JournalCore = ReadCore(read, "placement:journalCore"),
                LockMemory = read.Flag("placement:lockMemory", false),
                BusyPollMicroseconds = read.Whole("placement:busyPollMicroseconds", 0, 1_000, 0),
            },
            Data = new DataConfiguration
            {
                Recording = read.ExistingFileOrFolder("data:recording", root, "samples/v5shaped-btcusdt-20240808.frames.gz"),
                Instruments = read.ExistingFile("data:instruments", root, "samples/instruments-linear-20260809.json"),
                RiskLimits = read.ExistingFile("data:riskLimits", root, "samples/risk-limits-202608.json"),
            },
            Report = new ReportConfiguration { Directory = read.FullPath("report:directory", root, "reports") },
            Values = read.Values,
            EnvironmentNames = names,
        };
        CheckAcrossKeys(configuration, source, read);
        read.FaultUnknownKeys();
        return faults.Count == 0 ? configuration : throw new ConfigurationException(faults);
    }

    private static InstrumentConfiguration ReadInstrument(SettingReader read, string key) => new()
    {
        OrderQty = Amount(read, $"{key}:orderQty", 0.010m),
        OrderQtyMax = Amount(read, $"{key}:orderQtyMax", 0.020m),
        PositionQtyMax = Amount(read, $"{key}:positionQtyMax", 0.120m),
        RiskAversionPerTickUnit = Above0(read, $"{key}:riskAversionPerTickUnit", PerTickMax, 0.00015),
        ArrivalDecayPerTick = Above0(read, $"{key}:arrivalDecayPerTick", PerTickMax, 0.02),
        ArrivalRatePerSecond = Above0(read, $"{key}:arrivalRatePerSecond", PerSecondMax, 0.9),
        ImpactTicks = read.Number($"{key}:impactTicks", value => value is >= 0 and <= TicksMax, $"must be 0 to {TicksMax}", 0.0),
        ViewScore = read.Number($"{key}:viewScore", value => value is >= -1 and <= 1, "must be -1 to 1", 0.0),
        BiasMaxTicks = read.Number($"{key}:biasMaxTicks", value => value is >= 0 and <= TicksMax, $"must be 0 to {TicksMax}", 5.0),
        BiasMaxQty = read.Number($"{key}:biasMaxQty", value => value is >= 0 and <= AmountMax, $"must be 0 to {Show(AmountMax)}", 0.030m),
        DriftTicksPerSecond = read.Number($"{key}:driftTicksPerSecond", value => value is >= -PerSecondMax and <= PerSecondMax, $"must be -{PerSecondMax} to {PerSecondMax}", 0.0),
        SigmaFloorTicksPerSqrtSecond = Above0(read, $"{key}:sigmaFloorTicksPerSqrtSecond", SigmaMax, 5.0),
        SigmaCapTicksPerSqrtSecond = Above0(read, $"{key}:sigmaCapTicksPerSqrtSecond", SigmaMax, 400.0),
        RequoteTicks = read.Whole($"{key}:requoteTicks", 1, TicksMax, 5),
        QueueValueTicks = read.Number($"{key}:queueValueTicks", value => value is >= 0 and <= TicksMax, $"must be 0 to {TicksMax}", 5.0),
        QueueTradedQty = Amount(read, $"{key}:queueTradedQty", 0.5m),
        LevelStepTicks = read.Whole($"{key}:levelStepTicks", 1, TicksMax, 20),
        MicropriceTicks = ReadMicroprice(read, $"{key}:micropriceTicks"),
        OrderFlowAlphaTicksPerSecondPerLot = read.Number($"{key}:orderFlowAlphaTicksPerSecondPerLot", value => value is >= -PerLotMax and <= PerLotMax, $"must be -{PerLotMax} to {PerLotMax}", 0.0),
        OrderFlowHalfLifeSeconds = Above0(read, $"{key}:orderFlowHalfLifeSeconds", SecondsMax, 1.0),
    };

    private static IReadOnlyList<double[]>? ReadMicroprice(SettingReader read, string key)
    {
        IReadOnlyList<double[]>? rows = MicropriceText.Read(read.Text(key, _ => true, "", MicropriceText.None), out string? rule);
        if (rule is not null) read.Fault(key, rule, MicropriceText.None);
        return rows;
    }

    private static QuotingConfiguration ReadQuoting(SettingReader read) => new()
    {
        Model = read.Text("quoting:model", text => text is "avellaneda-stoikov" or "glft" or "glft-exact", "must be avellaneda-stoikov, glft or glft-exact", "avellaneda-stoikov"),
        HorizonSeconds = Above0(read, "quoting:horizonSeconds", SecondsMax, 60.0),
        InventorySkewFraction = read.Number("quoting:inventorySkewFraction", value => value is >= 0 and <= 10, "must be 0 to 10", 1.0),
        ExecutionRiskFraction = read.Number("quoting:executionRiskFraction", value => value is >= 0 and <= 10, "must be 0 to 10", 1.0),
        ViewWeight = read.Number("quoting:viewWeight", value => value is >= 0 and <= 1, "must be 0 to 1", 0.3),
        BiasAgeMaxSeconds = read.Whole("quoting:biasAgeMaxSeconds", 1, PauseSecondsMax, 129_600),
        MaxInventoryUnits = read.Whole("quoting:maxInventoryUnits", 1, 1_000, 10),
        MinEdgeFraction = Fixed(read, "quoting:minEdgeFraction", value => value is >= 0 and < 0.5m, "must be a fraction of 0 to below 0.5", 0.00002m),
        LevelsPerSide = read.Whole("quoting:levelsPerSide", 1, 10, 1),
        LevelStepMultiplier = Fixed(read, "quoting:levelStepMultiplier", value => value is >= 1 and <= 10, "must be 1 to 10", 1m),
        SizeMultiplier = Fixed(read, "quoting:sizeMultiplier", value => value is > 0 and <= 10, "must be above 0, at most 10", 1m),
        SizeShape = read.Text("quoting:sizeShape", text => text is "geometric" or "linear", "must be geometric or linear", "geometric"),
        AddingShrinkFraction = Fixed(read, "quoting:addingShrinkFraction", value => value is >= 0 and <= 1, "must be a fraction of 0 to 1", 0m),
        Volatility = read.Text("quoting:volatility", text => text is "ewma" or "realised" or "bipower", "must be ewma, realised or bipower", "ewma"),
        VolatilityTimeConstantSeconds = Above0(read, "quoting:volatilityTimeConstantSeconds", SecondsMax, 30.0),
        VolatilityWarmUpSeconds = read.Number("quoting:volatilityWarmUpSeconds", value => value is >= 0 and <= SecondsMax, $"must be 0 to {Show(SecondsMax)}", 0.0),
        MidSampleMilliseconds = read.Whole("quoting:midSampleMilliseconds", 1, MillisecondsMax, 100),
        Requote = read.Text("quoting:requote", text => text is "distance" or "queue", "must be distance or queue", "distance"),
        Intensity = read.Text("quoting:intensity", text => text is "configured" or "rolling", "must be configured or rolling", "configured"),
        FairValue = read.Text("quoting:fairValue", text => text is "mid" or "weightedMid" or "microprice" or "imbalance", "must be mid, weightedMid, microprice or imbalance", "weightedMid") switch
        {
            "mid" => FairValueModel.Mid,
            "microprice" => FairValueModel.Microprice,
            "imbalance" => FairValueModel.Imbalance,
            _ => FairValueModel.WeightedMid,
        },
        ImbalanceLevels = read.Whole("quoting:imbalanceLevels", 1, 50, 5),
    };

    private static ProtectionConfiguration ReadProtection(SettingReader read) => new()
    {
        VolatilityJumpRatio = read.Number(
            "protection:volatilityJumpRatio", value => value == 0 || value is >= VolatilityJump.RatioMin and <= VolatilityJump.RatioMax, $"must be 0, or {VolatilityJump.RatioMin} to {VolatilityJump.RatioMax}", 5.0),
        VolatilityJumpSeconds = Above0(read, "protection:volatilityJumpSeconds", ShortSecondsMax, 1.0),
        VolatilityCapPulls = read.Flag("protection:volatilityCapPulls", example: false),
        SweepLevels = read.Number("protection:sweepLevels", (int value) => value is 0 or (>= 2 and <= SweepLevelsMax), $"must be 0, or 2 to {SweepLevelsMax}", 60),
        SweepHoldMilliseconds = read.Whole("protection:sweepHoldMilliseconds", 1, MillisecondsMax, 500),
        MarkOutGain = read.Number("protection:markOutGain", value => value is >= 0 and <= GainMax, $"must be 0 to {Show(GainMax)}", 1.0),
        MarkOutMaxFraction = read.Number("protection:markOutMaxFraction", value => value is >= 0 and < 0.1, "must be a fraction of 0 to below 0.1", 0.0002),
        MarkOutSeconds = Above0(read, "protection:markOutSeconds", SecondsMax, 300.0),
    };

    private static RiskConfiguration ReadRisk(SettingReader read) => new()
    {
        MarketDataAgeMaxMilliseconds = read.Whole("risk:marketDataAgeMaxMilliseconds", 1, MillisecondsMax, 2_000),
        MarkPriceAgeMaxMilliseconds = read.Whole("risk:markPriceAgeMaxMilliseconds", 1, MillisecondsMax, 10_000),
        FeedLagMaxMilliseconds = read.Whole("risk:feedLagMaxMilliseconds", 1, MillisecondsMax, 2_000),
        OrderStreamDelayMaxMilliseconds = read.Whole("risk:orderStreamDelayMaxMilliseconds", 1, MillisecondsMax, 1_000),
        PollMarketAfterMilliseconds = read.Whole("risk:pollMarketAfterMilliseconds", 1, MillisecondsMax, 3_000),
        OrderNotionalMaxUsdt = Fixed(read, "risk:orderNotionalMaxUsdt", value => value is > 0 and <= AmountMax, AmountRule, 5_000m),
        OpenOrdersMax = read.Whole("risk:openOrdersMax", 1, 500, 20),
        PriceCollarFraction = InsideUnit(read, "risk:priceCollarFraction", 0.01m),
        IsolatedJumpFraction = Fraction(read, "risk:isolatedJumpFraction", 0.003m),
        CrossJumpFraction = Fraction(read, "risk:crossJumpFraction", 0.05m),
        ExposureMaxFraction = Share(read, "risk:exposureMaxFraction", 0.7m),
        LiquidationGuardHoldShare = Share(read, "risk:liquidationGuardHoldShare", 0.5m),
        LiquidationGuardShare = Share(read, "risk:liquidationGuardShare", 0.8m),
        LiquidationGuardCutFraction = Share(read, "risk:liquidationGuardCutFraction", 0.5m),
        LiquidationGuardPassiveMilliseconds = read.Whole("risk:liquidationGuardPassiveMilliseconds", 0, MillisecondsMax, 1_000),
        LiquidationGuardPauseSeconds = read.Whole("risk:liquidationGuardPauseSeconds", 0, 3_600, 30),
    };

    private static HybridConfiguration ReadHybrid(SettingReader read, string root)
    {
        double Weight(string key, double example) => read.Number($"hybrid:{key}", value => value is >= 0 and <= 1_000, "must be 0 to 1000", example);
        double Full(string key, double example) => Above0(read, $"hybrid:{key}", 1_000, example);
        var hybrid = new HybridConfiguration
        {
            Symbol = read.Text("hybrid:symbol", text => text.Trim().Length > 0, "must name one of symbols", "BTCUSDT"),
            DailyCloses = read.FullPath("hybrid:dailyCloses", root, "samples/btc-usd-daily.csv"),
            IsWeighted = read.Text("hybrid:ensemble", text => text is "equal" or "weighted", "must be equal or weighted", "equal") == "weighted",
            StepSeconds = read.Whole("hybrid:stepSeconds", 1, (int)SecondsMax, 60),
            ForecastRefreshHours = read.Whole("hybrid:forecastRefreshHours", 1, 168, 24),
            ShiftTicks = read.Number("hybrid:shiftTicks", value => value is >= 0 and <= TicksMax, $"must be 0 to {TicksMax}", 1.0),
            EntrySeconds = read.Whole("hybrid:entrySeconds", 1, (int)SecondsMax, 600),
            Settings = new HybridSettings
            {
                ForecastWeight = read.Number("hybrid:forecastWeight", value => value is >= 0 and <= 1, "must be 0 to 1", 0.6),
                LookforwardDays = read.Whole("hybrid:lookforwardDays", 1, 360, 30),
                FullChangePercent = Full("fullChangePercent", 15),
                MomentumCandles = read.Whole("hybrid:momentumDays", 1, 365, 7),
                FullMomentumPercent = Full("fullMomentumPercent", 10),
                FullDeviationPercent = Full("fullDeviationPercent", 10),
                FullRsiDistance = Full("fullRsiDistance", 20),
                MomentumWeight = Weight("momentumWeight", 1),
                RsiWeight = Weight("rsiWeight", 1),
                DeviationWeight = Weight("deviationWeight", 1),
                MinSignalScore = read.Number("hybrid:minSignalScore", value => value is >= 0 and <= 1, "must be 0 to 1", 0.3),
                ForecastAgeMaxHours = read.Whole("hybrid:forecastAgeMaxHours", 1, 8_760, 36),
                MinTradeIntervalHours = read.Whole("hybrid:minTradeIntervalHours", 0, 8_760, 4),
                HoldMaxHours = read.Whole("hybrid:holdMaxHours", 1, 8_760, 336),
                PositionFraction = InsideUnit(read, "hybrid:positionFraction", 0.1m),
                ExposureFraction = InsideUnit(read, "hybrid:exposureFraction", 0.7m),
                StopFraction = InsideUnit(read, "hybrid:stopFraction", 0.08m),
                MinTradeUsdt = read.Number("hybrid:minTradeUsdt", value => value is >= 0 and <= 1_000_000, "must be 0 to 1000000", 500m),
                FeeFraction = Fixed(read, "hybrid:feeFraction", value => value is >= 0 and < FeeMax, $"must be a fraction of 0 to below {Show(FeeMax)}", 0.00055m),
                SlippageFraction = Fixed(read, "hybrid:slippageFraction", value => value is >= 0 and < FeeMax, $"must be a fraction of 0 to below {Show(FeeMax)}", 0.0005m),
                CapitalPhasesUsdt = [Amount(read, "hybrid:capitalPhase1Usdt", 25_000), Amount(read, "hybrid:capitalPhase2Usdt", 100_000), Amount(read, "hybrid:capitalPhase3Usdt", 250_000), Amount(read, "hybrid:capitalPhase4Usdt", 400_000)],
                Phase = read.Whole("hybrid:phase", 1, 4, 1),
            },
        };
        foreach (string fault in hybrid.Settings.Faults()) read.FaultWithoutValue("hybrid", fault);
        return hybrid;
    }

    private static MetaLabelConfiguration ReadMetaLabel(SettingReader read, string root)
    {
        const string None = "none";
        decimal Distance(string key, decimal example) => read.Number($"metaLabel:{key}", value => value is > 0 and < 0.5m, "must be a fraction above 0 and below 0.5", example);
        var metaLabel = new MetaLabelConfiguration
        {
            Model = read.FullPathUnless("metaLabel:model", root, None),
            TradeWithoutEdge = read.Flag("metaLabel:tradeWithoutEdge", example: false),
            HourlyCandles = read.BySymbol("metaLabel:hourlyCandles", key => read.FullPathUnless(key, root, None)),
            StepSeconds = read.Whole("metaLabel:stepSeconds", 1, SecondsOfHour, 10),
            ShiftTicks = read.Number("metaLabel:shiftTicks", value => value is >= 0 and <= TicksMax, $"must be 0 to {TicksMax}", 1.0),
            EntrySeconds = read.Whole("metaLabel:entrySeconds", 1, SecondsOfHour, 300),
            Settings = new MetaLabelSettings
            {
                ProbabilityAbove = read.Number("metaLabel:probabilityAbove", value => value is >= BetSize.Threshold and < 1, $"must be {Show((decimal)BetSize.Threshold)} to below 1", BetSize.Threshold),
                PositionFraction = Fixed(read, "metaLabel:positionFraction", value => value is > 0 and <= 0.1m, "must be a fraction above 0, at most 0.1", 0.1m),
                OpenPositionsMax = read.Whole("metaLabel:openPositionsMax", 1, InstrumentsMax, 3),
                StopFraction = Distance("stopFraction", 0.02m),
                TargetFraction = Distance("targetFraction", 0.03m),
                TrailFromFraction = Distance("trailFromFraction", 0.015m),
                TrailFraction = Distance("trailFraction", 0.01m),
                HoldMaxHours = read.Whole("metaLabel:holdMaxHours", 1, 8_760, 24),
                SlippageFraction = Fixed(read, "metaLabel:slippageFraction", value => value is >= 0 and < FeeMax, $"must be a fraction of 0 to below {Show(FeeMax)}", 0.0005m),
            },
        };
        foreach (string fault in metaLabel.Settings.Faults()) read.FaultWithoutValue("metaLabel", fault);
        return metaLabel;
    }

    private static LossesConfiguration ReadLosses(SettingReader read) => new()
    {
        PositionStopFraction = Fraction(read, "losses:positionStopFraction", 0.08m),
        PositionStopPauseSeconds = read.Whole("losses:positionStopPauseSeconds", 1, PauseSecondsMax, 300),
        DailyLossFraction = Fraction(read, "losses:dailyLossFraction", 0.02m),
        DailyPauseSeconds = read.Whole("losses:dailyPauseSeconds", 1, PauseSecondsMax, 86_400),
        SymbolDailyLossFraction = Fraction(read, "losses:symbolDailyLossFraction", 0.015m),
        WeeklyLossFraction = Fraction(read, "losses:weeklyLossFraction", 0.05m),
        WeeklyPauseSeconds = read.Whole("losses:weeklyPauseSeconds", 1, PauseSecondsMax, 604_800),
        DrawdownFraction = Fraction(read, "losses:drawdownFraction", 0.15m),
        OpenPositionsMax = read.Whole("losses:openPositionsMax", 0, InstrumentsMax, 10),
        ApiErrorsPerMinute = read.Whole("losses:apiErrorsPerMinute", 0, EventsPerMinuteMax, 10),
        RejectsPerMinute = read.Whole("losses:rejectsPerMinute", 0, EventsPerMinuteMax, 30),
        RequestPauseSeconds = read.Whole("losses:requestPauseSeconds", 1, PauseSecondsMax, 60),
        MarkOutLossFraction = Fraction(read, "losses:markOutLossFraction", 0.001m),
        MarkOutPauseSeconds = read.Whole("losses:markOutPauseSeconds", 1, PauseSecondsMax, 300),
        SlowThreadSilentSeconds = read.Whole("losses:slowThreadSilentSeconds", 0, PauseSecondsMax, 0),
        ModelConfidenceMin = Fraction(read, "losses:modelConfidenceMin", 0m),
        ModelConfidenceSeconds = read.Whole("losses:modelConfidenceSeconds", 1, PauseSecondsMax, 3_600),
    };

    private static OrderBudgetConfiguration ReadOrderBudget(SettingReader read) => new()
    {
        CreatesPerSecond = read.Whole("orderBudget:createsPerSecond", 1, RequestsPerSecondMax, 10),
        AmendsPerSecond = read.Whole("orderBudget:amendsPerSecond", 1, RequestsPerSecondMax, 10),
        CancelsPerSecond = read.Whole("orderBudget:cancelsPerSecond", 1, RequestsPerSecondMax, 10),
        CancelReserve = read.Whole("orderBudget:cancelReserve", 0, RequestsPerSecondMax, 2),
        AcknowledgementTimeoutMilliseconds = read.Whole("orderBudget:acknowledgementTimeoutMilliseconds", 1, MillisecondsMax, 2_000),
    };

    private static AccountConfiguration ReadAccount(SettingReader read) => new()
    {
        MarginMode = read.Text("account:marginMode", text => text is "isolated" or "cross", "must be isolated or cross", "isolated"),
        SetMarginMode = read.Flag("account:setMarginMode", example: false),
        SetLeverage = read.Flag("account:setLeverage", example: true),
        AllowWithdrawalKey = read.Flag("account:allowWithdrawalKey", example: false),
        DisconnectWindowSeconds = read.Number("account:disconnectWindowSeconds", (int value) => value is 0 or (>= AccountConfiguration.DisconnectWindowSecondsMin and <= 300), $"must be 0, or {AccountConfiguration.DisconnectWindowSecondsMin} to 300 (pings go every 5 s, and a shorter window would be set off by them)", 10),
        AssumedMakerFee = Fixed(read, "account:assumedMakerFee", value => value is > -FeeMax and < FeeMax, $"must be a fraction above -{Show(FeeMax)} and below {Show(FeeMax)}", 0.0002m),
        AssumedTakerFee = Fixed(read, "account:assumedTakerFee", value => value is >= 0 and < FeeMax, $"must be a fraction of 0 to below {Show(FeeMax)}", 0.00055m),
    };

    private static ControlConfiguration ReadControl(SettingReader read, string root, IReadOnlyDictionary<string, string> environment) => new()
    {
        Folder = read.FullPathUnless("control:folder", root, ControlConfiguration.Default) ?? ControlConfiguration.FolderOf(environment),
        KillFile = read.FullPathUnless("control:killFile", root, ControlConfiguration.None),
    };

    private static VenueConfiguration ReadVenue(SettingReader read, string root) => new()
    {
        Leverage = ReadLeverage(read),
        StartBalanceUsdt = Fixed(read, "venue:startBalanceUsdt", value => value is >= BalanceMin and <= AmountMax, $"must be {Show(BalanceMin)} to {Show(AmountMax)}", 10_000m),
        FeeTier = read.Text("venue:feeTier", text => text.Trim().Length > 0, "must name a fee tier", "Pro 5"),
        Latency = new VenueLatencyConfiguration
        {
            FeedMicroseconds = read.Whole("venue:latency:feedMicroseconds", 1, MicrosecondsMax, 500),
            OrderMicroseconds = read.Whole("venue:latency:orderMicroseconds", OrderMicrosecondsMin, MicrosecondsMax, 1_000),
            ResponseMicroseconds = read.Whole("venue:latency:responseMicroseconds", 1, MicrosecondsMax, 1_000),
            CancelMicroseconds = read.Whole("venue:latency:cancelMicroseconds", OrderMicrosecondsMin, MicrosecondsMax, 1_000),
            JitterMicroseconds = read.Whole("venue:latency:jitterMicroseconds", 0, MicrosecondsMax, 300),
            JitterDistribution = read.Text("venue:latency:jitterDistribution", text => text is "uniform" or "lognormal" or "resampled", "must be uniform, lognormal or resampled", "uniform"),
            JitterSigma = read.Number("venue:latency:jitterSigma", value => value is >= 0 and <= 5, "must be 0 to 5", 0.5),
            JitterSamples = read.Text("venue:latency:jitterSamples", _ => true, "", "none") == "none" ? null : read.ExistingFile("venue:latency:jitterSamples", root, "none"),
        },
        QueueModel = read.Text(
            "venue:queueModel",
            text => text is "trades-at-or-through" or "risk-averse" or "probability-power" or "probability-log",
            "must be trades-at-or-through, risk-averse, probability-power or probability-log",
            "trades-at-or-through"),
        TakenMilliseconds = read.Whole("venue:takenMilliseconds", 0, MillisecondsMax, 1_000),
        TickMilliseconds = read.Whole("venue:tickMilliseconds", 1, MillisecondsMax, 100),
        Market = read.Text("venue:market", text => text is "replay" or "flow" or "live", "must be replay, flow or live", "replay"),
        Scenario = read.Text("venue:scenario", text => text.Trim().Length > 0, "must name a market scenario", "calm"),
        Faults = read.Text("venue:faults", _ => true, "", "none") == "none" ? null : read.ExistingFile("venue:faults", root, "none"),
        Seed = read.Number("venue:seed", (ulong _) => true, "", 1UL),
        Speed = ReadSpeed(read),
        Port = read.Whole("venue:port", 0, 65_535, 0),
    };

    /// <summary>Null for "max".</summary>
    private static double? ReadSpeed(SettingReader read)
    {
        string text = read.Text("venue:speed", text => text == "max" || IsSpeed(text), $"must be max, or a number above 0, at most {Show(SpeedMax)}", "5");
        return IsSpeed(text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    private static int? ReadCore(SettingReader read, string key)
    {
        string text = read.Text(key, text => text == "none" || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int core) && core < 1_024), "must be the number of a core, counted from 0, or \"none\"", "none");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    private static bool IsSpeed(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) && speed is > 0 and <= SpeedMax;

    private static decimal ReadLeverage(SettingReader read)
    {
        const string Key = "venue:leverage";
        decimal leverage = read.Number(Key, value => value is >= 1 and <= 100, "must be 1 to 100", 50m);
        if (leverage * 100 != decimal.Truncate(leverage * 100)) read.Fault(Key, "must be in steps of 0.01", "50");
        return leverage;
    }

    private static double Above0(SettingReader read, string key, double max, double example) =>
        read.Number(key, value => value > 0 && value <= max, $"must be above 0, at most {Show(max)}", example);

    private static decimal Amount(SettingReader read, string key, decimal example) =>
        read.Number(key, value => value is > 0 and <= AmountMax, AmountRule, example);

    private static decimal InsideUnit(SettingReader read, string key, decimal example) =>
        Fixed(read, key, value => value is > 0 and < 1, "must be a fraction above 0 and below 1", example);

    /// <summary>Of something that cannot be lost whole; 0 turns a limit off.</summary>
    private static decimal Fraction(SettingReader read, string key, decimal example) =>
        Fixed(read, key, value => value is >= 0 and < 1, "must be a fraction of 0 to below 1", example);

    private static decimal Share(SettingReader read, string key, decimal example) =>
        Fixed(read, key, value => value is > 0 and <= 1, "must be a fraction above 0, at most 1", example);

    private static decimal Fixed(SettingReader read, string key, Func<decimal, bool> holds, string rule, decimal example)
    {
        decimal value = read.Number(key, holds, rule, example);
        if (decimal.Round(value, DecimalsMax) != value) read.Fault(key, $"must have at most {DecimalsMax} decimals", Show(example));
        return value;
    }

    private static void CheckAcrossKeys(EngineConfiguration configuration, string source, SettingReader read)
    {
        if (read.IsSound("orderBudget:cancelsPerSecond", "orderBudget:cancelReserve") && configuration.OrderBudget.CancelReserve >= configuration.OrderBudget.CancelsPerSecond)
        {
            read.Fault("orderBudget:cancelReserve", $"must be below cancelsPerSecond ({configuration.OrderBudget.CancelsPerSecond})", "2");
        }

        CheckLevels(configuration, read);

        HybridConfiguration hybrid = configuration.Hybrid;
        if (configuration.TradesOutright && configuration.Signal == "none" && read.IsSound("strategy", "signal")) read.Fault("signal", $"must be hybrid or meta-label with the strategy {configuration.Strategy}: nothing else asks for positions");
        if (configuration.Signal == "meta-label" && configuration.MetaLabel.Model is null && read.IsSound("metaLabel:model")) read.Fault("metaLabel:model", "must name the folder of a model with the signal meta-label; ./run.sh train makes one", "samples/models/demo");
        if (configuration.Signal == "hybrid" && read.IsSound("hybrid:symbol", "symbols") && !configuration.Symbols.Contains(hybrid.Symbol)) read.Fault("hybrid:symbol", $"must be one of symbols ({string.Join(", ", configuration.Symbols)})");

        if (read.IsSound("quoting:model", "quoting:maxInventoryUnits") && configuration.Quoting.Model == "glft-exact" && configuration.Quoting.MaxInventoryUnits > QuoteTable.UnitsLimit)
        {
            read.Fault("quoting:maxInventoryUnits", $"must be at most {QuoteTable.UnitsLimit} with glft-exact, the largest table", "10");
        }

        // Isolated margin covers an adverse move of 1/leverage of the entry price and liquidation comes before that: a larger jump would refuse every opening order.
        if (read.IsSound("venue:leverage", "risk:isolatedJumpFraction", "account:marginMode") && !configuration.Account.IsCross && configuration.Risk.IsolatedJumpFraction * configuration.Venue.Leverage >= 1)
        {
            read.Fault("risk:isolatedJumpFraction", $"must be below 1/leverage ({Show(decimal.Round(1 / configuration.Venue.Leverage, 6))} at {Show(configuration.Venue.Leverage)}x), where every position is already liquidated");
        }

        const string WindowKey = "quoting:volatilityTimeConstantSeconds";
        if (read.IsSound("quoting:volatility", WindowKey, "quoting:midSampleMilliseconds") && configuration.Quoting.Volatility != "ewma" && configuration.Quoting.VolatilitySamples > RollingVolatility.IncrementsMax)
        {
            read.Fault(WindowKey, $"must be at most {RollingVolatility.IncrementsMax} x midSampleMilliseconds with {configuration.Quoting.Volatility}: every sample of the window is kept", "30");
        }

        foreach ((string symbol, InstrumentConfiguration instrument) in configuration.Instruments) CheckInstrument($"instruments:{symbol}", instrument, configuration.Quoting, read);

        // Without any entry there is already a fault that says so.
        if (!read.IsSound("symbols") || configuration.Instruments.Count == 0) return;
        CheckMicroprices(configuration, read);
        foreach (string symbol in configuration.Symbols.Where(symbol => !configuration.Instruments.ContainsKey(symbol)))
        {
            read.FaultWithoutValue("symbols", $"names {symbol}, for which {source} has no entry in instruments; it sizes {string.Join(", ", configuration.Instruments.Keys)}");
        }
    }

    /// <summary>Without a table the microprice is the mid, which has a name of its own.</summary>
    private static void CheckMicroprices(EngineConfiguration configuration, SettingReader read)
    {
        if (configuration.Quoting.FairValue != FairValueModel.Microprice) return;
        foreach (string key in configuration.Symbols.Where(symbol => configuration.Instruments.TryGetValue(symbol, out InstrumentConfiguration? instrument) && instrument.MicropriceTicks is null).Select(symbol => $"instruments:{symbol}:micropriceTicks"))
        {
            if (read.IsSound(key, "quoting:fairValue")) read.Fault(key, "must be a table with quoting:fairValue microprice; calibrate --out writes one for --overlay");
        }
    }

    /// <summary>Each quote is an order: one that the gate always refuses, or that cannot be pulled when all of an instrument must go, is not to be wanted.</summary>
    private static void CheckLevels(EngineConfiguration configuration, SettingReader read)
    {
        const string Key = "quoting:levelsPerSide";
        int orders = 2 * configuration.Quoting.LevelsPerSide;
        (int openOrdersMax, int cancelsPerSecond) = (configuration.Risk.OpenOrdersMax, configuration.OrderBudget.CancelsPerSecond);
        if (read.IsSound(Key, "risk:openOrdersMax") && orders > openOrdersMax)
        {
            read.Fault(Key, $"must be at most half of risk:openOrdersMax ({openOrdersMax}): each side's quotes are open orders");
        }

        if (read.IsSound(Key, "orderBudget:cancelsPerSecond") && orders > cancelsPerSecond)
        {
            read.Fault(Key, $"must be at most half of orderBudget:cancelsPerSecond ({cancelsPerSecond}): an instrument's quotes must be gone within a second");
        }
    }

    private static void CheckInstrument(string key, InstrumentConfiguration instrument, QuotingConfiguration quoting, SettingReader read)
    {
        (string floorKey, string capKey) = ($"{key}:sigmaFloorTicksPerSqrtSecond", $"{key}:sigmaCapTicksPerSqrtSecond");
        if (read.IsSound(floorKey, capKey) && instrument.SigmaCapTicksPerSqrtSecond <= instrument.SigmaFloorTicksPerSqrtSecond)
        {
            read.Fault(capKey, $"must be above sigmaFloorTicksPerSqrtSecond ({Show(instrument.SigmaFloorTicksPerSqrtSecond)})");
        }

        // The quoter must not want what the gate is told to refuse: the engine would quote one side less, or nothing, without saying so.
        (string qtyKey, string orderMaxKey, string positionMaxKey) = ($"{key}:orderQty", $"{key}:orderQtyMax", $"{key}:positionQtyMax");
        double largest = (double)instrument.OrderQty * quoting.LargestLevel;
        if (read.IsSound(qtyKey, orderMaxKey, "quoting:sizeMultiplier", "quoting:sizeShape", "quoting:levelsPerSide") && largest > (double)instrument.OrderQtyMax)
        {
            read.Fault(orderMaxKey, $"must be at least the largest quote ({Show(largest)})");
        }

        decimal inventory = instrument.OrderQty * quoting.MaxInventoryUnits;
        if (read.IsSound(qtyKey, positionMaxKey, "quoting:maxInventoryUnits") && inventory > instrument.PositionQtyMax)
        {
            read.Fault(positionMaxKey, $"must be at least orderQty x maxInventoryUnits ({Show(inventory)})");
        }
    }

    private static string AmountRule => $"must be above 0, at most {Show(AmountMax)}";

    private static string Show(double value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private static string Show(decimal value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private static Dictionary<string, (string Value, Origin Origin)> Above(IReadOnlyList<(string Path, string Source)> overlays, IReadOnlyDictionary<string, string> environment, IReadOnlyList<ConfigurationOverride> overrides)
    {
        var above = new Dictionary<string, (string Value, Origin Origin)>(StringComparer.OrdinalIgnoreCase);
        foreach ((string path, string source) in overlays)
        {
            if (!Path.Exists(path)) throw new ConfigurationException([$"{source}: no such overlay; name a file with the keys to replace, for example one that calibrate --out has written"]);
            IConfigurationRoot overlay = Layers(path, source, []);
            var origin = new Origin(OriginKind.Overlay, source);
            foreach ((string key, string? value) in overlay.AsEnumerable())
            {
                if (value is not null && !key.StartsWith("symbols:", StringComparison.OrdinalIgnoreCase)) above[key] = (value, origin);
            }

            // A list is replaced as a whole: by position it would keep the profile's further symbols.
            if (overlay.GetSection("symbols").GetChildren().Select(child => child.Value).ToArray() is { Length: > 0 } symbols) above["symbols"] = (string.Join(',', symbols), origin);
        }

        foreach ((string variable, string key) in KnownEnvironment.Keys)
        {
            if (environment.TryGetValue(variable, out string? value) && value.Length > 0) above[key] = (value, new Origin(OriginKind.Environment, variable));
        }

        // Ordinal order: two variables that differ in case only resolve the same way on every start.
        foreach ((string variable, string value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            bool isKey = variable.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) && variable != TraceVariable && value.Length > 0;
            if (isKey) above[variable[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = (value, new Origin(OriginKind.Environment, variable));
        }

        foreach (ConfigurationOverride given in overrides) above[given.Key] = (given.Value, new Origin(OriginKind.Option, given.Option));
        return above;
    }

    private static IConfigurationRoot Layers(string path, string source, Dictionary<string, (string Value, Origin Origin)> above)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return new ConfigurationBuilder()
                .AddJsonStream(file)
                .AddInMemoryCollection(above.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value.Value)))
                .Build();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException([$"{source}: no such file; the shipped profiles are configs/market-making.json, configs/hybrid.json and configs/meta-label.json"]);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new ConfigurationException([$"{source}: is a directory; name the profile's file, for example configs/market-making.json"]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"{source}: cannot be read: {fault.Message}"]);
        }
        catch (JsonException fault)
        {
            throw new ConfigurationException([$"{source}: line {fault.LineNumber + 1}: not JSON: {FirstSentence(fault.Message)}"]);
        }
        catch (FormatException fault)
        {
            throw new ConfigurationException([$"{source}: {FirstSentence(fault.Message)}"]);
        }
    }

    // The parser's message goes on with its own zero-based position, which would contradict the line named before it.
    private static string FirstSentence(string message) => message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].ReplaceLineEndings(" ").TrimEnd('.');
}
