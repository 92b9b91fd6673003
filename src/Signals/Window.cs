namespace LatencyEngine.Signals;

/// <summary>The last few values of a series. What is made of them is summed anew each time, oldest first: a sum that is carried along would drift.</summary>
/// <param name="length">How many.</param>
internal sealed class Window(int length)
{
    private readonly double[] _values = new double[length];
    private long _count;

    /// <summary>As many values have come as it holds.</summary>
    public bool IsFull => _count >= _values.Length;

    /// <summary>The value of so many steps ago; 0 is the newest.</summary>
    public double this[int stepsAgo] => _values[(_count - 1 - stepsAgo) % _values.Length];

    /// <summary>The newest value in place of the oldest.</summary>
    public void Add(double value) => _values[_count++ % _values.Length] = value;

    /// <summary>The mean of a full window.</summary>
    public double Mean()
    {
        double sum = 0;
        for (int i = _values.Length - 1; i >= 0; i--) sum += this[i];
        return sum / _values.Length;
    }

    /// <summary>Standard deviation of a full window about its mean, divided by the number of values.</summary>
    public double PopulationDeviation(double mean)
    {
        double squares = 0;
        for (int i = _values.Length - 1; i >= 0; i--)
        {
            double distance = this[i] - mean;
            squares += distance * distance;
        }

        return Math.Sqrt(squares / _values.Length);
    }

    /// <summary>Largest value of a full window.</summary>
    public double Max()
    {
        double max = double.NegativeInfinity;
        foreach (double value in _values) max = Math.Max(max, value);
        return max;
    }

    /// <summary>Smallest value of a full window.</summary>
    public double Min()
    {
        double min = double.PositiveInfinity;
        foreach (double value in _values) min = Math.Min(min, value);
        return min;
    }
}
