namespace LatencyEngine.Book;

/// <summary>Whether the mid moves far more than it usually does: a short-term variance rate against a slow one of the same samples.</summary>
/// <remarks>
/// <para>Both are exponentially weighted as in <see cref="EwmaVolatility"/>; the slow one's time constant is <see cref="SlowOfShort"/> times the short one's, and it counts as at least one tick per square root of the short one.
/// A jump begins above the ratio, and ends at half of it: a market that has become livelier for good ends it too, as the slow one follows (docs/models.md, 2.10). Nothing is a jump before the slow one is as old as its time constant.</para>
/// <para><see cref="Volatility.SigmaPerSqrtSecond"/> is the short-term volatility. Thread: one owner. Allocates: never. Throws: in the constructor only.</para>
/// </remarks>
public sealed class VolatilityJump : Volatility
{
    /// <summary>The slow time constant over the short one. However large a jump is, the short-term volatility is less than the root of this, 7.7, times the slow one, which takes it in as well.</summary>
    public const double SlowOfShort = 60;

    /// <summary>Smallest ratio: half of it, at which a jump ends, is the usual volatility.</summary>
    public const double RatioMin = 2;

    /// <summary>Largest ratio that a jump of any size can exceed.</summary>
    public const double RatioMax = 7;

    private const double EndOfRatio = 0.5;

    private readonly double _shortSeconds;
    private readonly double _slowSeconds;
    private readonly long _slowNanos;
    private readonly double _floorRate;
    private readonly double _beginsAbove;
    private readonly double _endsAt;
    private double _shortRate;
    private double _slowRate;
    private long _watchedNanos;

    /// <summary>Creates one that has seen nothing.</summary>
    /// <param name="shortSeconds">Time constant of the short-term volatility; positive.</param>
    /// <param name="ratio">How many times the slow volatility the short-term one must exceed; <see cref="RatioMin"/> to <see cref="RatioMax"/>.</param>
    /// <param name="spacingMillis">Least milliseconds between two samples, 0 or more; 0 takes every mid of a new moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public VolatilityJump(double shortSeconds, double ratio, int spacingMillis = 100)
        : base(spacingMillis)
    {
        if (!(shortSeconds > 0) || double.IsInfinity(shortSeconds)) throw new ArgumentOutOfRangeException(nameof(shortSeconds), shortSeconds, "the short time constant of a volatility jump must be a positive number of seconds");
        if (!(ratio is >= RatioMin and <= RatioMax)) throw new ArgumentOutOfRangeException(nameof(ratio), ratio, $"the ratio of a volatility jump must be {RatioMin} to {RatioMax}");
        _shortSeconds = shortSeconds;
        _slowSeconds = shortSeconds * SlowOfShort;
        _slowNanos = (long)(_slowSeconds * NanosPerSecond);
        _floorRate = 1 / shortSeconds;
        _beginsAbove = ratio * ratio;
        _endsAt = _beginsAbove * EndOfRatio * EndOfRatio;
    }

    /// <summary>True from a jump until it is over. Judged with each sample.</summary>
    public bool IsJumping { get; private set; }

    /// <inheritdoc />
    private protected override void AddIncrement(double change, long startNanos, long endNanos)
    {
        double seconds = (endNanos - startNanos) / NanosPerSecond;
        double rate = change * change / seconds;
        _shortRate = Weighted(_shortRate, rate, seconds / _shortSeconds);
        _slowRate = Weighted(_slowRate, rate, seconds / _slowSeconds);
        _watchedNanos += endNanos - startNanos;
        HasValue = true;
        SigmaPerSqrtSecond = Math.Sqrt(_shortRate);
        double share = _shortRate / Math.Max(_slowRate, _floorRate);
        IsJumping = _watchedNanos >= _slowNanos && share > (IsJumping ? _endsAt : _beginsAbove);
    }

    private double Weighted(double before, double rate, double timeConstants)
    {
        double weight = HasValue ? Math.Exp(-timeConstants) : 0;
        return (weight * before) + ((1 - weight) * rate);
    }
}
