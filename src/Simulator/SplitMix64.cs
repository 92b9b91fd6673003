namespace LatencyEngine.Simulator;

/// <summary>The SplitMix64 generator (Steele, Lea, Flood 2014): its numbers are fixed by the seed for ever, unlike those of <see cref="Random"/>.</summary>
/// <param name="seed">Any number; the generators of two seeds walk through the same cycle of 2^64 numbers from two places.</param>
/// <remarks>Thread: one at a time.</remarks>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number, uniform over all 2^64.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform, 0 to below 1.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A UUID of version 4 layout, lower case.</summary>
    public string NextUuid()
    {
        ulong high = (Next() & 0xFFFFFFFFFFFF0FFF) | 0x4000;
        ulong low = (Next() & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
        return $"{high >> 32:x8}-{(high >> 16) & 0xFFFF:x4}-{high & 0xFFFF:x4}-{low >> 48:x4}-{low & 0xFFFFFFFFFFFF:x12}";
    }

    /// <summary>32 hexadecimal digits.</summary>
    public string NextHex32() => $"{Next():x16}{Next():x16}";
}
