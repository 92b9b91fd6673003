using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>What the orders of one instrument can still do, at worst: where an amend is not confirmed the larger quantity and the better price count.</summary>
/// <param name="OpenBuyQty">Buy quantity that may still reach the position: open, and filled on the order stream but not yet executed in the ledger.</param>
/// <param name="OpenSellQty">The same for sells.</param>
/// <param name="OpenOrders">Orders that may rest at the venue.</param>
/// <param name="BestOwnBid">Highest own buy price; 0 when there is none.</param>
/// <param name="BestOwnAsk">Lowest own sell price; 0 when there is none.</param>
public readonly record struct OpenExposure(QtyLots OpenBuyQty, QtyLots OpenSellQty, int OpenOrders, PriceTicks BestOwnBid, PriceTicks BestOwnAsk);
