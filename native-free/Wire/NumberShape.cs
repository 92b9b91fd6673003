using System.Numerics;
using System.Runtime.CompilerServices;

namespace LatencyEngine.Wire;

/// <summary>How the venue prints one field of one instrument, and how the digits become ticks or lots: the number of decimals, and an exact division without a divide.</summary>
/// <remarks>
/// With all decimals printed, the digits without the point are the value times 10^decimals, and a count is those digits divided by a constant, the step at that scale.
/// A division that leaves no rest is a multiplication modulo 2^64 by the inverse of the divisor's odd part, then a rotation by its power of two;
/// where a rest would be left the result exceeds 2^64 / divisor, so one compare tells both (Granlund and Montgomery, Division by Invariant Integers using Multiplication, 1994, section 9).
/// </remarks>
internal readonly struct NumberShape
{
    /// <summary>Most decimals: a point and one digit before it must fit beside them in 16 characters.</summary>
    public const int DecimalsMax = 14;

    /// <summary>Most characters of a number, the point among them.</summary>
    public const int LengthMax = 16;

    /// <summary>Decimals printed.</summary>
    public readonly int Decimals;

    /// <summary>Characters of the shortest number that has all its decimals.</summary>
    public readonly int LengthMin;

    /// <summary>Largest count that is allowed and that can be told from a division with a rest.</summary>
    public readonly ulong CountMax;

    private readonly ulong _inverse;
    private readonly int _rotation;

    /// <summary>Creates the shape.</summary>
    /// <param name="decimals">Decimals printed, 0 to <see cref="DecimalsMax"/>.</param>
    /// <param name="divisor">The step times 10^decimals, positive.</param>
    /// <param name="countMax">Largest count allowed.</param>
    public NumberShape(int decimals, ulong divisor, ulong countMax)
    {
        Decimals = decimals;
        LengthMin = decimals == 0 ? 1 : decimals + 2;
        CountMax = Math.Min(countMax, ulong.MaxValue / divisor);
        _rotation = BitOperations.TrailingZeroCount(divisor);
        ulong odd = divisor >> _rotation;

        // Newton: odd is its own inverse in the lowest three bits, and each step doubles the bits that are right.
        ulong inverse = odd;
        for (int bits = 3; bits < 64; bits *= 2) inverse *= 2 - (odd * inverse);
        _inverse = inverse;
    }

    /// <summary>The count of a number's digits; above <see cref="CountMax"/> when they are not a whole number of steps or too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Count(ulong digits) => BitOperations.RotateRight(digits * _inverse, _rotation);
}
