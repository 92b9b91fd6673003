using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>
/// What the ring and the wake-up rely on, put to the processor: each program runs the shipped code, which must never show the forbidden outcome,
/// and a copy of its smallest piece with one line broken, which must show it here and now. Without the second the first would prove nothing.
/// </summary>
/// <remarks>A broken copy runs until its first violation, at most for <see cref="Bound"/>; the shipped code for a fixed number of rounds, many times those that the broken copies need.</remarks>
public sealed class MemoryOrderingLitmusTests
{
    private const int SlotCount = 4;        // the reader is never far behind: only there a torn frame can be seen
    private const int FrameWords = 512;     // long to write, long to read
    private const long Frames = 100_000;
    private const long Handshakes = 300_000;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_published_frame_is_whole_when_its_sequence_is_seen()
    {
        var ring = new FrameRing(SlotCount, SlotCount * FrameWords * sizeof(long), consumerCount: 1);
        var race = new Race(Bound);

        race.Run(
            () =>
            {
                int waits = 0;
                for (long i = 0; i < Frames; i++)
                {
                    Span<byte> room;
                    while (!ring.TryClaim(FrameWords * sizeof(long), out room)) race.Wait(ref waits);
                    MemoryMarshal.Cast<byte, long>(room).Fill(i);
                    ring.Publish(0, 0, 0, i, i, i);
                }
            },
            () =>
            {
                int waits = 0;
                for (long i = 0; i < Frames; i++)
                {
                    FrameView frame;
                    while (!ring.TryPeek(0, out frame)) race.Wait(ref waits);
                    bool isWhole = frame.Sequence == i && frame.LogicTimeNanos == i && frame.CauseSequence == i && IsWhole(MemoryMarshal.Cast<byte, long>(frame.Payload), i);
                    if (!isWhole) race.Violations++;
                    ring.Advance(0);
                }
            });

        Assert.True(race.IsComplete, "the ring stood still");
        Assert.Equal(0, race.Violations);
    }

    [Theory]
    [InlineData(BrokenLine.SequenceBeforeFrame)]
    [InlineData(BrokenLine.ProgressIgnored)]
    public void A_ring_with_one_line_broken_shows_torn_or_overwritten_frames(BrokenLine broken)
    {
        Race race = RunSmallRing(broken, frames: long.MaxValue);

        Assert.True(race.Violations > 0, $"no violation in {Bound}: this litmus program sees nothing");
    }

    [Fact]
    public void The_same_small_ring_with_no_line_broken_shows_none()
    {
        Race race = RunSmallRing(BrokenLine.None, Frames);

        Assert.True(race.IsComplete, "the ring stood still");
        Assert.Equal(0, race.Violations);
    }

