using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Budgets;

/// <summary>A model as XGBoost saves it, of full trees with splits drawn at random, and rows to go with it: no branch of it can be foretold, and every row passes as many splits.</summary>
/// <remarks>The benchmark of times has this file too, so that both work on the same.</remarks>
internal static class MadeTrees
{
    /// <summary>Trees.</summary>
    public const int Count = 500;

    /// <summary>Numbers of a row.</summary>
    public const int Columns = 24;

    /// <summary>Splits that a row passes in a tree.</summary>
    public const int Depth = 4;

    private const int Splits = (1 << Depth) - 1;
    private const int Nodes = (2 * Splits) + 1;
    private const int MissingOneIn = 16;

    /// <summary>By tree and place, root first, children of place i at 2 i + 1 and 2 i + 2: the feature of a split, what goes left, the side of a missing number; the weight of a leaf.</summary>
    private static readonly (int Feature, float Value, bool MissingGoesLeft)[][] All = Make();

    /// <summary>The model's JSON with all that XGBoost 1.7 wants to read.</summary>
    public static byte[] Json()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("learner");
            Empty(writer, "feature_names");
            Empty(writer, "feature_types");
            writer.WriteStartObject("attributes");
            writer.WriteEndObject();
            writer.WriteStartObject("gradient_booster");
            writer.WriteStartObject("model");
            Texts(writer, "gbtree_model_param", ("num_parallel_tree", "1"), ("num_trees", $"{Count}"), ("size_leaf_vector", "0"));
            Numbers(writer, "tree_info", Count, _ => 0);
            writer.WriteStartArray("trees");
            for (int tree = 0; tree < Count; tree++) Write(writer, tree);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteString("name", "gbtree");
            writer.WriteEndObject();
            Texts(writer, "learner_model_param", ("base_score", "5E-1"), ("num_class", "0"), ("num_feature", $"{Columns}"), ("num_target", "1"));
            writer.WriteStartObject("objective");
            writer.WriteString("name", "binary:logistic");
            Texts(writer, "reg_loss_param", ("scale_pos_weight", "1"));
            writer.WriteEndObject();
            writer.WriteEndObject();
            Numbers(writer, "version", 3, place => place switch { 0 => 1, 1 => 7, _ => 4 });
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Rows of numbers between -1 and 1, one in sixteen missing.</summary>
    public static float[][] Rows(int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Columns).Select(_ => random.Next(MissingOneIn) == 0 ? float.NaN : Share(random)).ToArray())];
    }

    /// <summary>The log-odds of a row, from what the model was written from.</summary>
    public static float Margin(float[] row)
    {
        float sum = 0;
        foreach ((int Feature, float Value, bool MissingGoesLeft)[] tree in All)
        {
            int place = 0;
            while (place < Splits)
            {
                float value = row[tree[place].Feature];
                bool left = float.IsNaN(value) ? tree[place].MissingGoesLeft : value < tree[place].Value;
                place = (2 * place) + (left ? 1 : 2);
            }

            sum += tree[place].Value;
        }

        return sum;
    }

    private static (int Feature, float Value, bool MissingGoesLeft)[][] Make()
    {
        var random = new Random(1);
        var trees = new (int, float, bool)[Count][];
        for (int tree = 0; tree < Count; tree++)
        {
            trees[tree] = new (int, float, bool)[Nodes];
            for (int place = 0; place < Nodes; place++) trees[tree][place] = place < Splits ? (random.Next(Columns), Share(random), random.Next(2) == 0) : (0, random.Next(-999, 1_000) / 10_000f, false);
        }

        return trees;
    }

    // Three digits, and four of a leaf: the same number whoever reads its text.
    private static float Share(Random random) => random.Next(-999, 1_000) / 1_000f;

    private static void Write(Utf8JsonWriter writer, int tree)
    {
        writer.WriteStartObject();
        Fractions(writer, "base_weights", _ => 0);
        Empty(writer, "categories");
        Empty(writer, "categories_nodes");
        Empty(writer, "categories_segments");
        Empty(writer, "categories_sizes");
        Numbers(writer, "default_left", Nodes, place => All[tree][place].MissingGoesLeft ? 1 : 0);
        writer.WriteNumber("id", tree);
        Numbers(writer, "left_children", Nodes, place => place < Splits ? (2 * place) + 1 : -1);
        Fractions(writer, "loss_changes", _ => 0);
        Numbers(writer, "parents", Nodes, place => place == 0 ? int.MaxValue : (place - 1) / 2);
        Numbers(writer, "right_children", Nodes, place => place < Splits ? (2 * place) + 2 : -1);
        Fractions(writer, "split_conditions", place => All[tree][place].Value);
        Numbers(writer, "split_indices", Nodes, place => All[tree][place].Feature);
        Numbers(writer, "split_type", Nodes, _ => 0);
        Fractions(writer, "sum_hessian", _ => 1);
        Texts(writer, "tree_param", ("num_deleted", "0"), ("num_feature", $"{Columns}"), ("num_nodes", $"{Nodes}"), ("size_leaf_vector", "0"));
        writer.WriteEndObject();
    }

    private static void Empty(Utf8JsonWriter writer, string name) => Numbers(writer, name, 0, _ => 0);

    private static void Numbers(Utf8JsonWriter writer, string name, int count, Func<int, int> number)
    {
        writer.WriteStartArray(name);
        for (int place = 0; place < count; place++) writer.WriteNumberValue(number(place));
        writer.WriteEndArray();
    }

    // XGBoost takes a number without a point for an integer, which it refuses here.
    private static void Fractions(Utf8JsonWriter writer, string name, Func<int, float> number)
    {
        writer.WriteStartArray(name);
        for (int place = 0; place < Nodes; place++) writer.WriteRawValue(number(place).ToString("0.0000", CultureInfo.InvariantCulture));
        writer.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter writer, string name, params ReadOnlySpan<(string Name, string Text)> pairs)
    {
        writer.WriteStartObject(name);
        foreach ((string key, string text) in pairs) writer.WriteString(key, text);
        writer.WriteEndObject();
    }
}
