namespace LatencyEngine.Research;

/// <summary>Thins a series for drawing without losing what the eye looks for.</summary>
public static class Downsampling
{
    /// <summary>
    /// Chooses at most <paramref name="maxPoints"/> positions: the first, the last, and the lowest and highest value of each of equally long stretches between them,
    /// so that every extreme of the series survives; and a gap wherever the series has one between two chosen values, so that none is drawn across.
    /// </summary>
    /// <param name="values">The series in drawing order; finite, or NaN for a gap.</param>
    /// <param name="maxPoints">At least 4; a series with gaps keeps its extremes from 7 on.</param>
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

        // Two values a stretch and the two ends; with gaps, one more between each two of them.
        int stretches = FirstGap(values, 0, values.Length) < 0 ? (maxPoints - 2) / 2 : (maxPoints - 3) / 4;
        var kept = new List<int>(maxPoints) { 0 };
        for (int stretch = 0; stretch < stretches; stretch++)
        {
            int from = 1 + (int)((long)(last - 1) * stretch / stretches);
            int until = 1 + (int)((long)(last - 1) * (stretch + 1) / stretches);
            int low = -1;
            int high = -1;
            for (int i = from; i < until; i++)
            {
                if (double.IsNaN(values[i])) continue;
                if (low < 0 || values[i] < values[low]) low = i;
                if (high < 0 || values[i] > values[high]) high = i;
            }

            if (low < 0) continue;
            Keep(values, kept, Math.Min(low, high));
            if (low != high) Keep(values, kept, Math.Max(low, high));
        }

        Keep(values, kept, last);
        return [.. kept];
    }

    private static void Keep(ReadOnlySpan<double> values, List<int> kept, int index)
    {
        int gap = FirstGap(values, kept[^1], index);
        if (gap > kept[^1]) kept.Add(gap);
        kept.Add(index);
    }

    /// <summary>The first gap of a range; negative without one.</summary>
    private static int FirstGap(ReadOnlySpan<double> values, int from, int until)
    {
        for (int i = from; i < until; i++)
        {
            if (double.IsNaN(values[i])) return i;
        }

        return -1;
    }
}
