using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>Random operations against a plain list of the frames published. The list knows no cursors: it judges where each payload may lie only by which frames are still held.</summary>
public sealed class FrameRingModelTests
{
    private const int Seeds = 60;
    private const int OperationsPerSeed = 4_000;

    [Fact]
    public void Any_sequence_of_operations_keeps_every_held_frame_whole_and_refuses_only_a_full_ring()
    {
        int published = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var twin = new Twin(seed);
            for (int i = 0; i < OperationsPerSeed; i++) twin.Step();
            published += twin.Published;
            Assert.True(twin.Refused > 0, $"seed {seed}: the ring was never full");
        }

        Assert.True(published > Seeds * 100, $"only {published} frames went through: the operations drawn test little");
    }

    private sealed record Frame(long Sequence, long Start, int Length, byte Kind, byte Flags, ushort Generation, long Received, long Logic, long Cause);

    private sealed class Twin
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly FrameRing _ring;
        private readonly int _consumers;
        private readonly List<Frame> _frames = [];
        private readonly int[] _next;
        private readonly int[] _told;
        private readonly bool[] _peeked;
        private readonly nint _origin;
        private readonly long[] _refusedFor = new long[Enum.GetValues<ClaimRefusal>().Length];
        private int _visible;
        private int? _claimed;
        private long _claimStart;

        public Twin(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _consumers = _random.Next(1, 4);
            _ring = new FrameRing(1 << _random.Next(0, 6), 64 << _random.Next(0, 6), _consumers);
            _next = new int[_consumers];
            _told = new int[_consumers];
            _peeked = new bool[_consumers];
            Assert.True(_ring.TryClaim(1, out Span<byte> first));
            _origin = AddressOf(first);
            _ring.Abandon();
        }

        public int Published => _frames.Count;

        public long Refused => _refusedFor.Sum();

        public void Step()
        {
            switch (_random.Next(20))
            {
                case < 6: Claim(); break;
                case < 9: PublishClaim(stageOnly: false); break;
                case < 12: PublishClaim(stageOnly: true); break;
                case 12: _ring.PublishStaged(); _visible = _frames.Count; break;
                case 13 when _random.Next(8) == 0: _ring.Abandon(); _claimed = null; break;
                default: Consume(_random.Next(_consumers)); break;
            }

            Expect(_ring.PublishedCount == _visible, "the published count is wrong");
            Expect(_ring.RefusedClaims == Refused, "the refused count is wrong");
            foreach (ClaimRefusal reason in Enum.GetValues<ClaimRefusal>()) Expect(_ring.RefusedFor(reason) == _refusedFor[(int)reason], $"the count of {reason} is wrong");
            for (int c = 0; c < _consumers; c++) Expect(_ring.ConsumedCount(c) == _told[c], "a consumed count is wrong");
        }

        /// <summary>A frame is held until the consumer has told that it is done with it.</summary>
        private int OldestHeld => _told.Min();

        private void Claim()
        {
            int length = _random.Next(4) == 0 ? _random.Next(_ring.PayloadBytes + 2) : _random.Next((_ring.PayloadBytes / 4) + 1);
            bool granted = _ring.TryClaim(length, out Span<byte> room);
            if (!granted)
            {
                ClaimRefusal? reason = ReasonToRefuse(length);
                Expect(reason is not null, "bytes that fit were refused");
                Expect(_ring.LastRefusal == reason, "another reason was given");
                _refusedFor[(int)_ring.LastRefusal]++;
                _claimed = null;
                _visible = _frames.Count;   // nobody waits for room that only staged frames take up
                return;
            }

            Expect(room.Length == length, "the room has another length than asked");
            _claimed = length;
            _claimStart = AddressOf(room) - _origin;
            Expect(_claimStart % 64 == 0, "the payload does not start on a cache line");
            Expect(_claimStart >= 0 && _claimStart + length <= _ring.PayloadBytes, "the payload leaves the byte ring");
            Expect(_frames.Count - OldestHeld < _ring.SlotCount, "more frames than slots");
            Expect(!_frames.Skip(OldestHeld).Any(held => Overlap(held.Start, held.Length, _claimStart, length)), "the payload lies on a frame that is still held");
            room.Fill(0xEE);
        }

        private void PublishClaim(bool stageOnly)
        {
            int used = _claimed is null ? 0 : _random.Next(2) == 0 ? _claimed.Value : _random.Next(_claimed.Value + 1);
            var frame = new Frame(_frames.Count, _claimStart, used, (byte)_random.Next(256), (byte)_random.Next(256), (ushort)_random.Next(65_536), _random.NextInt64(), _random.NextInt64(), _random.NextInt64());
            if (_claimed is not null)
            {
                // The same claim again gives the same room: that is how the bytes get in without keeping the span.
                Expect(_ring.TryClaim(_claimed.Value, out Span<byte> room), "a claim that was granted is refused the second time");
                frame = frame with { Start = AddressOf(room) - _origin };
                for (int i = 0; i < used; i++) room[i] = ByteOf(frame.Sequence, i);
            }

            long sequence = stageOnly
                ? _ring.Stage(used, frame.Kind, frame.Flags, frame.Generation, frame.Received, frame.Logic, frame.Cause)
                : _ring.Publish(used, frame.Kind, frame.Flags, frame.Generation, frame.Received, frame.Logic, frame.Cause);
            Expect(sequence == (_claimed is null ? FrameRing.NothingClaimed : frame.Sequence), "the published sequence is wrong");
            if (_claimed is null) return;
            _frames.Add(frame);
            if (!stageOnly) _visible = _frames.Count;
            _claimed = null;
        }

        private void Consume(int consumer)
        {
            int done = _next[consumer] + (_peeked[consumer] ? 1 : 0);
            switch (_random.Next(8))
            {
                case < 2:
                    _ring.Release(consumer);
                    (_next[consumer], _told[consumer], _peeked[consumer]) = (done, done, false);
                    return;
                case < 4:
                    _ring.Advance(consumer);
                    if (_peeked[consumer] && done % FrameRing.ProgressFrames == 0) _told[consumer] = done;
                    (_next[consumer], _peeked[consumer]) = (done, false);
                    return;
            }

            bool some = _ring.TryPeek(consumer, out FrameView view);
            Expect(some == _next[consumer] < _visible, "a frame is missing or invented");
            if (!some)
            {
                _told[consumer] = _next[consumer];
                return;
            }

            _peeked[consumer] = true;
            Frame frame = _frames[_next[consumer]];
            Expect(view.Sequence == frame.Sequence && view.Kind == frame.Kind && view.Flags == frame.Flags && view.Generation == frame.Generation, "the descriptor is wrong");
            Expect(view.ReceivedAtNanos == frame.Received && view.LogicTimeNanos == frame.Logic && view.CauseSequence == frame.Cause, "the descriptor's times are wrong");
            Expect(view.IsEndOfBurst == ((frame.Flags & 1) == 1), "the end-of-burst bit is wrong");
            Expect(view.Payload.Length == frame.Length, "the payload has another length");
            for (int i = 0; i < frame.Length; i++) Expect(view.Payload[i] == ByteOf(frame.Sequence, i), "the payload was overwritten");
        }

        /// <summary>No slot is free, or neither the place after the newest frame nor the beginning of the ring has that many bytes in one piece; null when there is room.</summary>
        private ClaimRefusal? ReasonToRefuse(int length)
        {
            if (length > _ring.PayloadBytes) return ClaimRefusal.TooLong;
            if (_frames.Count - OldestHeld == _ring.SlotCount) return ClaimRefusal.NoSlots;
            if (OldestHeld == _frames.Count) return null;
            Frame newest = _frames[^1];
            long head = (newest.Start + newest.Length + 63) / 64 * 64;
            return Free(head, length) || Free(0, length) ? null : ClaimRefusal.NoBytes;
        }

        private bool Free(long start, int length) =>
            start + length <= _ring.PayloadBytes && !_frames.Skip(OldestHeld).Any(held => Overlap(held.Start, Math.Max(held.Length, 1), start, Math.Max(length, 1)));

        private static bool Overlap(long a, int aLength, long b, int bLength) => a < b + bLength && b < a + aLength;

        private static byte ByteOf(long sequence, int index) => (byte)((sequence * 31) + (index * 7));

        private static unsafe nint AddressOf(Span<byte> span) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));

        private void Expect(bool holds, string otherwise)
        {
            if (!holds) Assert.Fail($"seed {_seed}, {_frames.Count} frames published: {otherwise}");
        }
    }
}
