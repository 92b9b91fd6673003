using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring;

/// <summary>
/// The Disruptor for frames of any length: one producer, a fixed set of consumers that each see every frame in order, and the slowest of them gates the producer.
/// </summary>
/// <remarks>
/// <para>A frame is a 64-byte descriptor in a ring of slots and its payload in one contiguous byte ring.
/// Payloads start on cache lines and never wrap: one that does not fit before the end starts at the beginning, and the bytes skipped count as taken.</para>
/// <para>Threads: producer members are one thread's, the members that take a consumer index are that consumer's thread's; all may be the same thread.
/// The counts may be read by any thread. Allocates: in the constructor only. Blocks: never. Throws: in the constructor, and for a consumer index that does not exist.</para>
/// <para>Source of the pattern: Thompson, Farley, Barker, Gee and Stewart, "Disruptor: High performance alternative to bounded queues for exchanging data
/// between concurrent threads" (LMAX, 2011). A slot carries its own sequence, so a waiting consumer reads only the line that the frame will arrive in.</para>
/// </remarks>
public sealed class FrameRing
{
    /// <summary>Flag bit: the producer had drained its sources when it published this frame.</summary>
    public const byte EndOfBurst = 1;

    /// <summary>Readable bytes after the end of the byte ring: a vector load that starts inside a payload never leaves the allocation.</summary>
    public const int PaddingBytes = 64;

    /// <summary>What <see cref="Publish(int, byte, byte, ushort, long, long, long)"/> returns when there was nothing to publish.</summary>
    public const long NothingClaimed = -1;

    private const int LineBytes = 64;
    private const int SlotCountMax = 1 << 24;      // 64 bytes a slot: 1 GiB, the largest array of bytes that the constructor allocates
    private const int PayloadBytesMax = 1 << 30;
    private const int ConsumerCountMax = 64;

    private readonly byte[] _slotBytes;
    private readonly int _slotsStart;
    private readonly int _slotMask;
    private readonly byte[] _payload;
    private readonly int _payloadStart;
    private readonly int _payloadMask;
    private readonly PaddedSequence _published = new();   // written by the producer for the counts only: consumers wait on their slots
    private readonly PaddedSequence[] _released;          // [consumer], written by that consumer, gates the producer
    private readonly ConsumerState[] _consumers;          // [consumer], private to that consumer
    private ProducerState _producer;                      // private to the producer, but for RefusedClaims

    /// <summary>Allocates the ring, pinned and touched, so that the first lap meets no page fault.</summary>
    /// <param name="slotCount">Most frames waiting at once: a power of two, 1 to 2^24.</param>
    /// <param name="payloadBytes">Bytes of the byte ring, and so the longest payload: a power of two, 64 to 2^30.</param>
    /// <param name="consumerCount">Consumers, each of which must release every frame: 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range; the message says what is allowed.</exception>
    public FrameRing(int slotCount, int payloadBytes, int consumerCount)
    {
        if (!IsPowerOfTwo(slotCount, 1, SlotCountMax)) throw new ArgumentOutOfRangeException(nameof(slotCount), slotCount, $"ring slots must be a power of two from 1 to {SlotCountMax}");
        if (!IsPowerOfTwo(payloadBytes, LineBytes, PayloadBytesMax)) throw new ArgumentOutOfRangeException(nameof(payloadBytes), payloadBytes, $"ring bytes must be a power of two from {LineBytes} to {PayloadBytesMax}");
        if (consumerCount is < 1 or > ConsumerCountMax) throw new ArgumentOutOfRangeException(nameof(consumerCount), consumerCount, $"a ring has 1 to {ConsumerCountMax} consumers");

        SlotCount = slotCount;
        PayloadBytes = payloadBytes;
        _slotMask = slotCount - 1;
        _payloadMask = payloadBytes - 1;
        _slotBytes = AllocateTouched(slotCount * FrameDescriptor.SizeBytes, out _slotsStart);
        _payload = AllocateTouched(payloadBytes + PaddingBytes, out _payloadStart);
        for (int i = 0; i < slotCount; i++) Slot(i).Sequence = PaddedSequence.NotStarted;

        _released = new PaddedSequence[consumerCount];
        for (int i = 0; i < consumerCount; i++) _released[i] = new PaddedSequence();
        _consumers = new ConsumerState[consumerCount];
        _producer.ReleasedSeen = PaddedSequence.NotStarted;
        _producer.ClaimedBytes = ProducerState.NoClaim;
    }

    /// <summary>Most frames waiting at once.</summary>
    public int SlotCount { get; }

    /// <summary>Bytes of the byte ring; a payload this long fits once every earlier frame is released.</summary>
    public int PayloadBytes { get; }

