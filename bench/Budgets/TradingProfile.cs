using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;
using LatencyEngine.Risk;

namespace LatencyEngine.Budgets;

/// <summary>The engine's settings as <c>configs/market-making.json</c> has them, in ticks and lots: the stages work under the shipped profile.</summary>
internal static class TradingProfile
{
    public const int LevelsPerSide = 1;
    public const int RecvWindowMillis = 5_000;
    public const long MarketDataAgeMaxNanos = 2_000 * EpochNanos.PerMillisecond;
    public const double VolatilityTimeConstantSeconds = 30;
    public const int LeverageE2 = 5_000;
    public const long TakerFeeE8 = 30_000;
    public const long StartBalanceE8 = 10_000 * MoneyE8.One;

    private const long MakerFeeE8 = 0;
    private const long Second = 1_000 * EpochNanos.PerMillisecond;

    /// <summary>The limits on losses and trouble.</summary>
    public static LossLadderSettings Losses { get; } = new()
    {
        PositionStopE8 = 8_000_000,
        PositionStopPauseNanos = 300 * Second,
        DailyLossE8 = 2_000_000,
        SymbolDailyLossE8 = 1_500_000,
        DailyPauseNanos = 86_400 * Second,
        WeeklyLossE8 = 5_000_000,
        WeeklyPauseNanos = 604_800 * Second,
        DrawdownE8 = 15_000_000,
        OpenPositionsMax = 10,
        ApiErrorsPerMinute = 10,
        RejectsPerMinute = 30,
        RequestPauseNanos = 60 * Second,
        MarkOutLossE8 = 100_000,
        MarkOutPauseNanos = 300 * Second,
    };

    /// <summary>Quantity of a quote.</summary>
    public static QtyLots OrderQty(InstrumentSpec spec) => new(IsSol(spec) ? 50 : 10);

    /// <summary>Distance from which a working quote moves.</summary>
    public static long RequoteTicks(InstrumentSpec spec) => IsSol(spec) ? 1 : 5;

    /// <summary>The quoting core of an instrument.</summary>
    public static AvellanedaStoikovQuoter Quoter(InstrumentSpec spec, int levelsPerSide = LevelsPerSide) => new(spec, new AvellanedaStoikovSettings
    {
        Gamma = Gamma(spec),
        K = K(spec),
        TauSeconds = 60,
        MinSigmaTicks = MinSigmaTicks(spec),
        MaxSigmaTicks = MaxSigmaTicks(spec),
        Pipeline = Pipeline(spec, levelsPerSide),
    });

    /// <summary>The quoting core of an instrument with the profile's other models.</summary>
    public static GlftQuoter Glft(InstrumentSpec spec, bool isExact) => new(spec, new GlftSettings
    {
        Gamma = Gamma(spec),
        ExecutionGamma = Gamma(spec),
        ArrivalRatePerSecond = IsSol(spec) ? 0.3 : 0.9,
        K = K(spec),
        ImpactTicks = 0,
        MinSigmaTicks = MinSigmaTicks(spec),
        MaxSigmaTicks = MaxSigmaTicks(spec),
        IsExact = isExact,
        Pipeline = Pipeline(spec, LevelsPerSide),
    });

    /// <summary>An empty order table.</summary>
    public static OrderTable OrderTable(InstrumentTable instruments, int levelsPerSide = LevelsPerSide) => new(
        instruments,
        levelsPerSide,
        new OrderTableSettings([.. Each(instruments, RequoteTicks)], AckTimeoutNanos: 2_000 * EpochNanos.PerMillisecond, TimeInForce.PostOnly, RequestLifetimeNanos: 6_000 * EpochNanos.PerMillisecond, StreamDelayMaxNanos: 1_000 * EpochNanos.PerMillisecond));

    /// <summary>Full budgets, as if each instrument that trades had one to itself.</summary>
    public static OrderBudget OrderBudget(int trading) => new(createsPerSecond: 10 * trading, amendsPerSecond: 10 * trading, cancelsPerSecond: 10 * trading, cancelReserve: 2 * trading);

    /// <summary>The limits of each instrument.</summary>
    public static RiskLimits[] RiskLimits(InstrumentTable instruments, bool isCross = false) =>
    [
        .. Each(instruments, spec => new RiskLimits
        {
            MarketDataAgeMaxNanos = MarketDataAgeMaxNanos,
            OrderMax = new QtyLots(2 * OrderQty(spec).Lots),
            OrderNotionalMax = new MoneyE8(5_000 * MoneyE8.One),
            PositionMax = new QtyLots(12 * OrderQty(spec).Lots),
            OpenOrdersMax = 20,
            CollarFractionE8 = 1_000_000,
            MarkPriceAgeMaxNanos = 10_000 * EpochNanos.PerMillisecond,
            AdverseJumpE8 = isCross ? 5_000_000 : 300_000,
            ExposureMaxE8 = 70_000_000,
            IsCross = isCross,
            Tiers = Tiers(spec),
            LeverageE2 = LeverageE2,
            TakerFeeE8 = TakerFeeE8,
        }),
    ];

    /// <summary>The first row of a ladder.</summary>
    public static RiskTierTable Tiers(InstrumentSpec spec) => new(spec.Symbol, [new RiskTier(new MoneyE8(2_000_000 * MoneyE8.One), 500_000, 10_000, default)]);

    /// <summary>One value for each instrument, in the table's order.</summary>
    public static IEnumerable<T> Each<T>(InstrumentTable instruments, Func<InstrumentSpec, T> value) => Enumerable.Range(0, instruments.Count).Select(index => value(instruments[new InstrumentId(index)]));

    private static bool IsSol(InstrumentSpec spec) => spec.Symbol == "SOLUSDT";

    private static double Gamma(InstrumentSpec spec) => IsSol(spec) ? 0.05 : 0.00015;

    private static double K(InstrumentSpec spec) => IsSol(spec) ? 1.0 : 0.02;

    private static double MinSigmaTicks(InstrumentSpec spec) => IsSol(spec) ? 0.1 : 5;

    private static double MaxSigmaTicks(InstrumentSpec spec) => IsSol(spec) ? 10 : 400;

    private static QuotePipelineSettings Pipeline(InstrumentSpec spec, int levelsPerSide) => new()
    {
        MakerFeeE8 = MakerFeeE8, MinEdgeE8 = 2_000, Levels = levelsPerSide, Step = new TickDelta(IsSol(spec) ? 1 : 20), BaseQty = OrderQty(spec), SizeMultiplierE8 = 100_000_000, UnitsMax = 10,
    };
}
