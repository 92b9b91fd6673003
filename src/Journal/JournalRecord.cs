namespace LatencyEngine.Journal;

/// <summary>One journalled frame. Valid until the reader reads on.</summary>
public readonly ref struct JournalRecord
{
    /// <summary><see cref="JournalRecordType.Inbound"/> or <see cref="JournalRecordType.Outbound"/>: the ring that the frame went through.</summary>
    public required JournalRecordType Type { get; init; }

    /// <summary>Position of the frame in its ring, from 0.</summary>
    public required long Sequence { get; init; }

    /// <summary>A <see cref="Model.InboundKind"/> or a <see cref="Model.OutboundKind"/>, by the ring.</summary>
    public required byte Kind { get; init; }

    /// <summary>Flag bits of the ring.</summary>
    public required byte Flags { get; init; }

    /// <summary>Which life of its connection the frame belongs to.</summary>
    public required ushort Generation { get; init; }

    /// <summary>Monotonic clock of the host that wrote the journal when the frame arrived or was published.</summary>
    public required long ReceivedAtNanos { get; init; }

    /// <summary>Logic time, ns since 1970.</summary>
    public required long LogicTimeNanos { get; init; }

    /// <summary>Sequence of the frame in the other ring that caused this one; -1 for none.</summary>
    public required long CauseSequence { get; init; }

    /// <summary>The frame's bytes.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }
}