    /// <summary>Claims that found the ring full, in slots or in bytes. Any thread; acquire.</summary>
    public long RefusedClaims => Volatile.Read(ref _producer.RefusedClaims);

    /// <summary>Frames published since the start. Any thread; acquire.</summary>
    public long PublishedCount => _published.Published + 1;

    /// <summary>Frames that one consumer has released since the start. Any thread; acquire: what it did with them is visible.</summary>
    /// <param name="consumer">From 0.</param>
    public long ConsumedCount(int consumer) => _released[consumer].Published + 1;

    /// <summary>Producer: asks for room. A claim, granted or refused, replaces an earlier one that was not published.</summary>
    /// <param name="lengthBytes">Bytes wanted, 0 or more; the most that the frame may turn out to have.</param>
    /// <param name="payload">The room, with its previous content in it; empty when refused.</param>
    /// <returns>False when no slot or not enough contiguous bytes are free (counted in <see cref="RefusedClaims"/>): the caller applies back-pressure or drops, as its room decides.</returns>
    public bool TryClaim(int lengthBytes, out Span<byte> payload)
    {
        if ((uint)lengthBytes > (uint)PayloadBytes) return Refuse(out payload);

        long start = StartFor(lengthBytes);
        if (!Fits(start, lengthBytes))
        {
            ReadReleased();
            start = StartFor(lengthBytes);
            if (!Fits(start, lengthBytes)) return Refuse(out payload);
        }

        _producer.ClaimStart = start;
        _producer.ClaimedBytes = lengthBytes;
        payload = new Span<byte>(_payload, _payloadStart + (int)(start & _payloadMask), lengthBytes);
        return true;
    }

    /// <summary>Producer: publishes the whole claim. See the overload.</summary>
    public long Publish(byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence) =>
        Publish(_producer.ClaimedBytes, kind, flags, generation, receivedAtNanos, logicTimeNanos, causeSequence);

    /// <summary>Producer: publishes the first bytes of the claim; the rest goes back to the ring.</summary>
    /// <param name="lengthBytes">Bytes written, at most the bytes claimed.</param>
    /// <param name="kind">What the frame is.</param>
    /// <param name="flags">Flag bits.</param>
    /// <param name="generation">Which life of its connection it belongs to.</param>
    /// <param name="receivedAtNanos">Monotonic clock when its bytes arrived.</param>
    /// <param name="logicTimeNanos">Logic time, nanoseconds since 1970.</param>
    /// <param name="causeSequence">Sequence of the frame in the other ring that caused it.</param>
    /// <returns>The frame's sequence, from 0; <see cref="NothingClaimed"/>, and nothing published, when there is no claim or it is shorter than <paramref name="lengthBytes"/>.</returns>
    public long Publish(int lengthBytes, byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence)
    {
        if (lengthBytes < 0 || lengthBytes > _producer.ClaimedBytes) return NothingClaimed;

        long sequence = _producer.NextSequence;
        ref FrameDescriptor slot = ref Slot(sequence);
        slot.PayloadPosition = _producer.ClaimStart;
        slot.LengthBytes = lengthBytes;
        slot.Kind = kind;
        slot.Flags = flags;
        slot.Generation = generation;
        slot.ReceivedAtNanos = receivedAtNanos;
        slot.LogicTimeNanos = logicTimeNanos;
        slot.CauseSequence = causeSequence;

        _producer.NextSequence = sequence + 1;
        _producer.NextPosition = LineAfter(_producer.ClaimStart + lengthBytes);
        _producer.ClaimedBytes = ProducerState.NoClaim;
        Volatile.Write(ref slot.Sequence, sequence);   // release: payload and descriptor are visible to whoever reads this sequence
        _published.Publish(sequence);                  // release
        return sequence;
    }

    /// <summary>Producer: drops a claim, if there is one; its room is free again.</summary>
    public void Abandon() => _producer.ClaimedBytes = ProducerState.NoClaim;

    /// <summary>Consumer: the next frame, which stays the next until it is released.</summary>
    /// <param name="consumer">From 0.</param>
    /// <param name="frame">The frame in place; not to be read when the answer is false.</param>
    /// <returns>False when this consumer has seen all that is published.</returns>
    public bool TryPeek(int consumer, out FrameView frame)
    {
        ref ConsumerState state = ref _consumers[consumer];
        ref FrameDescriptor slot = ref Slot(state.Next);
        if (Volatile.Read(ref slot.Sequence) != state.Next)   // acquire: pairs with the release in Publish
        {
            frame = default;
            return false;
        }

        state.HasPeeked = true;
        frame = new FrameView(in slot, new ReadOnlySpan<byte>(_payload, _payloadStart + (int)(slot.PayloadPosition & _payloadMask), slot.LengthBytes));
        return true;
    }

