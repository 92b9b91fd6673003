namespace LatencyEngine.Wire;

/// <summary>How the venue prints one field of one instrument, where a tick or lot is a power of ten: with all decimals printed, the digits without the point and without the last ones, which are zeros, are the count.</summary>
/// <remarks>All 800 linear instruments of 2026-08 have such steps. The print is no part of the specification: BTCUSDT prints 65114.30, its tick is 0.10 (Bybit V5, 2).</remarks>
/// <param name="decimals">Decimals printed, 0 to <see cref="DecimalsMax"/>.</param>
/// <param name="zeros">Digits behind the last one that counts, 0 to 15.</param>
/// <param name="countMax">Largest count allowed.</param>
internal readonly struct NumberShape(int decimals, int zeros, long countMax)
{
    /// <summary>Most characters of a number, the point among them.</summary>
    public const int LengthMax = 16;

    /// <summary>Most decimals: a point and one digit before it must fit beside them.</summary>
    public const int DecimalsMax = LengthMax - 2;

    /// <summary>Decimals printed.</summary>
    public readonly int Decimals = decimals;

    /// <summary>Digits behind the last one that counts.</summary>
    public readonly int Zeros = zeros;

    /// <summary>Characters of the shortest number that has all its decimals.</summary>
    public readonly int LengthMin = decimals == 0 ? 1 : decimals + 2;

    /// <summary>Largest count allowed.</summary>
    public readonly long CountMax = countMax;
}
