using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>One instrument as the engine sees it at a tick. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LaneFact
{
    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>Its orders that may be alive.</summary>
    public required int LiveOrders { get; init; }

    /// <summary>Best bid of the market; 0 while the book is unusable.</summary>
    public required PriceTicks BestBid { get; init; }

    /// <summary>Best ask of the market; 0 while the book is unusable.</summary>
    public required PriceTicks BestAsk { get; init; }

    /// <summary>Best own bid that may rest; 0 for none.</summary>
    public required PriceTicks OwnBid { get; init; }

    /// <summary>Best own ask that may rest; 0 for none.</summary>
    public required PriceTicks OwnAsk { get; init; }

    /// <summary>Signed position.</summary>
    public required QtyLots Position { get; init; }

    /// <summary>Mark price; 0 before there is one.</summary>
    public required PriceE8 MarkPrice { get; init; }

    /// <summary>Liquidation price of the position; 0 when flat or out of reach.</summary>
    public required PriceE8 LiquidationPrice { get; init; }

    /// <summary>Unrealised P&amp;L at the mark.</summary>
    public required MoneyE8 Unrealised { get; init; }

    /// <summary>Maintenance margin of the position at its entry value.</summary>
    public required MoneyE8 MaintenanceMargin { get; init; }
}
