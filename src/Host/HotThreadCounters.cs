namespace LatencyEngine.Host;

/// <summary>What one of them has met.</summary>
/// <param name="Name">le-io or le-engine.</param>
/// <param name="Core">The core that it is bound to; null for none.</param>
/// <param name="MinorFaults">Pages that it had to be given.</param>
/// <param name="MajorFaults">Pages that it waited for the disk for.</param>
/// <param name="SwitchedOut">Times that its core was taken from it while it had work.</param>
public sealed record HotThreadCounters(string Name, int? Core, long MinorFaults, long MajorFaults, long SwitchedOut);
