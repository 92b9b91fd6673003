using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.SideBySide;

/// <summary>From the moment in which a market message is due to the moment in which the last request that it leads to is taken out of the outbound ring: an open loop, in process, at fixed rates, and at ten times the recording's busiest second.</summary>
/// <remarks>
/// One thread puts the frames of a backtest into the inbound ring, each when it is due, and does not wait for the engine; the engine spins on another core. A frame's time counts from when it was
/// due, not from when there was room for it: what waits behind a slow frame is slow, too, and no omission is coordinated. Only messages that lead to a request are counted. Quotes follow every tick,
/// so that many do. The engine is a fresh one for each pass over the recording; where engines change, both threads meet, and the schedule begins anew.
/// </remarks>
internal static class TickToOrderComparison
{
    private const int Consumer = 0;
    private const int PassesMax = 12;

    private static readonly (string Name, double FramesPerSecond)[] Rates =
        [("10k", 10_000), ("50k", 50_000), ("100k", 100_000), ("200k", 200_000), ("400k", 400_000), ("600k", 600_000), ("800k", 800_000), ("1M", 1_000_000), ("1.5M", 1_500_000)];

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry([.. Rates.SelectMany(rate => OpenLoopFigures.Names($"TickToOrder.{rate.Name}")), "TickToOrder.saturated", .. OpenLoopFigures.Names("TickToOrder.floor")], [], OpenRates),
        new Entry([.. OpenLoopFigures.Names("Burst.bookAge"), "Burst.framesPerSecond"], [], OpenBurst),
    ];

    private static Comparison OpenRates(BenchContext context)
    {
        Tape tape = Tape.Record(Tape.QuotingEveryTick);
        Contestant[] rates = [.. Rates.Select(rate => AtRate($"TickToOrder.{rate.Name}", tape, 1e9 / rate.FramesPerSecond))];
        return new Comparison { Contestants = [.. rates, Saturated(tape), OpenLoopFigures.Floor("TickToOrder.floor")], IsPinned = false };
    }

    private static Contestant AtRate(string name, Tape tape, double nanosBetween)
    {
        int passes = (int)Math.Clamp(Math.Ceiling(OpenLoopFigures.SecondsOfRound * 1e9 / nanosBetween / tape.Entries.Count), 1, PassesMax);
        int frames = (int)Math.Min(tape.Entries.Count, Math.Ceiling(OpenLoopFigures.SecondsOfRound * 1e9 / nanosBetween));
        Tape.Entry[] played = [.. tape.Entries.Take(frames)];
        long[] due = [.. Enumerable.Range(0, frames).Select(i => (long)(i * nanosBetween))];
        LatencyHistogram histogram = new(), all = new();
        return new Contestant([.. OpenLoopFigures.Names(name).Select(of => new Figure(of) { Frames = frames * passes })], numbers =>
        {
            histogram.Reset();
            Play(tape, played, due, passes, (_, nanos) =>
            {
                histogram.Record(nanos);
                all.Record(nanos);
            });
            OpenLoopFigures.Read(histogram, numbers);
        })
        {
            Histograms = [(name, all)],
        };
    }

    /// <summary>Ten times the recording's busiest second: its frames, ten times as close together. Of each message that leads to a request the age of the book behind that: from when the newest message of the book was due which the engine had by then.</summary>
    private static Comparison OpenBurst(BenchContext context)
    {
        Tape tape = Tape.Record(Tape.QuotingEveryTick);
        const long SecondNanos = 1_000_000_000;
        const int Faster = 10;
        Tape.Entry[] all = [.. tape.Entries];
        int first = 0, count = 0;
        for (int from = 0, to = 0; from < all.Length; from++)
        {
            while (to < all.Length && all[to].LogicTimeNanos - all[from].LogicTimeNanos < SecondNanos) to++;
            if (to - from > count) (first, count) = (from, to - from);
        }

        // What comes before it sets the scene, unhurried and not counted.
        Tape.Entry[] scene = all[..first], second = all[first..(first + count)];
        long begins = second[0].LogicTimeNanos;
        long[] due = [.. second.Select(entry => (entry.LogicTimeNanos - begins) / Faster)];
        int newest = Array.FindIndex(second, IsBook);
        int[] book = [.. second.Select((entry, i) => IsBook(entry) ? newest = i : newest)];
        LatencyHistogram histogram = new(), whole = new();
        var contestant = new Contestant([.. OpenLoopFigures.Names("Burst.bookAge").Select(of => new Figure(of) { Frames = count }), new Figure("Burst.framesPerSecond") { Unit = Figure.Count }], numbers =>
        {
            histogram.Reset();
            Play(
                tape,
                second,
                due,
                passes: 1,
                (i, nanos) =>
                {
                    if (book[i] > i) return;   // the book is of the scene
                    nanos += due[i] - due[book[i]];
                    histogram.Record(nanos);
                    whole.Record(nanos);
                },
                scene);
            OpenLoopFigures.Read(histogram, numbers);
            numbers[^1] = count * Faster;
        })
        {
            Histograms = [("Burst.bookAge", whole)],
        };
        return new Comparison { Contestants = [contestant], IsPinned = false };

        static bool IsBook(Tape.Entry entry) => entry.Kind == InboundKind.PublicFrame && entry.Payload.AsSpan().IndexOf("\"topic\":\"orderbook."u8) >= 0;
    }

    /// <summary>Frames as fast as the ring takes them: one over this is the rate at which the engine cannot follow.</summary>
    private static Contestant Saturated(Tape tape)
    {
        Tape.Entry[] played = [.. tape.Entries];
        long[] due = new long[played.Length];
        return new Contestant([new Figure("TickToOrder.saturated") { Frames = played.Length }], numbers => numbers[0] = (double)Play(tape, played, due, passes: 2, static (_, _) => { }) / (2 * played.Length));
    }

    /// <summary>Plays frames, each when it is due, pass after pass.</summary>
    /// <param name="tape">Gives the engines, one a pass.</param>
    /// <param name="frames">Those of a pass.</param>
    /// <param name="due">Of each frame, ns after the pass begins.</param>
    /// <param name="passes">How many.</param>
    /// <param name="done">Told of each frame that has led to a request its number and its time since it was due, ns.</param>
    /// <param name="scene">Frames that the engine is given before.</param>
    /// <returns>From the beginning of each pass to its last frame, all passes together, ns.</returns>
    private static long Play(Tape tape, Tape.Entry[] frames, long[] due, int passes, Action<int, long> done, Tape.Entry[]? scene = null)
    {
        Engine[] engines = [.. Enumerable.Range(0, passes).Select(_ => tape.NewOwnEngine())];
        foreach (Engine engine in engines)
        {
            foreach (Tape.Entry entry in scene ?? [])
            {
                Tape.Hand(engine, in entry);
                Drain(engine);
            }
        }

        GC.Collect();
        return OpenLoop.Play(passes, due, TryGive, TryWork, done);

        bool TryGive(int pass, int i)
        {
            ref readonly Tape.Entry entry = ref frames[i];
            FrameRing ring = engines[pass].Inbound;
            if (!ring.TryClaim(entry.Payload.Length, out Span<byte> slot)) return false;
            entry.Payload.CopyTo(slot);
            ring.Publish((byte)entry.Kind, entry.Flags, entry.Generation, StageClock.NowNanos(), entry.LogicTimeNanos, causeSequence: -1);
            return true;
        }

        bool? TryWork(int pass)
        {
            Engine engine = engines[pass];
            if (!engine.Inbound.TryPeek(Consumer, out FrameView frame)) return null;
            engine.HotPath.OnFrame(in frame);
            engine.Inbound.Release(Consumer);
            return Drain(engine);
        }
    }

    /// <returns>Whether there was a request.</returns>
    private static bool Drain(Engine engine)
    {
        bool sends = false;
        for (int bytes = Tape.Take(engine, digest: null); bytes >= 0; bytes = Tape.Take(engine, digest: null)) sends |= bytes > 0;
        return sends;
    }
}
