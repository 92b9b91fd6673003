using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.MetaModel;

/// <summary>A model of XGBoost, read from its JSON into one flat array, and evaluated as XGBoost does: in single precision, tree by tree. Source: Chen and Guestrin (2016); the JSON is what XGBoost 1.7 saves.</summary>
/// <remarks>Thread: any, once read. Allocates: only when read.</remarks>
public sealed class BoostedTrees
{
    /// <summary>Largest model that is read, bytes.</summary>
    public const int BytesMax = 256 * 1024 * 1024;

    private const int FeaturesMax = 1 << 20;
    private const int LeafMark = -1;
    private const float ExponentMax = 88.7f;

    private readonly Node[] _nodes;
    private readonly int[] _roots;
    private readonly float _baseMargin;

    private BoostedTrees(Node[] nodes, int[] roots, float baseMargin, int featureCount) => (_nodes, _roots, _baseMargin, FeatureCount) = (nodes, roots, baseMargin, featureCount);

    /// <summary>Numbers that a row has.</summary>
    public int FeatureCount { get; }

    /// <summary>Trees.</summary>
    public int TreeCount => _roots.Length;

    /// <summary>Reads a model of logistic loss over numerical splits.</summary>
    /// <param name="json">What XGBoost saved as JSON.</param>
    /// <exception cref="InvalidDataException">It is something else: the message says what.</exception>
    public static BoostedTrees Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > BytesMax) throw new InvalidDataException($"a model of {json.Length} bytes, more than {BytesMax}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"not a model that XGBoost saved as JSON: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <summary>The log-odds of a row.</summary>
    /// <param name="features">One number a feature; NaN where it is missing.</param>
    /// <exception cref="ArgumentException">Another number of features.</exception>
    public float Margin(ReadOnlySpan<float> features)
    {
        if (features.Length != FeatureCount) throw new ArgumentException($"a row of {features.Length} features for a model of {FeatureCount}", nameof(features));
        ReadOnlySpan<Node> nodes = _nodes;
        float sum = _baseMargin;
        foreach (int root in _roots)
        {
            int index = root;
            ref readonly Node node = ref nodes[index];
            while (node.Right != LeafMark)
            {
                // Without a branch: which way a row goes cannot be foretold, and the next trees need not wait for it. A comparison with NaN is false.
                float value = features[node.Feature];
                int left = (value < node.Value ? 1 : 0) | (float.IsNaN(value) ? node.LeftIfMissing : 0);
                index = node.Right + ((index + 1 - node.Right) & -left);
                node = ref nodes[index];
            }

            sum += node.Value;
        }

        return sum;
    }

    /// <summary>The probability of a row, not calibrated.</summary>
    /// <param name="features">As of <see cref="Margin"/>.</param>
    public float Probability(ReadOnlySpan<float> features) => 1 / (MathF.Exp(Math.Min(-Margin(features), ExponentMax)) + 1);

    private static BoostedTrees Read(JsonElement root)
    {
        JsonElement learner = root.GetProperty("learner");
        Require(learner.GetProperty("objective").GetProperty("name").GetString(), "binary:logistic", "an objective");
        JsonElement parameters = learner.GetProperty("learner_model_param");
        int features = Number(parameters, "num_feature");
        if (features is <= 0 or > FeaturesMax) throw new InvalidDataException($"a model of {features} features");
        if (Number(parameters, "num_class") > 1) throw new InvalidDataException("a model of several classes");
        float baseScore = float.Parse(parameters.GetProperty("base_score").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!(baseScore is > 0 and < 1)) throw new InvalidDataException($"a model whose base score, {baseScore}, is no probability between 0 and 1");

        JsonElement booster = learner.GetProperty("gradient_booster");
        Require(booster.GetProperty("name").GetString(), "gbtree", "a booster");
        JsonElement model = booster.GetProperty("model");
        var nodes = new List<Node>();
        var roots = new List<int>();
        foreach (JsonElement tree in model.GetProperty("trees").EnumerateArray())
        {
            roots.Add(nodes.Count);
            ReadTree(tree, features, nodes);
        }

        if (roots.Count == 0 || roots.Count != Number(model.GetProperty("gbtree_model_param"), "num_trees")) throw new InvalidDataException($"a model with {roots.Count} trees, and another number in its head");
        return new BoostedTrees([.. nodes], [.. roots], -MathF.Log((1 / baseScore) - 1), features);
    }

    /// <summary>Lays a tree out with each left child right behind its parent.</summary>
    private static void ReadTree(JsonElement tree, int features, List<Node> nodes)
    {
        int[] left = Integers(tree, "left_children");
        int[] right = Integers(tree, "right_children");
        int[] indices = Integers(tree, "split_indices");
        int[] defaultLeft = Integers(tree, "default_left");
        float[] conditions = [.. tree.GetProperty("split_conditions").EnumerateArray().Select(one => one.GetSingle())];
        int count = left.Length;
        if (count == 0 || right.Length != count || indices.Length != count || defaultLeft.Length != count || conditions.Length != count) throw new InvalidDataException("a tree whose arrays differ in length");
        if (tree.TryGetProperty("categories_nodes", out JsonElement categories) && categories.GetArrayLength() > 0) throw new InvalidDataException("a tree with categorical splits");

        int begin = nodes.Count;
        var pending = new Stack<(int Source, int Parent)>([(0, LeafMark)]);
        while (pending.TryPop(out (int Source, int Parent) next))
        {
            (int source, int parent) = next;
            if (nodes.Count - begin == count) throw new InvalidDataException("a tree in which two branches meet");
            if (parent != LeafMark) nodes[parent] = nodes[parent] with { Right = nodes.Count };
            if (!float.IsFinite(conditions[source])) throw new InvalidDataException("a tree with a number that is not finite");
            if (left[source] == LeafMark && right[source] == LeafMark)
            {
                nodes.Add(new Node(conditions[source], LeafMark, 0, 0));
                continue;
            }

            if ((uint)left[source] >= (uint)count || (uint)right[source] >= (uint)count) throw new InvalidDataException("a tree with a branch into nowhere");
            if ((uint)indices[source] >= (uint)features) throw new InvalidDataException($"a tree that splits by feature {indices[source]} of {features}");
            pending.Push((right[source], nodes.Count));
            pending.Push((left[source], LeafMark));
            nodes.Add(new Node(conditions[source], 0, indices[source], defaultLeft[source] != 0 ? 1 : 0));
        }
    }

    private static int[] Integers(JsonElement tree, string name) =>
        [.. tree.GetProperty(name).EnumerateArray().Select(one => one.ValueKind switch { JsonValueKind.True => 1, JsonValueKind.False => 0, _ => one.GetInt32() })];

    private static int Number(JsonElement parent, string name) => int.Parse(parent.GetProperty(name).GetString()!, NumberStyles.Integer, CultureInfo.InvariantCulture);

    private static void Require(string? found, string wanted, string what)
    {
        if (found != wanted) throw new InvalidDataException($"{what} \"{found}\", where only \"{wanted}\" is evaluated");
    }

    /// <summary>A split, or a leaf where <paramref name="Right"/> says so.</summary>
    /// <param name="Value">What a smaller number goes left of; the leaf's weight.</param>
    /// <param name="Right">Index of the right child; the left one is the next.</param>
    /// <param name="Feature">Index of the number that is compared.</param>
    /// <param name="LeftIfMissing">1 where a row without it goes left, else 0.</param>
    private readonly record struct Node(float Value, int Right, int Feature, int LeftIfMissing);
}
