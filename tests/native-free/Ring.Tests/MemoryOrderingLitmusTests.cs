using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>
/// What the ring and the wake-up rely on, put to the processor: each program runs a copy of the smallest piece with one line broken until it shows the forbidden outcome, here and now,
/// and then the shipped code, which must not show it in <see cref="RoundsOverTwin"/> times the rounds that the copy needed. Without the first the second would prove nothing.
/// </summary>
/// <remarks>
/// <para>The processor decides what can be seen. x86 keeps a thread's stores in order for every other thread, and its loads as well; only a load may come before an earlier store to another place
/// (Intel, "Software Developer's Manual", volume 3, 9.2.2). So these programs find a line in the wrong place, a barrier left out and progress told or believed too early;
/// they cannot find an acquire or a release that is missing: that takes a processor of weaker order, such as Arm, or a compiler that makes use of it.</para>
/// <para>Nothing else of this assembly runs at the same time, and each thread has a core of its own (<see cref="Race"/>): threads that share a core see each other's memory in order.</para>
/// </remarks>
[CollectionDefinition(nameof(MemoryOrderingLitmusTests), DisableParallelization = true)]
[Collection(nameof(MemoryOrderingLitmusTests))]
public sealed class MemoryOrderingLitmusTests
{
    private const long RoundsOverTwin = 20;
    private const int TightSlots = 2;           // the reader waits at the slot that is being written
    private const int DescriptorWords = 5;      // what a descriptor holds beside its sequence, all in one line
    private const int FrameWords = 128;

    private static readonly TimeSpan TwinMost = TimeSpan.FromMinutes(5);   // milliseconds on cores that nobody else is busy on
    private static readonly TimeSpan ShippedLeast = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShippedMost = TimeSpan.FromSeconds(12);

    /// <summary>Looks for frame <paramref name="next"/>, and whether it was whole as long as the reader held it.</summary>
    private delegate bool FrameReader(ref long next, out bool isWhole);

    [MultiCoreFact]
    public void A_descriptor_is_whole_when_its_sequence_is_seen()
    {
        long twinRounds = RoundsToViolation(() => RunSmallRing(BrokenLine.SequenceBeforeFrame, TightSlots, DescriptorWords));
        var ring = new FrameRing(TightSlots, payloadBytes: 64, consumerCount: 1);

        Race race = RunRing(
            Shipped(twinRounds),
            i => ring.TryClaim(0, out _) && ring.Publish((byte)i, 0, (ushort)i, i, i, i) == i,
            (ref long next, out bool isWhole) =>
            {
                isWhole = false;
                if (!ring.TryPeek(0, out FrameView frame)) return false;
                isWhole = IsWhole(frame, next);
                ring.Release(0);
                return true;
            });

        AssertNoneSeen(race);
    }

    [MultiCoreFact]
    public void A_frame_stays_whole_until_its_slot_is_released() => AssertFramesStayWhole(slotCount: 4, framesOfBytes: 8);

    [MultiCoreFact]
    public void A_frame_stays_whole_until_its_bytes_are_released() => AssertFramesStayWhole(slotCount: 8, framesOfBytes: 4);

    [MultiCoreFact]
    public void A_frame_published_while_its_reader_goes_to_sleep_is_seen_or_wakes_it()
    {
        var handshake = new Handshake();
        long brokenReader = RoundsToViolation(() => RunHandshakes(Twin(), handshake.RaiseWithoutBarrier, handshake.AskPlainFlag, handshake));
        long brokenWriter = RoundsToViolation(() => RunHandshakes(Twin(), handshake.RaisePlainFlag, handshake.AskWithoutBarrier, handshake));

        Race race = RunHandshakes(Shipped(Math.Max(brokenReader, brokenWriter)), handshake.Raise, handshake.Ask, handshake);

        AssertNoneSeen(race);
    }

