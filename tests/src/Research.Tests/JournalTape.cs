using System.Runtime.InteropServices;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Research.Tests;

/// <summary>A whole journal in memory, and a fresh engine that is given its events one by one, with no socket, no other thread and no clock.</summary>
internal sealed class JournalTape
{
    private JournalTape(IReadOnlyList<Frame> inbound, IReadOnlyList<Frame> outbound)
    {
        Inbound = inbound;
        Outbound = outbound;
    }

    public IReadOnlyList<Frame> Inbound { get; }

    public IReadOnlyList<Frame> Outbound { get; }

    public static JournalTape Read(string path)
    {
        var inbound = new List<Frame>();
        var outbound = new List<Frame>();
        using var journal = JournalReader.Open(path);
        while (journal.TryRead(out JournalRecord record))
        {
            (record.Type == JournalRecordType.Inbound ? inbound : outbound).Add(new Frame(record.Kind, record.Flags, record.Generation, record.LogicTimeNanos, record.CauseSequence, record.Payload.ToArray()));
        }

        Assert.Null(journal.Cut);
        return new JournalTape(inbound, outbound);
    }

    /// <summary>Plays the events to an engine.</summary>
    /// <param name="request">The journalled run's.</param>
    /// <param name="afterFrame">Called after each event, with the event and the engine at rest.</param>
    /// <returns>What the engine published.</returns>
    public IReadOnlyList<Frame> Play(RunRequest request, Action<Frame, Engine>? afterFrame = null)
    {
        using RunStage stage = RunStage.Set(request with { JournalPath = null, RecordPath = null });
        Engine engine = stage.Engine;
        var step = new EngineStep(engine);
        var answers = new List<Frame>();
        foreach (Frame frame in Inbound)
        {
            Assert.True(engine.Inbound.TryClaim(frame.Payload.Length, out Span<byte> slot));
            frame.Payload.CopyTo(slot);
            engine.Inbound.Publish(frame.Kind, frame.Flags, frame.Generation, StageClock.NowNanos(), frame.LogicTimeNanos, causeSequence: -1);
            step.Run();
            while (engine.Outbound.TryPeek(0, out FrameView answer))
            {
                answers.Add(new Frame(answer.Kind, answer.Flags, answer.Generation, answer.LogicTimeNanos, answer.CauseSequence, answer.Payload.ToArray()));
                engine.Outbound.Release(0);
                engine.Outbound.TryPeek(RunObserver.Consumer, out _);
                engine.Outbound.Release(RunObserver.Consumer);
            }

            afterFrame?.Invoke(frame, engine);
        }

        return answers;
    }

    /// <summary>The answers are the journal's, to the byte and with the same causes.</summary>
    public void AssertAnswers(IReadOnlyList<Frame> answers)
    {
        Assert.Equal(Outbound.Count, answers.Count);
        for (int i = 0; i < answers.Count; i++) Assert.Equal(Outbound[i].ToString(), answers[i].ToString());
    }

    /// <summary>A frame of either ring.</summary>
    internal sealed record Frame(byte Kind, byte Flags, ushort Generation, long LogicTimeNanos, long CauseSequence, byte[] Payload)
    {
        public bool IsEndOfBurst => (Flags & FrameRing.EndOfBurst) != 0;

        public T Read<T>()
            where T : struct => MemoryMarshal.Read<T>(Payload);

        public override string ToString() => $"{Kind} {Flags} {Generation} {LogicTimeNanos} {CauseSequence} {Convert.ToHexStringLower(Payload)}";
    }
}
