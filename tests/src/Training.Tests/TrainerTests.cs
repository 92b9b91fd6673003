using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>The walk-forward test as a whole.</summary>
public sealed class TrainerTests
{
    private static readonly TrainingSettings Settings = new() { Candidates = 2, InnerFolds = 3, RoundsMax = 120, BootstrapDraws = 100 };
    private static readonly Candle[] Candles = GoldenCandles.Walk(60_000, 5);
    private static readonly EventTable Events = EventTable.Of(Candles, GoldenCandles.HourMillis, new TripleBarrier(), null);

    [XgBoostFact]
    public void A_walk_without_memory_has_no_edge_and_features_of_the_candle_after_the_signal_have_one()
    {
        TrainingResult honest = Trainer.Run(Events, Settings);
        float[][] rows = EventTable.RowsOf(Candles, GoldenCandles.HourMillis, null);
        TrainingResult leaked = Trainer.Run(Events with { Features = [.. Events.Spans.SelectMany(span => rows[span.SignalBar + 1])] }, Settings);

        Assert.InRange(honest.Scores.Auc, 0.47, 0.53);
        Assert.False(honest.HasEdge);
        Assert.True(leaked.Scores.Auc > honest.Scores.Auc + 0.05, $"{leaked.Scores.Auc} and {honest.Scores.Auc}");
        Assert.True(leaked.AucInterval!.Value.Low > 0.5);
    }

    [XgBoostFact]
    public void The_same_data_and_seed_give_the_same_model_to_the_byte_and_one_event_less_another()
    {
        EventTable few = Events.Take([.. Enumerable.Range(0, 150)]);
        byte[] first = Trainer.Run(few, Settings).Model.Json;

        Assert.Equal(first, Trainer.Run(few, Settings).Model.Json);
        Assert.NotEqual(first, ModelFit.Fit(few.Take([.. Enumerable.Range(0, 149)]), Settings).Json);
    }

    [XgBoostFact]
    public void What_can_be_learned_has_an_edge_and_every_event_is_tested_once_by_a_model_of_earlier_ones()
    {
        EventTable table = MetaTable.Part("train").Take([.. Enumerable.Range(0, 2000)]);
        var progress = new List<double>();
        TrainingResult result = Trainer.Run(table, Settings with { EmbargoBars = 4 }, new Recorder(progress));

        Assert.True(result.HasEdge);
        Assert.False((result with { AucInterval = new Interval(0.5, 0.9) }).HasEdge);
        Assert.False((result with { AucInterval = null }).HasEdge);
        Assert.False((result with { MeanReturnInterval = new Interval(0, 0.1) }).HasEdge);
        Assert.False((result with { Filtered = TradeScores.Of([.. Enumerable.Repeat(0.01, TrainingResult.TradesMin - 1)]) }).HasEdge);
        Assert.InRange(result.Scores.Auc, 0.68, 0.85);
        Assert.Equal((5, 1600), (result.Folds.Count, result.Tested.Count));
        Assert.Null(result.Folds[0].Scores);
        Assert.Equal(result.Tested.NetReturns, result.Folds.Skip(1).SelectMany(fold => fold.Fold.Test).Select(i => table.NetReturns[i]));
        Assert.All(result.Folds.Skip(1), fold => Assert.True(fold.Fold.Train.Max(i => table.Spans[i].ExitBar) < fold.FirstBar - 4));
        Assert.Equal((10, 1.0), (progress.Count, progress[^1]));
        Assert.True(result.Filtered.ProfitFactor > result.Unfiltered.ProfitFactor);
        Assert.True(result.FilteredDailySharpe > result.UnfilteredDailySharpe);
    }

    [XgBoostFact]
    public void Too_few_events_and_labels_all_alike_are_refused()
    {
        Assert.Contains("too few", Assert.Throws<InvalidDataException>(() => Trainer.Run(Events.Take([.. Enumerable.Range(0, 100)]), Settings)).Message, StringComparison.Ordinal);
        EventTable alike = Events with { Labels = new bool[Events.Count] };
        Assert.Throws<InvalidDataException>(() => Trainer.Run(alike, Settings));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Trainer.Run(Events, Settings, cancel: cancelled.Token));
    }

    [Fact]
    public void The_bootstrap_holds_the_mean_and_narrows_with_the_number_of_events()
    {
        double[] values = [.. Enumerable.Range(0, 4000).Select(i => (double)(i * 7919 % 100))];
        double Mean(int[] drawn) => drawn.Average(i => values[i]);
        Interval many = Interval.Bootstrap(4000, 200, 1, Mean)!.Value;
        Interval few = Interval.Bootstrap(100, 200, 1, Mean)!.Value;

        Assert.True(many.Low < 49.5 && many.High > 49.5);
        Assert.True(few.High - few.Low > many.High - many.Low);
        Assert.Null(Interval.Bootstrap(0, 10, 1, _ => 1));
        Assert.Null(Interval.Bootstrap(5, 10, 1, _ => double.NaN));
    }

    private sealed class Recorder(List<double> reported) : IProgress<double>
    {
        public void Report(double value) => reported.Add(value);
    }
}
