namespace LatencyEngine.SideBySide;

/// <summary>Contestants that are measured in the same rounds, with the ratios between them. Their answers were compared when it was opened.</summary>
internal sealed class Comparison : IDisposable
{
    private readonly List<IDisposable> _held = [];

    /// <summary>Measured in every round, each round beginning with another one.</summary>
    public required IReadOnlyList<Contestant> Contestants { get; init; }

    /// <summary>What is held against what; empty without peers.</summary>
    public IReadOnlyList<Ratio> Ratios { get; init; } = [];

    /// <summary>Whether the measuring thread is bound to one core; false for contestants of several threads.</summary>
    public bool IsPinned { get; init; } = true;

    /// <summary>Has something released together with the comparison.</summary>
    /// <returns>This comparison.</returns>
    public Comparison Holding(params IEnumerable<IDisposable> held)
    {
        _held.AddRange(held);
        return this;
    }

    /// <inheritdoc />
    public void Dispose() => _held.ForEach(held => held.Dispose());
}
