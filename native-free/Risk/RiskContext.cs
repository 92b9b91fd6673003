using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>What the gate has to know about one instrument at the moment of a decision. Filled in place by the caller; default is never a pass.</summary>
public struct RiskContext
{
    /// <summary>Signed position, long above zero.</summary>
    public QtyLots Position;

    /// <summary>Open quantity of all working buy orders.</summary>
    public QtyLots OpenBuyQty;

    /// <summary>Open quantity of all working sell orders.</summary>
    public QtyLots OpenSellQty;

    /// <summary>Number of working orders.</summary>
    public int OpenOrders;

    /// <summary>Twice the reference mid, in ticks (<see cref="BookTop.TwiceMidTicks"/>); 0 where there is none, and then every price is outside the collar.</summary>
    public long TwiceReferenceMidTicks;

    /// <summary>Mark price; 0 while unknown.</summary>
    public PriceE8 MarkPrice;

    /// <summary>Liquidation price of the position; 0 when it has none.</summary>
    public PriceE8 LiquidationPrice;

    /// <summary>Now minus the newest book update, on the logic clock.</summary>
    public long MarketDataAgeNanos;

    /// <summary>The book is complete and not crossed.</summary>
    public bool IsBookUsable;

    /// <summary>The private stream is up: fills and cancels are seen.</summary>
    public bool IsPrivateStreamUp;

    /// <summary>Only what reduces may pass.</summary>
    public bool IsReducing;

    /// <summary>Requests left in the order budget for this intent's action.</summary>
    public int RequestsLeft;

    /// <summary>Highest price of a working own buy order; 0 when there is none.</summary>
    public PriceTicks BestOwnBid;

    /// <summary>Lowest price of a working own sell order; 0 when there is none.</summary>
    public PriceTicks BestOwnAsk;

    /// <summary>Margin that neither positions nor open orders hold.</summary>
    public MoneyE8 AvailableMargin;
}
