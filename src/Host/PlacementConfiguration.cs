namespace LatencyEngine.Host;

/// <summary>Section <c>placement</c>: which threads do the work, and how they wait.</summary>
public sealed record PlacementConfiguration
{
    /// <summary>"inline": the engine runs on the io thread. "paired": on a thread of its own. "auto": paired on a machine with four cores or more.</summary>
    public required string Threads { get; init; }

    /// <summary>What the threads do while nothing happens: "block", "yield" or "spin".</summary>
    public required string Wait { get; init; }
}
