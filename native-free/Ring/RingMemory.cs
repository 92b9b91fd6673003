using System.Runtime.InteropServices;

namespace LatencyEngine.Ring;

/// <summary>What only the producer reads and writes.</summary>
[StructLayout(LayoutKind.Explicit, Size = RingMemory.AreaBytes)]
internal struct ProducerState
{
    public const int NoClaim = -1;

    /// <summary>Sequence of the next frame.</summary>
    [FieldOffset(0)]
    public long NextSequence;

    /// <summary>Frames before it that are written but not visible yet.</summary>
    [FieldOffset(8)]
    public long Staged;

    /// <summary>First sequence without a free slot, as last learned from the consumers.</summary>
    [FieldOffset(16)]
    public long SlotLimit;

    /// <summary>Where the next payload may start, in bytes since the ring began; on a cache line.</summary>
    [FieldOffset(24)]
    public long NextPosition;

    /// <summary>First position without a free byte, as last learned from the consumers.</summary>
    [FieldOffset(32)]
    public long ByteLimit;

    /// <summary>Where the claimed payload starts.</summary>
    [FieldOffset(40)]
    public long ClaimStart;

    /// <summary>Bytes claimed; <see cref="NoClaim"/> when there is no claim.</summary>
    [FieldOffset(48)]
    public int ClaimedBytes;

    /// <summary>Why the last refused claim was refused.</summary>
    [FieldOffset(52)]
    public ClaimRefusal LastRefusal;
}

/// <summary>What the producer writes and any thread reads, apart from what it works with: whoever watches a count does not slow the next claim.</summary>
[StructLayout(LayoutKind.Explicit, Size = RingMemory.AreaBytes)]
internal struct ProducerCounts
{
    /// <summary>Frames visible.</summary>
    [FieldOffset(0)]
    public long Published;

    /// <summary>Claims refused with <see cref="ClaimRefusal.NoSlots"/>.</summary>
    [FieldOffset(8)]
    public long NoSlots;

    /// <summary>Claims refused with <see cref="ClaimRefusal.NoBytes"/>.</summary>
    [FieldOffset(16)]
    public long NoBytes;

    /// <summary>Claims refused with <see cref="ClaimRefusal.TooLong"/>.</summary>
    [FieldOffset(24)]
    public long TooLong;
}

/// <summary>What only one consumer reads and writes.</summary>
[StructLayout(LayoutKind.Explicit, Size = RingMemory.AreaBytes)]
internal struct ConsumerState
{
    /// <summary>Sequence of the next frame to peek, and so the frames that this consumer is done with.</summary>
    [FieldOffset(0)]
    public long Next;

    /// <summary>What it has made known of that: the value of its <see cref="ConsumerProgress"/>.</summary>
    [FieldOffset(8)]
    public long Known;

    /// <summary>The frame at <see cref="Next"/> has been handed out.</summary>
    [FieldOffset(16)]
    public bool HasPeeked;
}

/// <summary>What one consumer writes and the producer, or whoever counts, reads.</summary>
[StructLayout(LayoutKind.Explicit, Size = RingMemory.AreaBytes)]
internal struct ConsumerProgress
{
    /// <summary>Frames released.</summary>
    [FieldOffset(0)]
    public long Released;
}

/// <summary>
/// Where everything of a ring lies. Read only after construction, and with a line pair before and after it, so that no object beside the ring on the heap can take these lines away from its threads.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = (3 * AreaBytes))]
internal unsafe struct RingMemory
{
    /// <summary>Two 64-byte lines: the adjacent-line prefetcher fetches them as a pair.</summary>
    public const int AreaBytes = 128;

    [FieldOffset(AreaBytes)]
    public FrameDescriptor* Slots;

    [FieldOffset(AreaBytes + 8)]
    public byte* Payloads;

    [FieldOffset(AreaBytes + 16)]
    public ProducerState* Producer;

    [FieldOffset(AreaBytes + 24)]
    public ProducerCounts* Counts;

    /// <summary>[consumer]</summary>
    [FieldOffset(AreaBytes + 32)]
    public ConsumerState* Consumers;

    /// <summary>[consumer]</summary>
    [FieldOffset(AreaBytes + 40)]
    public ConsumerProgress* Progress;

    [FieldOffset(AreaBytes + 48)]
    public int SlotMask;

    [FieldOffset(AreaBytes + 52)]
    public int PayloadMask;

    [FieldOffset(AreaBytes + 56)]
    public int ConsumerCount;
}
