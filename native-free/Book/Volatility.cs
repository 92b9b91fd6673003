using System.Diagnostics;

namespace LatencyEngine.Book;

/// <summary>A volatility estimate from mids at irregular times: the sampling that all estimates share.</summary>
/// <remarks>
/// <para>Mids closer to the last sample than the spacing are not sampled: the bounce between bid and ask in every single update would be taken for volatility.
/// Two updates of one moment therefore count as one.</para>
/// <para>Thread: one owner. Allocates: in the constructor only. Throws: in the constructor only.</para>
/// </remarks>
public abstract class Volatility
{
    /// <summary>Nanoseconds in a second, as the rates take it.</summary>
    private protected const double NanosPerSecond = 1e9;

    private readonly long _spacingNanos;
    private bool _hasSample;
    private double _sampledMid;
    private long _sampledNanos;

    /// <summary>Creates an estimate without a value.</summary>
    /// <param name="spacingMillis">Least milliseconds between two samples, 0 or more; 0 takes every mid of a new moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">The spacing is below 0.</exception>
    private protected Volatility(int spacingMillis)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spacingMillis);
        _spacingNanos = Math.Max(1, spacingMillis * 1_000_000L);
    }

    /// <summary>True once there are samples enough for a value.</summary>
    public bool HasValue { get; private protected set; }

    /// <summary>Standard deviation of the mid's change over one second, in the unit of the mids given, per square root of a second; 0 until there is a value.</summary>
    public double SigmaPerSqrtSecond { get; private protected set; }

    /// <summary>Offers one mid.</summary>
    /// <param name="mid">The mid, finite, always in the same unit.</param>
    /// <param name="timeNanos">Its logic time, in nanoseconds; an earlier time than the last sample's is ignored.</param>
    /// <returns>True when it was sampled: without a sample nothing changes.</returns>
    public bool OnMid(double mid, long timeNanos)
    {
        Debug.Assert(double.IsFinite(mid), "A mid comes from two prices of a usable book.");

        if (_hasSample)
        {
            if (timeNanos - _sampledNanos < _spacingNanos) return false;
            AddIncrement(mid - _sampledMid, _sampledNanos, timeNanos);
        }

        _hasSample = true;
        _sampledMid = mid;
        _sampledNanos = timeNanos;
        return true;
    }

    /// <summary>Takes the change from one sample to the next.</summary>
    /// <param name="change">Signed, in the unit of the mids.</param>
    /// <param name="startNanos">Time of the sample before.</param>
    /// <param name="endNanos">Time of this sample, later.</param>
    private protected abstract void AddIncrement(double change, long startNanos, long endNanos);
}
