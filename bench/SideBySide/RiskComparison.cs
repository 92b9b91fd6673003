using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.SideBySide;

/// <summary>What the gate adds to a request, by the margin mode, and what a liquidation price costs.</summary>
internal static class RiskComparison
{
    private const int Operations = 200_000;
    private const long MarkTicks = 600_000;
    private const int LeverageE2 = 5_000;
    private const long TakerFeeE8 = 55_000;
    private const long AdverseJumpE8 = 300_000;
    private const long HeldLots = 20;
    private static readonly string[] Gates = ["Risk.gate.cancel", "Risk.gate.isolated", "Risk.gate.cross"];
    private static readonly string[] Prices = ["Risk.liquidationPrice.isolated", "Risk.liquidationPrice.cross"];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new(Gates, ["risk.gate.crossOverIsolated"], context => Gate(context.Instruments)),
        new(Prices, [], context => LiquidationPrice(context.Instruments[new InstrumentId(0)])),
    ];

    /// <summary>Orders that add to a position beside open orders of both sides, all accepted: a refusal is the shorter way.</summary>
    private static Comparison Gate(InstrumentTable instruments)
    {
        return new Comparison
        {
            Contestants = [Of(Gates[0], OrderAction.Cancel, isCross: false), Of(Gates[1], OrderAction.Place, isCross: false), Of(Gates[2], OrderAction.Place, isCross: true)],
            Ratios = [new Ratio("risk.gate.crossOverIsolated", Gates[2], Gates[1])],
        };

        Contestant Of(string figure, OrderAction action, bool isCross)
        {
            InstrumentSpec spec = instruments[new InstrumentId(0)];
            var gate = new RiskGate(instruments, [.. Enumerable.Range(0, instruments.Count).Select(i => Limits(instruments[new InstrumentId(i)], isCross))]);
            return Contestant.OfBatches(new Figure(figure), Operations, () =>
            {
                long accepted = 0;
                for (int i = 0; i < Operations; i++)
                {
                    var intent = new OrderIntent(action, spec.Id, Side.Buy, new PriceTicks(MarkTicks - (i & 63)), new QtyLots(10), default, default, new ClientOrderId(1, (uint)i), TimeInForce.PostOnly, ReduceOnly: false);
                    var context = new RiskContext
                    {
                        Position = new QtyLots(HeldLots), CostE16 = Cost(spec), OpenBuyQty = new QtyLots(10), OpenSellQty = new QtyLots(10), OpenOrders = 2,
                        BestOwnBid = new PriceTicks(MarkTicks - 10), BestOwnAsk = new PriceTicks(MarkTicks + 10), TwiceReferenceMidTicks = 2 * MarkTicks, MarkPrice = Mark(spec),
                        IsTrading = true, IsBookUsable = true, IsPrivateStreamUp = true, RequestsLeft = 5, AvailableMargin = new MoneyE8(10_000 * MoneyE8.One), Balance = new MoneyE8(10_000 * MoneyE8.One),
                        ElsewhereE24 = CrossMargin.OfMoney(new MoneyE8(10_000 * MoneyE8.One)),
                    };
                    if (gate.Check(in intent, in context) == RiskReason.Accepted) accepted++;
                }

                return accepted == Operations ? accepted : throw new InvalidOperationException($"{figure}: {Operations - accepted} of {Operations} intents were refused");
            });
        }
    }

    private static Comparison LiquidationPrice(InstrumentSpec spec)
    {
        RiskTierTable tiers = Tiers(spec);
        Int128 balance = CrossMargin.OfMoney(new MoneyE8(100 * MoneyE8.One));
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure(Prices[0]), Operations, () =>
                {
                    long sum = 0;
                    for (int i = 0; i < Operations; i++) sum += MarginMath.LiquidationPrice(Side.Buy, Cost(spec) + i, new QtyLots(HeldLots), spec.LotE8, LeverageE2, default, TakerFeeE8, in tiers.Find(Cost(spec))).Units;
                    return sum;
                }),
                Contestant.OfBatches(new Figure(Prices[1]), Operations, () =>
                {
                    long sum = 0;
                    for (int i = 0; i < Operations; i++) sum += CrossMargin.LiquidationPrice(Side.Buy, Cost(spec) + i, new QtyLots(HeldLots), spec.LotE8, balance, TakerFeeE8, tiers).Units;
                    return sum;
                }),
            ],
        };
    }

    private static Int128 Cost(InstrumentSpec spec) => (Int128)MarkTicks * spec.TickE8 * HeldLots * spec.LotE8;

    private static PriceE8 Mark(InstrumentSpec spec) => new(MarkTicks * spec.TickE8);

    private static RiskTierTable Tiers(InstrumentSpec spec) => new(spec.Symbol, [new RiskTier(new MoneyE8(2_000_000 * MoneyE8.One), 500_000, 10_000, default)]);

    private static RiskLimits Limits(InstrumentSpec spec, bool isCross) => new()
    {
        MarketDataAgeMaxNanos = 1, MarkPriceAgeMaxNanos = 1, OrderMax = spec.MinOrderQty with { Lots = spec.MinOrderQty.Lots + 20 }, OrderNotionalMax = new MoneyE8(100_000 * MoneyE8.One), PositionMax = new QtyLots(1_000),
        OpenOrdersMax = 20, CollarFractionE8 = 1_000_000, AdverseJumpE8 = AdverseJumpE8, ExposureMaxE8 = 70_000_000, IsCross = isCross, Tiers = Tiers(spec), LeverageE2 = LeverageE2, TakerFeeE8 = TakerFeeE8,
    };
}
