namespace LatencyEngine.Signals;

/// <summary>Exponential average that begins with the mean of its first values.</summary>
/// <param name="length">How many those are; each later value weighs <paramref name="weight"/>.</param>
/// <param name="weight">Share of the newest value: 2/(n+1) of an EMA, 1/n of Wilder's.</param>
internal sealed class SeededAverage(int length, double weight)
{
    private double _sum;
    private int _count;
    private double _average = double.NaN;

    /// <summary>The EMA of a length.</summary>
    public static SeededAverage Ema(int length) => new(length, 2.0 / (length + 1));

    /// <summary>Wilder's average of a length.</summary>
    public static SeededAverage Wilder(int length) => new(length, 1.0 / length);

    /// <summary>With one value more; NaN until there are enough.</summary>
    public double Next(double value)
    {
        if (_count < length)
        {
            _sum += value;
            if (++_count == length) _average = _sum / length;
            return _average;
        }

        return _average += weight * (value - _average);
    }
}
