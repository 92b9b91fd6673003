using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>What the gate has last refused for one reason, in the units of the venue.</summary>
public sealed record GateRefusal
{
    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <summary>How often since the start.</summary>
    public required long Count { get; init; }

    /// <summary>When last.</summary>
    public required DateTime AtUtc { get; init; }

    /// <summary>The instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>Place, Amend or Cancel.</summary>
    public required string Action { get; init; }

    /// <summary>Buy or Sell; Unset of a cancel without a side.</summary>
    public required string Side { get; init; }

    /// <summary>Price wanted; 0 of a cancel.</summary>
    public required decimal Price { get; init; }

    /// <summary>Quantity wanted.</summary>
    public required decimal Qty { get; init; }

    /// <summary>Signed position.</summary>
    public required decimal Position { get; init; }

    /// <summary>Buy quantity that could still reach the position.</summary>
    public required decimal OpenBuyQty { get; init; }

    /// <summary>The same for sells.</summary>
    public required decimal OpenSellQty { get; init; }

    /// <summary>Mid that the price was held against; 0 without a book.</summary>
    public required decimal ReferenceMid { get; init; }

    /// <summary>Mark price.</summary>
    public required decimal MarkPrice { get; init; }

    /// <summary>Liquidation price; 0 when there was none.</summary>
    public required decimal LiquidationPrice { get; init; }

    /// <summary>Free margin; 0 where the gate did not ask for it.</summary>
    public required decimal AvailableMarginUsdt { get; init; }

    /// <summary>Balance that it is part of; 0 as above.</summary>
    public required decimal BalanceUsdt { get; init; }

    /// <summary>Age of the newest book update.</summary>
    public required double MarketDataAgeMilliseconds { get; init; }

    /// <summary>Silence of the mark price's topic; 0 while it has not spoken.</summary>
    public required double MarkPriceAgeMilliseconds { get; init; }

    /// <summary>Open orders of the instrument.</summary>
    public required int OpenOrders { get; init; }

    /// <summary>Requests of this kind that the order budget left.</summary>
    public required int RequestsLeft { get; init; }

    /// <summary>Of the engine's fact.</summary>
    internal static GateRefusal Of(InstrumentSpec spec, in GateRefusalFact fact)
    {
        decimal tick = spec.TickE8 / 1e8m;
        return new GateRefusal
        {
            Reason = ((RiskReason)fact.Reason).ToString(),
            Count = fact.Count,
            AtUtc = Exact.Utc(fact.At.Nanos),
            Symbol = spec.Symbol,
            Action = ((OrderAction)fact.Action).ToString(),
            Side = (fact.SideSign > 0 ? Model.Side.Buy : fact.SideSign < 0 ? Model.Side.Sell : Model.Side.Unset).ToString(),
            Price = fact.Price.Ticks * tick,
            Qty = Exact.Qty(spec, fact.Qty),
            Position = Exact.Qty(spec, fact.Position),
            OpenBuyQty = Exact.Qty(spec, fact.OpenBuyQty),
            OpenSellQty = Exact.Qty(spec, fact.OpenSellQty),
            ReferenceMid = fact.TwiceReferenceMidTicks * tick / 2,
            MarkPrice = Exact.Price(fact.MarkPrice),
            LiquidationPrice = Exact.Price(fact.LiquidationPrice),
            AvailableMarginUsdt = Exact.Usdt(fact.AvailableMargin),
            BalanceUsdt = Exact.Usdt(fact.Balance),
            MarketDataAgeMilliseconds = fact.MarketDataAgeNanos / 1e6,
            MarkPriceAgeMilliseconds = fact.MarkPriceAgeNanos / 1e6,
            OpenOrders = fact.OpenOrders,
            RequestsLeft = fact.RequestsLeft,
        };
    }
}
