using System.Globalization;
using System.Text.Json;
using LatencyEngine.Ring;
using LatencyEngine.TestData;

namespace LatencyEngine.Journal.Tests;

public sealed class JournalWriterTests
{
    private const int Seed = 20261121;

    [Fact]
    public void A_header_is_read_as_it_was_written()
    {
        using var journals = new Journals();
        using (JournalWriter writer = journals.Write()) writer.Complete();

        using var reader = JournalReader.Open(journals.Path);

        JournalHeader expected = Journals.Header;
        Assert.Equal((expected.ProgramVersion, expected.Verb, expected.StartedUtc, expected.Recording), (reader.Header.ProgramVersion, reader.Header.Verb, reader.Header.StartedUtc, reader.Header.Recording));
        Assert.Equal(DateTimeKind.Utc, reader.Header.StartedUtc.Kind);
        Assert.Equal(expected.Configuration, reader.Header.Configuration);
        Assert.Equal(expected.Instruments, reader.Header.Instruments);
        Assert.Equal((expected.SessionNumber, expected.Seed), (reader.Header.SessionNumber, reader.Header.Seed));
        Assert.Equal((expected.InstrumentsFile, expected.RiskLimitsFile), (reader.Header.InstrumentsFile, reader.Header.RiskLimitsFile));
        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Cut);
    }

    [Fact]
    public void The_frames_of_both_rings_are_read_as_they_were_published_however_often_the_journal_was_drained()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 20; round++)
        {
            using var journals = new Journals();
            List<Journals.Frame> published = [];
            using (JournalWriter writer = journals.Write())
            {
                for (int i = 0; i < 300; i++)
                {
                    if (random.Next(5) == 0 || journals.Inbound.PublishedCount - journals.Inbound.ConsumedCount(1) > 50) writer.Drain();
                    published.Add(PublishOne(journals, random));
                }

                writer.Complete();
                Assert.Equal(published.Count, writer.InboundRecords + writer.OutboundRecords);
            }

            (List<Journals.Frame> frames, JournalCut? cut) = Journals.Read(journals.Path);
            Assert.Null(cut);
            foreach (JournalRecordType type in (JournalRecordType[])[JournalRecordType.Inbound, JournalRecordType.Outbound])
            {
                Assert.Equal(published.Where(frame => frame.Type == type).Select(frame => frame.ToString()), frames.Where(frame => frame.Type == type).Select(frame => frame.ToString()));
            }
        }
    }

    [Fact]
    public void An_effect_stands_right_behind_its_cause_even_when_both_rings_are_drained_at_once()
    {
        using var journals = new Journals();
        var random = new Random(Seed);
        using (JournalWriter writer = journals.Write())
        {
            for (int i = 0; i < 4; i++) Journals.Publish(journals.Inbound, Journals.Draw(random, JournalRecordType.Inbound, i, -1));
            Journals.Publish(journals.Outbound, Journals.Draw(random, JournalRecordType.Outbound, 0, 1));
            Journals.Publish(journals.Outbound, Journals.Draw(random, JournalRecordType.Outbound, 1, 1));
            Journals.Publish(journals.Outbound, Journals.Draw(random, JournalRecordType.Outbound, 2, 2));
            Assert.Equal(7, writer.Drain());
            writer.Complete();
        }

        Assert.Equal(["I0", "I1", "O0", "O1", "I2", "O2", "I3"], Journals.Read(journals.Path).Frames.Select(frame => $"{frame.Type.ToString()[0]}{frame.Sequence}"));
    }

    [Fact]
    public void A_payload_longer_than_every_buffer_is_read_whole()
    {
        using var journals = new Journals(payloadBytes: 1 << 21);
        var payload = new byte[2_000_000];
        new Random(Seed).NextBytes(payload);
        using (JournalWriter writer = journals.Write())
        {
            Journals.Publish(journals.Inbound, new Journals.Frame(JournalRecordType.Inbound, 0, 1, 1, 0, 0, 0, -1, payload));
            writer.Drain();
            Journals.Publish(journals.Inbound, new Journals.Frame(JournalRecordType.Inbound, 1, 4, 1, 0, 0, 0, -1, []));
            writer.Complete();
        }

        List<Journals.Frame> frames = Journals.Read(journals.Path).Frames;
        Assert.Equal([payload.Length, 0], frames.Select(frame => frame.Payload.Length));
        Assert.True(frames[0].Payload.AsSpan().SequenceEqual(payload));
    }

    [Fact]
    public void A_drain_that_finds_nothing_brings_what_has_gathered_to_the_file()
    {
        using var journals = new Journals();
        using JournalWriter writer = journals.Write();
        long headerBytes = new FileInfo(journals.Path).Length;
        Journals.Publish(journals.Inbound, Journals.Draw(new Random(Seed), JournalRecordType.Inbound, 0, -1));
        Assert.Equal(1, writer.Drain());
        Assert.Equal(headerBytes, new FileInfo(journals.Path).Length);

        Assert.Equal(0, writer.Drain());

        Assert.True(headerBytes > 0);
        (List<Journals.Frame> frames, JournalCut? cut) = Journals.Read(journals.Path);
        Assert.Single(frames);
        Assert.Equal(new JournalCut(2, new FileInfo(journals.Path).Length), cut);
    }

    [Fact]
    public void Producers_on_other_threads_wait_for_the_journal_and_lose_nothing()
    {
        const int Frames = 20_000;
        using var journals = new Journals(slotCount: 16, payloadBytes: 1 << 12);
        using JournalWriter writer = journals.Write();
        var engine = new Thread(() => PublishAll(journals, Frames));
        engine.Start();
        while (engine.IsAlive) writer.Drain();
        engine.Join();
        writer.Complete();

        (List<Journals.Frame> frames, JournalCut? cut) = Journals.Read(journals.Path);
        Assert.Null(cut);
        Assert.Equal(2 * Frames, frames.Count);   // the reader has checked each ring's order, and causes before effects
        Assert.All(frames, frame => Assert.Equal([.. BitConverter.GetBytes(frame.Sequence)], frame.Payload));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]   // how the runtime tells EFBIG
    public void A_disk_that_fails_is_one_clear_fault_and_the_rings_go_on(bool isFileTooLarge)
    {
        Exception cause = isFileTooLarge ? new ArgumentOutOfRangeException("value", "Specified file length was too large for the file system.") : new IOException("No space left on device");
        using var journals = new Journals();
        var random = new Random(Seed);
        using var disk = new FailingDisk(bytesLeft: 100_000, cause);
        using var writer = new JournalWriter(new FilePipe("journal", "/full/run.journal", disk), Journals.Header, journals.Inbound, Journals.JournalConsumer, journals.Outbound, Journals.JournalConsumer);
        var faults = new List<string>();
        for (int i = 0; i < 3_000; i++)
        {
            PublishOne(journals, random);
            try
            {
                writer.Drain();
            }
            catch (JournalException fault)
            {
                faults.Add(fault.Message);
            }
        }

        writer.Complete();

        string message = Assert.Single(faults);
        Assert.All(["journal", "/full/run.journal", cause.Message, "free the disk"], part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
        Assert.Equal(3_000, journals.Inbound.ConsumedCount(Journals.JournalConsumer) + journals.Outbound.ConsumedCount(Journals.JournalConsumer));
        Assert.InRange(writer.InboundRecords + writer.OutboundRecords, 1, 2_999);
        Assert.True(disk.IsClosed);
    }

    [Fact]
    public void A_disk_that_fails_at_the_end_is_reported_by_the_end()
    {
        using var journals = new Journals();
        using var disk = new FailingDisk(bytesLeft: 1_000);
        using var writer = new JournalWriter(new FilePipe("journal", "/full/run.journal", disk), Journals.Header, journals.Inbound, Journals.JournalConsumer, journals.Outbound, Journals.JournalConsumer);
        Journals.Publish(journals.Inbound, new Journals.Frame(JournalRecordType.Inbound, 0, 1, 0, 0, 0, 0, -1, new byte[1_000]));

        Assert.Throws<JournalException>(writer.Complete);
    }

    [Fact]
    public void A_journal_is_never_written_over_and_a_folder_must_be_there()
    {
        using var journals = new Journals();
        using (JournalWriter writer = journals.Write()) writer.Complete();
        byte[] first = File.ReadAllBytes(journals.Path);

        Assert.Contains("exists already", Assert.Throws<JournalException>(() => journals.Write()).Message, StringComparison.Ordinal);
        JournalException fault = Assert.Throws<JournalException>(() => new JournalWriter(journals.InFolder("none/run.journal"), Journals.Header, journals.Inbound, 1, journals.Outbound, 1));

        Assert.Contains("none/run.journal", fault.Message, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllBytes(journals.Path));
    }

    [Fact]
    public void Journalling_allocates_nothing_after_its_buffers_are_there()
    {
        const int Rounds = 20_000;
        using var journals = new Journals();
        using JournalWriter writer = journals.Write();
        var frame = new byte[40];
        for (int i = 0; i < 5_000; i++) OneRound(journals, writer, frame);

        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            for (int i = 0; i < Rounds; i++) OneRound(journals, writer, frame);
        }));
    }

    [NodeFact("@msgpack/msgpack")]
    public void The_MessagePack_project_s_own_decoder_reads_the_same_header_and_the_same_records()
    {
        using var journals = new Journals();
        var random = new Random(Seed);
        using (JournalWriter writer = journals.Write())
        {
            for (int i = 0; i < 500; i++)
            {
                PublishOne(journals, random);
                writer.Drain();
            }

            Journals.Publish(journals.Inbound, new Journals.Frame(JournalRecordType.Inbound, journals.Inbound.PublishedCount, 255, 255, ushort.MaxValue, long.MinValue, long.MaxValue, -1, new byte[70_000]));
            writer.Complete();
        }

        string[] lines = NodeScripts.Run("foreign/read-journal.mjs", journals.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<Journals.Frame> frames = Journals.Read(journals.Path).Frames;

        AssertHeader(JsonDocument.Parse(lines[0]).RootElement);
        Assert.Equal(501, frames.Count);
        Assert.Equal(frames.Select(frame => frame.ToString()), lines[1..^1].Select(line => string.Join(' ', JsonDocument.Parse(line).RootElement.EnumerateArray().Select(item => item.GetString()))));
        Assert.Equal($"[\"3\",\"{journals.Inbound.PublishedCount}\",\"{journals.Outbound.PublishedCount}\"]", lines[^1]);
    }

    private static void AssertHeader(JsonElement header)
    {
        JournalHeader expected = Journals.Header;
        string Text(string key) => header.GetProperty(key).GetString()!;
        Assert.Equal(("latency-engine-journal", "2"), (Text("format"), Text("formatVersion")));
        Assert.Equal((expected.ProgramVersion, expected.Verb, "2026-11-21T15:03:14.1234567Z"), (Text("programVersion"), Text("verb"), Text("startedUtc")));
        Assert.Equal(expected.Configuration, header.GetProperty("configuration").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString()!));
        Assert.Equal(
            expected.Instruments.Select(instrument => $"{instrument.Symbol} {instrument.MakerFee.ToString(CultureInfo.InvariantCulture)} {instrument.TakerFee.ToString(CultureInfo.InvariantCulture)}"),
            header.GetProperty("instruments").EnumerateArray().Select(item => $"{item.GetProperty("symbol")} {item.GetProperty("makerFee")} {item.GetProperty("takerFee")}"));
        Assert.Equal(("4294967295", "18446744073709551615", expected.Recording), (Text("sessionNumber"), Text("seed"), Text("recording")));
        foreach ((string key, JournalFile file) in new[] { ("instrumentsFile", expected.InstrumentsFile), ("riskLimitsFile", expected.RiskLimitsFile) })
        {
            Assert.Equal((file.Name, file.Sha256), (header.GetProperty(key).GetProperty("name").GetString(), header.GetProperty(key).GetProperty("sha256").GetString()));
        }
    }

    /// <summary>An inbound frame, or an outbound one that any inbound frame so far may have caused.</summary>
    private static Journals.Frame PublishOne(Journals journals, Random random)
    {
        bool isInbound = random.Next(3) > 0;
        FrameRing ring = isInbound ? journals.Inbound : journals.Outbound;
        Journals.Frame frame = isInbound
            ? Journals.Draw(random, JournalRecordType.Inbound, ring.PublishedCount, -1)
            : Journals.Draw(random, JournalRecordType.Outbound, ring.PublishedCount, random.NextInt64(-1, journals.Inbound.PublishedCount));
        Journals.Publish(ring, frame);
        return frame;
    }

    private static void OneRound(Journals journals, JournalWriter writer, byte[] payload)
    {
        PublishOne(journals.Inbound, payload);
        PublishOne(journals.Outbound, payload);
        writer.Drain();
    }

    private static void PublishOne(FrameRing ring, byte[] payload)
    {
        ring.TryClaim(payload.Length, out Span<byte> room);
        payload.CopyTo(room);
        ring.Publish(kind: 1, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, causeSequence: -1);
        ring.TryPeek(0, out _);
        ring.Release(0);
    }

    /// <summary>Io and engine in one: an inbound frame, then its effect, as fast as the journal lets them.</summary>
    private static void PublishAll(Journals journals, int frames)
    {
        for (long i = 0; i < frames; i++)
        {
            foreach (FrameRing ring in (FrameRing[])[journals.Inbound, journals.Outbound])
            {
                var wait = new SpinWait();
                Span<byte> payload;
                while (!ring.TryClaim(sizeof(long), out payload)) wait.SpinOnce(sleep1Threshold: -1);
                BitConverter.TryWriteBytes(payload, i);
                ring.Publish(kind: 1, flags: 0, generation: 0, receivedAtNanos: 0, logicTimeNanos: 0, causeSequence: i);
                ring.TryPeek(0, out _);
                ring.Release(0);
            }
        }
    }

    /// <summary>A file on a disk that is full after so many bytes.</summary>
    private sealed class FailingDisk(int bytesLeft, Exception? cause = null) : MemoryStream
    {
        private int _bytesLeft = bytesLeft;

        public bool IsClosed { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _bytesLeft -= buffer.Length;
            if (_bytesLeft < 0) throw cause ?? new IOException("No space left on device");
        }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
