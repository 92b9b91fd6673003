namespace LatencyEngine.Training;

/// <summary>Tests by walk-forward, then trains on everything. docs/concepts/meta-label.md.</summary>
public static class Trainer
{
    private const double DaysPerYear = 365;
    private const long DayMillis = 86_400_000;

    /// <summary>Every block but the first is tested once, by a model that was searched, trained and calibrated on what was over before it. Nothing is chosen by what a test says.</summary>
    /// <param name="events">By signal, oldest first.</param>
    /// <param name="settings">How.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">Too few events, or all of one label.</exception>
    /// <exception cref="LeakException">A feature tells the label.</exception>
    /// <exception cref="XgBoostException">XGBoost is missing or refuses something.</exception>
    public static TrainingResult Run(EventTable events, TrainingSettings settings, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        LeakCheck.RequireUntold(events);
        if (events.Count < ModelFit.EventsMin * 2) throw new InvalidDataException($"{events.Count} events are too few to train and test on, {ModelFit.EventsMin * 2} are needed; give more candles");
        Fold[] blocks = Fold.WalkForward(events.Spans, settings.Folds, settings.EmbargoBars);
        (int done, int steps) = (0, (blocks.Count(CanTrain) + 1) * settings.Candidates);
        void Step() => progress?.Report((double)++done / steps);
        bool CanTrain(Fold fold) => fold.Train.Length >= ModelFit.EventsMin && fold.Train.Select(i => events.Labels[i]).Distinct().Count() == 2;

        var folds = new List<FoldResult>();
        var tested = new List<int>();
        var probabilities = new List<double>();
        foreach (Fold fold in blocks)
        {
            (int first, int last) = (events.Spans[fold.Test[0]].SignalBar, fold.Test.Max(i => events.Spans[i].ExitBar));
            if (!CanTrain(fold))
            {
                folds.Add(new FoldResult(fold, first, last, null, null, null));
                continue;
            }

            FittedModel model = ModelFit.Fit(events.Take(fold.Train), settings, Step, cancel);
            EventTable test = events.Take(fold.Test);
            double[] own = model.Probabilities(test);
            folds.Add(new FoldResult(fold, first, last, ClassifierScores.Of(own, test.Labels, settings.Threshold), TradeScores.Of(ReturnsByExit(test, own, settings.Threshold)), model.Parameters));
            tested.AddRange(fold.Test);
            probabilities.AddRange(own);
        }

        if (tested.Count == 0) throw new InvalidDataException($"{events.Count} events leave no block with enough before it to train on; give more candles");
        FittedModel final = ModelFit.Fit(events, settings, Step, cancel);
        EventTable all = events.Take(tested);
        double[] p = [.. probabilities];
        return new TrainingResult
        {
            Model = final,
            Events = events,
            Folds = folds,
            Tested = all,
            Probabilities = p,
            Scores = ClassifierScores.Of(p, all.Labels, settings.Threshold),
            Filtered = TradeScores.Of(ReturnsByExit(all, p, settings.Threshold)),
            Unfiltered = TradeScores.Of(ReturnsByExit(all, p, double.NegativeInfinity)),
            FilteredDailySharpe = DailySharpe(all, p, settings.Threshold),
            UnfilteredDailySharpe = DailySharpe(all, p, double.NegativeInfinity),
            AucInterval = Interval.Bootstrap(p.Length, settings.BootstrapDraws, settings.Seed, drawn => ClassifierScores.AreaUnderCurve([.. drawn.Select(i => p[i])], [.. drawn.Select(i => all.Labels[i])])),
            MeanReturnInterval = Interval.Bootstrap(p.Length, settings.BootstrapDraws, settings.Seed, drawn => MeanReturn(drawn.Where(i => p[i] > settings.Threshold).Select(i => all.NetReturns[i]))),
        };
    }

    /// <summary>The net returns of the events above a threshold, by exit.</summary>
    internal static double[] ReturnsByExit(EventTable events, double[] probabilities, double threshold) =>
        [.. Enumerable.Range(0, events.Count).Where(i => probabilities[i] > threshold).OrderBy(i => events.ExitMillis[i]).Select(i => events.NetReturns[i])];

    private static double MeanReturn(IEnumerable<double> returns) => returns.DefaultIfEmpty(double.NaN).Average();

    private static double? DailySharpe(EventTable events, double[] probabilities, double threshold)
    {
        long firstDay = events.ExitMillis.Min() / DayMillis;
        double[] days = new double[(events.ExitMillis.Max() / DayMillis) - firstDay + 1];
        Array.Fill(days, 1);
        for (int i = 0; i < events.Count; i++)
        {
            if (probabilities[i] > threshold) days[(events.ExitMillis[i] / DayMillis) - firstDay] *= 1 + (TradeScores.SizeFraction * events.NetReturns[i]);
        }

        return TradeScores.Sharpe([.. days.Select(day => day - 1)]) * Math.Sqrt(DaysPerYear);
    }
}
