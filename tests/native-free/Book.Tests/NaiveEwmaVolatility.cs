namespace LatencyEngine.Book.Tests;

/// <summary>The slow twin of <see cref="EwmaVolatility"/>: keeps every sample and weighs all changes anew, each by its age.</summary>
/// <remarks>With T the time constant, the change that ended <c>age</c> ago and took <c>dt</c> weighs <c>exp(-age / T) (1 - exp(-dt / T))</c>, the first one <c>exp(-age / T)</c>: the weights sum to 1.</remarks>
internal sealed class NaiveEwmaVolatility(decimal timeConstantSeconds, int spacingMillis)
{
    private const decimal NanosPerSecond = 1_000_000_000;

    private readonly List<(decimal Mid, long TimeNanos)> _samples = [];

    /// <summary>Changes so far.</summary>
    public int Count => Math.Max(0, _samples.Count - 1);

    /// <summary>Square root of the weighted mean of d² / dt.</summary>
    public double SigmaPerSqrtSecond
    {
        get
        {
            double varianceRate = 0;
            for (int i = 1; i < _samples.Count; i++)
            {
                decimal change = _samples[i].Mid - _samples[i - 1].Mid;
                decimal seconds = (_samples[i].TimeNanos - _samples[i - 1].TimeNanos) / NanosPerSecond;
                decimal ageSeconds = (_samples[^1].TimeNanos - _samples[i].TimeNanos) / NanosPerSecond;
                double share = i == 1 ? 1 : 1 - Math.Exp((double)(-seconds / timeConstantSeconds));
                varianceRate += Math.Exp((double)(-ageSeconds / timeConstantSeconds)) * share * (double)(change * change / seconds);
            }

            return Math.Sqrt(varianceRate);
        }
    }

    public void OnMid(decimal mid, long timeNanos)
    {
        if (_samples.Count == 0 || timeNanos >= _samples[^1].TimeNanos + Math.Max(1, spacingMillis * 1_000_000L)) _samples.Add((mid, timeNanos));
    }
}
