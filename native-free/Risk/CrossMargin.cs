using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>Margin of positions that share one account's balance (cross), in fixed point: USDT in 1e-24, so that nothing is rounded before the end.</summary>
/// <remarks>
/// docs/models.md, 3.4. Values and costs are price x quantity in 1e-16 USDT, not negative, below 1e12 USDT; sums of an account stay below 1e13 USDT. Taker fees are fractions in 1e-8, not negative, at most 1 %.
/// The venue liquidates once the maintenance margins of all positions, each with its fee to close at the mark, reach wallet + unrealised profit (Bybit V5, 16.5). Its own estimate of the price is not published as one formula.
/// Thread: any. Allocates: never. Throws: never.
/// </remarks>
public static class CrossMargin
{
    private const long E24PerE16 = 100_000_000;

    /// <summary>What a wallet balance is here.</summary>
    public static Int128 OfMoney(MoneyE8 money) => (Int128)money.Units * E24PerE16 * E24PerE16;

    /// <summary>Profit of a position at a value, before fees.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="costE16">Entry price x quantity.</param>
    /// <param name="valueE16">Price x quantity.</param>
    public static Int128 Unrealised(Side side, Int128 costE16, Int128 valueE16) => side.Sign * (valueE16 - costE16) * E24PerE16;

    /// <summary>Maintenance margin with the fee to close: value x (rate + fee) - deduction, of the row that the value falls into.</summary>
    /// <param name="valueE16">Mark price x quantity.</param>
    /// <param name="takerFeeE8">Taker fee.</param>
    /// <param name="tiers">The instrument's ladder.</param>
    public static Int128 Maintenance(Int128 valueE16, long takerFeeE8, RiskTierTable tiers)
    {
        ref readonly RiskTier tier = ref tiers.Find(valueE16);
        return (valueE16 * (tier.MaintenanceRateE8 + takerFeeE8)) - OfMoney(tier.Deduction);
    }

    /// <summary>The mark price of one position at which the account is liquidated while the other marks stand still; 0 when no price does it.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="costE16">Cost of the position.</param>
    /// <param name="qty">Size without sign; 0 gives 0.</param>
    /// <param name="lotE8">One lot in 1e-8 base units (<see cref="InstrumentSpec.LotE8"/>).</param>
    /// <param name="besidesE24">Wallet, and of every other position the unrealised profit less the maintenance margin.</param>
    /// <param name="takerFeeE8">Taker fee.</param>
    /// <param name="tiers">The instrument's ladder.</param>
    /// <remarks>
    /// With cost C, quantity Q, B besides, rate m, fee f, deduction D: long (C - B - D) / [Q (1 - m - f)], short (C + B + D) / [Q (1 + m + f)].
    /// The row is that of the value at the price itself. The maintenance margin is the largest of all rows' lines, so the price is the highest of the rows' prices for a long position and the lowest for a short one.
    /// </remarks>
    public static PriceE8 LiquidationPrice(Side side, Int128 costE16, QtyLots qty, long lotE8, Int128 besidesE24, long takerFeeE8, RiskTierTable tiers)
    {
        Int128 qtyE8 = (Int128)qty.Lots * lotE8;
        if (qtyE8 == 0) return default;
        Int128 liquidation = 0;
        for (int i = 0; i < tiers.Count; i++)
        {
            ref readonly RiskTier tier = ref tiers[i];
            Int128 numeratorE24 = (costE16 * E24PerE16) - (side.Sign * (besidesE24 + OfMoney(tier.Deduction)));
            Int128 price = MoneyE8.DivideHalfEven(numeratorE24, qtyE8 * (MarginMath.OneE8 - (side.Sign * (tier.MaintenanceRateE8 + takerFeeE8))));
            bool isSooner = side == Side.Buy ? price > liquidation : price < liquidation;
            if (i == 0 || isSooner) liquidation = price;
        }

        return MarginMath.ToPrice(liquidation);
    }
}
