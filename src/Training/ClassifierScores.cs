namespace LatencyEngine.Training;

/// <summary>How good probabilities were. docs/concepts/meta-label.md.</summary>
public sealed record ClassifierScores
{
    private const double ProbabilityMin = 1e-15;
    private const int Bins = 10;

    /// <summary>Events.</summary>
    public required int Count { get; init; }

    /// <summary>Share of events that paid.</summary>
    public required double BaseRate { get; init; }

    /// <summary>Chance that an event that paid has the higher probability of two, ties counted one half; NaN where all came out alike.</summary>
    public required double Auc { get; init; }

    /// <summary>Mean negative logarithm of the probability of what happened.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Mean squared distance of probability and outcome.</summary>
    public required double Brier { get; init; }

    /// <summary>Expected calibration error over ten bins of equal width.</summary>
    public required double Ece { get; init; }

    /// <summary>Events above the threshold.</summary>
    public required int Taken { get; init; }

    /// <summary>Share of those that paid; null without any.</summary>
    public required double? Precision { get; init; }

    /// <summary>Share of the events that paid that was taken; null where none paid.</summary>
    public required double? Recall { get; init; }

    /// <summary>Scores probabilities against what came.</summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">Whether each paid.</param>
    /// <param name="threshold">What a probability must exceed to be taken.</param>
    public static ClassifierScores Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, double threshold)
    {
        if (probabilities.Length == 0 || probabilities.Length != labels.Length) throw new ArgumentException($"{probabilities.Length} probabilities and {labels.Length} labels cannot be scored", nameof(labels));
        (double logLoss, double brier, int taken, int hits) = (0, 0, 0, 0);
        for (int i = 0; i < labels.Length; i++)
        {
            double p = Math.Clamp(probabilities[i], ProbabilityMin, 1 - ProbabilityMin);
            logLoss -= Math.Log(labels[i] ? p : 1 - p);
            double distance = probabilities[i] - (labels[i] ? 1 : 0);
            brier += distance * distance;
            if (probabilities[i] <= threshold) continue;
            taken++;
            if (labels[i]) hits++;
        }

        int positives = labels.Count(true);
        return new ClassifierScores
        {
            Count = labels.Length,
            BaseRate = (double)positives / labels.Length,
            Auc = AreaUnderCurve(probabilities, labels),
            LogLoss = logLoss / labels.Length,
            Brier = brier / labels.Length,
            Ece = Reliability(probabilities, labels).Sum(bin => bin.Count * Math.Abs(bin.MeanProbability - bin.Share)) / labels.Length,
            Taken = taken,
            Precision = taken == 0 ? null : (double)hits / taken,
            Recall = positives == 0 ? null : (double)hits / positives,
        };
    }

    /// <summary>Mean probability and share that paid of each of ten bins of equal width, the last closed; bins without an event are left out.</summary>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="labels">Whether each paid.</param>
    public static List<(int Count, double MeanProbability, double Share)> Reliability(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        int[] counts = new int[Bins];
        double[] sums = new double[Bins];
        int[] positives = new int[Bins];
        for (int i = 0; i < labels.Length; i++)
        {
            int bin = Math.Min((int)(probabilities[i] * Bins), Bins - 1);
            counts[bin]++;
            sums[bin] += probabilities[i];
            positives[bin] += labels[i] ? 1 : 0;
        }

        return [.. Enumerable.Range(0, Bins).Where(bin => counts[bin] > 0).Select(bin => (counts[bin], sums[bin] / counts[bin], (double)positives[bin] / counts[bin]))];
    }

    /// <summary>Area under the receiver operating characteristic, by ranks (Mann and Whitney, 1947); NaN where all came out alike.</summary>
    /// <param name="scores">Higher is likelier.</param>
    /// <param name="labels">Whether each paid.</param>
    public static double AreaUnderCurve(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        double[] sorted = scores.ToArray();
        bool[] outcomes = labels.ToArray();
        Array.Sort(sorted, outcomes);
        (double wins, long negatives) = (0, 0);
        for (int i = 0; i < sorted.Length;)
        {
            (int begin, long tiedPositives) = (i, 0);
            for (; i < sorted.Length && sorted[i] == sorted[begin]; i++) tiedPositives += outcomes[i] ? 1 : 0;
            long tiedNegatives = i - begin - tiedPositives;
            wins += tiedPositives * (negatives + (tiedNegatives / 2.0));
            negatives += tiedNegatives;
        }

        return wins / negatives / (sorted.Length - negatives);
    }
}
