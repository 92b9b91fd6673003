using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>Margin, bankruptcy and liquidation of one isolated position in a USDT linear perpetual, in fixed point.</summary>
/// <remarks>
/// A position is its side, its cost and its quantity. Cost is the sum of price x quantity, never negative, in 1e-16 USDT (1e-8 price x 1e-8 base), below 1e12 USDT;
/// the entry price is cost / quantity and is never rounded on the way. Leverage is times 100, from 1x to 150x; taker fees are fractions in 1e-8, not negative, at most 1 %.
/// Every result is rounded half-even once, to 1e-8. Source: Bybit help centre, "Liquidation Price Calculation under Isolated Mode (Unified Trading Account)" and
/// "Maintenance Margin (USDT Contract)".
/// Thread: any. Allocates: never. Throws: never.
/// </remarks>
public static class MarginMath
{
    /// <summary>One, as a fraction in 1e-8.</summary>
    public const long OneE8 = 100_000_000;

    /// <summary>Leverage 1x, times 100.</summary>
    public const int LeverageOneE2 = 100;

    /// <summary>Largest taker fee that the arithmetic takes: 1 %, in 1e-8.</summary>
    public const long TakerFeeMaxE8 = 1_000_000;

    /// <summary>Initial margin without fees: cost / leverage.</summary>
    public static MoneyE8 InitialMargin(Int128 costE16, int leverageE2) =>
        new((long)MoneyE8.DivideHalfEven(costE16 * LeverageOneE2, (Int128)leverageE2 * OneE8));

    /// <summary>Maintenance margin without fees: value x rate - deduction, of the row that the value falls into.</summary>
    /// <param name="valueE16">Position value at the price that matters (entry or mark), in 1e-16 USDT.</param>
    /// <param name="tier">The row of <see cref="RiskTierTable.Find"/> for that value.</param>
    public static MoneyE8 MaintenanceMargin(Int128 valueE16, in RiskTier tier) =>
        new((long)(MoneyE8.DivideHalfEven(valueE16 * tier.MaintenanceRateE8, (Int128)OneE8 * OneE8) - tier.Deduction.Units));

    /// <summary>Taker fee of closing at the bankruptcy price, which the venue sets aside when a position opens: cost (1 -/+ 1/leverage) x rate.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="costE16">Cost of the position.</param>
    /// <param name="leverageE2">Leverage.</param>
    /// <param name="takerFeeE8">Taker fee.</param>
    public static MoneyE8 FeeToClose(Side side, Int128 costE16, int leverageE2, long takerFeeE8) =>
        new((long)MoneyE8.DivideHalfEven(costE16 * (leverageE2 - (side.Sign * LeverageOneE2)) * takerFeeE8, (Int128)leverageE2 * OneE8 * OneE8));

    /// <summary>What opening a position takes from free margin: initial margin, taker fee to open, fee to close.</summary>
    /// <inheritdoc cref="FeeToClose" />
    public static MoneyE8 OrderCost(Side side, Int128 costE16, int leverageE2, long takerFeeE8) =>
        InitialMargin(costE16, leverageE2)
        + new MoneyE8((long)MoneyE8.DivideHalfEven(costE16 * takerFeeE8, (Int128)OneE8 * OneE8))
        + FeeToClose(side, costE16, leverageE2, takerFeeE8);

    /// <summary>The price at which the margin is used up and at which the venue takes over: entry (1 - 1/leverage) for a long, entry (1 + 1/leverage) for a short.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="costE16">Cost of the position.</param>
    /// <param name="qty">Size without sign; 0 gives 0.</param>
    /// <param name="lotE8">One lot in 1e-8 base units (<see cref="InstrumentSpec.LotE8"/>).</param>
    /// <param name="leverageE2">Leverage.</param>
    public static PriceE8 BankruptcyPrice(Side side, Int128 costE16, QtyLots qty, long lotE8, int leverageE2)
    {
        Int128 qtyE8 = (Int128)qty.Lots * lotE8;
        return qtyE8 == 0 ? default : ToPrice(MoneyE8.DivideHalfEven(costE16 * (leverageE2 - (side.Sign * LeverageOneE2)), leverageE2 * qtyE8));
    }

    /// <summary>The mark price at which the venue liquidates; 0 when no price does.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="costE16">Cost of the position.</param>
    /// <param name="qty">Size without sign; 0 gives 0.</param>
    /// <param name="lotE8">One lot in 1e-8 base units (<see cref="InstrumentSpec.LotE8"/>).</param>
    /// <param name="leverageE2">Leverage.</param>
    /// <param name="extraMargin">Margin added to the position by hand; negative when funding was taken from it. Times the taker fee it stays below 1e6 USDT.</param>
    /// <param name="takerFeeE8">Taker fee.</param>
    /// <param name="tier">The row of <see cref="RiskTierTable.Find"/> for the cost.</param>
    /// <remarks>
    /// Margin + profit = maintenance margin at the liquidation price, with cost C, quantity Q, leverage L, extra margin X, fee f, rate m, deduction D:
    /// long [C - C/L - X/(1-f) - D] / [Q (1-m)], short [C + C/L + X/(1+f) + D] / [Q (1+m)].
    /// The two inner quotients are kept to 1e-24 USDT, sixteen digits below the result.
    /// </remarks>
    public static PriceE8 LiquidationPrice(
        Side side, Int128 costE16, QtyLots qty, long lotE8, int leverageE2, MoneyE8 extraMargin, long takerFeeE8, in RiskTier tier)
    {
        Int128 qtyE8 = (Int128)qty.Lots * lotE8;
        if (qtyE8 == 0) return default;

        Int128 initialE24 = MoneyE8.DivideHalfEven(costE16 * OneE8 * LeverageOneE2, leverageE2);
        // X/(1-f) as X + X f/(1-f): the product of the fee is ten thousand times smaller than that of the amount, and fits.
        Int128 extraE24 = (Int128)extraMargin.Units * OneE8 * OneE8;
        extraE24 += side.Sign * MoneyE8.DivideHalfEven(extraE24 * takerFeeE8, OneE8 - (side.Sign * takerFeeE8));
        Int128 bufferE24 = initialE24 + extraE24 + ((Int128)tier.Deduction.Units * OneE8 * OneE8);
        Int128 numeratorE24 = (costE16 * OneE8) - (side.Sign * bufferE24);
        return ToPrice(MoneyE8.DivideHalfEven(numeratorE24, qtyE8 * (OneE8 - (side.Sign * tier.MaintenanceRateE8))));
    }

    /// <summary>The mark price at which a share of the way from the entry to the liquidation price is used up; rounded towards the entry, so never too late.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="entry">Average entry price.</param>
    /// <param name="liquidation">Liquidation price.</param>
    /// <param name="usedShareE8">Share, 0 to 1 in 1e-8.</param>
    /// <returns>The entry itself where that is beyond the liquidation price: there is no way to go.</returns>
    /// <remarks>docs/concepts/margin.md, T7.</remarks>
    public static PriceE8 PriceAtUsedShare(Side side, PriceE8 entry, PriceE8 liquidation, long usedShareE8)
    {
        Int128 way = side.Sign * ((Int128)entry.Units - liquidation.Units);
        return way <= 0 ? entry : new PriceE8((long)(entry.Units - (side.Sign * (way * usedShareE8 / OneE8))));
    }

    /// <summary>A price that cannot trade, at or below zero or beyond the range of the type, is none.</summary>
    internal static PriceE8 ToPrice(Int128 units) => units > 0 && units <= long.MaxValue ? new PriceE8((long)units) : default;
}
