using LatencyEngine.Signals;

namespace LatencyEngine.Training;

/// <summary>Looks for what a model must not be told. Every training begins with it.</summary>
public static class LeakCheck
{
    /// <summary>What no honest feature reaches alone: area under the curve, or one less it.</summary>
    public const double AucMax = 0.9;

    private const int Cuts = 8;
    private const int BarsCompared = 30;
    private const int EventsMin = 30;

    /// <summary>Makes the features again from series that end earlier: those of the last candles must be the same, to the bit. What looks ahead, or is scaled by all of the data, is not.</summary>
    /// <param name="candles">The whole series.</param>
    /// <param name="names">Name of each feature.</param>
    /// <param name="rowsOf">Makes the features of a series, one row a candle.</param>
    /// <exception cref="LeakException">A feature differs.</exception>
    public static void RequireCausal(IReadOnlyList<Candle> candles, IReadOnlyList<string> names, Func<IReadOnlyList<Candle>, float[][]> rowsOf)
    {
        float[][] whole = rowsOf(candles);
        for (int cut = 1; cut <= Cuts; cut++)
        {
            float[][] part = rowsOf([.. candles.Take((int)((long)candles.Count * cut / (Cuts + 1)))]);
            for (int bar = Math.Max(0, part.Length - BarsCompared); bar < part.Length; bar++)
            {
                for (int column = 0; column < names.Count; column++)
                {
                    if (!part[bar][column].Equals(whole[bar][column])) throw new LeakException($"the feature {names[column]} of candle {bar} depends on candles that come after it");
                }
            }
        }
    }

    /// <summary>No feature says by itself what came.</summary>
    /// <param name="events">Under 30 of them say nothing.</param>
    /// <exception cref="LeakException">One does.</exception>
    public static void RequireUntold(EventTable events)
    {
        if (events.Count < EventsMin) return;
        for (int column = 0; column < events.FeatureNames.Count; column++)
        {
            int[] present = [.. Enumerable.Range(0, events.Count).Where(i => !float.IsNaN(events.Row(i)[column]))];
            if (present.Length < EventsMin) continue;
            double auc = ClassifierScores.AreaUnderCurve([.. present.Select(i => (double)events.Row(i)[column])], [.. present.Select(i => events.Labels[i])]);
            if (Math.Max(auc, 1 - auc) > AucMax) throw new LeakException($"the feature {events.FeatureNames[column]} alone tells the label apart (area under the curve {auc:0.000}): it was made from the label");
        }
    }
}
