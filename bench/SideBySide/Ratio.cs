namespace LatencyEngine.SideBySide;

/// <summary>Two figures held against each other, round by round.</summary>
/// <param name="Name">As the document names it; <see cref="Goals"/> may say what it must be.</param>
/// <param name="Numerator">Name of the figure above the line.</param>
/// <param name="Denominator">Name of the figure below.</param>
internal sealed record Ratio(string Name, string Numerator, string Denominator)
{
    /// <summary>How many times faster ours is than a peer: its time over ours.</summary>
    public static Ratio TimesFaster(string name, string ours, string peer) => new(name, peer, ours);

    /// <summary>The spread of the rounds' own ratios; null when one side was not measured, because a peer is not installed.</summary>
    /// <param name="figures">The rounds of each figure, by its name.</param>
    public Spread? Of(IReadOnlyDictionary<string, double[]> figures) =>
        figures.TryGetValue(Numerator, out double[]? above) && figures.TryGetValue(Denominator, out double[]? below) ? Spread.Of(above.Zip(below, (a, b) => a / b)) : null;
}
