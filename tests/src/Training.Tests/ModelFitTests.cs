using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>Whole fits: as good as the reference's, blind where there is nothing to see, and seeing where something leaks.</summary>
public sealed class ModelFitTests
{
    private static readonly TrainingSettings Settings = new() { Candidates = 3, EmbargoBars = 0, RoundsMax = 200, InnerFolds = 3 };

    [XgBoostFact]
    public void On_the_golden_table_a_model_is_as_good_as_the_reference_within_its_tolerance()
    {
        EventTable test = MetaTable.Part("test");
        ClassifierScores scores = ClassifierScores.Of(ModelFit.Fit(MetaTable.Part("train"), Settings).Probabilities(test), test.Labels, 0.6);

        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("meta_reference.json")));
        JsonElement reference = golden.RootElement.GetProperty("hist_gb");
        Assert.InRange(scores.Auc, reference.GetProperty("auc").GetDouble() - 0.015, 0.85);
        Assert.InRange(scores.LogLoss, 0.4, reference.GetProperty("log_loss").GetDouble() + 0.018);
        Assert.InRange(scores.Brier, 0.1, reference.GetProperty("brier").GetDouble() + 0.007);
        Assert.True(scores.Auc >= golden.RootElement.GetProperty("logistic_regression").GetProperty("auc").GetDouble() + 0.05);
    }

    [XgBoostFact]
    public void Shuffled_labels_give_an_area_of_one_half()
    {
        EventTable train = MetaTable.Part("train");
        bool[] shuffled = [.. train.Labels];
        new Random(11).Shuffle(shuffled);
        EventTable test = MetaTable.Part("test");

        Assert.InRange(ClassifierScores.AreaUnderCurve(ModelFit.Fit(train with { Labels = shuffled }, Settings).Probabilities(test), test.Labels), 0.47, 0.53);
    }
}
