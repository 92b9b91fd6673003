namespace LatencyEngine.SideBySide;

/// <summary>A comparison that can be opened.</summary>
/// <param name="Cases">Names of our own figures, in the order of the report.</param>
/// <param name="Ratios">Names of the ratios that it gives with peers.</param>
/// <param name="Open">Loads the input, compares the answers and makes the contestants: ours alone, or with peers those that are installed. Throws <see cref="AnswersDifferException"/>.</param>
internal sealed record Entry(IReadOnlyList<string> Cases, IReadOnlyList<string> Ratios, Func<BenchContext, Comparison> Open)
{
    /// <summary>Whether the filter means one of the names that a run would print.</summary>
    public bool Matches(BenchOptions options) => Cases.Any(options.Includes) || (options.WithPeers && Ratios.Any(options.Includes));
}
