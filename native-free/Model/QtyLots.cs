namespace LatencyEngine.Model;

/// <summary>A quantity counted in whole lots (quantity steps) of one instrument.</summary>
/// <remarks>Unit: lots, exact. Order and level quantities are never negative; a position is signed, long above zero, where the member says "signed". Default: zero lots.</remarks>
public readonly record struct QtyLots(long Lots) : IComparable<QtyLots>
{
    /// <summary>The sum of two quantities. Quantities stay below 2^53 lots (checked where bytes enter), so no sum overflows.</summary>
    public static QtyLots operator +(QtyLots left, QtyLots right) => new(left.Lots + right.Lots);

    /// <summary>The difference of two quantities; may be negative.</summary>
    public static QtyLots operator -(QtyLots left, QtyLots right) => new(left.Lots - right.Lots);

    /// <summary>True when <paramref name="left"/> is smaller.</summary>
    public static bool operator <(QtyLots left, QtyLots right) => left.Lots < right.Lots;

    /// <summary>True when <paramref name="left"/> is larger.</summary>
    public static bool operator >(QtyLots left, QtyLots right) => left.Lots > right.Lots;

    /// <summary>True when <paramref name="left"/> is not larger.</summary>
    public static bool operator <=(QtyLots left, QtyLots right) => left.Lots <= right.Lots;

    /// <summary>True when <paramref name="left"/> is not smaller.</summary>
    public static bool operator >=(QtyLots left, QtyLots right) => left.Lots >= right.Lots;

    /// <inheritdoc />
    public int CompareTo(QtyLots other) => Lots.CompareTo(other.Lots);
}
