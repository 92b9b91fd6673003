using LatencyEngine.Wire;

namespace LatencyEngine.Journal;

/// <summary>The figures of the format; docs/reference/journal-format.md explains them.</summary>
internal static class JournalFormat
{
    /// <summary>Value of the header's <c>format</c>: tells a journal from any other MessagePack file.</summary>
    public const string Name = "latency-engine-journal";

    /// <summary>Value of the header's <c>formatVersion</c> that this program writes and reads.</summary>
    public const int Version = 2;

    /// <summary>Items of a frame's record.</summary>
    public const int FrameItems = 9;

    /// <summary>Items of the end record.</summary>
    public const int EndItems = 3;

    /// <summary>Longest payload of a record: more than any ring here holds, and small enough that a damaged length is told from a large frame.</summary>
    public const int PayloadBytesMax = 1 << 26;

    /// <summary>Most bytes of a frame's record besides its payload: the array's header, eight numbers, and the binary's header.</summary>
    public const int FrameOverheadBytesMax = MessagePackWriter.HeaderBytesMax + ((FrameItems - 1) * MessagePackWriter.NumberBytesMax) + MessagePackWriter.HeaderBytesMax;

    /// <summary>Most bytes of the end record.</summary>
    public const int EndBytesMax = MessagePackWriter.HeaderBytesMax + (EndItems * MessagePackWriter.NumberBytesMax);
}
