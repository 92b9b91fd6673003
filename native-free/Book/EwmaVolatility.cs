namespace LatencyEngine.Book;

/// <summary>Rolling volatility of the mid price: the exponentially weighted mean of its variance rate.</summary>
/// <remarks>
/// <para>variance = w variance + (1 - w) d² / dt with w = exp(-dt / τ); d change of the mid, dt seconds, τ the time constant; the first d² / dt starts it (docs/models.md, 2.6).
/// The weight follows the time between samples, so a burst of updates does not count for more than the time it took.</para>
/// <para>Thread: one owner. Allocates: never. Throws: in the constructor only. The independent numbers are in <c>volatility.csv</c> of the goldens.</para>
/// </remarks>
public sealed class EwmaVolatility : Volatility
{
    private readonly double _timeConstantSeconds;
    private double _varianceRate;

    /// <summary>Creates an estimator without a value; from the second sample on it has one.</summary>
    /// <param name="timeConstantSeconds">Seconds after which a sample's weight has fallen to 1/e; positive.</param>
    /// <param name="spacingMillis">Least milliseconds between two samples, 0 or more; 0 takes every mid of a new moment.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public EwmaVolatility(double timeConstantSeconds, int spacingMillis = 100)
        : base(spacingMillis)
    {
        if (!(timeConstantSeconds > 0) || double.IsInfinity(timeConstantSeconds)) throw new ArgumentOutOfRangeException(nameof(timeConstantSeconds), timeConstantSeconds, "the volatility time constant must be a positive number of seconds");
        _timeConstantSeconds = timeConstantSeconds;
    }

    /// <inheritdoc />
    private protected override void AddIncrement(double change, long startNanos, long endNanos)
    {
        double seconds = (endNanos - startNanos) / NanosPerSecond;
        double rate = change * change / seconds;
        double weight = HasValue ? Math.Exp(-seconds / _timeConstantSeconds) : 0;
        _varianceRate = (weight * _varianceRate) + ((1 - weight) * rate);
        HasValue = true;
        SigmaPerSqrtSecond = Math.Sqrt(_varianceRate);
    }
}
