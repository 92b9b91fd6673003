using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>A position and the orders that may still fill, of one instrument.</summary>
/// <param name="Position">Signed position, long above zero.</param>
/// <param name="CostE16">Entry price x quantity of the position, not negative, in 1e-16 USDT.</param>
/// <param name="BuyQty">Open quantity of all buy orders.</param>
/// <param name="BuyPrice">The highest price among them.</param>
/// <param name="SellQty">Open quantity of all sell orders.</param>
/// <param name="SellPrice">The lowest price among them.</param>
/// <param name="MarkPrice">Mark price; 0 while unknown.</param>
public readonly record struct Holding(QtyLots Position, Int128 CostE16, QtyLots BuyQty, PriceTicks BuyPrice, QtyLots SellQty, PriceTicks SellPrice, PriceE8 MarkPrice)
{
    /// <summary>Nothing is held, and nothing can be.</summary>
    public bool IsEmpty => Position.Lots == 0 && BuyQty.Lots == 0 && SellQty.Lots == 0;
}
