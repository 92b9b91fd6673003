using LatencyEngine.MetaModel;

namespace LatencyEngine.Training;

/// <summary>Searches, trains and calibrates one model on one set of events, of which it holds back nothing: what is tested must be kept from it.</summary>
public static class ModelFit
{
    /// <summary>Fewest events that a model is trained on.</summary>
    public const int EventsMin = 60;

    /// <summary>Compares candidates by inner walk-forward folds, with early stopping; calibrates the best by inner purged folds; trains it on all.</summary>
    /// <param name="events">What may be trained on.</param>
    /// <param name="settings">How.</param>
    /// <param name="stepped">Called after each candidate.</param>
    /// <param name="cancel">Ends it between two trees.</param>
    /// <exception cref="InvalidDataException">Too few events, or all of one label.</exception>
    /// <exception cref="XgBoostException">XGBoost is missing or refuses something.</exception>
    public static FittedModel Fit(EventTable events, TrainingSettings settings, Action? stepped = null, CancellationToken cancel = default)
    {
        if (events.Count < EventsMin) throw new InvalidDataException($"{events.Count} events are too few to train on, {EventsMin} are needed; give more candles");
        if (events.Labels.Distinct().Count() < 2) throw new InvalidDataException($"all of {events.Count} events came out alike: there is nothing to learn");
        (BoosterParameters best, int bestRounds, double bestLoss) = (new BoosterParameters(), 1, double.PositiveInfinity);
        Fold[] walks = [.. Fold.WalkForward(events.Spans, settings.InnerFolds, settings.EmbargoBars).Where(fold => fold.Train.Length >= EventsMin / settings.InnerFolds)];
        if (walks.Length == 0) throw new InvalidDataException($"{events.Count} events leave no inner fold with anything to train on; give more candles");
        foreach (BoosterParameters candidate in BoosterParameters.Candidates(settings.Candidates, settings.Seed))
        {
            (double loss, double rounds, int tested) = (0, 0, 0);
            foreach (Fold fold in walks)
            {
                (double foldLoss, int foldRounds) = StopEarly(events.Take(fold.Train), events.Take(fold.Test), candidate, settings, cancel);
                loss += foldLoss * fold.Test.Length;
                rounds += (double)foldRounds * fold.Test.Length;
                tested += fold.Test.Length;
            }

            if (loss / tested < bestLoss) (best, bestRounds, bestLoss) = (candidate, Math.Max(1, (int)Math.Round(rounds / tested)), loss / tested);
            stepped?.Invoke();
        }

        var scores = new List<double>();
        var labels = new List<bool>();
        foreach (Fold fold in Fold.Purged(events.Spans, settings.InnerFolds, settings.EmbargoBars).Where(fold => fold.Train.Length >= EventsMin / settings.InnerFolds))
        {
            BoostedTrees trees = BoostedTrees.Parse(Train(events.Take(fold.Train), best, bestRounds, settings.Seed, cancel));
            foreach (int test in fold.Test)
            {
                scores.Add(trees.Margin(events.Row(test)));
                labels.Add(events.Labels[test]);
            }
        }

        if (scores.Count == 0) throw new InvalidDataException($"{events.Count} events leave no inner fold with anything to calibrate by; give more candles");
        byte[] json = Train(events, best, bestRounds, settings.Seed, cancel);
        return new FittedModel
        {
            Json = json,
            Trees = BoostedTrees.Parse(json),
            Calibration = CalibrationFit.Fit(scores.ToArray(), labels.ToArray()),
            Parameters = best,
            InnerLogLoss = bestLoss,
        };
    }

    private static byte[] Train(EventTable events, BoosterParameters parameters, int rounds, int seed, CancellationToken cancel)
    {
        using XgBoostMatrix matrix = MatrixOf(events);
        using var booster = new XgBooster(parameters.ToXgBoost(seed), matrix);
        for (int round = 0; round < rounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            booster.Update(matrix);
        }

        return booster.Save();
    }

    private static (double LogLoss, int Rounds) StopEarly(EventTable train, EventTable test, BoosterParameters parameters, TrainingSettings settings, CancellationToken cancel)
    {
        using XgBoostMatrix trainMatrix = MatrixOf(train);
        using XgBoostMatrix testMatrix = MatrixOf(test);
        using var booster = new XgBooster(parameters.ToXgBoost(settings.Seed), trainMatrix, testMatrix);
        (double bestLoss, int bestRounds) = (double.PositiveInfinity, 1);
        for (int round = 1; round <= settings.RoundsMax && round - bestRounds <= settings.EarlyStoppingRounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            booster.Update(trainMatrix);
            float[] margins = booster.Margins(testMatrix);
            double loss = 0;
            for (int i = 0; i < margins.Length; i++) loss += Math.Log(1 + Math.Exp(test.Labels[i] ? -margins[i] : margins[i]));
            if (loss / margins.Length < bestLoss) (bestLoss, bestRounds) = (loss / margins.Length, round);
        }

        return (bestLoss, bestRounds);
    }

    private static XgBoostMatrix MatrixOf(EventTable events) =>
        new(events.Features, events.FeatureNames.Count, [.. events.Labels.Select(label => label ? 1f : 0f)], [.. LabelSpan.AverageUniqueness(events.Spans).Select(weight => (float)weight)]);
}
