namespace LatencyEngine.Journal;

/// <summary>The first outbound frame in which a replay and its journal differ.</summary>
/// <param name="Index">Position in the outbound ring, from 0.</param>
/// <param name="Expected">What the journal holds; null when it ends in order before this frame.</param>
/// <param name="Was">What the replay published; null when it published no further frame.</param>
public sealed record JournalDifference(long Index, OutboundFrame? Expected, OutboundFrame? Was);
