namespace LatencyEngine.Book;

/// <summary>Realised and bipower volatility of the mid over a rolling window.</summary>
/// <remarks>
/// <para>realised = sqrt(sum d² / sum dt); bipower = sqrt(π/2 n/(n - 1) sum |d_j| |d_(j-1)| / sum dt), which a single jump hardly moves; d changes of the mid, dt seconds, n changes in the window (docs/models.md, 2.6).</para>
/// <para>A change is in the window by the time of its end, so the newest always is; the oldest counts with its whole time.</para>
/// <para>The sums do not drift: changes are whole multiples of 2^-20 of the mids' unit, and their squares and products are added and taken away as 128-bit integers. Mids in ticks lie on halves and are exact.</para>
/// <para>An event costs O(1), amortised: what leaves the window came in once. After a silence one event empties the window, at most its whole capacity.</para>
/// <para>Thread: one owner. Allocates: in the constructor only. Throws: in the constructor only. The independent numbers are in <c>volatility.csv</c> of the goldens.</para>
/// </remarks>
public sealed class RollingVolatility : Volatility
{
    /// <summary>Largest capacity: the sum of this many squares of the largest change, 2^116, fits.</summary>
    public const int IncrementsMax = 65_536;

    private const double UnitsPerOne = 1 << 20;

    /// <summary>A larger change counts as this one, in the unit of the mids: no price moves so far in one sample.</summary>
    private const double ChangeMax = 1 << 30;

    private readonly long _windowNanos;
    private readonly bool _isJumpRobust;

    // A ring: distance without sign, and the time of its end. Each begins where the one before ends.
    private readonly long[] _distances;
    private readonly long[] _endNanos;
    private int _oldest;
    private long _startNanos;
    private Int128 _sumOfSquares;
    private Int128 _sumOfProducts;

    /// <summary>Creates an estimator without a value.</summary>
    /// <param name="windowSeconds">How long a change counts; positive, at most a day.</param>
    /// <param name="increments">Changes that count at most, the newest; 2 to <see cref="IncrementsMax"/>. Window / spacing, so that only time ends them.</param>
    /// <param name="isJumpRobust">True: <see cref="Volatility.SigmaPerSqrtSecond"/> is the bipower volatility. False: the realised one.</param>
    /// <param name="spacingMillis">Least milliseconds between two samples, 0 or more; 0 takes every mid of a new moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public RollingVolatility(double windowSeconds, int increments, bool isJumpRobust, int spacingMillis = 100)
        : base(spacingMillis)
    {
        const double SecondsMax = 86_400;
        if (!(windowSeconds > 0 && windowSeconds <= SecondsMax)) throw new ArgumentOutOfRangeException(nameof(windowSeconds), windowSeconds, "the volatility window must be above 0 and at most 86400 seconds");
        if (increments is < 2 or > IncrementsMax) throw new ArgumentOutOfRangeException(nameof(increments), increments, $"the changes of a volatility window must be 2 to {IncrementsMax}");
        _windowNanos = Math.Max(1, (long)Math.Round(windowSeconds * NanosPerSecond));
        _isJumpRobust = isJumpRobust;
        _distances = new long[increments];
        _endNanos = new long[increments];
    }

    /// <summary>Changes in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Realised volatility, in the mids' unit per square root of a second; 0 until there is a change.</summary>
    public double RealisedPerSqrtSecond { get; private set; }

    /// <summary>Bipower volatility, in the same unit; 0 while the window has fewer than two changes.</summary>
    public double BipowerPerSqrtSecond { get; private set; }

    /// <summary>Share of the realised variance that came in jumps, max(0, 1 - bipower² / realised²), 0 to 1; 0 while there is no bipower volatility, or no change at all.</summary>
    public double JumpShare => Count > 1 && _sumOfSquares > 0 ? Math.Max(0, 1 - (BipowerPerSqrtSecond * BipowerPerSqrtSecond / (RealisedPerSqrtSecond * RealisedPerSqrtSecond))) : 0;

    /// <inheritdoc />
    private protected override void AddIncrement(double change, long startNanos, long endNanos)
    {
        while (Count > 0 && (Count == _distances.Length || _endNanos[_oldest] <= endNanos - _windowNanos)) RemoveOldest();

        long distance = (long)Math.Round(Math.Min(Math.Abs(change), ChangeMax) * UnitsPerOne);
        if (Count == 0) _startNanos = startNanos;
        else _sumOfProducts += (Int128)distance * _distances[Place(Count - 1)];
        _sumOfSquares += (Int128)distance * distance;
        int newest = Place(Count);
        _distances[newest] = distance;
        _endNanos[newest] = endNanos;
        Count++;
        Publish((endNanos - _startNanos) / NanosPerSecond);
    }

    private void RemoveOldest()
    {
        long distance = _distances[_oldest];
        _startNanos = _endNanos[_oldest];
        _sumOfSquares -= (Int128)distance * distance;
        _oldest = Place(1);
        Count--;
        if (Count > 0) _sumOfProducts -= (Int128)distance * _distances[_oldest];
    }

    private void Publish(double seconds)
    {
        const double UnitsSquared = UnitsPerOne * UnitsPerOne;
        RealisedPerSqrtSecond = Math.Sqrt((double)_sumOfSquares / UnitsSquared / seconds);
        BipowerPerSqrtSecond = Count > 1 ? Math.Sqrt(Math.PI / 2 * Count / (Count - 1) * ((double)_sumOfProducts / UnitsSquared) / seconds) : 0;
        HasValue = !_isJumpRobust || Count > 1;
        SigmaPerSqrtSecond = _isJumpRobust ? BipowerPerSqrtSecond : RealisedPerSqrtSecond;
    }

    /// <summary>The place of a change by its age, 0 the oldest.</summary>
    private int Place(int index)
    {
        int place = _oldest + index;
        return place < _distances.Length ? place : place - _distances.Length;
    }
}
