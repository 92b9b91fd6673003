using LatencyEngine.Ring;

namespace LatencyEngine.Journal.Tests;

/// <summary>Two rings whose frames are made by hand, a journal of them in a folder that goes with it, and what a reader finds there.</summary>
internal sealed class Journals : IDisposable
{
    public const int JournalConsumer = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-tests-").FullName;

    public Journals(int slotCount = 64, int payloadBytes = 1 << 18)
    {
        Inbound = new FrameRing(slotCount, payloadBytes, consumerCount: 2);
        Outbound = new FrameRing(slotCount, payloadBytes, consumerCount: 2);
    }

    public FrameRing Inbound { get; }

    public FrameRing Outbound { get; }

    public string Path => InFolder("run.journal");

    public static JournalHeader Header { get; } = new()
    {
        ProgramVersion = "1.2.3",
        Verb = "dry-run",
        StartedUtc = new DateTime(2026, 11, 21, 15, 3, 14, DateTimeKind.Utc).AddTicks(1_234_567),
        Configuration = new Dictionary<string, string> { ["venue:leverage"] = "50", ["quoting:gamma"] = "0.1", ["note"] = "\u00fc\u20ac" },
        Instruments = [new JournalInstrument("BTCUSDT", 0.0002m, 0.00055m), new JournalInstrument("SOLUSDT", -0.00005m, 0.000180m)],
        SessionNumber = uint.MaxValue,
        InstrumentsFile = new JournalFile("samples/instruments.json", new string('a', 64)),
        RiskLimitsFile = new JournalFile("samples/risk-limits.json", new string('b', 64)),
        Recording = "samples/some.frames.gz",
        Seed = ulong.MaxValue,
    };

    public string InFolder(string name) => System.IO.Path.Combine(_folder, name);

    public JournalWriter Write() => new(Path, Header, Inbound, JournalConsumer, Outbound, JournalConsumer);

    /// <summary>Publishes a frame, which consumer 0, the engine or the sender, takes at once.</summary>
    public static void Publish(FrameRing ring, in Frame frame)
    {
        Assert.True(ring.TryClaim(frame.Payload.Length, out Span<byte> payload));
        frame.Payload.CopyTo(payload);
        Assert.Equal(frame.Sequence, ring.Publish(frame.Kind, frame.Flags, frame.Generation, frame.ReceivedAtNanos, frame.LogicTimeNanos, frame.CauseSequence));
        ring.TryPeek(0, out _);
        ring.Release(0);
    }

    /// <summary>A frame with everything in it drawn.</summary>
    public static Frame Draw(Random random, JournalRecordType type, long sequence, long causeSequence)
    {
        var payload = new byte[random.Next(4) == 0 ? 0 : random.Next(1, 400)];
        random.NextBytes(payload);
        return new Frame(
            type, sequence, (byte)random.Next(256), (byte)random.Next(256), (ushort)random.Next(65_536),
            random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), random.NextInt64(0, long.MaxValue), causeSequence, payload);
    }

    /// <summary>The journal's frames, and whether it was cut.</summary>
    public static (List<Frame> Frames, JournalCut? Cut) Read(string path)
    {
        using var reader = JournalReader.Open(path);
        var frames = new List<Frame>();
        while (reader.TryRead(out JournalRecord record))
        {
            frames.Add(new Frame(record.Type, record.Sequence, record.Kind, record.Flags, record.Generation, record.ReceivedAtNanos, record.LogicTimeNanos, record.CauseSequence, record.Payload.ToArray()));
        }

        return (frames, reader.Cut);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A frame of either ring, as values.</summary>
    internal sealed record Frame(JournalRecordType Type, long Sequence, byte Kind, byte Flags, ushort Generation, long ReceivedAtNanos, long LogicTimeNanos, long CauseSequence, byte[] Payload)
    {
        /// <summary>Everything in it, so that frames compare by their bytes.</summary>
        public override string ToString() => $"{(int)Type} {Sequence} {Kind} {Flags} {Generation} {ReceivedAtNanos} {LogicTimeNanos} {CauseSequence} {Convert.ToHexStringLower(Payload)}";
    }
}
