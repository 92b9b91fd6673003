using System.Runtime.CompilerServices;

namespace LatencyEngine.Quoting;

/// <summary>The fixed-point price unit of this room, 1e-9 of a tick, and the one place where the model's floats become integers.</summary>
public static class NanoTicks
{
    /// <summary>Units of one tick.</summary>
    public const long One = 1_000_000_000;

    /// <summary>Largest distance or price, in ticks, that the unit holds.</summary>
    public const double TicksMax = 9e9;

    /// <summary>The same in units.</summary>
    internal const long Most = 9_000_000_000 * One;

    /// <summary>Rounds a float number of ticks to the nearest unit, ties to even.</summary>
    /// <param name="ticks">Any float.</param>
    /// <param name="nanoTicks">The value in 1e-9 ticks; 0 on failure.</param>
    /// <returns>False for NaN and for a magnitude above <see cref="TicksMax"/>.</returns>
    /// <remarks>Thread: any. Allocates: never. Throws: never.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFromTicks(double ticks, out long nanoTicks)
    {
        bool fits = Math.Abs(ticks) <= TicksMax;
        nanoTicks = fits ? double.ConvertToIntegerNative<long>(Math.Round(ticks * One)) : 0;
        return fits;
    }
}
