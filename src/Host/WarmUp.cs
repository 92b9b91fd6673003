using System.Net.Sockets;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Before anything connects: a shipped journal is run through throw-away engines, so that the first live frame finds every method compiled and every table of the runtime filled.</summary>
/// <remarks>
/// <para>The journal has its own instruments and its own configuration; nothing of the run that follows depends on it. docs/decisions/0013-warm-start.md says what it holds and why it is one.</para>
/// <para>Thread: the caller's, and for sockets the placement's. Blocks: for as long as it takes, over sockets at most half a second. Allocates: all that it wants, and collects it in the end.</para>
/// </remarks>
public static class WarmUp
{
    private const string Journal = "samples/warm-up.journal";
    private const int FirstReader = 0;

    // Several times what it takes on two busy cores. A host that is slower starts with what is compiled by then.
    private static readonly TimeSpan RehearseWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Warms the engine: every frame of the journal, with the decisions compared.</summary>
    /// <returns>How the replay went; a difference means that the engine now decides otherwise than when the journal was made.</returns>
    /// <exception cref="JournalException">The journal is missing or damaged.</exception>
    /// <exception cref="ConfigurationException">This version cannot take the journal's configuration.</exception>
    public static JournalReplayResult Run()
    {
        (JournalReader journal, Engine twin) = Open();
        using (journal)
        {
            JournalReplayResult result = new JournalReplay(twin.Inbound, twin.HotPath, twin.Outbound).RunInline(journal);
            GoRound(twin);
            GC.Collect();
            return result;
        }
    }

    /// <summary>Warms the engine, and then the way over sockets in a placement: threads, connections, both rings, requests framed and sent.</summary>
    /// <param name="placement">Of the run to come.</param>
    /// <param name="within">Longest time over sockets; half a second when null.</param>
    /// <returns>Frames that came over sockets; fewer than the journal has before its first lost connection when the host is slow or has no loopback sockets.</returns>
    /// <exception cref="JournalException">The journal is missing or damaged.</exception>
    /// <exception cref="ConfigurationException">This version cannot take the journal's configuration.</exception>
    public static int Run(PlacementConfiguration placement, TimeSpan? within = null)
    {
        Run();
        int frames = 0;
        (JournalReader journal, Engine twin) = Open();
        using (journal)
        {
            try
            {
                Rehearse(journal, twin, placement, (within ?? RehearseWithin).Ticks * TimeSpan.NanosecondsPerTick, ref frames);
            }
            catch (SocketException)
            {
                // Only the start is slower without it; the run's own connections say what is wrong with the host.
            }
        }

        GC.Collect();
        return frames;
    }

    private static (JournalReader Journal, Engine Twin) Open()
    {
        JournalReader journal = JournalReader.Open(Path.Combine(InstallRoot.Find(), Journal));
        try
        {
            return (journal, JournalledEngine.Build(journal.Header, JournalledEngine.Configuration(journal.Header, Journal)));
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Ticks until both rings have gone round: only then a producer asks how far the readers are.</summary>
    private static void GoRound(Engine twin)
    {
        var step = new EngineStep(twin);
        for (int i = 0; i <= 2 * Math.Max(twin.Inbound.SlotCount, twin.Outbound.SlotCount); i++)
        {
            twin.Inbound.TryClaim(0, out _);
            twin.Inbound.Publish((byte)InboundKind.Tick, FrameRing.EndOfBurst, generation: 0, StageClock.NowNanos(), logicTimeNanos: 0, causeSequence: -1);
            step.Run();
            while (twin.Outbound.TryPeek(FirstReader, out _)) twin.Outbound.Release(FirstReader);
        }
    }

    /// <summary>The journal up to its first lost connection, one frame at a time, by a venue that knows the answers beforehand.</summary>
    private static void Rehearse(JournalReader journal, Engine twin, PlacementConfiguration placement, long withinNanos, ref int frames)
    {
        long deadlineNanos = StageClock.NowNanos() + withinNanos;
        using var venue = new LoopbackVenue();
        var clock = new LockstepClock(firstNanos: 0);
        string[] bookTopics = [.. journal.Header.Instruments.Select(instrument => $"orderbook.50.{instrument.Symbol}")];
        IoSettings settings = venue.Settings(bookTopics, clock);
        using var threads = new EngineThreads(twin, settings, placement);
        threads.Start();
        try
        {
            venue.Accept(settings.PublicTopics.Count, settings.PrivateTopics.Count, deadlineNanos - StageClock.NowNanos());
            if (!Await(() => threads.IsReady)) return;
            while (journal.TryRead(out JournalRecord record))
            {
                if (record.Type != JournalRecordType.Inbound) continue;
                if (record.Kind == (byte)InboundKind.Connection)
                {
                    // The io thread has told of the connections itself; the answers that follow a loss are for connections that are not here.
                    if (record.Payload[1] == (byte)ConnectionState.Lost) return;
                    continue;
                }

                long published = twin.Inbound.PublishedCount;
                clock.Set(record.LogicTimeNanos, (record.Flags & FrameRing.EndOfBurst) != 0);
                switch ((InboundKind)record.Kind)
                {
                    case InboundKind.PublicFrame: venue.Send(VenueChannel.Public, record.Payload); break;
                    case InboundKind.PrivateFrame: venue.Send(VenueChannel.Private, record.Payload); break;
                    case InboundKind.TradeFrame: venue.Send(VenueChannel.Trade, record.Payload); break;
                    default: threads.Io.Inbox.Post((InboundKind)record.Kind, record.Payload.ToArray()); break;
                }

                if (!Await(() => twin.Inbound.PublishedCount > published && IsDrained())) return;
                frames++;
            }
        }
        finally
        {
            venue.Dispose();   // first: the io thread would wait for an answer to its close
            threads.Stop();
        }

        // In this order: an answer is published before its cause is released.
        bool IsDrained() => twin.Inbound.ConsumedCount(FirstReader) == twin.Inbound.PublishedCount && twin.Outbound.ConsumedCount(FirstReader) == twin.Outbound.PublishedCount;

        bool Await(Func<bool> holds)
        {
            while (!holds())
            {
                if (threads.Fault is { } fault) throw new InvalidOperationException($"the engine failed in its rehearsal: {fault.Message}", fault);
                if (StageClock.NowNanos() > deadlineNanos) return false;
                Thread.Yield();
            }

            return true;
        }
    }
}
