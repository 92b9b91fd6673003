using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LatencyEngine.Ring;

/// <summary>
/// The Disruptor for frames of any length: one producer, a fixed set of consumers that each see every frame in order, and the slowest of them gates the producer.
/// </summary>
/// <remarks>
/// <para>A frame is a 64-byte descriptor in a ring of slots and its payload in one contiguous byte ring.
/// Payloads start on cache lines and never wrap: one that does not fit before the end starts at the beginning, and the bytes skipped count as taken.
/// A frame without payload takes no bytes, and neither side touches the byte ring for it.</para>
/// <para>A slot carries its own sequence, so a waiting consumer reads only the line that the frame will arrive in.
/// What the producer works with, what it tells, what a consumer works with and what it tells are 128 bytes apart each: no thread loses a line to another but for the frames themselves and the progress told.</para>
/// <para>Threads: producer members are one thread's, the members that take a consumer index are that consumer's thread's; all may be the same thread.
/// The counts may be read by any thread. Allocates: in the constructor only. Blocks: never. Throws: in the constructor, and for a consumer index that does not exist.</para>
/// <para>Source of the pattern: Thompson, Farley, Barker, Gee and Stewart, "Disruptor: High performance alternative to bounded queues for exchanging data
/// between concurrent threads" (LMAX, 2011).</para>
/// </remarks>
public sealed unsafe class FrameRing
{
    /// <summary>Flag bit: the producer had drained its sources when it published this frame.</summary>
    public const byte EndOfBurst = 1;

    /// <summary>Readable bytes after the end of the byte ring: a vector load that starts inside a payload never leaves the allocation.</summary>
    public const int PaddingBytes = 64;

    /// <summary>What <see cref="Publish(int, byte, byte, ushort, long, long, long)"/> and <see cref="Stage"/> return when there was nothing to publish.</summary>
    public const long NothingClaimed = -1;

    /// <summary>Frames after which <see cref="Advance"/> makes its progress known at the latest.</summary>
    public const int ProgressFrames = 16;

    private const int LineBytes = 64;
    private const int SlotCountMax = 1 << 24;      // 64 bytes a slot: 1 GiB, the largest array of bytes that the constructor allocates
    private const int PayloadBytesMax = 1 << 30;
    private const int ConsumerCountMax = 64;

    // Pinned: the addresses in _memory hold for as long as this object does, which is why every member that reads or writes through them keeps it alive to its last access.
    private readonly byte[] _states;
    private readonly byte[] _slots;
    private readonly byte[] _payloads;
    private readonly RingMemory _memory;

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
        byte* states = AllocateTouched((2 + (2 * consumerCount)) * RingMemory.AreaBytes, out _states);
        _memory.Producer = (ProducerState*)states;
        _memory.Counts = (ProducerCounts*)(states + RingMemory.AreaBytes);
        _memory.Consumers = (ConsumerState*)(states + (2 * RingMemory.AreaBytes));
        _memory.Progress = (ConsumerProgress*)(_memory.Consumers + consumerCount);
        _memory.ConsumerCount = consumerCount;
        _memory.Slots = (FrameDescriptor*)AllocateTouched(slotCount * FrameDescriptor.SizeBytes, out _slots);
        _memory.SlotMask = slotCount - 1;
        _memory.Payloads = AllocateTouched(payloadBytes + PaddingBytes, out _payloads);
        _memory.PayloadMask = payloadBytes - 1;

