using System.Diagnostics;

namespace LatencyEngine.Book;

/// <summary>Rolling volatility of the mid price: the exponentially weighted mean of its variance rate, from mids at irregular times.</summary>
/// <remarks>
/// <para>variance = w variance + (1 - w) d² / dt with w = exp(-dt / τ); d change of the mid, dt seconds, τ the time constant; the first d² / dt starts it.
/// The weight follows the time between samples, so a burst of updates does not count for more than the time it took.</para>
/// <para>Mids closer to the last sample than the spacing are not sampled: the bounce between bid and ask in every single update would be taken for volatility.
/// Two updates of one moment therefore count as one. A floor and a cap are the caller's.</para>
/// <para>Thread: one owner. Allocates: never. Throws: in the constructor only. The independent numbers are in <c>volatility.csv</c> of the goldens.</para>
/// </remarks>
public sealed class EwmaVolatility
{
    private const double NanosPerSecond = 1e9;

    private readonly double _timeConstantSeconds;
    private readonly long _spacingNanos;
    private bool _hasSample;
    private double _sampledMid;
    private long _sampledNanos;
    private double _varianceRate;

    /// <summary>Creates an estimator without a value.</summary>
    /// <param name="timeConstantSeconds">Seconds after which a sample's weight has fallen to 1/e; positive.</param>
    /// <param name="spacingMillis">Least milliseconds between two samples, 0 or more; 0 takes every mid of a new moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public EwmaVolatility(double timeConstantSeconds, int spacingMillis = 100)
    {
        if (!(timeConstantSeconds > 0) || double.IsInfinity(timeConstantSeconds)) throw new ArgumentOutOfRangeException(nameof(timeConstantSeconds), timeConstantSeconds, "the volatility time constant must be a positive number of seconds");
        ArgumentOutOfRangeException.ThrowIfNegative(spacingMillis);
        _timeConstantSeconds = timeConstantSeconds;
        _spacingNanos = Math.Max(1, spacingMillis * 1_000_000L);
    }

    /// <summary>True from the second sample on.</summary>
    public bool HasValue { get; private set; }

    /// <summary>Standard deviation of the mid's change over one second, in the unit of the mids given, per square root of a second; 0 until there is a value.</summary>
    public double SigmaPerSqrtSecond { get; private set; }

    /// <summary>Offers one mid.</summary>
    /// <param name="mid">The mid, finite, always in the same unit (ticks, or quote coin).</param>
    /// <param name="timeNanos">Its logic time, in nanoseconds; an earlier time than the last sample's is ignored.</param>
    public void OnMid(double mid, long timeNanos)
    {
        Debug.Assert(double.IsFinite(mid), "A mid comes from two prices of a usable book.");

        if (_hasSample)
        {
            long elapsedNanos = timeNanos - _sampledNanos;
            if (elapsedNanos < _spacingNanos) return;
            AddIncrement(mid - _sampledMid, elapsedNanos / NanosPerSecond);
        }

        _hasSample = true;
        _sampledMid = mid;
        _sampledNanos = timeNanos;
    }

    private void AddIncrement(double change, double seconds)
    {
        double rate = change * change / seconds;
        double weight = HasValue ? Math.Exp(-seconds / _timeConstantSeconds) : 0;
        _varianceRate = (weight * _varianceRate) + ((1 - weight) * rate);
        HasValue = true;
        SigmaPerSqrtSecond = Math.Sqrt(_varianceRate);
    }
}