    /// <summary>A ring that is always full: the writer overwrites at once what the reader gives back, and the reader looks at each frame again before it does.</summary>
    private static void AssertFramesStayWhole(int slotCount, int framesOfBytes)
    {
        BrokenLine[] broken = [BrokenLine.ProgressIgnored, BrokenLine.ReleasedAtPeek];
        long twinRounds = broken.Max(line => RoundsToViolation(() => RunSmallRing(line, Math.Min(slotCount, framesOfBytes), FrameWords)));
        var ring = new FrameRing(slotCount, framesOfBytes * FrameWords * sizeof(long), consumerCount: 1);
        var jitter = new Jitter(seed: 1);

        Race race = RunRing(
            Shipped(twinRounds),
            i =>
            {
                if (!ring.TryClaim(FrameWords * sizeof(long), out Span<byte> room)) return false;
                MemoryMarshal.Cast<byte, long>(room).Fill(i);
                return ring.Publish((byte)i, 0, (ushort)i, i, i, i) == i;
            },
            (ref long next, out bool isWhole) =>
            {
                isWhole = false;
                if (!ring.TryPeek(0, out FrameView frame)) return false;
                isWhole = IsWhole(frame, next);
                jitter.Delay();
                isWhole &= IsWhole(frame, next);
                ring.Release(0);
                return true;
            });

        AssertNoneSeen(race);
    }

    private static Race RunSmallRing(BrokenLine broken, int slotCount, int frameWords)
    {
        var ring = new SmallRing(slotCount, frameWords, broken);
        var jitter = new Jitter(seed: 1);
        return RunRing(
            Twin(),
            ring.TryPublish,
            (ref long next, out bool isWhole) =>
            {
                isWhole = false;
                if (!ring.TryPeek(ref next, out ReadOnlySpan<long> frame)) return false;
                isWhole = IsWhole(frame, next);
                if (broken != BrokenLine.SequenceBeforeFrame) jitter.Delay();
                isWhole &= IsWhole(frame, next);
                ring.Release(next);
                return true;
            });
    }

    /// <summary>One writer and one reader, who waits at the next frame.</summary>
    private static Race RunRing(Race race, Func<long, bool> tryPublish, FrameReader tryRead)
    {
        long last = long.MaxValue;
        race.Run(
            () =>
            {
                int waits = 0;
                for (long i = 0; ; i++)
                {
                    bool isLast = race.IsLast(i + 1);
                    if (isLast) Volatile.Write(ref last, i);   // before the frame is there: a reader who has it must know that no other comes
                    while (!tryPublish(i)) race.Wait(ref waits);
                    race.ThrowIfOver();
                    if (isLast) return;
                }
            },
            () =>
            {
                int waits = 0;
                for (long next = 0; next <= Volatile.Read(ref last); next++)
                {
                    bool isWhole;
                    while (!tryRead(ref next, out isWhole)) race.Wait(ref waits);
                    if (!isWhole) race.Violate(next + 1);
                    race.ThrowIfOver();
                }
            });
        return race;
    }

    /// <summary>Reader and writer side at the same time, again and again, at every offset to each other. Forbidden: neither has seen the other.</summary>
    private static Race RunHandshakes(Race race, Func<bool> reader, Func<bool> writer, Handshake handshake)
    {
        bool hasWriterSeen = false;
        bool isLast = false;
        handshake.Reset();
        race.Run(
            () =>
            {
                var jitter = new Jitter(seed: 1);
                for (long i = 1; !isLast; i++)
                {
                    race.Meet(isFirst: true);
                    jitter.Delay();
                    bool hasReaderSeen = reader();
                    isLast = race.IsLast(i);
                    race.Meet(isFirst: true);
                    if (!hasReaderSeen && !Volatile.Read(ref hasWriterSeen)) race.Violate(i);
                    handshake.Reset();
                }
            },
            () =>
            {
                var jitter = new Jitter(seed: 2);
                while (!Volatile.Read(ref isLast))
                {
                    race.Meet(isFirst: false);
                    jitter.Delay();
                    Volatile.Write(ref hasWriterSeen, writer());
                    race.Meet(isFirst: false);
                    handshake.ReadLinesOfReader();
                }
            });
        return race;
    }

