namespace LatencyEngine.Ring;

/// <summary>One published frame in place. Valid until its consumer releases it: afterwards the producer may overwrite what this points to.</summary>
public readonly ref struct FrameView
{
    private readonly ref readonly FrameDescriptor _descriptor;

    internal FrameView(ref readonly FrameDescriptor descriptor, ReadOnlySpan<byte> payload)
    {
        _descriptor = ref descriptor;
        Payload = payload;
    }

    /// <summary>Position of the frame in the ring, from 0.</summary>
    public long Sequence => _descriptor.Sequence;

    /// <summary>What the frame is, as the producer said.</summary>
    public byte Kind => _descriptor.Kind;

    /// <summary>Flag bits.</summary>
    public byte Flags => _descriptor.Flags;

    /// <summary>Which life of the frame's connection it belongs to.</summary>
    public ushort Generation => _descriptor.Generation;

    /// <summary>Monotonic clock when the frame's bytes arrived; for meters only.</summary>
    public long ReceivedAtNanos => _descriptor.ReceivedAtNanos;

    /// <summary>Logic time, nanoseconds since 1970.</summary>
    public long LogicTimeNanos => _descriptor.LogicTimeNanos;

    /// <summary>Sequence of the frame, in the other ring, that caused this one.</summary>
    public long CauseSequence => _descriptor.CauseSequence;

    /// <summary>The frame's bytes. At least <see cref="FrameRing.PaddingBytes"/> readable bytes follow them in memory.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The producer had drained its sources when it published this frame: the moment to act on the state reached.</summary>
    public bool IsEndOfBurst => (_descriptor.Flags & FrameRing.EndOfBurst) != 0;
}
