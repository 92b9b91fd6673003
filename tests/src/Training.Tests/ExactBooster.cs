namespace LatencyEngine.Training.Tests;

/// <summary>Boosted trees of logistic loss in double precision, grown greedily over every threshold: a second witness of what XGBoost is asked for, too slow for anything but a test. Source of the formulas: Chen and Guestrin (2016).</summary>
internal sealed class ExactBooster
{
    private const double Tie = 1e-12;

    private readonly double[][] _rows;
    private readonly double[] _labels;

    public ExactBooster(double[][] rows, double[] labels) => (_rows, _labels, Margins) = (rows, labels, new double[rows.Length]);

    public required double LearningRate { get; init; }

    public required double Lambda { get; init; }

    public required double Gamma { get; init; }

    public required double ChildHessianMin { get; init; }

    public required int DepthMax { get; init; }

    /// <summary>The log-odds of each row after the trees so far; 0 before the first, which is a base score of one half.</summary>
    public double[] Margins { get; }

    /// <summary>Adds a tree.</summary>
    /// <returns>Its nodes, each left child right behind its parent.</returns>
    public List<ExactNode> Grow()
    {
        double[] gradients = [.. Margins.Select((margin, i) => Probability(margin) - _labels[i])];
        double[] hessians = [.. Margins.Select(margin => Probability(margin) * (1 - Probability(margin)))];
        var nodes = new List<ExactNode>();
        Grow([.. Enumerable.Range(0, _rows.Length)], 0, gradients, hessians, nodes);
        return nodes;
    }

    public static double Probability(double margin) => 1 / (1 + Math.Exp(-margin));

    private int Grow(int[] rows, int depth, double[] gradients, double[] hessians, List<ExactNode> nodes)
    {
        double gradient = rows.Sum(i => gradients[i]);
        double hessian = rows.Sum(i => hessians[i]);
        int id = nodes.Count;
        (int feature, double threshold, double gain) = depth == DepthMax ? default : Best(rows, gradient, hessian, gradients, hessians);
        if (gain <= 0)
        {
            double leaf = LearningRate * -gradient / (hessian + Lambda);
            nodes.Add(new ExactNode(gradient, hessian, rows.Length) { Leaf = leaf });
            foreach (int i in rows) Margins[i] += leaf;
            return id;
        }

        nodes.Add(new ExactNode(gradient, hessian, rows.Length));
        int left = Grow([.. rows.Where(i => _rows[i][feature] < threshold)], depth + 1, gradients, hessians, nodes);
        int right = Grow([.. rows.Where(i => !(_rows[i][feature] < threshold))], depth + 1, gradients, hessians, nodes);
        nodes[id] = nodes[id] with { Feature = feature, Threshold = threshold, Gain = gain, Left = left, Right = right };
        return id;
    }

    private (int Feature, double Threshold, double Gain) Best(int[] rows, double gradient, double hessian, double[] gradients, double[] hessians)
    {
        (int Feature, double Threshold, double Gain) best = default;
        double Score(double g, double h) => g * g / (h + Lambda);
        for (int feature = 0; feature < _rows[0].Length; feature++)
        {
            int[] sorted = [.. rows.OrderBy(i => _rows[i][feature])];
            (double leftGradient, double leftHessian) = (0, 0);
            for (int n = 0; n + 1 < sorted.Length; n++)
            {
                leftGradient += gradients[sorted[n]];
                leftHessian += hessians[sorted[n]];
                (double here, double next) = (_rows[sorted[n]][feature], _rows[sorted[n + 1]][feature]);
                if (here == next || Math.Min(leftHessian, hessian - leftHessian) < ChildHessianMin - Tie) continue;
                double gain = (0.5 * (Score(leftGradient, leftHessian) + Score(gradient - leftGradient, hessian - leftHessian) - Score(gradient, hessian))) - Gamma;
                if (gain > best.Gain + Tie) best = (feature, (here + next) / 2, gain);
            }
        }

        return best;
    }
}
