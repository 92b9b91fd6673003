using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The limits of one instrument. A value at a limit is allowed, the next one is refused.</summary>
public sealed record RiskLimits
{
    /// <summary>Largest age of the newest book update, in nanoseconds of logic time; positive.</summary>
    public required long MarketDataAgeMaxNanos { get; init; }

    /// <summary>Largest age of the newest message with the mark price's topic, in nanoseconds of logic time; positive.</summary>
    public required long MarkPriceAgeMaxNanos { get; init; }

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

    /// <summary>Adverse move of the mark price that must be survived with every open order filled, as a fraction of it in 1e-8; below 1.</summary>
    public required long AdverseJumpE8 { get; init; }

    /// <summary>Largest part of the balance that positions and open orders may bind as margin, in 1e-8; above 0, at most 1.</summary>
    public required long ExposureMaxE8 { get; init; }

    /// <summary>True when all positions share the account's balance.</summary>
    public required bool IsCross { get; init; }

    /// <summary>The instrument's maintenance-margin ladder.</summary>
    public required RiskTierTable Tiers { get; init; }

    /// <summary>Leverage set on the venue for this instrument, times 100 (50x is 5000).</summary>
    public required int LeverageE2 { get; init; }

    /// <summary>The account's taker fee as a fraction in 1e-8 (0.055 % is 55,000); part of what an order costs.</summary>
    public required long TakerFeeE8 { get; init; }
}