    private static Race Twin() => new(long.MaxValue, TimeSpan.Zero, TwinMost);

    private static Race Shipped(long twinRounds) => new(twinRounds * RoundsOverTwin, ShippedLeast, ShippedMost);

    private static long RoundsToViolation(Func<Race> twin)
    {
        long? round = twin().ViolatedInRound;
        Assert.True(round is not null, $"the broken copy showed no violation in {TwinMost}: this litmus program sees nothing");
        return round.Value;
    }

    private static void AssertNoneSeen(Race race)
    {
        Assert.Null(race.ViolatedInRound);
        Assert.True(race.IsComplete, "the two sides stood still");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]   // reads memory anew each time
    private static bool IsWhole(FrameView frame, long value) =>
        frame.CauseSequence == value && frame.LogicTimeNanos == value && frame.ReceivedAtNanos == value && frame.Generation == (ushort)value && frame.Kind == (byte)value
        && frame.Sequence == value && IsWhole(MemoryMarshal.Cast<byte, long>(frame.Payload), value);

    [MethodImpl(MethodImplOptions.NoInlining)]   // reads memory anew each time
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
    /// <remarks>Each side first writes lines that lie in the other's cache: what it writes next waits behind them, so that a load which comes before it comes long before it.</remarks>
    private sealed class Handshake
    {
        private const int Lines = 32;
        private const int LineBytes = 64;

        private readonly FrameRing _ring = new(slotCount: 1, payloadBytes: Lines * LineBytes, consumerCount: 1);
        private readonly byte[] _linesOfReader = new byte[Lines * LineBytes];
        private WaitFlag _flag;
        private PlainFlag _plain;

        public bool Raise()
        {
            WriteLines(_linesOfReader);
            _flag.Raise();
            return _ring.TryPeek(0, out _);
        }

        public bool RaiseWithoutBarrier()
        {
            WriteLines(_linesOfReader);
            Volatile.Write(ref _plain.Value, 1);
            return _ring.TryPeek(0, out _);
        }

        public bool RaisePlainFlag()
        {
            WriteLines(_linesOfReader);
            Volatile.Write(ref _plain.Value, 1);
            Interlocked.MemoryBarrier();
            return _ring.TryPeek(0, out _);
        }

        public bool Ask()
        {
            Publish();
            return _flag.IsRaisedAfterPublishing();
        }

        public bool AskWithoutBarrier()
        {
            Publish();
            return Volatile.Read(ref _plain.Value) != 0;
        }

        public bool AskPlainFlag()
        {
            Publish();
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _plain.Value) != 0;
        }

        /// <summary>Reader's thread, while the writer rests: lowers the flags and releases the frame, whose lines it has read.</summary>
        public void Reset()
        {
            _flag.Lower();
            Volatile.Write(ref _plain.Value, 0);
            if (_ring.TryPeek(0, out FrameView frame)) ReadLines(frame.Payload);
            _ring.Release(0);
        }

        /// <summary>Writer's thread, between the handshakes.</summary>
        public void ReadLinesOfReader() => ReadLines(_linesOfReader);

        private void Publish()
        {
            _ring.TryClaim(Lines * LineBytes, out Span<byte> room);
            WriteLines(room);
            _ring.Publish(0, 0, 0, 0, 0, 0);
        }

        private static void WriteLines(Span<byte> lines)
        {
            for (int i = 0; i < lines.Length; i += LineBytes) Volatile.Write(ref lines[i], 1);
        }

        private static void ReadLines(ReadOnlySpan<byte> lines)
        {
            for (int i = 0; i < lines.Length; i += LineBytes) Volatile.Read(in lines[i]);
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
