using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The prices at which an isolated holding is known to survive: what was found once need not be found again with every book that moves a quote by some ticks. Its answers are those of <see cref="WorstCase.Survives(Side, in Holding)"/>.</summary>
/// <remarks>
/// What is left over at worst falls with a mark price that moves against a position and with orders at worse prices. So where it is enough at one pair of prices, it is at every better pair, with the same position, cost and open quantity.
/// The pair that is tried lies a thousandth beyond the prices asked for, and must leave a millionth of a USDT: the ladder's deductions are rounded to 1e-8, so that from row to row the sum may fall by that much where it should rise.
/// Owner: one thread. Allocates: only in the constructor. Blocks, throws: never.
/// </remarks>
public sealed class SurvivalRange
{
    private const int BeyondBits = 10;   // 1/1,024 of a price

    private static readonly Int128 SpareE24 = (Int128)1_000_000_000_000_000_000;

    private readonly WorstCase _worst;
    private Known _long;
    private Known _short;

    /// <summary>Knows nothing yet.</summary>
    /// <param name="worst">Whose answers.</param>
    public SurvivalRange(WorstCase worst) => _worst = worst;

    /// <summary>As <see cref="WorstCase.Survives(Side, in Holding)"/>, of a position and the open orders of one side.</summary>
    /// <param name="side">Of the orders, and of the position that they could make.</param>
    /// <param name="position">Signed position, long above zero.</param>
    /// <param name="costE16">Its entry price x quantity, in 1e-16 USDT.</param>
    /// <param name="openQty">Open quantity of the orders.</param>
    /// <param name="price">The worst of their prices.</param>
    /// <param name="mark">Mark price; 0 while unknown.</param>
    public bool Survives(Side side, QtyLots position, Int128 costE16, QtyLots openQty, PriceTicks price, PriceE8 mark)
    {
        ref Known known = ref side == Side.Buy ? ref _long : ref _short;
        bool isKnown = known.Price.Ticks > 0
            && price.Ticks > 0
            && mark.Units > 0
            && side.Sign * (known.Price.Ticks - price.Ticks) >= 0
            && side.Sign * (mark.Units - known.Mark.Units) >= 0
            && known.OpenQty == openQty
            && known.Position == position
            && known.CostE16 == costE16;
        return isKnown || Find(side, HoldingOf(side, position, costE16, openQty, price, mark), ref known);
    }

    private bool Find(Side side, in Holding holding, ref Known known)
    {
        (QtyLots openQty, PriceTicks price) = side == Side.Buy ? (holding.BuyQty, holding.BuyPrice) : (holding.SellQty, holding.SellPrice);

        // An order without a price is priced at the mark, and is better at one mark and worse at the other.
        if (price.Ticks > 0 && holding.MarkPrice.Units > 0)
        {
            var worsePrice = new PriceTicks(price.Ticks + (side.Sign * ((price.Ticks >> BeyondBits) + 1)));
            var worseMark = new PriceE8(holding.MarkPrice.Units - (side.Sign * ((holding.MarkPrice.Units >> BeyondBits) + 1)));
            Holding worse = HoldingOf(side, holding.Position, holding.CostE16, openQty, worsePrice, worseMark);
            if (_worst.Survives(side, in worse, SpareE24))
            {
                known = new Known(holding.Position, holding.CostE16, openQty, worsePrice, worseMark);
                return true;
            }
        }

        return _worst.Survives(side, in holding);
    }

    private static Holding HoldingOf(Side side, QtyLots position, Int128 costE16, QtyLots openQty, PriceTicks price, PriceE8 mark) => side == Side.Buy
        ? new Holding(position, costE16, openQty, price, default, default, mark)
        : new Holding(position, costE16, default, default, openQty, price, mark);

    /// <summary>What survives at these prices and at better ones; nothing where the price is 0.</summary>
    private readonly record struct Known(QtyLots Position, Int128 CostE16, QtyLots OpenQty, PriceTicks Price, PriceE8 Mark);
}
