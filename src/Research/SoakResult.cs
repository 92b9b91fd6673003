using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>What a long run against a misbehaving venue came to: the document of <c>soak --json</c>.</summary>
public sealed record SoakResult
{
    /// <summary>What did not hold, one sentence each; empty in a good run.</summary>
    public required IReadOnlyList<string> Breaches { get; init; }

    /// <summary>Share of the time, in percent, in which quotes could be made, of that in which the venue could be reached by a witness that asks fifty times a second.</summary>
    public required double UptimePct { get; init; }

    /// <summary>Seconds in which neither REST nor the public socket served that witness.</summary>
    public required double VenueAwaySeconds { get; init; }

    /// <summary>Growth of the managed heap after a collection, from the second quarter of the run to its last, by the median of each, while it traded, bytes; null where it ended too early to tell.</summary>
    public required long? HeapGrowthBytes { get; init; }

    /// <summary>Growth of the process's resident memory, native libraries included, likewise, bytes.</summary>
    public required long? ResidentGrowthBytes { get; init; }

    /// <summary>Growth of the process's open files and sockets, likewise.</summary>
    public required int? DescriptorGrowth { get; init; }

    /// <summary>Collections of generation 0, 1 and 2 while it traded, without those that measuring made.</summary>
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>How each stage's latency moved from the second quarter of the run to its last; empty where it ended too early to tell.</summary>
    public required IReadOnlyDictionary<string, LatencyDrift> Drift { get; init; }

    /// <summary>The run in twenty parts.</summary>
    public required IReadOnlyList<SoakInterval> Intervals { get; init; }

    /// <summary>The run itself.</summary>
    public required LiveResult Live { get; init; }
}
