using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

public sealed class FrameRingTests
{
    private const int Reader = 0;

    [Fact]
    public void A_published_frame_is_read_as_it_was_written()
    {
        var ring = new FrameRing(slotCount: 4, payloadBytes: 256, consumerCount: 1);
        Assert.True(ring.TryClaim(5, out Span<byte> room));
        "hello"u8.CopyTo(room);

        long sequence = ring.Publish(kind: 7, flags: FrameRing.EndOfBurst | 4, generation: 65_535, receivedAtNanos: 11, logicTimeNanos: 22, causeSequence: 33);

        Assert.Equal(0, sequence);
        Assert.True(ring.TryPeek(Reader, out FrameView frame));
        Assert.Equal(0, frame.Sequence);
        Assert.Equal(7, frame.Kind);
        Assert.Equal(FrameRing.EndOfBurst | 4, frame.Flags);
        Assert.True(frame.IsEndOfBurst);
        Assert.Equal(65_535, frame.Generation);
        Assert.Equal(11, frame.ReceivedAtNanos);
        Assert.Equal(22, frame.LogicTimeNanos);
        Assert.Equal(33, frame.CauseSequence);
        Assert.Equal("hello"u8, frame.Payload);
    }

    [Fact]
    public void A_producer_knows_when_a_frame_came_until_its_slot_is_used_again_released_or_not()
    {
        var ring = new FrameRing(slotCount: 2, payloadBytes: 64, consumerCount: 1);
        Assert.False(ring.TryReceivedAt(-1, out _));
        Assert.False(ring.TryReceivedAt(0, out _));
        Put(11);
        Put(22);

        Assert.True(ring.TryReceivedAt(0, out long first) && first == 11);
        Assert.True(ring.TryReceivedAt(1, out long second) && second == 22);
        Assert.False(ring.TryReceivedAt(2, out _));
        Put(33);
        Assert.False(ring.TryReceivedAt(0, out _));
        Assert.True(ring.TryReceivedAt(2, out long third) && third == 33);

        void Put(long receivedAtNanos)
        {
            Assert.True(ring.TryClaim(0, out _));
            ring.Publish(kind: 1, flags: 0, generation: 0, receivedAtNanos, logicTimeNanos: 0, causeSequence: -1);
            Assert.True(ring.TryPeek(Reader, out _));
            ring.Release(Reader);
        }
    }

    [Fact]
    public void The_end_of_a_burst_is_its_own_bit()
    {
        var ring = new FrameRing(4, 256, 1);
        Publish(ring, 0, flags: 0xFE);

        Assert.True(ring.TryPeek(Reader, out FrameView frame));
        Assert.False(frame.IsEndOfBurst);
    }

    [Fact]
    public void An_empty_ring_has_nothing_to_peek()
    {
        var ring = new FrameRing(4, 256, 1);

        Assert.False(ring.TryPeek(Reader, out _));
        Assert.Equal(0, ring.PublishedCount);
        Assert.Equal(0, ring.ConsumedCount(Reader));
    }

    [Fact]
    public void A_claim_is_invisible_until_it_is_published()
    {
        var ring = new FrameRing(4, 256, 1);
        Assert.True(ring.TryClaim(10, out _));

        Assert.False(ring.TryPeek(Reader, out _));
    }

    [Fact]
    public void A_peeked_frame_stays_the_next_one_until_it_is_released()
    {
        var ring = new FrameRing(4, 256, 1);
        Publish(ring, 1);
        Publish(ring, 2);

        Assert.Equal(0, PeekedSequence(ring, Reader));
        Assert.Equal(0, PeekedSequence(ring, Reader));
        ring.Release(Reader);
        Assert.Equal(1, PeekedSequence(ring, Reader));
        Assert.Equal(1, ring.ConsumedCount(Reader));
    }

