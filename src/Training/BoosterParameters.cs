using System.Globalization;

namespace LatencyEngine.Training;

/// <summary>What XGBoost is told about how to grow its trees. Source: XGBoost's parameter list.</summary>
public sealed record BoosterParameters
{
    private static readonly int[] LeavesChoices = [4, 8, 15, 31];
    private static readonly double[] RateChoices = [0.03, 0.06, 0.1];
    private static readonly double[] ChildChoices = [1, 5, 10, 20];
    private static readonly double[] LambdaChoices = [1, 3, 10];
    private static readonly double[] ShareChoices = [0.6, 0.8, 1];

    /// <summary>Most leaves of a tree.</summary>
    public int LeavesMax { get; init; } = 15;

    /// <summary>What each tree's leaves are multiplied with.</summary>
    public double LearningRate { get; init; } = 0.06;

    /// <summary>Least sum of second derivatives in a leaf, about a quarter a row.</summary>
    public double ChildWeightMin { get; init; } = 5;

    /// <summary>Penalty on squared leaves.</summary>
    public double Lambda { get; init; } = 1;

    /// <summary>Share of the rows that each tree sees.</summary>
    public double RowShare { get; init; } = 1;

    /// <summary>Share of the features that each tree sees.</summary>
    public double ColumnShare { get; init; } = 1;

    /// <summary>The candidates of a search: the defaults, then as many drawn at random.</summary>
    /// <param name="count">How many altogether.</param>
    /// <param name="seed">Of the draw.</param>
    public static IEnumerable<BoosterParameters> Candidates(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            yield return i == 0
                ? new BoosterParameters()
                : new BoosterParameters
                {
                    LeavesMax = Pick(LeavesChoices),
                    LearningRate = Pick(RateChoices),
                    ChildWeightMin = Pick(ChildChoices),
                    Lambda = Pick(LambdaChoices),
                    RowShare = Pick(ShareChoices),
                    ColumnShare = Pick(ShareChoices),
                };
        }

        T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
    }

    /// <summary>XGBoost's names and values. One thread: sums of floats in another order would be another model.</summary>
    /// <param name="seed">Of the rows and features that each tree sees.</param>
    public IEnumerable<KeyValuePair<string, string>> ToXgBoost(int seed) =>
    [
        new("objective", "binary:logistic"),
        new("tree_method", "hist"),
        new("grow_policy", "lossguide"),
        new("max_depth", "0"),
        new("max_leaves", LeavesMax.ToString(CultureInfo.InvariantCulture)),
        new("eta", LearningRate.ToString(CultureInfo.InvariantCulture)),
        new("min_child_weight", ChildWeightMin.ToString(CultureInfo.InvariantCulture)),
        new("lambda", Lambda.ToString(CultureInfo.InvariantCulture)),
        new("subsample", RowShare.ToString(CultureInfo.InvariantCulture)),
        new("colsample_bytree", ColumnShare.ToString(CultureInfo.InvariantCulture)),
        new("seed", seed.ToString(CultureInfo.InvariantCulture)),
        new("nthread", "1"),
        new("verbosity", "0"),
    ];
}
