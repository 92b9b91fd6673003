using System.Diagnostics;
using System.Net.Sockets;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>A journalled run as a venue plays it over sockets, one message at a time. Timed are the market's messages that the engine answers with an order: from before they are sent until the first bytes of the order are there.</summary>
internal sealed class SocketScript
{
    private const int StepsMax = 4_000;
    private static readonly long PauseTicks = Stopwatch.Frequency / 50_000;   // 20 us
    private static readonly long PatienceTicks = Stopwatch.Frequency * 10;

    private readonly byte[] _received = new byte[64 * 1024];

    /// <summary>Reads the first 4,000 inbound frames of a journal, and what they led to.</summary>
    public SocketScript(string journalPath)
    {
        using JournalReader journal = JournalReader.Open(journalPath);
        Header = journal.Header;
        var steps = new List<Step>();
        while (journal.TryRead(out JournalRecord record))
        {
            if (record.Type == JournalRecordType.Inbound)
            {
                if (steps.Count == StepsMax) break;
                steps.Add(Step.Of(in record));
            }
            else if (record.Kind == (byte)OutboundKind.Request)
            {
                steps[(int)record.CauseSequence].Requests++;
                if (AnOrder.Length == 0) AnOrder = record.Payload.ToArray();
            }
        }

        Steps = steps;
    }

    /// <summary>The journal's.</summary>
    public JournalHeader Header { get; }

    /// <summary>The inbound frames in order.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>One of the requests that the run sent.</summary>
    public byte[] AnOrder { get; } = [];

    /// <summary>Plays the script from the calling thread, spinning.</summary>
    /// <param name="venue">The venue's end.</param>
    /// <param name="wants">Which steps are played.</param>
    /// <param name="prepare">Called before each of them; delivers those that come by no channel.</param>
    /// <param name="isTaken">Whether the other side has dealt with a step, by its index.</param>
    /// <returns>The round trips, ns, shortest first.</returns>
    public double[] Play(IScriptedVenue venue, Func<Step, bool> wants, Action<Step> prepare, Func<int, bool> isTaken)
    {
        var nanos = new List<double>(Steps.Count);
        for (int i = 0; i < Steps.Count; i++)
        {
            Step step = Steps[i];
            if (!wants(step)) continue;
            prepare(step);
            long sentAt = Stopwatch.GetTimestamp();
            if (step.Channel != VenueChannel.Unset) venue.Send(step.Channel, step.Frame);
            if (step.IsTimed)
            {
                SpinUntil(() => venue.Receive(_received) > 0);
                nanos.Add((Stopwatch.GetTimestamp() - sentAt) * 1e9 / Stopwatch.Frequency);
            }

            SpinUntil(() => isTaken(i));
            while (venue.Receive(_received) > 0)
            {
            }

            if (!step.IsTimed) continue;
            long resumeAt = Stopwatch.GetTimestamp() + PauseTicks;
            while (Stopwatch.GetTimestamp() < resumeAt)
            {
            }
        }

        nanos.Sort();
        return [.. nanos];
    }

    /// <summary>Spins until something holds.</summary>
    /// <exception cref="InvalidOperationException">It does not within ten seconds: the two sides do not agree on the script.</exception>
    public static void SpinUntil(Func<bool> holds)
    {
        long giveUpAt = Stopwatch.GetTimestamp() + PatienceTicks;
        while (!holds())
        {
            if (Stopwatch.GetTimestamp() > giveUpAt) throw new InvalidOperationException("a contestant of the socket comparison did not answer as the journalled run did");
        }
    }

    /// <summary>Sends all of it.</summary>
    /// <exception cref="InvalidOperationException">The connection broke, or nobody has read from it for ten seconds.</exception>
    public static void SendWhole(Socket socket, ReadOnlySpan<byte> bytes)
    {
        long waitsSince = 0;
        while (!bytes.IsEmpty)
        {
            int sent = Math.Max(socket.Send(bytes, SocketFlags.None, out SocketError error), 0);
            bytes = bytes[sent..];
            if (error == SocketError.Success) continue;
            if (waitsSince == 0 || sent > 0) waitsSince = Stopwatch.GetTimestamp();
            if (error != SocketError.WouldBlock || Stopwatch.GetTimestamp() - waitsSince > PatienceTicks) throw new InvalidOperationException($"a contestant of the socket comparison does not read any more: {error}");
        }
    }

    /// <summary>One inbound frame of the journal.</summary>
    internal sealed class Step
    {
        /// <summary>What it is.</summary>
        public required InboundKind Kind { get; init; }

        /// <summary>The socket that it comes by; unset for events of other sources.</summary>
        public required VenueChannel Channel { get; init; }

        /// <summary>Flags of the inbound ring.</summary>
        public required byte Flags { get; init; }

        /// <summary>Logic time, ns since 1970.</summary>
        public required long LogicNanos { get; init; }

        /// <summary>The message.</summary>
        public required byte[] Payload { get; init; }

        /// <summary>The message as a server's WebSocket frame.</summary>
        public required byte[] Frame { get; init; }

        /// <summary>Orders that it made the engine send.</summary>
        public int Requests { get; set; }

        /// <summary>Whether the round trip is timed.</summary>
        public bool IsTimed => Kind == InboundKind.PublicFrame && Requests > 0;

        /// <summary>Whether it ends its burst.</summary>
        public bool EndsBurst => (Flags & FrameRing.EndOfBurst) != 0;

        /// <summary>Of a record.</summary>
        public static Step Of(in JournalRecord record)
        {
            byte[] frame = new byte[record.Payload.Length + 10];
            int frameBytes = LoopbackVenue.Write(record.Payload, frame);
            var kind = (InboundKind)record.Kind;
            return new Step
            {
                Kind = kind,
                Channel = kind switch { InboundKind.PublicFrame => VenueChannel.Public, InboundKind.PrivateFrame => VenueChannel.Private, InboundKind.TradeFrame => VenueChannel.Trade, _ => VenueChannel.Unset },
                Flags = record.Flags,
                LogicNanos = record.LogicTimeNanos,
                Payload = record.Payload.ToArray(),
                Frame = frame[..frameBytes],
            };
        }
    }
}