    [Fact]
    public void A_frame_published_while_its_reader_goes_to_sleep_is_seen_or_wakes_it()
    {
        var handshake = new Handshake();

        Race race = RunHandshakes(handshake.RaiseAndLook, handshake.PublishAndAsk, handshake, Handshakes);

        Assert.True(race.IsComplete, "the two sides lost each other");
        Assert.Equal(0, race.Violations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_handshake_without_the_full_barrier_on_one_side_loses_wake_ups(bool isReaderBroken)
    {
        var handshake = new Handshake();
        Func<bool> reader = isReaderBroken ? handshake.RaiseAndLookWithoutBarrier : handshake.RaiseAndLookOnPlainFlag;
        Func<bool> writer = isReaderBroken ? handshake.PublishAndAskPlainFlag : handshake.PublishAndAskWithoutBarrier;

        Race race = RunHandshakes(reader, writer, handshake, long.MaxValue);

        Assert.True(race.Violations > 0, $"no lost wake-up in {Bound}: this litmus program sees nothing");
    }

    /// <summary>One writer and one reader of a <see cref="SmallRing"/>; without end for a broken one, which is over at its first violation.</summary>
    private static Race RunSmallRing(BrokenLine broken, long frames)
    {
        var ring = new SmallRing(SlotCount, FrameWords, broken);
        var race = new Race(Bound);
        race.Run(
            () =>
            {
                int waits = 0;
                for (long i = 0; i < frames; i++)
                {
                    while (!ring.TryPublish(i)) race.Wait(ref waits);
                    race.ThrowIfOver();
                }
            },
            () =>
            {
                int waits = 0;
                for (long next = 0; next < frames; next++)
                {
                    ReadOnlySpan<long> frame;
                    while (!ring.TryPeek(ref next, out frame)) race.Wait(ref waits);
                    if (!IsWhole(frame, next)) race.Violations++;
                    ring.Release(next);
                    if (broken != BrokenLine.None && race.Violations > 0) race.End();
                    race.ThrowIfOver();
                }
            });
        return race;
    }

    /// <summary>Reader and writer side at the same time, again and again, with a little delay now on one side, now on the other. Forbidden: neither has seen the other.</summary>
    private static Race RunHandshakes(Func<bool> reader, Func<bool> writer, Handshake handshake, long rounds)
    {
        var race = new Race(Bound);
        bool hasWriterSeen = false;
        race.Run(
            () =>
            {
                for (long i = 0; i < rounds; i++)
                {
                    race.Meet(isFirst: true);
                    Thread.SpinWait((int)(i % 5));
                    bool hasReaderSeen = reader();
                    race.Meet(isFirst: true);
                    if (!hasReaderSeen && !Volatile.Read(ref hasWriterSeen)) race.Violations++;
                    handshake.Reset();
                    if (rounds == long.MaxValue && race.Violations > 0) race.End();
                }
            },
            () =>
            {
                for (long i = 0; i < rounds; i++)
                {
                    race.Meet(isFirst: false);
                    Thread.SpinWait((int)(i / 5 % 5));
                    Volatile.Write(ref hasWriterSeen, writer());
                    race.Meet(isFirst: false);
                }
            });
        return race;
    }

    private static bool IsWhole(ReadOnlySpan<long> words, long value)
    {
        // From the end: what was written last is the first to be looked at.
        for (int i = words.Length - 1; i >= 0; i--)
        {
            if (words[i] != value) return false;
        }

        return true;
    }

    /// <summary>The shipped flag and ring, and beside it a plain flag with the barriers of <see cref="WaitFlag"/> left out one at a time.</summary>
    private sealed class Handshake
    {
        private readonly FrameRing _ring = new(slotCount: 1024, payloadBytes: 64, consumerCount: 1);
        private WaitFlag _flag;
        private PlainFlag _plain;

        public bool RaiseAndLook()
        {
            _flag.Raise();
            return _ring.TryPeek(0, out _);
        }

        public bool PublishAndAsk()
        {
            Publish();
            return _flag.IsRaisedAfterPublishing();
        }

        public bool RaiseAndLookWithoutBarrier()
        {
            Volatile.Write(ref _plain.Value, 1);
            return _ring.TryPeek(0, out _);
        }

        public bool RaiseAndLookOnPlainFlag()
        {
            Volatile.Write(ref _plain.Value, 1);
            Interlocked.MemoryBarrier();
            return _ring.TryPeek(0, out _);
        }

        public bool PublishAndAskWithoutBarrier()
        {
            Publish();
            return Volatile.Read(ref _plain.Value) != 0;
        }

        public bool PublishAndAskPlainFlag()
        {
            Publish();
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _plain.Value) != 0;
        }

        /// <summary>Reader's thread, while the writer rests.</summary>
        public void Reset()
        {
            _flag.Lower();
            Volatile.Write(ref _plain.Value, 0);
            _ring.TryPeek(0, out _);
            _ring.Release(0);
        }

        private void Publish()
        {
            _ring.TryClaim(0, out _);
            _ring.Publish(0, 0, 0, 0, 0, 0);
        }
    }

    /// <summary>Laid out as <see cref="WaitFlag"/>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct PlainFlag
    {
        [FieldOffset(128)]
        public int Value;
    }
}
