using System.Runtime.InteropServices;

namespace LatencyEngine.Ring;

/// <summary>One slot of the ring: everything about a frame except its bytes, exactly one cache line.</summary>
/// <remarks>
/// Writer: the producer. Readers: every consumer, after an acquire read of <see cref="Sequence"/>, which the producer writes last, with release.
/// A consumer therefore touches one line to learn that a frame is there and all about it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct FrameDescriptor
{
    /// <summary>One cache line.</summary>
    public const int SizeBytes = 64;

    /// <summary><see cref="Sequence"/> of a slot that was never used.</summary>
    public const long NeverUsed = -1;

    /// <summary>Position of the frame in the ring, from 0; <see cref="NeverUsed"/> in a slot that was never used.</summary>
    [FieldOffset(0)]
    public long Sequence;

    /// <summary>Where the payload starts, in bytes since the ring began; its place in the byte ring is this modulo the ring's size.</summary>
    [FieldOffset(8)]
    public long PayloadPosition;

    /// <summary>The next four fields as one, little-endian.</summary>
    [FieldOffset(16)]
    internal ulong Header;

    /// <summary>Bytes of the payload.</summary>
    [FieldOffset(16)]
    public int LengthBytes;

    /// <summary>What the frame is; the ring does not look at it.</summary>
    [FieldOffset(20)]
    public byte Kind;

    /// <summary>Flag bits, <see cref="FrameRing.EndOfBurst"/> among them.</summary>
    [FieldOffset(21)]
    public byte Flags;

    /// <summary>Which life of the frame's connection it belongs to.</summary>
    [FieldOffset(22)]
    public ushort Generation;

    /// <summary>Monotonic clock when the frame's bytes arrived; for meters only.</summary>
    [FieldOffset(24)]
    public long ReceivedAtNanos;

    /// <summary>Logic time, nanoseconds since 1970: the clock of every decision.</summary>
    [FieldOffset(32)]
    public long LogicTimeNanos;

    /// <summary>Sequence of the frame, in the other ring, that caused this one.</summary>
    [FieldOffset(40)]
    public long CauseSequence;
}
