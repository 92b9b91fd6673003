using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>How one instrument of a run stands, and what it uses of its limits.</summary>
public sealed record InstrumentStatus
{
    /// <summary>The instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>What holds its quotes back, or <c>Nothing</c>.</summary>
    public required string HeldBy { get; init; }

    /// <summary>Signed position in base coin.</summary>
    public required decimal Position { get; init; }

    /// <summary>Its average entry price; 0 when flat.</summary>
    public required decimal AverageEntry { get; init; }

    /// <summary>Mark price; 0 before there is one.</summary>
    public required decimal MarkPrice { get; init; }

    /// <summary>Liquidation price; 0 when flat or out of reach.</summary>
    public required decimal LiquidationPrice { get; init; }

    /// <summary>How much of the way from entry to liquidation the mark has gone, in percent; null where there is none.</summary>
    public required decimal? LiquidationUsedPct { get; init; }

    /// <summary>Unrealised P&amp;L at the mark.</summary>
    public required decimal UnrealisedUsdt { get; init; }

    /// <summary>Best bid of the market; null while the book is unusable.</summary>
    public required decimal? BestBid { get; init; }

    /// <summary>Best ask of the market; null while the book is unusable.</summary>
    public required decimal? BestAsk { get; init; }

    /// <summary>Best own bid that may rest; null for none.</summary>
    public required decimal? OwnBid { get; init; }

    /// <summary>Best own ask that may rest; null for none.</summary>
    public required decimal? OwnAsk { get; init; }

    /// <summary>What it has lost today, against <c>losses:symbolDailyLossFraction</c>; null where that is off or the day's first equity is not known yet.</summary>
    public required LimitUse? DayLossUsdt { get; init; }

    /// <summary>Position, long or short, if every open order of the worse side filled, against <c>positionQtyMax</c>.</summary>
    public required LimitUse PositionQty { get; init; }

    /// <summary>Against <c>risk:openOrdersMax</c>.</summary>
    public required LimitUse OpenOrders { get; init; }

    /// <summary>Of the engine's facts.</summary>
    internal static InstrumentStatus Of(InstrumentSpec spec, RiskLimits limits, in LaneFact lane, in RiskFact risk, LossState losses, decimal symbolLossFraction)
    {
        decimal tick = spec.TickE8 / 1e8m;
        long worst = Math.Max(lane.Position.Lots + risk.OpenBuyQty.Lots, risk.OpenSellQty.Lots - lane.Position.Lots);
        return new InstrumentStatus
        {
            Symbol = spec.Symbol,
            HeldBy = risk.HeldBy.ToString(),
            Position = Exact.Qty(spec, lane.Position),
            AverageEntry = Exact.Price(risk.AverageEntry),
            MarkPrice = Exact.Price(lane.MarkPrice),
            LiquidationPrice = Exact.Price(lane.LiquidationPrice),
            LiquidationUsedPct = UsedPct(in lane, in risk),
            UnrealisedUsdt = Exact.Usdt(lane.Unrealised),
            BestBid = Price(lane.BestBid),
            BestAsk = Price(lane.BestAsk),
            OwnBid = Price(lane.OwnBid),
            OwnAsk = Price(lane.OwnAsk),
            DayLossUsdt = losses.HasBegun && symbolLossFraction > 0
                ? new LimitUse(Math.Max(0, -Exact.Usdt(losses.DayResult(spec.Id) + lane.Unrealised)), decimal.Round(Exact.Usdt(losses.DayEquity) * symbolLossFraction, 8))
                : null,
            PositionQty = new LimitUse(Exact.Qty(spec, new QtyLots(worst)), Exact.Qty(spec, limits.PositionMax)),
            OpenOrders = new LimitUse(lane.LiveOrders, limits.OpenOrdersMax),
        };

        decimal? Price(PriceTicks price) => price.Ticks > 0 ? price.Ticks * tick : null;
    }

    /// <summary>docs/concepts/margin.md, T7. The entry is told once a second, the position at each tick: of one that has just begun it is not known yet.</summary>
    private static decimal? UsedPct(in LaneFact lane, in RiskFact risk)
    {
        decimal way = risk.AverageEntry.Units - lane.LiquidationPrice.Units;
        if (lane.Position.Lots == 0 || risk.AverageEntry.Units == 0 || lane.LiquidationPrice.Units == 0 || lane.MarkPrice.Units == 0 || way == 0) return null;
        return decimal.Round(100 * (risk.AverageEntry.Units - lane.MarkPrice.Units) / way, 2);
    }
}
