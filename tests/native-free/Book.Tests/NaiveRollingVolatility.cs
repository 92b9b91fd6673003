namespace LatencyEngine.Book.Tests;

/// <summary>The slow twin of <see cref="RollingVolatility"/>: keeps every sample and sums the window anew, in decimals.</summary>
internal sealed class NaiveRollingVolatility(decimal windowSeconds, int increments, int spacingMillis)
{
    private const decimal NanosPerSecond = 1_000_000_000;

    private readonly List<(decimal Mid, long TimeNanos)> _samples = [];

    /// <summary>Changes in the window.</summary>
    public int Count => Window().Length;

    /// <summary>sqrt(sum d² / sum dt).</summary>
    public double Realised => Window() is { Length: > 0 } window ? Math.Sqrt((double)(window.Sum(change => change.Distance * change.Distance) / window.Sum(change => change.Seconds))) : 0;

    /// <summary>sqrt(π/2 n/(n - 1) sum |d_j| |d_(j-1)| / sum dt).</summary>
    public double Bipower
    {
        get
        {
            (decimal Distance, decimal Seconds)[] window = Window();
            if (window.Length < 2) return 0;
            decimal products = window.Zip(window.Skip(1), (earlier, later) => earlier.Distance * later.Distance).Sum();
            return Math.Sqrt(Math.PI / 2 * window.Length / (window.Length - 1) * (double)(products / window.Sum(change => change.Seconds)));
        }
    }

    /// <summary>max(0, 1 - bipower² / realised²).</summary>
    public double JumpShare => Count > 1 && Realised > 0 ? Math.Max(0, 1 - Math.Pow(Bipower / Realised, 2)) : 0;

    public void OnMid(decimal mid, long timeNanos)
    {
        if (_samples.Count == 0 || timeNanos >= _samples[^1].TimeNanos + Math.Max(1, spacingMillis * 1_000_000L)) _samples.Add((mid, timeNanos));
    }

    private (decimal Distance, decimal Seconds)[] Window() =>
    [
        .. _samples.Zip(_samples.Skip(1))
            .Where(pair => pair.Second.TimeNanos > _samples[^1].TimeNanos - (windowSeconds * NanosPerSecond))
            .TakeLast(increments)
            .Select(pair => (Math.Abs(pair.Second.Mid - pair.First.Mid), (pair.Second.TimeNanos - pair.First.TimeNanos) / NanosPerSecond)),
    ];
}
