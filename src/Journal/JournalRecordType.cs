namespace LatencyEngine.Journal;

/// <summary>The first number of every record behind the header. Written to disk: append only, never renumber.</summary>
public enum JournalRecordType : byte
{
    /// <summary>Not set; never written.</summary>
    Unset = 0,

    /// <summary>A frame of the inbound ring; its kind is a <see cref="Model.InboundKind"/>.</summary>
    Inbound = 1,

    /// <summary>A frame of the outbound ring; its kind is a <see cref="Model.OutboundKind"/>.</summary>
    Outbound = 2,

    /// <summary>The orderly end: the counts of the records before it. Nothing follows.</summary>
    End = 3,
}
