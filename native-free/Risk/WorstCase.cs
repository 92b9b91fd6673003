using System.Diagnostics;
using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>Whether an account survives the worst that a position and its open orders can come to: any of the orders filled, in whatever order, and then a jump of the mark price against what is held.</summary>
/// <remarks>
/// Only the ends have to be looked at. With a fixed mark price, profit is linear in what fills, and the maintenance margin, the largest of the ladder's lines, is convex: what is left over is concave, and least where each side has filled wholly or not at all.
/// In the mark price it is concave too, and falls all the way against what is held. Each side is taken at the worst of its prices and without the maker's rebate, so that no filling is dearer. docs/concepts/margin.md.
/// Values stay below 1e12 USDT. Immutable. Thread: any. Allocates: only in the constructor. Throws: never.
/// </remarks>
public sealed class WorstCase
{
    /// <summary>Below anything that the other instruments can leave, and far enough from the type's end for the sum of all of them.</summary>
    private static readonly Int128 UnknownE24 = Int128.MinValue / 1_024;

    private readonly long _tickE8;
    private readonly long _lotE8;
    private readonly long _jumpE8;
    private readonly long _takerFeeE8;
    private readonly long _initialRateE8;
    private readonly RiskTierTable _tiers;

    /// <summary>For one instrument.</summary>
    public WorstCase(InstrumentSpec spec, RiskLimits limits)
    {
        _tickE8 = spec.TickE8;
        _lotE8 = spec.LotE8;
        _jumpE8 = limits.AdverseJumpE8;
        _takerFeeE8 = limits.TakerFeeE8;
        _initialRateE8 = MarginMath.OneE8 * MarginMath.LeverageOneE2 / limits.LeverageE2;   // rounded down: less margin than there is
        _tiers = limits.Tiers;
    }

    /// <summary>Whether an isolated position of a direction keeps more than its maintenance margin, however it comes about.</summary>
    /// <param name="side">Buy for a long position, sell for a short one.</param>
    /// <param name="holding">What is held and open.</param>
    /// <returns>True also where no position of that direction can come about.</returns>
    /// <remarks>
    /// With cost C, leverage L and value V at the jumped mark price: C/L +/- (V - C) > maintenance margin of V; the fee to close is in both margins (docs/models.md, 3.3). What could be made by closing first does not help what is opened afterwards.
    /// </remarks>
    public bool Survives(Side side, in Holding holding) => Survives(side, in holding, spareE24: 0);

    /// <summary>The same with an amount to spare, in 1e-24 USDT, in every state.</summary>
    internal bool Survives(Side side, in Holding holding, Int128 spareE24)
    {
        long heldLots = side.Sign * holding.Position.Lots;
        (long openLots, PriceTicks price) = side == Side.Buy ? (holding.BuyQty.Lots, holding.BuyPrice) : (holding.SellQty.Lots, holding.SellPrice);
        if (heldLots + openLots <= 0) return true;
        if (holding.MarkPrice.Units <= 0) return false;
        long markE8 = Jumped(holding.MarkPrice, side);
        Int128 lotCostE16 = PriceE8Of(price, holding.MarkPrice) * _lotE8;
        if (heldLots <= 0) return IsAboveMaintenance(side, lotCostE16 * (heldLots + openLots), heldLots + openLots, markE8, spareE24);
        if (!IsAboveMaintenance(side, holding.CostE16, heldLots, markE8, spareE24)) return false;
        return openLots == 0
            || (IsAboveMaintenance(side, lotCostE16 * openLots, openLots, markE8, spareE24) && IsAboveMaintenance(side, holding.CostE16 + (lotCostE16 * openLots), heldLots + openLots, markE8, spareE24));
    }

    /// <summary>What an instrument leaves of a cross account's balance at worst: profit less fees and maintenance margin, in 1e-24 USDT; below zero where it takes from it.</summary>
    /// <param name="holding">What is held and open; with an unknown mark price nothing that can be held survives.</param>
    public Int128 CrossSurplusE24(in Holding holding)
    {
        if (holding.IsEmpty) return 0;
        if (holding.MarkPrice.Units <= 0) return UnknownE24;
        long lowE8 = Jumped(holding.MarkPrice, Side.Buy);
        long highE8 = Jumped(holding.MarkPrice, Side.Sell);
        (long buyLots, long sellLots) = (holding.BuyQty.Lots, holding.SellQty.Lots);
        Int128 least = SurplusAfter(in holding, 0, 0, lowE8, highE8);
        if (buyLots > 0) least = Int128.Min(least, SurplusAfter(in holding, buyLots, 0, lowE8, highE8));
        if (sellLots > 0) least = Int128.Min(least, SurplusAfter(in holding, 0, sellLots, lowE8, highE8));
        return buyLots > 0 && sellLots > 0 ? Int128.Min(least, SurplusAfter(in holding, buyLots, sellLots, lowE8, highE8)) : least;
    }

    /// <summary>The mark price after the jump against a position of a direction, rounded away.</summary>
    private long Jumped(PriceE8 mark, Side side)
    {
        (long wholes, long rest) = Math.DivRem(mark.Units, MarginMath.OneE8);
        long jump = (wholes * _jumpE8) + (((rest * _jumpE8) + MarginMath.OneE8 - 1) / MarginMath.OneE8);
        return mark.Units - (side.Sign * jump);
    }

    /// <summary>An order without a price, as one of another's making may be, fills near the mark.</summary>
    private Int128 PriceE8Of(PriceTicks price, PriceE8 mark) => price.Ticks > 0 ? (Int128)price.Ticks * _tickE8 : mark.Units;

    private bool IsAboveMaintenance(Side side, Int128 costE16, long lots, long markE8, Int128 spareE24)
    {
        Int128 valueE16 = (Int128)lots * _lotE8 * markE8;
        return (costE16 * _initialRateE8) + CrossMargin.Unrealised(side, costE16, valueE16) > CrossMargin.Maintenance(valueE16, takerFeeE8: 0, _tiers) + spareE24;
    }

    private Int128 SurplusAfter(in Holding holding, long boughtLots, long soldLots, long lowE8, long highE8)
    {
        Int128 paidE16 = PriceE8Of(holding.BuyPrice, holding.MarkPrice) * _lotE8 * boughtLots;
        Int128 takenE16 = PriceE8Of(holding.SellPrice, holding.MarkPrice) * _lotE8 * soldLots;
        long lots = holding.Position.Lots + boughtLots - soldLots;
        Int128 worthE16 = (Int128)lots * _lotE8 * (lots < 0 ? highE8 : lowE8);
        Int128 costE16 = (holding.Position.Lots < 0 ? -holding.CostE16 : holding.CostE16) + paidE16 - takenE16;
        Debug.Assert(holding.CostE16 >= 0, "The cost of a position carries no sign.");
        return ((worthE16 - costE16) * MarginMath.OneE8) - ((paidE16 + takenE16) * _takerFeeE8) - CrossMargin.Maintenance(Int128.Abs(worthE16), _takerFeeE8, _tiers);
    }
}
