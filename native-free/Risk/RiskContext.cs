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

    /// <summary>Entry price x quantity of the position, not negative, in 1e-16 USDT.</summary>
    public Int128 CostE16;

    /// <summary>Cross margin: what the balance and every other instrument leave at worst (<see cref="WorstCase.CrossSurplusE24"/>), in 1e-24 USDT; unused in isolated margin.</summary>
    public Int128 ElsewhereE24;

    /// <summary>Now minus the newest book update, on the logic clock.</summary>
    public long MarketDataAgeNanos;

    /// <summary>Now minus the newest message with the mark price's topic, on the logic clock; 0 while it has not spoken.</summary>
    public long MarkPriceAgeNanos;

    /// <summary>The instrument is open for trading.</summary>
    public bool IsTrading;

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

    /// <summary>Highest price of an own buy that has filled and is not in <see cref="Position"/> yet, but in <see cref="OpenBuyQty"/>; 0 when there is none.</summary>
    public PriceTicks UnbookedBuyPrice;

    /// <summary>Lowest price of such a sell; 0 when there is none.</summary>
    public PriceTicks UnbookedSellPrice;

    /// <summary>Margin that neither positions nor open orders hold.</summary>
    public MoneyE8 AvailableMargin;

    /// <summary>What margin can come from: the wallet, in cross margin with the unrealised profit.</summary>
    public MoneyE8 Balance;

    /// <summary>An order of the intent's name may be alive.</summary>
    public bool IsNameTaken;

    /// <summary>The liquidation guard lets nothing be added.</summary>
    public bool GuardHolds;
}