    /// <summary>Consumer: done with the peeked frame. Without a peeked frame this does nothing.</summary>
    /// <param name="consumer">From 0.</param>
    public void Release(int consumer)
    {
        ref ConsumerState state = ref _consumers[consumer];
        if (!state.HasPeeked) return;

        state.HasPeeked = false;
        _released[consumer].Publish(state.Next);   // release: this consumer's reads of the frame come before the producer's next writes to it
        state.Next++;
    }

    /// <summary>Where a payload of this length would start: here, or at the beginning of the byte ring when it would wrap.</summary>
    private long StartFor(int lengthBytes)
    {
        long position = _producer.NextPosition;
        long leftBeforeEnd = PayloadBytes - (position & _payloadMask);
        return lengthBytes <= leftBeforeEnd ? position : position + leftBeforeEnd;
    }

    private bool Fits(long start, int lengthBytes) =>
        _producer.NextSequence - _producer.ReleasedSeen <= SlotCount && start + lengthBytes - _producer.TailSeen <= PayloadBytes;

    /// <summary>Learns how far the slowest consumer is, which is the only cross-thread read of a claim, and rare: only when the room last seen is used up.</summary>
    private void ReadReleased()
    {
        long slowest = long.MaxValue;
        foreach (PaddedSequence released in _released) slowest = Math.Min(slowest, released.Published);   // acquire: pairs with the release in Release

        _producer.ReleasedSeen = slowest;
        bool drained = slowest + 1 == _producer.NextSequence;
        if (drained)
        {
            // Nothing waits, so the bytes before the end need not be skipped at the new payload's expense: all payloads up to the full ring fit again.
            _producer.NextPosition = (_producer.NextPosition + _payloadMask) & ~(long)_payloadMask;
            _producer.TailSeen = _producer.NextPosition;
        }
        else
        {
            _producer.TailSeen = Slot(slowest + 1).PayloadPosition;   // the oldest frame that someone still holds; only the producer writes slots
        }
    }

    private bool Refuse(out Span<byte> payload)
    {
        payload = default;
        _producer.ClaimedBytes = ProducerState.NoClaim;
        Volatile.Write(ref _producer.RefusedClaims, _producer.RefusedClaims + 1);   // release; single writer
        return false;
    }

    private ref FrameDescriptor Slot(long sequence) => ref Unsafe.As<byte, FrameDescriptor>(
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slotBytes), _slotsStart + ((int)(sequence & _slotMask) * FrameDescriptor.SizeBytes)));

    private static long LineAfter(long position) => (position + (LineBytes - 1)) & ~(long)(LineBytes - 1);

    private static bool IsPowerOfTwo(int value, int min, int max) => value >= min && value <= max && (value & (value - 1)) == 0;

    private static unsafe byte[] AllocateTouched(int lengthBytes, out int start)
    {
        // Pinned, so that the start found here stays on its cache line for good.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(lengthBytes + LineBytes, pinned: true);
        bytes.AsSpan().Clear();   // by writing: fresh pages are mapped on first touch
        fixed (byte* first = bytes) start = (int)(-(nint)first & (LineBytes - 1));
        Debug.Assert(start >= 0 && start < LineBytes, "The slack holds the alignment.");
        return bytes;
    }
}

/// <summary>What only the producer writes, and but for <see cref="RefusedClaims"/> reads, away from every other thread's lines.</summary>
[StructLayout(LayoutKind.Explicit, Size = 3 * PaddedCell.LinePairBytes)]
internal struct ProducerState
{
    public const int NoClaim = -1;

    /// <summary>Sequence of the next frame.</summary>
    [FieldOffset(PaddedCell.LinePairBytes)]
    public long NextSequence;

    /// <summary>Where the next payload may start, in bytes since the ring began; on a cache line.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 8)]
    public long NextPosition;

    /// <summary>Last sequence that every consumer has released, as last read.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 16)]
    public long ReleasedSeen;

    /// <summary>Where the oldest payload that someone still holds starts, as last read.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 24)]
    public long TailSeen;

    /// <summary>Where the claimed payload starts.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 32)]
    public long ClaimStart;

    /// <summary>Bytes claimed; <see cref="NoClaim"/> when there is no claim.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 40)]
    public int ClaimedBytes;

    /// <summary>Claims refused; read by any thread.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 48)]
    public long RefusedClaims;
}

/// <summary>What only one consumer reads and writes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 3 * PaddedCell.LinePairBytes)]
internal struct ConsumerState
{
    /// <summary>Sequence of the next frame to peek.</summary>
    [FieldOffset(PaddedCell.LinePairBytes)]
    public long Next;

    /// <summary>The frame at <see cref="Next"/> has been handed out.</summary>
    [FieldOffset(PaddedCell.LinePairBytes + 8)]
    public bool HasPeeked;
}
