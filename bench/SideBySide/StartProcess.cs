using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.SideBySide;

/// <summary>The other side of <see cref="StartComparison"/>: one process that starts an engine and times its first frames, then the same frames again and again through new engines.</summary>
internal static class StartProcess
{
    /// <summary>First argument of such a process.</summary>
    public const string Verb = "--start-process";

    /// <summary>Third argument: with the warm start.</summary>
    public const string Warm = "warm";

    /// <summary>Third argument: without it.</summary>
    public const string Cold = "cold";

    /// <summary>Frames timed in one pass.</summary>
    public const int Frames = 12_000;

    private const int FirstReader = 0;
    private const int PassesToSettle = 5;
    private const int PassesSteady = 11;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);   // tiers are compiled 100 ms after the last new method

    /// <summary>Prints six numbers, ns: the first pass's p99.9 and the steady one (median of the last passes), the same two by the thread's own time, the first pass's maximum by it, and how long the warm start took.</summary>
    public static int Run(string journalPath, bool isWarm, TextWriter output)
    {
        var frames = new List<(byte Kind, byte Flags, ushort Generation, long LogicNanos, byte[] Payload)>(Frames);
        using JournalReader journal = JournalReader.Open(journalPath);
        while (frames.Count < Frames && journal.TryRead(out JournalRecord record))
        {
            if (record.Type == JournalRecordType.Inbound) frames.Add((record.Kind, record.Flags, record.Generation, record.LogicTimeNanos, record.Payload.ToArray()));
        }

        EngineConfiguration configuration = JournalledEngine.Configuration(journal.Header, journalPath);
        HostThread.TryRaisePriority();
        long started = Stopwatch.GetTimestamp();
        if (isWarm) WarmUp.Run(configuration.Placement);
        double warmUpNanos = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        ulong[] allowed = HostThread.Allowed();
        (double[] Wall, double[] Own) first = Pass();
        double[] steadyWall = new double[PassesSteady], steadyOwn = new double[PassesSteady];
        for (int i = -PassesToSettle; i < PassesSteady; i++)
        {
            Thread.Sleep(Pause);
            (double[] Wall, double[] Own) later = Pass();
            if (i < 0) continue;
            steadyWall[i] = P999(later.Wall);
            steadyOwn[i] = P999(later.Own);
        }

        Array.Sort(steadyWall);
        Array.Sort(steadyOwn);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{P999(first.Wall):F0} {steadyWall[PassesSteady / 2]:F0} {P999(first.Own):F0} {steadyOwn[PassesSteady / 2]:F0} {first.Own[^1]:F0} {warmUpNanos:F0}"));
        return Bench.Done;

        // Times from the claim of a frame's room in the inbound ring until the engine has dealt with it, shortest first: by the clock, and by the processor time of this thread, which leaves out what other programs took.
        (double[] Wall, double[] Own) Pass()
        {
            Engine engine = JournalledEngine.Build(journal.Header, configuration);
            var step = new EngineStep(engine);
            double[] wall = new double[frames.Count], own = new double[frames.Count];
            HostThread.OwnNanos();
            GC.Collect();
            HostThread.TryPin(HostThread.LastCore(allowed));
            for (int i = 0; i < wall.Length; i++)
            {
                (byte kind, byte flags, ushort generation, long logicNanos, byte[] payload) = frames[i];
                long ownBegan = HostThread.OwnNanos();
                long began = Stopwatch.GetTimestamp();
                engine.Inbound.TryClaim(payload.Length, out Span<byte> slot);
                payload.CopyTo(slot);
                engine.Inbound.Publish(kind, flags, generation, StageClock.NowNanos(), logicNanos, causeSequence: -1);
                step.Run();
                wall[i] = (Stopwatch.GetTimestamp() - began) * 1e9 / Stopwatch.Frequency;
                own[i] = HostThread.OwnNanos() - ownBegan;
                while (engine.Outbound.TryPeek(FirstReader, out _)) engine.Outbound.Release(FirstReader);
            }

            HostThread.Unpin(allowed);
            Array.Sort(wall);
            Array.Sort(own);
            return (wall, own);
        }
    }

    private static double P999(double[] sorted) => sorted[(int)Math.Ceiling(sorted.Length * 0.999) - 1];
}
