namespace LatencyEngine.Training;

/// <summary>The candles that a label looks at: from the one after its signal to that of its exit, both included.</summary>
/// <param name="SignalBar">Index of the candle with the signal.</param>
/// <param name="ExitBar">Index of the candle of the exit.</param>
public readonly record struct LabelSpan(int SignalBar, int ExitBar)
{
    /// <summary>How much of each label is its own, 0 to 1: the mean, over its candles, of one by the number of labels that look at that candle. Source: López de Prado (2018), 4.4.</summary>
    /// <param name="spans">All labels of one instrument, in any order.</param>
    public static double[] AverageUniqueness(IReadOnlyList<LabelSpan> spans)
    {
        if (spans.Count == 0) return [];
        int[] concurrency = new int[spans.Max(span => span.ExitBar) + 2];
        foreach (LabelSpan span in spans)
        {
            concurrency[span.SignalBar + 1]++;
            concurrency[span.ExitBar + 1]--;
        }

        double[] inverseSums = new double[concurrency.Length + 1];
        for (int bar = 0, open = 0; bar < concurrency.Length; bar++)
        {
            open += concurrency[bar];
            inverseSums[bar + 1] = inverseSums[bar] + (open == 0 ? 0 : 1.0 / open);
        }

        return [.. spans.Select(span => (inverseSums[span.ExitBar + 1] - inverseSums[span.SignalBar + 1]) / (span.ExitBar - span.SignalBar))];
    }
}
