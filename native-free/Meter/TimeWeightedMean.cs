namespace LatencyEngine.Meter;

/// <summary>The mean of a value over time, and that of its magnitude: what stood longer counts more.</summary>
/// <remarks>Writer: one thread; readers look when it is idle. Allocates, throws: never.</remarks>
public sealed class TimeWeightedMean
{
    private double _sum;
    private double _sumOfMagnitudes;

    /// <summary>Time that has been counted, seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>The mean, in the unit of the values; 0 while no time has been counted.</summary>
    public double Mean => Seconds > 0 ? _sum / Seconds : 0;

    /// <summary>The mean of the values without sign; 0 while no time has been counted.</summary>
    public double MeanAbsolute => Seconds > 0 ? _sumOfMagnitudes / Seconds : 0;

    /// <summary>Counts a value for a time.</summary>
    /// <param name="value">Finite.</param>
    /// <param name="seconds">Not negative.</param>
    public void Add(double value, double seconds)
    {
        Seconds += seconds;
        _sum += value * seconds;
        _sumOfMagnitudes += Math.Abs(value) * seconds;
    }
}
