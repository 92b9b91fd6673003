using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The limits of one instrument. A value at a limit is allowed, the next one is refused.</summary>
public sealed record RiskLimits
{
    /// <summary>Largest age of the newest book update, in nanoseconds of logic time; positive.</summary>
    public required long MarketDataAgeMaxNanos { get; init; }

    /// <summary>Largest order. The venue's <see cref="InstrumentSpec.MaxOrderQty"/> applies as well.</summary>
    public required QtyLots OrderMax { get; init; }

    /// <summary>Largest value of one order, price x quantity.</summary>
    public required MoneyE8 OrderNotionalMax { get; init; }

    /// <summary>Largest position, long or short, counted as if every open order on a side had filled.</summary>
    public required QtyLots PositionMax { get; init; }

    /// <summary>Most open orders.</summary>
    public required int OpenOrdersMax { get; init; }

    /// <summary>Largest distance of a limit price from the reference mid, as a fraction of that mid in 1e-8 (1 % is 1,000,000).</summary>
    public required long CollarFractionE8 { get; init; }

    /// <summary>Smallest distance from the mark price to the liquidation price, as a fraction of the mark price in 1e-8, at which exposure may still be added.</summary>
    public required long LiquidationDistanceMinE8 { get; init; }

    /// <summary>Leverage set on the venue for this instrument, times 100 (50x is 5000).</summary>
    public required int LeverageE2 { get; init; }

    /// <summary>The account's taker fee as a fraction in 1e-8 (0.055 % is 55,000); part of what an order costs.</summary>
    public required long TakerFeeE8 { get; init; }
}
