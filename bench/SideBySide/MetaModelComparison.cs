using LatencyEngine.Budgets;
using LatencyEngine.MetaModel;
using LatencyEngine.Training;

namespace LatencyEngine.SideBySide;

/// <summary>One row through 500 trees: managed inference, and XGBoost's own where its library is there, each row in a matrix of its own. A kept matrix would be no contestant: XGBoost keeps its predictions with it and does not walk the trees again.</summary>
internal static class MetaModelComparison
{
    private const string Ours = "MetaModel.row";
    private const string Theirs = "MetaModel.row.xgboost";
    private const string Matrix = "MetaModel.row.xgboostMatrixAlone";
    private const string TimesFaster = "metaModel.xgboost";
    private const int RowsCount = 512;
    private const double ProbabilityTolerance = 1e-6;

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [new Entry([Ours, Theirs, Matrix], [TimesFaster], Open)];

    private static Comparison Open(BenchContext context)
    {
        byte[] json = MadeTrees.Json();
        BoostedTrees trees = BoostedTrees.Parse(json);
        float[][] rows = MadeTrees.Rows(RowsCount);
        Contestant ours = Contestant.OfBatches(new Figure(Ours), RowsCount, () =>
        {
            float sum = 0;
            foreach (float[] row in rows) sum += trees.Probability(row);
            return BitConverter.SingleToInt32Bits(sum);
        });
        try
        {
            XgBooster booster = XgBooster.Load(json);
            RequireEqual(trees, booster, rows);
            return new Comparison
            {
                Contestants =
                [
                    ours,
                    Contestant.OfBatches(new Figure(Theirs), RowsCount, () =>
                    {
                        float sum = 0;
                        foreach (float[] row in rows)
                        {
                            using var one = new XgBoostMatrix(row, MadeTrees.Columns);
                            sum += booster.Probabilities(one)[0];
                        }

                        return BitConverter.SingleToInt32Bits(sum);
                    }),
                    Contestant.OfBatches(new Figure(Matrix), RowsCount, () =>
                    {
                        long sum = 0;
                        foreach (float[] row in rows)
                        {
                            using var one = new XgBoostMatrix(row, MadeTrees.Columns);
                            sum += one.Count;
                        }

                        return sum;
                    }),
                ],
                Ratios = [Ratio.TimesFaster(TimesFaster, Ours, Theirs)],
            }.Holding(booster);
        }
        catch (XgBoostException fault) when (fault.IsMissing)
        {
            context.Miss("XGBoost", "apt-get install libxgboost0");
            return new Comparison { Contestants = [ours] };
        }
        catch (XgBoostException fault)
        {
            throw new InvalidOperationException(fault.Message, fault);
        }
    }

    private static void RequireEqual(BoostedTrees trees, XgBooster booster, float[][] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            using var one = new XgBoostMatrix(rows[i], MadeTrees.Columns);
            (float margin, float probability) = (trees.Margin(rows[i]), trees.Probability(rows[i]));
            (float theirMargin, float theirProbability) = (booster.Margins(one)[0], booster.Probabilities(one)[0]);
            if (margin != theirMargin || Math.Abs(probability - theirProbability) > ProbabilityTolerance) throw new AnswersDifferException($"row {i}: log-odds {margin} and probability {probability} here, {theirMargin} and {theirProbability} by XGBoost");
        }
    }
}
