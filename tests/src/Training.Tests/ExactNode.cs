namespace LatencyEngine.Training.Tests;

/// <summary>A node of <see cref="ExactBooster"/>: a split, or a leaf where <see cref="Leaf"/> has a number.</summary>
/// <param name="Gradient">Sum over the rows that reach it.</param>
/// <param name="Hessian">Sum over them.</param>
/// <param name="Rows">How many they are.</param>
internal sealed record ExactNode(double Gradient, double Hessian, int Rows)
{
    /// <summary>What the leaf adds to the log-odds; null for a split.</summary>
    public double? Leaf { get; init; }

    public int Feature { get; init; }

    /// <summary>A smaller number goes left.</summary>
    public double Threshold { get; init; }

    public double Gain { get; init; }

    /// <summary>Index of the child in its tree.</summary>
    public int Left { get; init; }

    /// <summary>Index of the other.</summary>
    public int Right { get; init; }
}
