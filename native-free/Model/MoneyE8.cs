namespace LatencyEngine.Model;

/// <summary>An amount of the settle coin (USDT). Unit: 1e-8, the venue's own ledger digit; each posting is rounded half-even to it once.</summary>
/// <remarks>Range: about 92 billion USDT either way. Default: zero.</remarks>
public readonly record struct MoneyE8(long Units) : IComparable<MoneyE8>
{
    /// <summary>Units of one whole USDT.</summary>
    public const long One = 100_000_000;

    /// <summary>The sum of two amounts.</summary>
    public static MoneyE8 operator +(MoneyE8 left, MoneyE8 right) => new(left.Units + right.Units);

    /// <summary>The difference of two amounts.</summary>
    public static MoneyE8 operator -(MoneyE8 left, MoneyE8 right) => new(left.Units - right.Units);

    /// <summary>The amount with its sign turned.</summary>
    public static MoneyE8 operator -(MoneyE8 amount) => new(-amount.Units);

    /// <summary>True when <paramref name="left"/> is the smaller amount.</summary>
    public static bool operator <(MoneyE8 left, MoneyE8 right) => left.Units < right.Units;

    /// <summary>True when <paramref name="left"/> is the larger amount.</summary>
    public static bool operator >(MoneyE8 left, MoneyE8 right) => left.Units > right.Units;

    /// <summary>True when <paramref name="left"/> is not the larger amount.</summary>
    public static bool operator <=(MoneyE8 left, MoneyE8 right) => left.Units <= right.Units;

    /// <summary>True when <paramref name="left"/> is not the smaller amount.</summary>
    public static bool operator >=(MoneyE8 left, MoneyE8 right) => left.Units >= right.Units;

    /// <summary>Rounds an exact quotient half-even to one unit: the one rounding of a posting.</summary>
    /// <param name="numerator">Any sign.</param>
    /// <param name="denominator">Positive.</param>
    public static Int128 DivideHalfEven(Int128 numerator, Int128 denominator)
    {
        Int128 quotient = numerator / denominator;
        Int128 twiceRemainder = Int128.Abs(numerator - (quotient * denominator)) * 2;
        bool up = twiceRemainder > denominator || (twiceRemainder == denominator && (quotient & 1) != 0);
        return up ? quotient + (numerator < 0 ? -1 : 1) : quotient;
    }

    /// <inheritdoc />
    public int CompareTo(MoneyE8 other) => Units.CompareTo(other.Units);
}
