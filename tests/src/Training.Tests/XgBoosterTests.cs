using LatencyEngine.MetaModel;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>XGBoost's own predictions and ours, on models trained here.</summary>
public sealed class XgBoosterTests
{
    private const int Columns = 12;
    private const int RowsPredicted = 100_000;

    [XgBoostFact]
    public void Managed_inference_equals_XGBoost_on_a_hundred_thousand_rows_with_missing_numbers()
    {
        foreach ((string policy, string depth, string method, string baseScore) in new[] { ("depthwise", "6", "hist", "0.5"), ("lossguide", "0", "hist", "0.3"), ("depthwise", "4", "exact", "0.5") })
        {
            var random = new Random(7);
            using XgBoostMatrix training = Rows(random, 2000, out _, labelled: true);
            using var booster = new XgBooster(
                [
                    new("objective", "binary:logistic"), new("grow_policy", policy), new("max_depth", depth), new("max_leaves", "15"), new("tree_method", method), new("base_score", baseScore),
                    new("gamma", "0.1"), new("nthread", "1"), new("verbosity", "0"), new("eta", "0.1"),
                ],
                training);
            for (int round = 0; round < 60; round++) booster.Update(training);
            byte[] json = booster.Save();
            BoostedTrees trees = BoostedTrees.Parse(json);

            using XgBoostMatrix matrix = Rows(random, RowsPredicted, out float[] rows, labelled: false);
            float[] theirs = booster.Probabilities(matrix);
            float[] margins = booster.Margins(matrix);
            using XgBooster loaded = XgBooster.Load(json);
            Assert.Equal(theirs, loaded.Probabilities(matrix));
            (int marginsApart, double distanceMax) = (0, 0);
            for (int i = 0; i < RowsPredicted; i++)
            {
                ReadOnlySpan<float> row = rows.AsSpan(i * Columns, Columns);
                if (trees.Margin(row) != margins[i]) marginsApart++;
                distanceMax = Math.Max(distanceMax, Math.Abs(trees.Probability(row) - theirs[i]));
            }

            Assert.Equal(0, marginsApart);
            Assert.InRange(distanceMax, 0, 1e-6);
            Assert.True(theirs.Distinct().Count() > 1000);
        }
    }

    [XgBoostFact]
    public void What_XGBoost_refuses_is_one_line()
    {
        using var matrix = new XgBoostMatrix([1, 2, 3, 4], 2, [0, 2]);
        using var booster = new XgBooster([new("objective", "binary:logistic"), new("verbosity", "0")], matrix);

        string message = Assert.Throws<XgBoostException>(() => booster.Update(matrix)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Throws<ArgumentException>(() => new XgBoostMatrix([1, 2, 3], 2));
        Assert.Throws<XgBoostException>(() => XgBooster.Load("{}"u8));
    }

    private static XgBoostMatrix Rows(Random random, int count, out float[] rows, bool labelled)
    {
        rows = new float[count * Columns];
        for (int i = 0; i < rows.Length; i++) rows[i] = random.Next(10) == 0 ? float.NaN : (float)Math.Round((random.NextDouble() * 20) - 10, 2);
        float[] all = rows;
        float[] labels = labelled ? [.. Enumerable.Range(0, count).Select(i => (all[i * Columns] * all[(i * Columns) + 1]) + all[(i * Columns) + 2] + random.Next(-20, 20) > 0 ? 1f : 0f)] : [];
        return new XgBoostMatrix(rows, Columns, labels);
    }
}
