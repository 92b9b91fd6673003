using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>What the orders of one instrument can still do, at worst: where an amend is not confirmed the larger quantity and the better price count.</summary>
/// <param name="OpenBuyQty">Buy quantity that may still reach the position: open, and filled on the order stream but not yet executed in the ledger.</param>
/// <param name="OpenSellQty">The same for sells.</param>
/// <param name="OpenOrders">Orders that may rest at the venue.</param>
/// <param name="BestOwnBid">Highest own buy price; 0 when there is none.</param>
/// <param name="BestOwnAsk">Lowest own sell price; 0 when there is none.</param>
/// <param name="UnbookedBuyPrice">Highest price of a buy that has filled and ended but is not executed in the ledger yet; 0 when there is none.</param>
/// <param name="UnbookedSellPrice">Lowest price of such a sell; 0 when there is none.</param>
public readonly record struct OpenExposure(
    QtyLots OpenBuyQty, QtyLots OpenSellQty, int OpenOrders, PriceTicks BestOwnBid, PriceTicks BestOwnAsk, PriceTicks UnbookedBuyPrice = default, PriceTicks UnbookedSellPrice = default)
{
    /// <summary>Highest price that any of <see cref="OpenBuyQty"/> may be bought at; 0 when nothing is open.</summary>
    public PriceTicks DearestBuy => UnbookedBuyPrice > BestOwnBid ? UnbookedBuyPrice : BestOwnBid;

    /// <summary>Lowest price that any of <see cref="OpenSellQty"/> may be sold at; 0 when nothing is open.</summary>
    public PriceTicks CheapestSell => UnbookedSellPrice.Ticks > 0 && (BestOwnAsk.Ticks == 0 || UnbookedSellPrice < BestOwnAsk) ? UnbookedSellPrice : BestOwnAsk;
}
