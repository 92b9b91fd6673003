namespace LatencyEngine.Wire;

/// <summary>The grid of one instrument's prices or quantities: decimal text to whole ticks or lots.</summary>
/// <param name="decimals">Decimals of the step, 0 to 8.</param>
/// <param name="stepMantissa">The step at that scale, positive.</param>
/// <param name="stepE8">The step in 1e-8.</param>
internal readonly struct DecimalScale(int decimals, long stepMantissa, long stepE8)
{
    /// <summary>Counts stay below 2^53, so that sums of them never overflow, and their value fits 64 bits at 1e-8.</summary>
    private readonly long _countMax = Math.Min((1L << 53) - 1, long.MaxValue / stepE8);

    /// <summary>The shape of values printed with a number of decimals. False when it is fewer than the step has, more than a shape allows, or the step is no power of ten.</summary>
    public bool TryShape(int printedDecimals, out NumberShape shape)
    {
        shape = default;
        if (printedDecimals < decimals || printedDecimals > NumberShape.DecimalsMax) return false;
        int zeros = printedDecimals - decimals;
        for (long step = stepMantissa; step > 1; step /= 10)
        {
            if (step % 10 != 0) return false;
            zeros++;
        }

        if (zeros >= NumberShape.LengthMax) return false;
        shape = new NumberShape(printedDecimals, zeros, _countMax);
        return true;
    }

    /// <summary>The decimals of the step.</summary>
    public int Decimals => decimals;

    /// <summary>Reads a value that is a whole number of steps, padded or trimmed. False for any other text, a negative value, or one beyond the range.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, out long count)
    {
        if (!DecimalText.TryReadExact(text, decimals, out count)) return false;
        if (stepMantissa != 1)
        {
            (count, long rest) = Math.DivRem(count, stepMantissa);
            if (rest != 0) return false;
        }

        return count <= _countMax;
    }

    /// <summary>Reads a value that need not be a whole number of steps, rounded half-even to one; what lies beyond 1e-8 is rounded half-even first.</summary>
    public bool TryReadNearest(ReadOnlySpan<byte> text, out long count)
    {
        count = 0;
        if (!DecimalText.TryReadE8(text, out long units)) return false;
        (count, long rest) = Math.DivRem(units, stepE8);
        long missing = stepE8 - rest;
        if (rest > missing || (rest == missing && (count & 1) != 0)) count++;
        return count <= _countMax;
    }
}
