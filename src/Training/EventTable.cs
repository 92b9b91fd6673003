using LatencyEngine.MetaModel;
using LatencyEngine.Signals;

namespace LatencyEngine.Training;

/// <summary>The events that a model is trained on: features known at the close of a candle, and what a trade from the next open came to.</summary>
public sealed record EventTable
{
    /// <summary>Name of each feature.</summary>
    public required IReadOnlyList<string> FeatureNames { get; init; }

    /// <summary>Features, event by event; NaN where one is missing.</summary>
    public required float[] Features { get; init; }

    /// <summary>Whether each event paid.</summary>
    public required bool[] Labels { get; init; }

    /// <summary>What each came to, net, a fraction of its value.</summary>
    public required double[] NetReturns { get; init; }

    /// <summary>The candles that each label looks at, by signal.</summary>
    public required LabelSpan[] Spans { get; init; }

    /// <summary>When each trade was over, ms since 1970.</summary>
    public required long[] ExitMillis { get; init; }

    /// <summary>Candles without an event are not counted.</summary>
    public int Count => Labels.Length;

    /// <summary>The features of an event.</summary>
    public ReadOnlySpan<float> Row(int index) => Features.AsSpan(index * FeatureNames.Count, FeatureNames.Count);

    /// <summary>The events of a series. An event whose trade is open at the end of the series is left out.</summary>
    /// <param name="candles">Oldest first.</param>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    /// <param name="barrier">How a trade ends.</param>
    /// <param name="funding">The instrument's rates, or null.</param>
    public static EventTable Of(IReadOnlyList<Candle> candles, long intervalMillis, TripleBarrier barrier, FundingRates? funding)
    {
        var builder = new FeatureBuilder(intervalMillis, funding);
        (List<float> features, List<BarrierOutcome> outcomes, List<LabelSpan> spans) = ([], [], []);
        for (int bar = 0; bar < candles.Count; bar++)
        {
            builder.Next(candles[bar]);
            if (!builder.IsEvent || barrier.Label(candles, bar, builder.Direction, funding) is not { } outcome) continue;
            features.AddRange(builder.Values);
            outcomes.Add(outcome);
            spans.Add(new LabelSpan(bar, outcome.ExitBar));
        }

        return new EventTable
        {
            FeatureNames = [.. FeatureBuilder.Features.Select(feature => feature.Name)],
            Features = [.. features],
            Labels = [.. outcomes.Select(outcome => outcome.Pays)],
            NetReturns = [.. outcomes.Select(outcome => outcome.NetReturn)],
            Spans = [.. spans],
            ExitMillis = [.. outcomes.Select(outcome => candles[outcome.ExitBar].OpenMillis + intervalMillis)],
        };
    }

    /// <summary>The features of every candle of a series, whether it has an event or not.</summary>
    /// <param name="candles">Oldest first.</param>
    /// <param name="intervalMillis">Length of a candle, ms.</param>
    /// <param name="funding">The instrument's rates, or null.</param>
    public static float[][] RowsOf(IReadOnlyList<Candle> candles, long intervalMillis, FundingRates? funding)
    {
        var builder = new FeatureBuilder(intervalMillis, funding);
        float[][] rows = new float[candles.Count][];
        for (int bar = 0; bar < candles.Count; bar++)
        {
            builder.Next(candles[bar]);
            rows[bar] = builder.Values.ToArray();
        }

        return rows;
    }

    /// <summary>Some of the events.</summary>
    /// <param name="indices">Which, in order.</param>
    public EventTable Take(IReadOnlyList<int> indices)
    {
        float[] features = new float[indices.Count * FeatureNames.Count];
        for (int i = 0; i < indices.Count; i++) Row(indices[i]).CopyTo(features.AsSpan(i * FeatureNames.Count));
        return this with
        {
            Features = features,
            Labels = [.. indices.Select(i => Labels[i])],
            NetReturns = [.. indices.Select(i => NetReturns[i])],
            Spans = [.. indices.Select(i => Spans[i])],
            ExitMillis = [.. indices.Select(i => ExitMillis[i])],
        };
    }
}
