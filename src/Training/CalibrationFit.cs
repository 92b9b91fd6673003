using LatencyEngine.MetaModel;

namespace LatencyEngine.Training;

/// <summary>Fits a calibration to scores and what came of them. The scores must be of events that their model was not trained on.</summary>
public static class CalibrationFit
{
    /// <summary>Rows below which a polygon follows noise, and the curve is fitted instead.</summary>
    public const int IsotonicRowsMin = 1000;

    /// <summary>Fewest rows of the first and of the last step of a fitted polygon: what three rows say of the highest scores is chance, and all scores beyond would get it.</summary>
    public const int EndRowsMin = 50;

    private const int StepsMax = 100;
    private const double GradientMin = 1e-13;
    private const double Ridge = 1e-12;

    /// <summary>The polygon where there are enough rows for it, else the curve. Its ends are pooled with their neighbours until each has <see cref="EndRowsMin"/> rows, and none says never or always: of n rows that came out alike, one more is taken to have come out otherwise.</summary>
    /// <param name="scores">Log-odds.</param>
    /// <param name="labels">What came of each.</param>
    public static Calibration Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length < IsotonicRowsMin) return Platt(scores, labels);
        List<Step> steps = Pool(scores, labels);
        while (steps.Count > 1 && steps[0].Count < EndRowsMin) Join(steps, 0);
        while (steps.Count > 1 && steps[^1].Count < EndRowsMin) Join(steps, steps.Count - 2);
        return Polygon(steps, 1.0 / (steps[0].Count + 2), (steps[^1].Count + 1.0) / (steps[^1].Count + 2));
    }

    /// <summary>The logistic curve of the largest likelihood, by Newton's method with halved steps, against targets drawn in from 0 and 1. Source: Platt (1999); Lin, Lin and Weng (2007).</summary>
    /// <param name="scores">Log-odds.</param>
    /// <param name="labels">What came of each.</param>
    public static Calibration Platt(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Require(scores, labels);
        int positives = labels.Count(true);
        (double low, double high) = Targets(labels);
        (double a, double b) = (0, Math.Log((labels.Length - positives + 1.0) / (positives + 1.0)));
        double loss = Loss(scores, labels, a, b, high, low);
        for (int step = 0; step < StepsMax; step++)
        {
            (double gradientA, double gradientB, double aa, double ab, double bb) = (0, 0, Ridge, 0, Ridge);
            for (int i = 0; i < scores.Length; i++)
            {
                double p = 1 / (1 + Math.Exp((a * scores[i]) + b));
                double error = (labels[i] ? high : low) - p;
                double curvature = p * (1 - p);
                gradientA += scores[i] * error;
                gradientB += error;
                aa += scores[i] * scores[i] * curvature;
                ab += scores[i] * curvature;
                bb += curvature;
            }

            if (Math.Max(Math.Abs(gradientA), Math.Abs(gradientB)) < GradientMin * scores.Length) break;
            double determinant = (aa * bb) - (ab * ab);
            double stepA = -((bb * gradientA) - (ab * gradientB)) / determinant;
            double stepB = -((aa * gradientB) - (ab * gradientA)) / determinant;
            double size = 1;
            double next = Loss(scores, labels, a + stepA, b + stepB, high, low);
            while (next > loss && size > Ridge)
            {
                size /= 2;
                next = Loss(scores, labels, a + (size * stepA), b + (size * stepB), high, low);
            }

            if (next > loss) break;
            (a, b, loss) = (a + (size * stepA), b + (size * stepB), next);
        }

        return Calibration.Platt(a, b);
    }

    /// <summary>The not falling steps of the smallest squared error, by pooling neighbours that fall; between two steps the probability rises evenly. Source: Barlow et al. (1972).</summary>
    /// <param name="scores">Log-odds.</param>
    /// <param name="labels">What came of each.</param>
    public static Calibration Isotonic(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels) => Polygon(Pool(scores, labels), 0, 1);

    private static List<Step> Pool(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        Require(scores, labels);
        double[] sorted = scores.ToArray();
        bool[] outcomes = labels.ToArray();
        Array.Sort(sorted, outcomes);
        var steps = new List<Step>();
        for (int i = 0; i < sorted.Length;)
        {
            (double score, int count, int positives) = (sorted[i], 0, 0);
            for (; i < sorted.Length && sorted[i] == score; i++, count++) positives += outcomes[i] ? 1 : 0;
            steps.Add(new Step(score, score, count, positives));
            while (steps.Count > 1 && (long)steps[^2].Positives * steps[^1].Count >= (long)steps[^1].Positives * steps[^2].Count) Join(steps, steps.Count - 2);
        }

        return steps;
    }

    /// <summary>Makes one of a step and the next.</summary>
    private static void Join(List<Step> steps, int index)
    {
        steps[index] = new Step(steps[index].First, steps[index + 1].Last, steps[index].Count + steps[index + 1].Count, steps[index].Positives + steps[index + 1].Positives);
        steps.RemoveAt(index + 1);
    }

    private static Calibration Polygon(List<Step> steps, double low, double high)
    {
        var corners = new List<(double Score, double Probability)>();
        foreach (Step step in steps)
        {
            double probability = Math.Clamp((double)step.Positives / step.Count, low, high);
            corners.Add((step.First, probability));
            if (step.Last > step.First) corners.Add((step.Last, probability));
        }

        return Calibration.Isotonic([.. corners.Select(corner => corner.Score)], [.. corners.Select(corner => corner.Probability)]);
    }

    private static (double Low, double High) Targets(ReadOnlySpan<bool> labels)
    {
        int positives = labels.Count(true);
        return (1.0 / (labels.Length - positives + 2), (positives + 1.0) / (positives + 2));
    }

    private static double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double a, double b, double high, double low)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double odds = (a * scores[i]) + b;
            double target = labels[i] ? high : low;
            loss += odds >= 0 ? (target * odds) + Math.Log(1 + Math.Exp(-odds)) : ((target - 1) * odds) + Math.Log(1 + Math.Exp(odds));
        }

        return loss;
    }

    private static void Require(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length == 0 || scores.Length != labels.Length) throw new ArgumentException($"{scores.Length} scores and {labels.Length} labels are nothing to calibrate by", nameof(labels));
    }

    /// <summary>Neighbouring scores of one probability.</summary>
    private readonly record struct Step(double First, double Last, int Count, int Positives);
}
