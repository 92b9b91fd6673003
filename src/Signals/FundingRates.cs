namespace LatencyEngine.Signals;

/// <summary>The funding rates of one instrument, by the time at which each was settled and so published.</summary>
public sealed class FundingRates
{
    private readonly long[] _millis;
    private readonly double[] _rates;

    /// <summary>Takes a series.</summary>
    /// <param name="settlements">Time, ms since 1970, and rate, a fraction of the position's value that longs pay; oldest first.</param>
    /// <exception cref="ArgumentException">The times do not rise.</exception>
    public FundingRates(IEnumerable<(long Millis, double Rate)> settlements)
    {
        (long Millis, double Rate)[] all = [.. settlements];
        _millis = [.. all.Select(one => one.Millis)];
        _rates = [.. all.Select(one => one.Rate)];
        for (int i = 1; i < _millis.Length; i++)
        {
            if (_millis[i] <= _millis[i - 1]) throw new ArgumentException($"funding of {_millis[i]} behind that of {_millis[i - 1]}: it must come oldest first", nameof(settlements));
        }
    }

    /// <summary>The rate published last; NaN before the first.</summary>
    /// <param name="millis">The present, ms since 1970; what is settled at that very moment is known.</param>
    public double LastAt(long millis)
    {
        int index = IndexAfter(millis) - 1;
        return index < 0 ? double.NaN : _rates[index];
    }

    /// <summary>Sum of the rates settled after one time and not after another.</summary>
    /// <param name="afterMillis">Ms since 1970, itself left out.</param>
    /// <param name="untilMillis">Ms since 1970, itself included.</param>
    public double SumWithin(long afterMillis, long untilMillis)
    {
        double sum = 0;
        for (int i = IndexAfter(afterMillis), end = IndexAfter(untilMillis); i < end; i++) sum += _rates[i];
        return sum;
    }

    private int IndexAfter(long millis)
    {
        int index = Array.BinarySearch(_millis, millis);
        return index < 0 ? ~index : index + 1;
    }
}
