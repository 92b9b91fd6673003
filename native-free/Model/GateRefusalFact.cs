using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>What the gate has last refused for one reason, with the numbers that it decided on, and how often it has for that reason: once a second where it has refused. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct GateRefusalFact
{
    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>Number of the gate's reason.</summary>
    public required int Reason { get; init; }

    /// <summary>Number of what was wanted, an <see cref="OrderAction"/>.</summary>
    public required int Action { get; init; }

    /// <summary>+1 to buy, -1 to sell.</summary>
    public required int SideSign { get; init; }

    /// <summary>Refusals for this reason since the start.</summary>
    public required long Count { get; init; }

    /// <summary>When.</summary>
    public required EpochNanos At { get; init; }

    /// <summary>Price wanted; 0 of a cancel.</summary>
    public required PriceTicks Price { get; init; }

    /// <summary>Quantity wanted.</summary>
    public required QtyLots Qty { get; init; }

    /// <summary>Signed position.</summary>
    public required QtyLots Position { get; init; }

    /// <summary>Buy quantity that could still reach the position.</summary>
    public required QtyLots OpenBuyQty { get; init; }

    /// <summary>The same for sells.</summary>
    public required QtyLots OpenSellQty { get; init; }

    /// <summary>Twice the mid that the price was held against, in ticks; 0 without a book.</summary>
    public required long TwiceReferenceMidTicks { get; init; }

    /// <summary>Mark price.</summary>
    public required PriceE8 MarkPrice { get; init; }

    /// <summary>Liquidation price of the position; 0 when there is none.</summary>
    public required PriceE8 LiquidationPrice { get; init; }

    /// <summary>Free margin of the account; 0 where the gate did not ask for it, since nothing was to be opened.</summary>
    public required MoneyE8 AvailableMargin { get; init; }

    /// <summary>What margin can come from; 0 as above.</summary>
    public required MoneyE8 Balance { get; init; }

    /// <summary>Age of the newest book update, ns.</summary>
    public required long MarketDataAgeNanos { get; init; }

    /// <summary>Silence of the tickers topic, ns; 0 while it has not spoken.</summary>
    public required long MarkPriceAgeNanos { get; init; }

    /// <summary>Open orders of the instrument.</summary>
    public required int OpenOrders { get; init; }

    /// <summary>Requests of this kind that the order budget left.</summary>
    public required int RequestsLeft { get; init; }
}
