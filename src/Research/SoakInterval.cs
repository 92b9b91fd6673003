using System.Text.Json.Serialization;
using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>How the process stood at the end of one of the twenty parts of a soak, and what was measured in that part alone.</summary>
/// <param name="AtSeconds">Since the run began to trade.</param>
/// <param name="HeapBytes">The managed heap after a collection.</param>
/// <param name="ResidentBytes">Resident memory, native libraries included.</param>
/// <param name="Descriptors">Open files and sockets.</param>
/// <param name="Collections">Collections of generation 0, 1 and 2 within the part, without the one that this look makes; one of an older generation counts for the younger, too.</param>
/// <param name="Latency">Percentiles of each stage within the part, ns.</param>
public sealed record SoakInterval(
    double AtSeconds,
    long HeapBytes,
    long ResidentBytes,
    int Descriptors,
    IReadOnlyList<int> Collections,
    [property: JsonPropertyName("latencyNs")] IReadOnlyDictionary<string, LatencySummary> Latency);
