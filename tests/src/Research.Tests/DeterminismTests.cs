using System.Text;
using System.Text.RegularExpressions;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Research.Tests;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_seed_gives_the_same_requests_and_another_latency_seed_gives_others()
    {
        Assert.Equal(Digest(("venue:seed", "7")), Digest(("venue:seed", "7")));
        Assert.NotEqual(Digest(("venue:seed", "7")), Digest(("venue:seed", "8")));
    }

    [Fact]
    public void A_seed_acts_through_the_latencies_and_not_only_through_the_names_of_orders()
    {
        // the session number is part of every order's name; without it, and without jitter, two seeds send the same
        Assert.NotEqual(Unnamed(("venue:seed", "7")), Unnamed(("venue:seed", "8")));
        Assert.Equal(
            Unnamed(("venue:seed", "7"), ("venue:latency:jitterMicroseconds", "0")),
            Unnamed(("venue:seed", "8"), ("venue:latency:jitterMicroseconds", "0")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Equal_burst_marks_give_equal_payloads_however_the_frames_are_batched(int markEveryFrames)
    {
        var tape = new List<(byte Kind, byte Flags, long LogicTimeNanos, byte[] Payload)>();
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "");
        string closedLoop;
        using (RunStage stage = RunStage.Set(request))
        {
            using VirtualTimeRun run = Runs.Play(request, stage, markEveryFrames, (in FrameView frame) =>
            {
                tape.Add((frame.Kind, frame.Flags, frame.LogicTimeNanos, frame.Payload.ToArray()));
                stage.Engine.HotPath.OnFrame(in frame);
            });
            closedLoop = run.Observer.OutboundSha256;
        }

        // What does not come from the venue ends a burst each: connections, session, and the command that stops the quoting. Of the rest every n-th one does.
        int posts = tape.Count(frame => (InboundKind)frame.Kind is InboundKind.Connection or InboundKind.Session or InboundKind.Command);
        Assert.Equal(tape.Count(frame => (frame.Flags & FrameRing.EndOfBurst) != 0), posts + ((tape.Count - posts) / markEveryFrames));
        foreach (int batch in (int[])[1, 7, 64]) Assert.Equal(closedLoop, Replay(request, tape, batch));
    }

    /// <summary>The taped frames through a fresh engine, so many waiting in the ring at a time.</summary>
    private static string Replay(RunRequest request, List<(byte Kind, byte Flags, long LogicTimeNanos, byte[] Payload)> tape, int batch)
    {
        using RunStage stage = RunStage.Set(request);
        using var digest = new OutboundDigest();
        foreach (var frames in tape.Chunk(batch))
        {
            foreach (var frame in frames)
            {
                Assert.True(stage.Engine.Inbound.TryClaim(frame.Payload.Length, out Span<byte> slot));
                frame.Payload.CopyTo(slot);
                stage.Engine.Inbound.Publish(frame.Kind, frame.Flags, generation: 0, receivedAtNanos: 0, frame.LogicTimeNanos, causeSequence: -1);
            }

            while (stage.Engine.Inbound.TryPeek(0, out FrameView view))
            {
                stage.Engine.HotPath.OnFrame(in view);
                stage.Engine.Inbound.Release(0);
            }

            while (stage.Engine.Outbound.TryPeek(0, out FrameView view))
            {
                if (view.Kind == (byte)OutboundKind.Request) digest.Add(view.Payload);
                stage.Engine.Outbound.Release(0);
            }

            while (stage.Engine.Outbound.TryPeek(RunObserver.Consumer, out _)) stage.Engine.Outbound.Release(RunObserver.Consumer);
        }

        return digest.ToHex();
    }

    /// <summary>All requests with the session number, eight hex digits after "r" and "le", blotted out.</summary>
    private static string Unnamed(params (string Key, string Value)[] settings)
    {
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", settings);
        using RunStage stage = RunStage.Set(request);
        using var digest = new OutboundDigest();
        using VirtualTimeRun run = Runs.Play(request, stage, onRequest: payload => digest.Add(Encoding.ASCII.GetBytes(Regex.Replace(Encoding.ASCII.GetString(payload), "\"(r|le)[0-9a-f]{8}", "\"$1--------"))));
        return digest.ToHex();
    }

    private static string Digest(params (string Key, string Value)[] settings)
    {
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", settings);
        using RunStage stage = RunStage.Set(request);
        using VirtualTimeRun run = Runs.Play(request, stage);
        return run.Observer.OutboundSha256;
    }
}
