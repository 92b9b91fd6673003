using LatencyEngine.TestData;

namespace LatencyEngine.MetaModel.Tests;

/// <summary>A model's folder is loaded whole or refused with a reason.</summary>
public sealed class PredictorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meta-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_folder_gives_the_calibrated_probability_without_allocating()
    {
        ModelCard card = Write();
        Predictor predictor = Predictor.TryLoad(_folder, out string refusal)!;
        float[] row = new float[FeatureBuilder.Features.Count];

        Assert.Equal("", refusal);
        Assert.Equal(card.ToJson(), predictor.Card.ToJson());
        Assert.Equal(1 / (1 + Math.Exp((-2 * BoostedTrees.Parse(Model()).Margin(row)) + 0.5)), predictor.Probability(row), 1e-12);
        Assert.Equal(0, Allocation.BytesOf(() => predictor.Probability(row)));
    }

    [Fact]
    public void A_polygon_comes_back_as_it_was()
    {
        ModelCard card = Write(card => card with { Calibration = Calibration.Isotonic([-1, 0.1, 2], [0.1, 0.1, 0.9]) });

        Assert.Equal(card.ToJson(), ModelCard.Parse(card.ToJson()).ToJson());
        Assert.Equal(0.1, Predictor.TryLoad(_folder, out _)!.Card.Calibration.Of(-5));
    }

    [Fact]
    public void A_model_that_is_not_the_one_described_is_refused_with_a_reason()
    {
        (string Reason, Action Spoil)[] cases =
        [
            ("SHA-256", () => File.AppendAllText(Path.Combine(_folder, ModelCard.ModelFileName), " ")),
            ("SHA-256", () => Write(card => card with { ModelSha256 = new string('0', 64) })),
            ("feature 1 is bb and not", () => Write(card => card with { Features = ["rsi_14", "bb", .. card.Features.Skip(2)] })),
            ("feature 23 is missing", () => Write(card => card with { Features = [.. card.Features.SkipLast(1)] })),
            ("feature 24 is more", () => Write(card => card with { Features = [.. card.Features, "more"] })),
            ("not a model", () => Write(model: "{}"u8.ToArray())),
            ("a model of 4 features", () => Write(model: GoldenTrees.AsXgBoostJson())),
            ("format 9", () => Spoil("\"format\": 3", "\"format\": 9")),
            ("calibration \"spline\"", () => Spoil("platt", "spline")),
            ("not a description", () => Spoil("\"offset\"", "\"offsets\"")),
            ("not a description", () => Spoil("{", "")),
            ("its SHA-256 is another", () => Spoil("\"edge\": true", "\"edge\": false")),
            ("its SHA-256 is another", () => Spoil("\"offset\": 0.5", "\"offset\": -0.5")),
            ("its SHA-256 is another", () => Spoil("\"stopFraction\": 0.02", "\"stopFraction\": 0.03")),
            ("threshold", () => Spoil("\"threshold\": 0.6", "\"threshold\": 6")),
            (ModelCard.ModelFileName, () => File.Delete(Path.Combine(_folder, ModelCard.ModelFileName))),
            (ModelCard.FileName, () => File.Delete(Path.Combine(_folder, ModelCard.FileName))),
        ];

        foreach ((string reason, Action spoil) in cases)
        {
            Write();
            spoil();
            Assert.Null(Predictor.TryLoad(_folder, out string refusal));
            Assert.Contains(reason, refusal, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal);
        }
    }

    [Fact]
    public void A_calibration_that_cannot_be_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Calibration.Platt(double.NaN, 0));
        foreach ((double[] scores, double[] probabilities) in new (double[], double[])[] { ([], []), ([1], [0.1, 0.2]), ([1, 1], [0.1, 0.2]), ([1, 2], [0.2, 0.1]), ([1], [1.1]), ([double.NaN], [0.5]) })
        {
            Assert.Throws<InvalidDataException>(() => Calibration.Isotonic(scores, probabilities));
        }
    }

    private static byte[] Model() => GoldenTrees.AsXgBoostJson(root => root["learner"]!["learner_model_param"]!["num_feature"] = FeatureBuilder.Features.Count.ToString());

    private ModelCard Write(Func<ModelCard, ModelCard>? change = null, byte[]? model = null)
    {
        model ??= Model();
        var card = new ModelCard
        {
            Name = "demo",
            Symbol = "BTCUSDT",
            IntervalMillis = 3_600_000,
            Features = [.. FeatureBuilder.Features.Select(feature => feature.Name)],
            Calibration = Calibration.Platt(-2, 0.5),
            Threshold = 0.6,
            HasEdge = true,
            UsesFunding = false,
            StopFraction = 0.02,
            TargetFraction = 0.03,
            CandlesMax = 24,
            TrainedUntilMillis = 1,
            ModelSha256 = ModelCard.Sha256(model),
            DataSha256 = "d",
            ConfigurationSha256 = "c",
        };
        card = change?.Invoke(card) ?? card;
        File.WriteAllBytes(Path.Combine(_folder, ModelCard.ModelFileName), model);
        File.WriteAllBytes(Path.Combine(_folder, ModelCard.FileName), card.ToJson());
        return card;
    }

    private void Spoil(string text, string by)
    {
        string path = Path.Combine(_folder, ModelCard.FileName);
        string before = File.ReadAllText(path);
        int index = before.IndexOf(text, StringComparison.Ordinal);
        File.WriteAllText(path, before[..index] + by + before[(index + text.Length)..]);
    }
}
