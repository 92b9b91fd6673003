namespace LatencyEngine.Model;

/// <summary>A price counted in whole ticks of one instrument.</summary>
/// <remarks>Unit: ticks (price / tick size), exact. Model floats become prices in Quoting only, by exact rounding. Default: zero ticks.</remarks>
public readonly record struct PriceTicks(long Ticks) : IComparable<PriceTicks>
{
    /// <summary>Moves a price by a signed distance. The caller keeps both below 2^53 ticks, so the sum cannot overflow.</summary>
    public static PriceTicks operator +(PriceTicks price, TickDelta distance) => new(price.Ticks + distance.Ticks);

    /// <summary>Moves a price down by a signed distance.</summary>
    public static PriceTicks operator -(PriceTicks price, TickDelta distance) => new(price.Ticks - distance.Ticks);

    /// <summary>The distance between two prices. There is deliberately no price + price.</summary>
    public static TickDelta operator -(PriceTicks left, PriceTicks right) => new(left.Ticks - right.Ticks);

    /// <summary>True when <paramref name="left"/> is the lower price.</summary>
    public static bool operator <(PriceTicks left, PriceTicks right) => left.Ticks < right.Ticks;

    /// <summary>True when <paramref name="left"/> is the higher price.</summary>
    public static bool operator >(PriceTicks left, PriceTicks right) => left.Ticks > right.Ticks;

    /// <summary>True when <paramref name="left"/> is not the higher price.</summary>
    public static bool operator <=(PriceTicks left, PriceTicks right) => left.Ticks <= right.Ticks;

    /// <summary>True when <paramref name="left"/> is not the lower price.</summary>
    public static bool operator >=(PriceTicks left, PriceTicks right) => left.Ticks >= right.Ticks;

    /// <inheritdoc />
    public int CompareTo(PriceTicks other) => Ticks.CompareTo(other.Ticks);
}
