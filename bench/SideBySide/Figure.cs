namespace LatencyEngine.SideBySide;

/// <summary>One number that a contestant gives every round.</summary>
/// <param name="Name">Unique: the case name.</param>
internal sealed record Figure(string Name)
{
    /// <summary>Nanoseconds for one operation.</summary>
    public const string Nanos = "ns";

    /// <summary>Bytes.</summary>
    public const string Bytes = "B";

    /// <summary>A plain number of something.</summary>
    public const string Count = "count";

    /// <summary>What the number is in; less is better in all of them.</summary>
    public string Unit { get; init; } = Nanos;

    /// <summary>Distinct frames or requests that the operations run through; null where there are none.</summary>
    public int? Frames { get; init; }

    /// <summary>Mean length of them, bytes.</summary>
    public double? MeanBytes { get; init; }
}