    [Fact]
    public void Releasing_without_a_peeked_frame_moves_nothing()
    {
        var ring = new FrameRing(4, 256, 1);
        ring.Release(Reader);
        Publish(ring, 1);
        ring.Release(Reader);

        Assert.Equal(0, ring.ConsumedCount(Reader));
        Assert.Equal(0, PeekedSequence(ring, Reader));
    }

    [Fact]
    public void The_producer_may_claim_the_most_and_publish_what_it_wrote()
    {
        var ring = new FrameRing(slotCount: 8, payloadBytes: 128, consumerCount: 1);
        Assert.True(ring.TryClaim(128, out Span<byte> room));
        room[..3].Fill(9);

        Assert.Equal(0, ring.Publish(lengthBytes: 3, kind: 1, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, causeSequence: 0));

        Assert.True(ring.TryPeek(Reader, out FrameView frame));
        Assert.Equal([9, 9, 9], frame.Payload.ToArray());
        Assert.True(ring.TryClaim(64, out _));   // the rest of the claim went back
    }

    [Fact]
    public void Nothing_is_published_without_a_claim_or_beyond_it()
    {
        var ring = new FrameRing(4, 256, 1);
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(0, 0, 0, 0, 0, 0));
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(0, 0, 0, 0, 0, 0, 0));

        Assert.True(ring.TryClaim(10, out _));
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(11, 0, 0, 0, 0, 0, 0));
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(-1, 0, 0, 0, 0, 0, 0));

        Assert.Equal(0, ring.Publish(10, 0, 0, 0, 0, 0, 0));
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(0, 0, 0, 0, 0, 0));
        Assert.Equal(1, ring.PublishedCount);
    }

    [Fact]
    public void An_abandoned_claim_leaves_no_frame_and_gives_its_bytes_back()
    {
        var ring = new FrameRing(4, 128, 1);
        Assert.True(ring.TryClaim(128, out _));
        ring.Abandon();

        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(0, 0, 0, 0, 0, 0));
        Assert.Equal(0, Publish(ring, 128));
    }

    [Fact]
    public void A_second_claim_replaces_the_first()
    {
        var ring = new FrameRing(4, 128, 1);
        Assert.True(ring.TryClaim(128, out _));
        Assert.True(ring.TryClaim(20, out Span<byte> room));

        Assert.Equal(20, room.Length);
        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(128, 0, 0, 0, 0, 0, 0));
        Assert.Equal(0, ring.Publish(20, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_frame_may_be_empty()
    {
        var ring = new FrameRing(4, 64, 1);
        for (int i = 0; i < 4; i++) Assert.Equal(i, Publish(ring, 0));

        Assert.True(ring.TryPeek(Reader, out FrameView frame));
        Assert.Equal(0, frame.Payload.Length);
    }

    [Fact]
    public void A_ring_full_in_slots_refuses_and_counts_until_a_frame_is_released()
    {
        var ring = new FrameRing(slotCount: 2, payloadBytes: 1024, consumerCount: 1);
        Publish(ring, 1);
        Publish(ring, 1);

        Assert.False(ring.TryClaim(1, out Span<byte> room));
        Assert.False(ring.TryClaim(0, out _));
        Assert.Equal(0, room.Length);
        Assert.Equal(ClaimRefusal.NoSlots, ring.LastRefusal);
        Assert.Equal(2, ring.RefusedFor(ClaimRefusal.NoSlots));
        Assert.Equal(2, ring.RefusedClaims);

        PeekedSequence(ring, Reader);
        ring.Release(Reader);
        Assert.True(ring.TryClaim(1, out _));
        Assert.Equal(2, ring.RefusedClaims);
    }

    [Fact]
    public void A_ring_full_in_bytes_refuses_and_counts_until_a_frame_is_released()
    {
        var ring = new FrameRing(slotCount: 16, payloadBytes: 256, consumerCount: 1);
        Publish(ring, 128);
        Publish(ring, 65);

        Assert.False(ring.TryClaim(1, out _));
        Assert.Equal(ClaimRefusal.NoBytes, ring.LastRefusal);
        Assert.Equal(1, ring.RefusedFor(ClaimRefusal.NoBytes));
        Assert.Equal(1, ring.RefusedClaims);

        PeekedSequence(ring, Reader);
        ring.Release(Reader);
        Assert.True(ring.TryClaim(128, out _));
        Assert.False(ring.TryClaim(129, out _));
    }

    [Fact]
    public void A_payload_that_would_wrap_starts_at_the_beginning_in_one_piece()
    {
        var ring = new FrameRing(slotCount: 16, payloadBytes: 256, consumerCount: 1);
        Assert.True(ring.TryClaim(100, out Span<byte> first));
        ref byte start = ref MemoryMarshal.GetReference(first);
        ring.Publish(0, 0, 0, 0, 0, 0);
        Publish(ring, 64);
        PeekedSequence(ring, Reader);
        ring.Release(Reader);

        Assert.True(ring.TryClaim(65, out Span<byte> room));   // 64 bytes are left before the end

        Assert.Equal(65, room.Length);
        Assert.True(Unsafe.AreSame(ref start, ref MemoryMarshal.GetReference(room)));
    }

    [Fact]
    public void The_bytes_skipped_before_a_wrap_count_as_taken()
    {
        var ring = new FrameRing(slotCount: 16, payloadBytes: 256, consumerCount: 1);
        Publish(ring, 64);
        Publish(ring, 128);
        PeekedSequence(ring, Reader);
        ring.Release(Reader);

        Assert.False(ring.TryClaim(65, out _));   // 64 before the end, 64 at the beginning: never 65 in one piece
        Assert.True(ring.TryClaim(64, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(192)]
    public void The_longest_payload_fits_wherever_the_drained_ring_stands(int bytesBefore)
    {
        var ring = new FrameRing(slotCount: 16, payloadBytes: 256, consumerCount: 1);
        Publish(ring, bytesBefore);
        PeekedSequence(ring, Reader);
        ring.Release(Reader);

        Assert.True(ring.TryClaim(256, out Span<byte> room));
        Assert.Equal(256, room.Length);
    }

    [Theory]
    [InlineData(257)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_length_that_can_never_fit_is_refused_and_counted(int lengthBytes)
    {
        var ring = new FrameRing(16, 256, 1);

        Assert.False(ring.TryClaim(lengthBytes, out _));
        Assert.Equal(ClaimRefusal.TooLong, ring.LastRefusal);
        Assert.Equal(1, ring.RefusedFor(ClaimRefusal.TooLong));
        Assert.Equal(1, ring.RefusedClaims);
    }

    [Fact]
    public void A_ring_that_never_refused_gives_no_reason()
    {
        Assert.Equal(ClaimRefusal.None, new FrameRing(4, 256, 1).LastRefusal);
    }

    [Fact]
    public void A_staged_frame_is_invisible_until_the_batch_is_published()
    {
        var ring = new FrameRing(4, 256, 1);
        Assert.Equal(0, Stage(ring, 3));
        Assert.Equal(1, Stage(ring, 0));
        Assert.False(ring.TryPeek(Reader, out _));
        Assert.Equal(0, ring.PublishedCount);

        ring.PublishStaged();

        Assert.Equal(2, ring.PublishedCount);
        Assert.Equal(0, PeekedSequence(ring, Reader));
        ring.Release(Reader);
        Assert.Equal(1, PeekedSequence(ring, Reader));
    }

    [Fact]
    public void A_publication_takes_the_staged_frames_with_it_in_their_order()
    {
        var ring = new FrameRing(4, 256, 1);
        Stage(ring, 1);
        Stage(ring, 2);

        Assert.Equal(2, Publish(ring, 3));

        for (int i = 0; i < 3; i++)
        {
            Assert.True(ring.TryPeek(Reader, out FrameView frame));
            Assert.Equal((i, i + 1), (frame.Sequence, frame.Payload.Length));
            ring.Release(Reader);
        }
    }

    [Fact]
    public void Nothing_is_staged_without_a_claim_and_publishing_nothing_changes_nothing()
    {
        var ring = new FrameRing(4, 256, 1);
        Assert.Equal(FrameRing.NothingClaimed, ring.Stage(0, 0, 0, 0, 0, 0, 0));

        ring.PublishStaged();

        Assert.Equal(0, ring.PublishedCount);
        Assert.False(ring.TryPeek(Reader, out _));
    }

    [Fact]
    public void A_refused_claim_publishes_what_is_staged_so_that_room_can_come_free()
    {
        var ring = new FrameRing(slotCount: 2, payloadBytes: 256, consumerCount: 1);
        Stage(ring, 1);
        Stage(ring, 1);

        Assert.False(ring.TryClaim(1, out _));

        Assert.Equal(2, ring.PublishedCount);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(i, PeekedSequence(ring, Reader));
            ring.Advance(Reader);
        }

        Assert.False(ring.TryPeek(Reader, out _));
        Assert.True(ring.TryClaim(1, out _));
    }

    [Fact]
    public void An_abandoned_claim_leaves_the_staged_frames_staged()
    {
        var ring = new FrameRing(4, 256, 1);
        Stage(ring, 1);
        Assert.True(ring.TryClaim(1, out _));
        ring.Abandon();
        Assert.Equal(0, ring.PublishedCount);

        ring.PublishStaged();

        Assert.Equal(1, ring.PublishedCount);
    }

    [Fact]
    public void Progress_is_told_with_every_sixteenth_frame_and_when_there_is_no_more()
    {
        var ring = new FrameRing(slotCount: 64, payloadBytes: 256, consumerCount: 1);
        for (int i = 0; i < 40; i++) Publish(ring, 0);

        var told = new List<long>();
        for (int i = 0; ring.TryPeek(Reader, out _); i++)
        {
            ring.Advance(Reader);
            told.Add(ring.ConsumedCount(Reader));
        }

        Assert.Equal([.. Enumerable.Repeat(0L, 15), .. Enumerable.Repeat(16L, 16), .. Enumerable.Repeat(32L, 9)], told);
        Assert.Equal(40, ring.ConsumedCount(Reader));
    }

    [Fact]
    public void A_release_tells_all_that_was_advanced_past()
    {
        var ring = new FrameRing(slotCount: 8, payloadBytes: 256, consumerCount: 1);
        for (int i = 0; i < 4; i++) Publish(ring, 0);
        PeekedSequence(ring, Reader);
        ring.Advance(Reader);
        PeekedSequence(ring, Reader);
        ring.Advance(Reader);
        Assert.Equal(0, ring.ConsumedCount(Reader));

        ring.Release(Reader);

        Assert.Equal(2, ring.ConsumedCount(Reader));
        PeekedSequence(ring, Reader);
        ring.Release(Reader);
        Assert.Equal(3, ring.ConsumedCount(Reader));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(64)]
    public void A_full_ring_drained_by_a_consumer_that_only_advances_is_empty_again(int slotCount)
    {
        var ring = new FrameRing(slotCount, payloadBytes: 64, consumerCount: 1);
        for (int lap = 0; lap < 3; lap++)
        {
            for (int i = 0; i < slotCount; i++) Publish(ring, 0);
            Assert.False(ring.TryClaim(0, out _));

            while (ring.TryPeek(Reader, out _)) ring.Advance(Reader);

            Assert.Equal(ring.PublishedCount, ring.ConsumedCount(Reader));
        }
    }

    [Fact]
    public void Advancing_without_a_peeked_frame_moves_nothing()
    {
        var ring = new FrameRing(4, 256, 1);
        Publish(ring, 1);
        ring.Advance(Reader);
        ring.Advance(Reader);

        Assert.Equal(0, PeekedSequence(ring, Reader));
    }

    [Fact]
    public void Frames_without_payload_never_use_up_the_byte_ring()
    {
        var ring = new FrameRing(slotCount: 8, payloadBytes: 64, consumerCount: 1);
        Publish(ring, 64);
        for (int i = 1; i < 8; i++) Assert.Equal(i, Publish(ring, 0));

        Assert.Equal(0, ring.RefusedClaims);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_consumer_that_does_not_exist_is_refused(int consumer)
    {
        var ring = new FrameRing(4, 256, consumerCount: 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => ring.TryPeek(consumer, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Release(consumer));
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.Advance(consumer));
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.ConsumedCount(consumer));
    }

    [Fact]
    public void A_refused_claim_drops_the_claim_before_it()
    {
        var ring = new FrameRing(16, 256, 1);
        Assert.True(ring.TryClaim(10, out _));
        Assert.False(ring.TryClaim(257, out _));

        Assert.Equal(FrameRing.NothingClaimed, ring.Publish(0, 0, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Every_consumer_sees_every_frame_and_the_slowest_gates_the_producer(int slow, int fast)
    {
        var ring = new FrameRing(slotCount: 2, payloadBytes: 1024, consumerCount: 2);
        Publish(ring, 1);
        Publish(ring, 1);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(i, PeekedSequence(ring, fast));
            ring.Release(fast);
        }

        Assert.False(ring.TryClaim(1, out _));
        Assert.Equal(2, ring.ConsumedCount(fast));
        Assert.Equal(0, ring.ConsumedCount(slow));

        Assert.Equal(0, PeekedSequence(ring, slow));
        ring.Release(slow);
        Assert.Equal(2, Publish(ring, 1));
        Assert.False(ring.TryClaim(1, out _));
    }

    [Theory]
    [InlineData(0, 256, 1, "slots")]
    [InlineData(3, 256, 1, "slots")]
    [InlineData(-4, 256, 1, "slots")]
    [InlineData(1 << 25, 256, 1, "slots")]
    [InlineData(4, 32, 1, "bytes")]
    [InlineData(4, 100, 1, "bytes")]
    [InlineData(4, int.MinValue, 1, "bytes")]
    [InlineData(4, 256, 0, "consumers")]
    [InlineData(4, 256, 65, "consumers")]
    public void A_ring_of_the_wrong_size_is_refused_by_name(int slotCount, int payloadBytes, int consumerCount, string named)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new FrameRing(slotCount, payloadBytes, consumerCount));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warm_ring_allocates_nothing()
    {
        var ring = new FrameRing(slotCount: 64, payloadBytes: 4096, consumerCount: 2);
        Laps(ring, 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Laps(ring, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
    }

    private static void Laps(FrameRing ring, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            if (ring.TryClaim(300, out Span<byte> room))
            {
                room[i % 300] = (byte)i;
                if (i % 3 == 0) ring.Stage(i % 301, 1, 0, 0, i, i, i);
                else ring.Publish(i % 301, 1, 0, 0, i, i, i);
            }

            if (ring.RefusedClaims > i) ring.Abandon();
            for (int consumer = 0; consumer < 2; consumer++)
            {
                while (i % (8 * (consumer + 1)) == 0 && ring.TryPeek(consumer, out _))
                {
                    if (consumer == 0) ring.Release(consumer);
                    else ring.Advance(consumer);
                }
            }
        }
    }

    private static long Publish(FrameRing ring, int lengthBytes, byte flags = 0)
    {
        Assert.True(ring.TryClaim(lengthBytes, out _));
        return ring.Publish(0, flags, 0, 0, 0, 0);
    }

    private static long Stage(FrameRing ring, int lengthBytes)
    {
        Assert.True(ring.TryClaim(lengthBytes, out _));
        return ring.Stage(lengthBytes, 0, 0, 0, 0, 0, 0);
    }

    private static long PeekedSequence(FrameRing ring, int consumer)
    {
        Assert.True(ring.TryPeek(consumer, out FrameView frame));
        return frame.Sequence;
    }
}
