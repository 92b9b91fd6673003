using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>Spans and folds, against golden numbers of independent code, and no overlap on any spans.</summary>
public sealed class FoldTests
{
    [Fact]
    public void The_uniqueness_of_every_label_agrees_with_the_golden_spans()
    {
        IReadOnlyDictionary<string, string>[] rows = [.. ReferenceFiles.GoldenRows("label_spans.csv")];
        double[] uniqueness = LabelSpan.AverageUniqueness(GoldenSpans());

        Assert.Equal(150, rows.Length);
        for (int i = 0; i < rows.Length; i++) Assert.Equal(double.Parse(rows[i]["avg_uniqueness"]), uniqueness[i], 1e-9);
    }

    [Fact]
    public void Every_fold_tests_and_trains_on_the_golden_events()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("purged_folds.json")));
        int embargo = golden.RootElement.GetProperty("embargo_bars").GetInt32();
        Fold[] purged = Fold.Purged(GoldenSpans(), 5, embargo);
        Fold[] walked = Fold.WalkForward(GoldenSpans(), 5, embargo);

        Assert.Equal(5, golden.RootElement.GetProperty("folds").GetArrayLength());
        foreach (JsonElement fold in golden.RootElement.GetProperty("folds").EnumerateArray())
        {
            int number = fold.GetProperty("fold").GetInt32();
            int[] Of(string name) => [.. fold.GetProperty(name).EnumerateArray().Select(one => one.GetInt32())];
            Assert.Equal(Of("test"), purged[number].Test);
            Assert.Equal(Of("test"), walked[number].Test);
            Assert.Equal(Of("train_purged_kfold"), purged[number].Train);
            Assert.Equal(Of("train_walk_forward"), walked[number].Train);
        }
    }

    [Fact]
    public void On_any_spans_no_training_label_looks_at_a_candle_that_is_tested() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int bar = 0;
            LabelSpan[] spans = [.. Enumerable.Range(0, 60).Select(_ => new LabelSpan(bar += random.Next(4), bar + 1 + random.Next(24)))];
            int embargo = random.Next(10);
            foreach (Fold fold in Fold.Purged(spans, 4, embargo).Concat(Fold.WalkForward(spans, 4, embargo)))
            {
                foreach (int train in fold.Train)
                {
                    Assert.DoesNotContain(train, fold.Test);
                    foreach (int test in fold.Test) Assert.True(spans[train].ExitBar < spans[test].SignalBar || spans[train].SignalBar > spans[test].ExitBar + embargo);
                }
            }

            foreach (Fold fold in Fold.WalkForward(spans, 4, embargo)) Assert.All(fold.Train, train => Assert.True(spans[train].ExitBar + embargo < spans[fold.Test[0]].SignalBar));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Too_few_events_and_events_out_of_order_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Fold.WalkForward([new LabelSpan(0, 1)], 2, 0));
        Assert.Throws<ArgumentException>(() => Fold.Purged([new LabelSpan(1, 2), new LabelSpan(0, 5)], 2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fold.Purged([new LabelSpan(1, 2), new LabelSpan(2, 5)], 1, 0));
        Assert.Empty(LabelSpan.AverageUniqueness([]));
    }

    private static LabelSpan[] GoldenSpans() => [.. ReferenceFiles.GoldenRows("label_spans.csv").Select(row => new LabelSpan(int.Parse(row["t_signal"]), int.Parse(row["t_exit"])))];
}
