namespace LatencyEngine.MetaModel;

/// <summary>A model's folder, ready to be asked. Whoever has none, because it was refused, has no probability and a bias of zero.</summary>
/// <remarks>Thread: any, once loaded. Allocates: only when loaded.</remarks>
public sealed class Predictor
{
    private readonly BoostedTrees _trees;

    private Predictor(ModelCard card, BoostedTrees trees) => (Card, _trees) = (card, trees);

    /// <summary>What the folder says about the model.</summary>
    public ModelCard Card { get; }

    /// <summary>Loads a model, or says why not: a file is missing or broken, the model is not the one that was described, or it wants other features than this program makes.</summary>
    /// <param name="folder">With <see cref="ModelCard.ModelFileName"/> and <see cref="ModelCard.FileName"/>.</param>
    /// <param name="refusal">One line, where it is refused; else empty.</param>
    /// <returns>Null where it is refused.</returns>
    public static Predictor? TryLoad(string folder, out string refusal)
    {
        string path = Path.Combine(folder, ModelCard.FileName);
        try
        {
            ModelCard card = ModelCard.Parse(ReadSmall(path));
            IReadOnlyList<string> own = [.. FeatureBuilder.Features.Select(feature => feature.Name)];
            if (!card.Features.SequenceEqual(own)) throw new InvalidDataException($"other features than this program makes: {FirstDifference(card.Features, own)}; train the model again");
            path = Path.Combine(folder, ModelCard.ModelFileName);
            byte[] model = ReadSmall(path);
            if (ModelCard.Sha256(model) != card.ModelSha256) throw new InvalidDataException($"not the model that {ModelCard.FileName} describes: its SHA-256 is another; train the model again, or put both files back");
            BoostedTrees trees = BoostedTrees.Parse(model);
            if (trees.FeatureCount != own.Count) throw new InvalidDataException($"a model of {trees.FeatureCount} features, where {ModelCard.FileName} lists {own.Count}");
            refusal = "";
            return new Predictor(card, trees);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            refusal = $"{path}: {fault.Message.ReplaceLineEndings(" ")}";
            return null;
        }
    }

    /// <summary>The calibrated probability that a trade pays. Allocates nothing.</summary>
    /// <param name="features">As <see cref="FeatureBuilder.Values"/> has them.</param>
    public double Probability(ReadOnlySpan<float> features) => Card.Calibration.Of(_trees.Margin(features));

    private static byte[] ReadSmall(string path) =>
        new FileInfo(path) is { Exists: true, Length: > BoostedTrees.BytesMax } file ? throw new InvalidDataException($"{file.Length} bytes, more than {BoostedTrees.BytesMax}") : File.ReadAllBytes(path);

    private static string FirstDifference(IReadOnlyList<string> found, IReadOnlyList<string> own)
    {
        int index = 0;
        while (index < found.Count && index < own.Count && found[index] == own[index]) index++;
        return $"feature {index} is {(index < found.Count ? found[index] : "missing")} and not {(index < own.Count ? own[index] : "there")}";
    }
}
