namespace LatencyEngine.Research;

/// <summary>Thins a series for drawing without losing what the eye looks for.</summary>
public static class Downsampling
{
    /// <summary>
    /// Chooses at most <paramref name="maxPoints"/> positions: the first, the last, and the lowest and highest value of each of equally long stretches between them,
    /// so that every extreme of the series survives.
    /// </summary>
    /// <param name="values">The series in drawing order; finite.</param>
    /// <param name="maxPoints">At least 4.</param>
    /// <returns>Rising indices into <paramref name="values"/>; all of them when they already fit.</returns>
    public static int[] Indices(ReadOnlySpan<double> values, int maxPoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 4);
        if (values.Length <= maxPoints)
        {
            int[] all = new int[values.Length];
            for (int i = 0; i < all.Length; i++) all[i] = i;
            return all;
        }

        int last = values.Length - 1;
        int stretches = (maxPoints - 2) / 2;
        var kept = new List<int>(maxPoints) { 0 };
        for (int stretch = 0; stretch < stretches; stretch++)
        {
            int from = 1 + (int)((long)(last - 1) * stretch / stretches);
            int until = 1 + (int)((long)(last - 1) * (stretch + 1) / stretches);
            int low = from;
            int high = from;
            for (int i = from + 1; i < until; i++)
            {
                if (values[i] < values[low]) low = i;
                if (values[i] > values[high]) high = i;
            }

            kept.Add(Math.Min(low, high));
            if (low != high) kept.Add(Math.Max(low, high));
        }

        kept.Add(last);
        return [.. kept];
    }
}
