namespace LatencyEngine.Book;

/// <summary>A volatility estimate of mids in ticks within its floor and its cap.</summary>
/// <remarks>
/// <para>Floor: half a tick per square root of the window, so that the skew never vanishes in a still market. Cap: five times the realised volatility of the last hour, from mids a second apart (docs/models.md, 2.6).
/// The cap waits until half of that hour is sampled: less says little of what is usual. Where it would be below the floor, the floor holds.</para>
/// <para>Thread: one owner. Allocates: in the constructor only. Throws: in the constructor only.</para>
/// </remarks>
public sealed class BoundedVolatility
{
    /// <summary>The cap, as a multiple of the realised volatility.</summary>
    public const double CapOfSlow = 5;

    private const double HalfTick = 0.5;
    private const int SlowSeconds = 3_600;
    private const int SlowSpacingMillis = 1_000;
    private const int SlowSamplesMin = SlowSeconds / 2;

    private readonly Volatility _estimate;
    private readonly RollingVolatility _slow = new(SlowSeconds, SlowSeconds, isJumpRobust: false, SlowSpacingMillis);
    private readonly double _floor;
    private readonly long _warmUpNanos;
    private long? _firstNanos;
    private bool _isWarm;

    /// <summary>Bounds an estimate.</summary>
    /// <param name="estimate">Fed by this object only, from here on.</param>
    /// <param name="windowSeconds">Its window, or its time constant; positive.</param>
    /// <param name="warmUpSeconds">Seconds from the first mid on in which the estimate does not count yet; 0 to a day.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not a positive number, or the warm-up out of range.</exception>
    public BoundedVolatility(Volatility estimate, double windowSeconds, double warmUpSeconds = 0)
    {
        const double NanosPerSecond = 1e9;
        const double SecondsMax = 86_400;
        if (!(warmUpSeconds is >= 0 and <= SecondsMax)) throw new ArgumentOutOfRangeException(nameof(warmUpSeconds), warmUpSeconds, "the warm-up of a volatility must be 0 to 86400 seconds");
        _warmUpNanos = (long)(warmUpSeconds * NanosPerSecond);
        if (!(windowSeconds > 0) || double.IsInfinity(windowSeconds)) throw new ArgumentOutOfRangeException(nameof(windowSeconds), windowSeconds, "the window of a volatility must be a positive number of seconds");
        _estimate = estimate;
        _floor = Floor(windowSeconds);
    }

    /// <summary>True once the estimate has a value and its warm-up is over.</summary>
    public bool HasValue => _estimate.HasValue && _isWarm;

    /// <summary>The estimate within its bounds, ticks per square root of a second; 0 until there is a value.</summary>
    public double SigmaPerSqrtSecond { get; private set; }

    /// <summary>What it is held to.</summary>
    public SigmaBound Bound { get; private set; }

    /// <summary>The floor: half a tick per square root of a window of seconds.</summary>
    public static double Floor(double windowSeconds) => HalfTick / Math.Sqrt(windowSeconds);

    /// <summary>Offers one mid.</summary>
    /// <param name="midTicks">The mid in ticks, finite.</param>
    /// <param name="timeNanos">Its logic time, in nanoseconds; an earlier time than the last sample's is ignored.</param>
    public void OnMid(double midTicks, long timeNanos)
    {
        bool isSampled = _estimate.OnMid(midTicks, timeNanos) | _slow.OnMid(midTicks, timeNanos);
        if (_isWarm && !isSampled) return;
        if (!_isWarm)
        {
            _firstNanos ??= timeNanos;
            _isWarm = timeNanos - _firstNanos >= _warmUpNanos;
        }

        if (!HasValue)
        {
            SigmaPerSqrtSecond = 0;
            Bound = SigmaBound.Unset;
            return;
        }

        double sigma = _estimate.SigmaPerSqrtSecond;
        double cap = _slow.Count >= SlowSamplesMin ? CapOfSlow * _slow.RealisedPerSqrtSecond : double.PositiveInfinity;
        Bound = sigma > Math.Max(cap, _floor) ? SigmaBound.Cap : sigma < _floor ? SigmaBound.Floor : SigmaBound.None;
        SigmaPerSqrtSecond = Math.Max(_floor, Math.Min(cap, sigma));
    }
}
