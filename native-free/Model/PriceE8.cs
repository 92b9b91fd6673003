namespace LatencyEngine.Model;

/// <summary>A price that need not lie on a tick: mark, index, average entry, liquidation, bankruptcy. Unit: 1e-8 of the quote coin, exact to that digit.</summary>
/// <remarks>Range: below 92,233,720,368 quote units. Default: zero, which means "none" where the member says so.</remarks>
public readonly record struct PriceE8(long Units) : IComparable<PriceE8>
{
    /// <summary>Units of one whole quote coin.</summary>
    public const long One = 100_000_000;

    /// <summary>True when <paramref name="left"/> is the lower price.</summary>
    public static bool operator <(PriceE8 left, PriceE8 right) => left.Units < right.Units;

    /// <summary>True when <paramref name="left"/> is the higher price.</summary>
    public static bool operator >(PriceE8 left, PriceE8 right) => left.Units > right.Units;

    /// <summary>True when <paramref name="left"/> is not the higher price.</summary>
    public static bool operator <=(PriceE8 left, PriceE8 right) => left.Units <= right.Units;

    /// <summary>True when <paramref name="left"/> is not the lower price.</summary>
    public static bool operator >=(PriceE8 left, PriceE8 right) => left.Units >= right.Units;

    /// <inheritdoc />
    public int CompareTo(PriceE8 other) => Units.CompareTo(other.Units);
}
