namespace LatencyEngine.Journal;

/// <summary>What came out of a replay.</summary>
public sealed class JournalReplayResult
{
    /// <summary>Inbound frames given to the engine.</summary>
    public required long InboundFrames { get; init; }

    /// <summary>Outbound frames that the journal holds.</summary>
    public required long RecordedFrames { get; init; }

    /// <summary>Outbound frames that the engine published. More than recorded after a journal that was cut: the effects of its last causes had not reached the file.</summary>
    public required long ReplayedFrames { get; init; }

    /// <summary>Requests among the replayed frames.</summary>
    public required long Requests { get; init; }

    /// <summary><see cref="OutboundDigest"/> of the replayed requests.</summary>
    public required string OutboundSha256 { get; init; }

    /// <summary>The first frame that differs; null when none does.</summary>
    public required JournalDifference? Difference { get; init; }

    /// <summary>Where the journal was cut; null for one with an orderly end.</summary>
    public required JournalCut? Cut { get; init; }
}
