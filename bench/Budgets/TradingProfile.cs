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

    /// <summary>Quantity of a quote.</summary>
    public static QtyLots OrderQty(InstrumentId instrument) => new(instrument == Market.Btc ? 10 : 50);

    /// <summary>Distance from which a working quote moves.</summary>
    public static long RequoteTicks(InstrumentId instrument) => instrument == Market.Btc ? 5 : 1;

    /// <summary>The quoting core of an instrument.</summary>
    public static AvellanedaStoikovQuoter Quoter(InstrumentId instrument)
    {
        bool isBtc = instrument == Market.Btc;
        return new AvellanedaStoikovQuoter(Market.Instruments[instrument], new AvellanedaStoikovSettings
        {
            Gamma = isBtc ? 0.00015 : 0.05,
            K = isBtc ? 0.02 : 1.0,
            TauSeconds = 60,
            MinSigmaTicks = isBtc ? 5 : 0.1,
            MaxSigmaTicks = isBtc ? 400 : 10,
            Pipeline = new QuotePipelineSettings
            {
                MakerFeeE8 = MakerFeeE8, MinEdgeE8 = 2_000, Levels = LevelsPerSide, Step = new TickDelta(isBtc ? 20 : 1), BaseQty = OrderQty(instrument), SizeMultiplierE8 = 100_000_000, UnitsMax = 10,
            },
        });
    }

    /// <summary>An empty order table.</summary>
    public static OrderTable OrderTable() => new(
        Market.Instruments,
        LevelsPerSide,
        new OrderTableSettings([.. Each(RequoteTicks)], AckTimeoutNanos: 2_000 * EpochNanos.PerMillisecond, TimeInForce.PostOnly, RequestLifetimeNanos: 6_000 * EpochNanos.PerMillisecond, StreamDelayMaxNanos: 1_000 * EpochNanos.PerMillisecond));

    /// <summary>Full budgets.</summary>
    public static OrderBudget OrderBudget() => new(createsPerSecond: 10, amendsPerSecond: 10, cancelsPerSecond: 10, cancelReserve: 2);

    /// <summary>The limits of each instrument.</summary>
    public static RiskLimits[] RiskLimits() =>
    [
        .. Each(instrument => new RiskLimits
        {
            MarketDataAgeMaxNanos = MarketDataAgeMaxNanos,
            OrderMax = new QtyLots(2 * OrderQty(instrument).Lots),
            OrderNotionalMax = new MoneyE8(5_000 * MoneyE8.One),
            PositionMax = new QtyLots(12 * OrderQty(instrument).Lots),
            OpenOrdersMax = 20,
            CollarFractionE8 = 1_000_000,
            LiquidationDistanceMinE8 = 300_000,
            LeverageE2 = LeverageE2,
            TakerFeeE8 = TakerFeeE8,
        }),
    ];

    /// <summary>One value for each instrument, in the table's order.</summary>
    public static IEnumerable<T> Each<T>(Func<InstrumentId, T> value) => Enumerable.Range(0, Market.Instruments.Count).Select(index => value(new InstrumentId(index)));
}
