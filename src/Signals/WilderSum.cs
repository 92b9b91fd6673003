namespace LatencyEngine.Signals;

/// <summary>Wilder's running sum: that of the first values, from which each later one takes the mean away before it is added.</summary>
/// <param name="length">How many the first are.</param>
internal sealed class WilderSum(int length)
{
    private double _sum;
    private int _count;

    /// <summary>With one value more; NaN until there are enough.</summary>
    public double Next(double value)
    {
        if (_count < length)
        {
            _sum += value;
            return ++_count == length ? _sum : double.NaN;
        }

        return _sum += value - (_sum / length);
    }
}