        for (int i = 0; i < slotCount; i++) _memory.Slots[i].Sequence = FrameDescriptor.NeverUsed;
        _memory.Producer->SlotLimit = slotCount;
        _memory.Producer->ByteLimit = payloadBytes;
        _memory.Producer->ClaimedBytes = ProducerState.NoClaim;
        GC.KeepAlive(this);
    }

    /// <summary>Most frames waiting at once.</summary>
    public int SlotCount { get; }

    /// <summary>Bytes of the byte ring; a payload this long fits once every earlier frame is released.</summary>
    public int PayloadBytes { get; }

    /// <summary>Frames published since the start. Any thread; acquire.</summary>
    public long PublishedCount
    {
        get
        {
            long published = Volatile.Read(ref _memory.Counts->Published);
            GC.KeepAlive(this);
            return published;
        }
    }

    /// <summary>Claims refused since the start, for whatever reason. Any thread; acquire.</summary>
    public long RefusedClaims => RefusedFor(ClaimRefusal.NoSlots) + RefusedFor(ClaimRefusal.NoBytes) + RefusedFor(ClaimRefusal.TooLong);

    /// <summary>Producer: why the last claim that was refused was refused.</summary>
    public ClaimRefusal LastRefusal
    {
        get
        {
            ClaimRefusal refusal = _memory.Producer->LastRefusal;
            GC.KeepAlive(this);
            return refusal;
        }
    }

    /// <summary>Claims refused since the start for one reason. Any thread; acquire.</summary>
    public long RefusedFor(ClaimRefusal reason)
    {
        long refused = reason switch
        {
            ClaimRefusal.NoSlots => Volatile.Read(ref _memory.Counts->NoSlots),
            ClaimRefusal.NoBytes => Volatile.Read(ref _memory.Counts->NoBytes),
            ClaimRefusal.TooLong => Volatile.Read(ref _memory.Counts->TooLong),
            _ => 0,
        };
        GC.KeepAlive(this);
        return refused;
    }

    /// <summary>Frames whose release one consumer has made known since the start, never more than it has released. Any thread; acquire: what it did with them is visible.</summary>
    /// <remarks>Equal to <see cref="PublishedCount"/> exactly when the consumer is done with every frame and has said so (<see cref="Release"/>) or has looked for more (<see cref="TryPeek"/>).</remarks>
    /// <param name="consumer">From 0.</param>
    public long ConsumedCount(int consumer)
    {
        CheckConsumer(consumer);
        long released = Volatile.Read(ref _memory.Progress[consumer].Released);
        GC.KeepAlive(this);
        return released;
    }

    /// <summary>Producer: asks for room. A claim, granted or refused, replaces an earlier one that was not published.</summary>
    /// <param name="lengthBytes">Bytes wanted, 0 or more; the most that the frame may turn out to have.</param>
    /// <param name="payload">The room, with its previous content in it; empty when refused.</param>
    /// <returns>
    /// False when there is no room: <see cref="LastRefusal"/> says why, and it is counted. The caller applies back-pressure or drops, as its room decides.
    /// Staged frames become visible with a refusal, so that nobody waits for room that only they take up.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClaim(int lengthBytes, out Span<byte> payload)
    {
        ProducerState* producer = _memory.Producer;
        long start = producer->NextPosition;
        int offset = (int)start & _memory.PayloadMask;
        bool fitsBeforeEnd = (uint)lengthBytes <= (uint)(_memory.PayloadMask + 1 - offset);
        if (!fitsBeforeEnd || producer->NextSequence >= producer->SlotLimit || start + lengthBytes > producer->ByteLimit) return TryClaimWithLimits(lengthBytes, out payload);

        if (producer->ClaimStart != start) producer->ClaimStart = start;   // of frames without payload every claim starts where the last did: see Write
        producer->ClaimedBytes = lengthBytes;
        payload = new Span<byte>(_memory.Payloads + offset, lengthBytes);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Producer: publishes the whole claim. See the overload.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Publish(byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence) =>
        Publish(_memory.Producer->ClaimedBytes, kind, flags, generation, receivedAtNanos, logicTimeNanos, causeSequence);

    /// <summary>Producer: publishes the first bytes of the claim, after whatever is staged; the rest goes back to the ring.</summary>
    /// <param name="lengthBytes">Bytes written, at most the bytes claimed.</param>
    /// <param name="kind">What the frame is.</param>
    /// <param name="flags">Flag bits.</param>
    /// <param name="generation">Which life of its connection it belongs to.</param>
    /// <param name="receivedAtNanos">Monotonic clock when its bytes arrived.</param>
    /// <param name="logicTimeNanos">Logic time, nanoseconds since 1970.</param>
    /// <param name="causeSequence">Sequence of the frame in the other ring that caused it.</param>
    /// <returns>The frame's sequence, from 0; <see cref="NothingClaimed"/>, and nothing published, when there is no claim or it is shorter than <paramref name="lengthBytes"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Publish(int lengthBytes, byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence)
    {
        ProducerState* producer = _memory.Producer;
        if (lengthBytes < 0 || lengthBytes > producer->ClaimedBytes) return NothingClaimed;
        if (producer->Staged != 0) PublishStaged();

        long sequence = Write(lengthBytes, kind, flags, generation, receivedAtNanos, logicTimeNanos, causeSequence);
        Volatile.Write(ref Slot(sequence)->Sequence, sequence);   // release: payload and descriptor are visible to whoever reads this sequence
        Volatile.Write(ref _memory.Counts->Published, sequence + 1);   // release: whoever counts a frame finds it
        GC.KeepAlive(this);
        return sequence;
    }

    /// <summary>Producer: writes a frame as <see cref="Publish(int, byte, byte, ushort, long, long, long)"/> does, but leaves it invisible until <see cref="PublishStaged"/>, the next publication, or a refused claim.</summary>
    /// <returns>The frame's sequence; <see cref="NothingClaimed"/>, and nothing staged, as there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Stage(int lengthBytes, byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence)
    {
        ProducerState* producer = _memory.Producer;
        if (lengthBytes < 0 || lengthBytes > producer->ClaimedBytes) return NothingClaimed;

        producer->Staged++;
        return Write(lengthBytes, kind, flags, generation, receivedAtNanos, logicTimeNanos, causeSequence);
    }

    /// <summary>Producer: makes the staged frames visible, the oldest first. Without any this does nothing.</summary>
    public void PublishStaged()
    {
        ProducerState* producer = _memory.Producer;
        if (producer->Staged == 0) return;

        long next = producer->NextSequence;
        for (long sequence = next - producer->Staged; sequence < next; sequence++) Volatile.Write(ref Slot(sequence)->Sequence, sequence);   // release, as in Publish
        producer->Staged = 0;
        Volatile.Write(ref _memory.Counts->Published, next);   // release, as in Publish
        GC.KeepAlive(this);
    }

    /// <summary>Producer: when the bytes of a frame that it has published arrived, for as long as the frame's slot was not used again.</summary>
    /// <param name="sequence">Of the frame.</param>
    /// <param name="receivedAtNanos">Monotonic clock, as it was published.</param>
    /// <returns>False when there was no such frame, or its slot has another by now.</returns>
    public bool TryReceivedAt(long sequence, out long receivedAtNanos)
    {
        FrameDescriptor* slot = Slot(sequence);
        bool isThere = sequence >= 0 && slot->Sequence == sequence;   // its own writes: no order is needed
        receivedAtNanos = isThere ? slot->ReceivedAtNanos : 0;
        GC.KeepAlive(this);
        return isThere;
    }

    /// <summary>Producer: drops a claim, if there is one; its room is free again. What is staged stays staged.</summary>
    public void Abandon()
    {
        _memory.Producer->ClaimedBytes = ProducerState.NoClaim;
        GC.KeepAlive(this);
    }

    /// <summary>Consumer: the next frame, which stays the next until it is released. When there is none, all that this consumer has advanced past becomes known.</summary>
    /// <param name="consumer">From 0.</param>
    /// <param name="frame">The frame in place; not to be read when the answer is false.</param>
    /// <returns>False when this consumer has seen all that is published.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPeek(int consumer, out FrameView frame)
    {
        CheckConsumer(consumer);
        ConsumerState* state = _memory.Consumers + consumer;
        FrameDescriptor* slot = Slot(state->Next);
        if (Volatile.Read(ref slot->Sequence) != state->Next)   // acquire: pairs with the release in PublishStaged
        {
            if (state->Known != state->Next) TellProgress(consumer);
            frame = default;
            return false;
        }

        state->HasPeeked = true;
        frame = new FrameView(in *slot, new ReadOnlySpan<byte>(_memory.Payloads + (slot->PayloadPosition & _memory.PayloadMask), slot->LengthBytes));
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Consumer: done with the peeked frame, if there is one. Its room, and that of all advanced past, is free at once.</summary>
    /// <param name="consumer">From 0.</param>
    public void Release(int consumer)
    {
        CheckConsumer(consumer);
        ConsumerState* state = _memory.Consumers + consumer;
        if (state->HasPeeked)
        {
            state->HasPeeked = false;
            state->Next++;
        }

        if (state->Known != state->Next) TellProgress(consumer);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Consumer: done with the peeked frame, as <see cref="Release"/>, but the producer learns of it only with every <see cref="ProgressFrames"/>th frame, or when <see cref="TryPeek"/> finds no more:
    /// a sixteenth of the line transfers.
    /// </summary>
    /// <remarks>For a consumer that goes on until <see cref="TryPeek"/> is false: one that stops before must <see cref="Release"/> its last frame, or the room of up to 15 frames stays taken until it goes on.</remarks>
    /// <param name="consumer">From 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int consumer)
    {
        CheckConsumer(consumer);
        ConsumerState* state = _memory.Consumers + consumer;
        if (!state->HasPeeked) return;

        state->HasPeeked = false;
        long next = state->Next + 1;
        state->Next = next;
        if ((next & (ProgressFrames - 1)) == 0) TellProgress(consumer);
        GC.KeepAlive(this);
    }

    /// <summary>Everything of a frame but the sequence that makes it visible.</summary>
    /// <remarks>
    /// Few stores on purpose: the lines of a stream's next slots are fetched back from the consumer for as many frames ahead as the processor's store buffer holds,
    /// so a store saved is a frame sooner.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Write(int lengthBytes, byte kind, byte flags, ushort generation, long receivedAtNanos, long logicTimeNanos, long causeSequence)
    {
        ProducerState* producer = _memory.Producer;
        long sequence = producer->NextSequence;
        FrameDescriptor* slot = Slot(sequence);
        slot->PayloadPosition = producer->ClaimStart;
        slot->Header = (uint)lengthBytes | ((ulong)kind << 32) | ((ulong)flags << 40) | ((ulong)generation << 48);
        slot->ReceivedAtNanos = receivedAtNanos;
        slot->LogicTimeNanos = logicTimeNanos;
        slot->CauseSequence = causeSequence;

        producer->NextSequence = sequence + 1;
        long nextPosition = LineAfter(producer->ClaimStart + lengthBytes);
        if (producer->NextPosition != nextPosition) producer->NextPosition = nextPosition;
        producer->ClaimedBytes = ProducerState.NoClaim;
        GC.KeepAlive(this);
        return sequence;
    }

    private void TellProgress(int consumer)
    {
        ConsumerState* state = _memory.Consumers + consumer;
        state->Known = state->Next;
        Volatile.Write(ref _memory.Progress[consumer].Released, state->Next);   // release: this consumer's reads of the frames come before the producer's next writes to them
        GC.KeepAlive(this);
    }

    /// <summary>A claim that does not fit what the producer last learned of the consumers, or not before the end of the byte ring.</summary>
    private bool TryClaimWithLimits(int lengthBytes, out Span<byte> payload)
    {
        payload = default;
        if ((uint)lengthBytes > (uint)PayloadBytes) return Refuse(ClaimRefusal.TooLong, ref _memory.Counts->TooLong);

        ProducerState* producer = _memory.Producer;
        long start = StartFor(lengthBytes);
        if (producer->NextSequence >= producer->SlotLimit || start + lengthBytes > producer->ByteLimit)
        {
            ReadProgress();
            start = StartFor(lengthBytes);
            if (producer->NextSequence >= producer->SlotLimit) return Refuse(ClaimRefusal.NoSlots, ref _memory.Counts->NoSlots);
            if (start + lengthBytes > producer->ByteLimit) return Refuse(ClaimRefusal.NoBytes, ref _memory.Counts->NoBytes);
        }

        producer->ClaimStart = start;
        producer->ClaimedBytes = lengthBytes;
        payload = new Span<byte>(_memory.Payloads + (start & _memory.PayloadMask), lengthBytes);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Where a payload of this length would start: here, or at the beginning of the byte ring when it would wrap.</summary>
    private long StartFor(int lengthBytes)
    {
        long position = _memory.Producer->NextPosition;
        long leftBeforeEnd = PayloadBytes - (position & _memory.PayloadMask);
        return lengthBytes <= leftBeforeEnd ? position : position + leftBeforeEnd;
    }

    /// <summary>Learns how far the slowest consumer is, which is the only cross-thread read of a claim, and rare: only when the room last seen is used up.</summary>
    private void ReadProgress()
    {
        ProducerState* producer = _memory.Producer;
        long slowest = long.MaxValue;
        for (int i = 0; i < _memory.ConsumerCount; i++) slowest = Math.Min(slowest, Volatile.Read(ref _memory.Progress[i].Released));   // acquire: pairs with the release in TellProgress

        producer->SlotLimit = slowest + SlotCount;
        if (slowest == producer->NextSequence)
        {
            // Nothing waits, so the bytes before the end need not be skipped at the new payload's expense: all payloads up to the full ring fit again.
            producer->NextPosition = (producer->NextPosition + _memory.PayloadMask) & ~(long)_memory.PayloadMask;
            producer->ByteLimit = producer->NextPosition + PayloadBytes;
        }
        else
        {
            producer->ByteLimit = Slot(slowest)->PayloadPosition + PayloadBytes;   // the oldest frame that someone still holds; only the producer writes slots
        }

        GC.KeepAlive(this);
    }

    private bool Refuse(ClaimRefusal reason, ref long count)
    {
        PublishStaged();
        _memory.Producer->ClaimedBytes = ProducerState.NoClaim;
        _memory.Producer->LastRefusal = reason;
        Volatile.Write(ref count, count + 1);   // release; single writer
        GC.KeepAlive(this);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameDescriptor* Slot(long sequence) => _memory.Slots + ((int)sequence & _memory.SlotMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckConsumer(int consumer)
    {
        if ((uint)consumer >= (uint)_memory.ConsumerCount) ThrowNoConsumer(consumer);
    }

    private void ThrowNoConsumer(int consumer) => throw new ArgumentOutOfRangeException(nameof(consumer), consumer, $"this ring's consumers are 0 to {_memory.ConsumerCount - 1}");

    private static long LineAfter(long position) => (position + (LineBytes - 1)) & ~(long)(LineBytes - 1);

    private static bool IsPowerOfTwo(int value, int min, int max) => value >= min && value <= max && (value & (value - 1)) == 0;

    /// <summary>Zeroed bytes on a line pair of their own, pinned so that the address holds while the array lives.</summary>
    private static byte* AllocateTouched(int lengthBytes, out byte[] owner)
    {
        owner = GC.AllocateUninitializedArray<byte>(lengthBytes + (2 * RingMemory.AreaBytes), pinned: true);
        owner.AsSpan().Clear();   // by writing: fresh pages are mapped on first touch
        byte* first = (byte*)Unsafe.AsPointer(ref owner[0]);
        byte* start = first + (-(nint)first & (RingMemory.AreaBytes - 1));
        Debug.Assert(start + lengthBytes <= first + owner.Length, "The slack holds the alignment.");
        return start;
    }
}
