using System.Numerics;
using System.Runtime.CompilerServices;

namespace LatencyEngine.Meter;

/// <summary>
/// Counts of durations in the bucket layout of HdrHistogram: exact up to 2,047 ns, and three significant digits (better than 0.1 %) up to an hour and beyond.
/// </summary>
/// <remarks>
/// <para>Layout: 32 buckets of 2,048 equal steps; each bucket's steps are twice as wide as the bucket's before, so only the upper half of every bucket but the first holds new values.</para>
/// <para>Thread: one writer, which also resets. A reader on another thread sees whole 64-bit counts, but may miss the newest recordings.
/// Allocates: 264 KiB in the constructor, never after. Blocks, throws: never.</para>
/// <para>Source of layout and percentile rules: HdrHistogram (Gil Tene), <c>AbstractHistogram</c>.</para>
/// </remarks>
public sealed class LatencyHistogram
{
    /// <summary>One hour in nanoseconds: the longest duration counted as it is.</summary>
    public const long HighestTrackableNanos = 3_600_000_000_000;

    /// <summary>Decimal digits that survive.</summary>
    public const int SignificantDigits = 3;

    internal const int SubBucketCount = 2_048;   // the power of two above 2 x 10^3, so that three digits hold at the coarse end of a bucket
    internal const int BucketCount = 32;         // 2,048 x 2^31 ns is 73 minutes, the first bucket top above the hour

    private const int SubBucketHalf = SubBucketCount / 2;
    private const int SubBucketHalfBits = 10;

    private readonly long[] _counts = new long[(BucketCount + 1) * SubBucketHalf];
    private long _largestNanos;

    /// <summary>Allocates the counts and touches them, so that no recording meets a page fault.</summary>
    public LatencyHistogram() => Reset();

    /// <summary>Durations recorded, clamped ones included.</summary>
    public long Count { get; private set; }

    /// <summary>Durations that lay below 0 or above <see cref="HighestTrackableNanos"/> and were counted at that edge.</summary>
    public long ClampedCount { get; private set; }

    /// <summary>The longest duration, in nanoseconds, at the layout's precision: the highest value equivalent to it; 0 when empty.</summary>
    public long Max => _largestNanos == 0 ? 0 : HighestEquivalent(IndexOf(_largestNanos));

    /// <summary>The mean, in nanoseconds, every duration taken at the middle of its step; 0 when empty.</summary>
    public double Mean
    {
        get
        {
            if (Count == 0) return 0;
            double total = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] != 0) total += (double)MedianEquivalent(i) * _counts[i];
            }

            return total / Count;
        }
    }

    /// <summary>The standard deviation of the whole population, in nanoseconds, every duration taken at the middle of its step; 0 when empty.</summary>
    public double StandardDeviation
    {
        get
        {
            if (Count == 0) return 0;
            double mean = Mean;
            double total = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] == 0) continue;
                double deviation = MedianEquivalent(i) - mean;
                total += deviation * deviation * _counts[i];
            }

            return Math.Sqrt(total / Count);
        }
    }

    /// <summary>Counts one duration.</summary>
    /// <param name="nanos">Nanoseconds; below 0 counts as 0, above <see cref="HighestTrackableNanos"/> as that, and either in <see cref="ClampedCount"/>.</param>
    public void Record(long nanos)
    {
        if ((ulong)nanos > HighestTrackableNanos)
        {
            nanos = nanos < 0 ? 0 : HighestTrackableNanos;
            ClampedCount++;
        }

        _counts[IndexOf(nanos)]++;
        Count++;
        if (nanos > _largestNanos) _largestNanos = nanos;
    }

    /// <summary>The duration that a share of all recordings does not exceed.</summary>
    /// <param name="percentile">0 to 100, clamped; 99.9 for three nines.</param>
    /// <returns>Nanoseconds: the highest value equivalent to the recording at that rank, the lowest for percentile 0; 0 when empty.</returns>
    public long ValueAtPercentile(double percentile)
    {
        // One ulp down first, so that rounding in the product cannot push the rank over the next whole number.
        double requested = Math.Min(Math.Max(Math.BitDecrement(percentile), 0), 100);
        long rank = Math.Max((long)Math.Ceiling(requested * Count / 100), 1);
        long reached = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            reached += _counts[i];
            if (reached >= rank) return percentile == 0 ? LowestEquivalent(i) : HighestEquivalent(i);
        }

        return 0;
    }

    /// <summary>Takes what another one has recorded as its own, too.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        ClampedCount += other.ClampedCount;
        _largestNanos = Math.Max(_largestNanos, other._largestNanos);
    }

    /// <summary>Becomes what another one has recorded since an earlier state of it.</summary>
    /// <param name="later">It may be written to meanwhile; then the newest recordings may be missing.</param>
    /// <param name="earlier">The same recordings without the last of them.</param>
    public void SetToDifference(LatencyHistogram later, LatencyHistogram earlier)
    {
        Count = 0;
        _largestNanos = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = later._counts[i] - earlier._counts[i];
            Count += _counts[i];
            if (_counts[i] != 0) _largestNanos = HighestEquivalent(i);
        }

        ClampedCount = later.ClampedCount - earlier.ClampedCount;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_counts);
        _largestNanos = 0;
        Count = 0;
        ClampedCount = 0;
    }

    internal int StepCount => _counts.Length;

    internal long CountAt(int index) => _counts[index];

    internal static long HighestEquivalent(int index) => LowestEquivalent(index) + (1L << ShiftOf(index)) - 1;

    private static long MedianEquivalent(int index) => LowestEquivalent(index) + ((1L << ShiftOf(index)) >> 1);

    private static long LowestEquivalent(int index)
    {
        int shift = ShiftOf(index);
        return (long)(index - (shift << SubBucketHalfBits)) << shift;
    }

    /// <summary>The bucket of a step, which is also by how many bits its values are shifted: steps 0 to 2,047 are bucket 0, then every 1,024 one more.</summary>
    private static int ShiftOf(int index) => Math.Max((index >> SubBucketHalfBits) - 1, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(long nanos)
    {
        // The lowest bucket's mask in the or: every value below 2,048 lies in bucket 0.
        int shift = (64 - 11) - BitOperations.LeadingZeroCount((ulong)nanos | (SubBucketCount - 1));
        return (shift << SubBucketHalfBits) + (int)(nanos >> shift);
    }
}
