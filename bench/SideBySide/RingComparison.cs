using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using LatencyEngine.Ring;

namespace LatencyEngine.SideBySide;

/// <summary>The ring between two threads on cores of their own, beside the LMAX Disruptor, <see cref="Channel"/> and <see cref="BlockingCollection{T}"/>. Events of one 64-bit value on every side.</summary>
/// <remarks>
/// A stream is timed in pieces by the consumer's clock and its figure is the lower quartile of them: when another process takes one of the two cores for some milliseconds, no queue is to blame.
/// All queues have the same number of places, and LMAX is measured with those of its own throughput tests as well, where it is faster.
/// </remarks>
internal static class RingComparison
{
    private const int Slots = 16_384;
    private const int SlotsOfLmaxTests = 65_536;
    private const int PieceEvents = 4 * Slots;   // laps, so that no piece is only what had piled up while the consumer was away
    private const int Pieces = 304;              // 20 million events
    private const int PiecesOfSlowPeers = 16;    // a million
    private const int Batch = 16;
    private const int PayloadBytes = 64;
    private const int HopSlots = 1_024;
    private const int HopEvents = 100_000;
    private const int HopGapNanos = 2_000;
    private const int Consumer = 0;

    private static readonly Func<bool> LookAgain = static () => false;   // asked by no busy spin

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry(["Ring.claim1", "Ring.claim1.payload64"], ["ring.claim1.lmax", "ring.claim1.lmax65536", "ring.claim1.channel", "ring.claim1.blockingCollection"], Singly),
        new Entry(["Ring.batch16"], ["ring.batch16.lmax"], InBatches),
        new Entry(["Ring.hopP50", "Ring.hopP99"], ["ring.hopP50.lmax", "ring.hopP99.lmax"], Hop),
    ];

    private static Comparison Singly(BenchContext context)
    {
        var pair = new PinnedPair();
        List<Contestant> contestants = [Streamed("Ring.claim1", Pieces, pieces => OurStream(pair, batch: 1, pieces)), Streamed("Ring.claim1.payload64", Pieces, pieces => OurPayloadStream(pair, pieces))];
        if (!context.WithPeers) return Of(contestants);

        LmaxPeer? lmax = Start(context, pair);
        if (lmax is not null)
        {
            contestants.Add(Streamed("Ring.claim1.lmax", Pieces, pieces => lmax.Stream(batch: 1, Slots, PieceEvents, pieces), isInProcess: false));
            contestants.Add(Streamed("Ring.claim1.lmax65536", Pieces, pieces => lmax.Stream(batch: 1, SlotsOfLmaxTests, PieceEvents, pieces), isInProcess: false));
        }

        contestants.Add(Streamed("Ring.claim1.channel", PiecesOfSlowPeers, pieces => ChannelStream(pair, pieces)));
        contestants.Add(Streamed("Ring.claim1.blockingCollection", PiecesOfSlowPeers, pieces => BlockingCollectionStream(pair, pieces)));
        return Of(
            contestants,
            lmax,
            Ratio.TimesFaster("ring.claim1.lmax", "Ring.claim1", "Ring.claim1.lmax"),
            Ratio.TimesFaster("ring.claim1.lmax65536", "Ring.claim1", "Ring.claim1.lmax65536"),
            Ratio.TimesFaster("ring.claim1.channel", "Ring.claim1", "Ring.claim1.channel"),
            Ratio.TimesFaster("ring.claim1.blockingCollection", "Ring.claim1", "Ring.claim1.blockingCollection"));
    }

    private static Comparison InBatches(BenchContext context)
    {
        var pair = new PinnedPair();
        List<Contestant> contestants = [Streamed("Ring.batch16", Pieces, pieces => OurStream(pair, Batch, pieces))];
        if (!context.WithPeers) return Of(contestants);

        LmaxPeer? lmax = Start(context, pair);
        if (lmax is not null) contestants.Add(Streamed("Ring.batch16.lmax", Pieces, pieces => lmax.Stream(Batch, Slots, PieceEvents, pieces), isInProcess: false));
        return Of(contestants, lmax, Ratio.TimesFaster("ring.batch16.lmax", "Ring.batch16", "Ring.batch16.lmax"));
    }

    private static Comparison Hop(BenchContext context)
    {
        var pair = new PinnedPair();
        List<Contestant> contestants = [Hopped("Ring.hop", "", () => OurHop(pair))];
        if (!context.WithPeers) return Of(contestants);

        LmaxPeer? lmax = Start(context, pair);
        if (lmax is not null) contestants.Add(Hopped("Ring.hop", ".lmax", () => lmax.Hop(HopSlots, HopEvents, HopGapNanos)));
        return Of(
            contestants,
            lmax,
            Ratio.TimesFaster("ring.hopP50.lmax", "Ring.hopP50", "Ring.hopP50.lmax"),
            Ratio.TimesFaster("ring.hopP99.lmax", "Ring.hopP99", "Ring.hopP99.lmax"));
    }

    private static LmaxPeer? Start(BenchContext context, PinnedPair pair)
    {
        LmaxPeer? lmax = LmaxPeer.TryStart(pair, out string remedy);
        if (lmax is null) context.Miss("the LMAX Disruptor", remedy);
        return lmax;
    }

    private static Comparison Of(IReadOnlyList<Contestant> contestants, LmaxPeer? lmax = null, params IReadOnlyList<Ratio> ratios) =>
        new Comparison { Contestants = contestants, Ratios = ratios, IsPinned = false }.Holding(lmax is null ? [] : [lmax]);

    /// <summary>A contestant in nanoseconds for one event. Its first round, a short one, is run here: every value must arrive before anything is timed, and in each timed round too.</summary>
    private static Contestant Streamed(string name, int pieces, Func<int, (double PieceNanos, long Sum)> stream, bool isInProcess = true)
    {
        RequireSum(name, stream(2).Sum, 2);
        return Contestant.OfOwnClock(
            new Figure(name),
            PieceEvents,
            () =>
            {
                (double pieceNanos, long sum) = stream(pieces);
                RequireSum(name, sum, pieces);
                return pieceNanos;
            },
            isInProcess);
    }

    private static Contestant Hopped(string name, string peer, Func<(double P50, double P99, long Events)> hop) => new([new Figure($"{name}P50{peer}"), new Figure($"{name}P99{peer}")], numbers =>
    {
        (numbers[0], numbers[1], long events) = hop();
        if (events != HopEvents) throw new AnswersDifferException($"{name}{peer}: {events} of {HopEvents} events arrived");
    }) { IsInProcess = peer.Length == 0 };

    private static void RequireSum(string name, long sum, int pieces)
    {
        long events = (long)pieces * PieceEvents;
        long wanted = events * (events - 1) / 2;
        if (sum != wanted) throw new AnswersDifferException($"{name}: the values of {events} events add up to {sum}, not to {wanted}");
    }

    private static (double PieceNanos, long Sum) OurStream(PinnedPair pair, int batch, int pieces)
    {
        var ring = new FrameRing(Slots, PayloadBytes, consumerCount: 1);
        var stamps = new PieceStamps(PieceEvents, pieces);
        long sum = 0;
        pair.Run(() => Publish(ring, batch, stamps.Events, default(BusySpinWait)), () => sum = Consume(ring, stamps, default(BusySpinWait)));
        return (stamps.LowerQuartileNanos(), sum);
    }

    private static void Publish<TWait>(FrameRing ring, int batch, long events, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        if (batch == 1)
        {
            for (long i = 0; i < events; i++)
            {
                while (!ring.TryClaim(0, out _)) wait.Wait(LookAgain);
                ring.Publish(0, 0, 0, 0, 0, i, 0);
            }

            return;
        }

        for (long first = 0; first < events; first += batch)
        {
            for (long i = first; i < first + batch; i++)
            {
                while (!ring.TryClaim(0, out _)) wait.Wait(LookAgain);
                ring.Stage(0, 0, 0, 0, 0, i, 0);
            }

            ring.PublishStaged();
        }
    }

    private static long Consume<TWait>(FrameRing ring, PieceStamps stamps, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        long sum = 0;
        for (long i = 0; i < stamps.Events; i++)
        {
            FrameView frame;
            while (!ring.TryPeek(Consumer, out frame)) wait.Wait(LookAgain);
            sum += frame.LogicTimeNanos;
            ring.Advance(Consumer);
            stamps.Passed(i);
        }

        return sum;
    }

    private static (double PieceNanos, long Sum) OurPayloadStream(PinnedPair pair, int pieces)
    {
        var ring = new FrameRing(Slots, Slots * PayloadBytes, consumerCount: 1);
        var stamps = new PieceStamps(PieceEvents, pieces);
        long sum = 0;
        pair.Run(() => PublishPayloads(ring, stamps.Events, default(BusySpinWait)), () => sum = ConsumePayloads(ring, stamps, default(BusySpinWait)));
        return (stamps.LowerQuartileNanos(), sum);
    }

    private static void PublishPayloads<TWait>(FrameRing ring, long events, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        for (long i = 0; i < events; i++)
        {
            Span<byte> payload;
            while (!ring.TryClaim(PayloadBytes, out payload)) wait.Wait(LookAgain);
            MemoryMarshal.Cast<byte, long>(payload).Fill(i);
            ring.Publish(PayloadBytes, 0, 0, 0, 0, 0, 0);
        }
    }

    private static long ConsumePayloads<TWait>(FrameRing ring, PieceStamps stamps, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        long sum = 0;
        for (long i = 0; i < stamps.Events; i++)
        {
            FrameView frame;
            while (!ring.TryPeek(Consumer, out frame)) wait.Wait(LookAgain);
            sum += MemoryMarshal.Read<long>(frame.Payload);
            ring.Advance(Consumer);
            stamps.Passed(i);
        }

        return sum;
    }

    private static (double PieceNanos, long Sum) ChannelStream(PinnedPair pair, int pieces)
    {
        var channel = Channel.CreateBounded<long>(new BoundedChannelOptions(Slots) { SingleReader = true, SingleWriter = true });
        var stamps = new PieceStamps(PieceEvents, pieces);
        long sum = 0;
        pair.Run(
            () =>
            {
                var wait = default(BusySpinWait);
                for (long i = 0; i < stamps.Events; i++)
                {
                    while (!channel.Writer.TryWrite(i)) wait.Wait(LookAgain);
                }
            },
            () =>
            {
                var wait = default(BusySpinWait);
                for (long i = 0; i < stamps.Events; i++)
                {
                    long value;
                    while (!channel.Reader.TryRead(out value)) wait.Wait(LookAgain);
                    sum += value;
                    stamps.Passed(i);
                }
            });
        return (stamps.LowerQuartileNanos(), sum);
    }

    private static (double PieceNanos, long Sum) BlockingCollectionStream(PinnedPair pair, int pieces)
    {
        using var collection = new BlockingCollection<long>(Slots);
        var stamps = new PieceStamps(PieceEvents, pieces);
        long sum = 0;
        pair.Run(
            () =>
            {
                for (long i = 0; i < stamps.Events; i++) collection.Add(i);
            },
            () =>
            {
                for (long i = 0; i < stamps.Events; i++)
                {
                    sum += collection.Take();
                    stamps.Passed(i);
                }
            });
        return (stamps.LowerQuartileNanos(), sum);
    }

    private static (double P50, double P99, long Events) OurHop(PinnedPair pair)
    {
        var ring = new FrameRing(HopSlots, PayloadBytes, consumerCount: 1);
        var nanos = new long[HopEvents];
        pair.Run(() => PublishOnTime(ring, default(BusySpinWait)), () => ConsumeHops(ring, nanos, default(BusySpinWait)));
        Array.Sort(nanos);
        return (nanos[HopEvents / 2], nanos[(int)(HopEvents * 99L / 100)], ring.ConsumedCount(Consumer));
    }

    private static void PublishOnTime<TWait>(FrameRing ring, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        long due = NowNanos();
        for (int i = 0; i < HopEvents; i++)
        {
            while (NowNanos() < due)
            {
            }

            while (!ring.TryClaim(0, out _)) wait.Wait(LookAgain);
            long now = NowNanos();
            ring.Publish(0, 0, 0, 0, 0, logicTimeNanos: now, 0);
            due = now + HopGapNanos;
        }
    }

    private static void ConsumeHops<TWait>(FrameRing ring, long[] nanos, TWait wait)
        where TWait : struct, IWaitStrategy
    {
        for (int i = 0; i < nanos.Length; i++)
        {
            FrameView frame;
            while (!ring.TryPeek(Consumer, out frame)) wait.Wait(LookAgain);
            nanos[i] = NowNanos() - frame.LogicTimeNanos;
            ring.Advance(Consumer);
        }

        ring.Release(Consumer);
    }

    /// <summary>The monotonic clock, as <c>System.nanoTime</c> reads it.</summary>
    private static long NowNanos() => Stopwatch.GetTimestamp();
}
