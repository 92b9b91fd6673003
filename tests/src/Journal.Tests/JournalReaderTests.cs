using LatencyEngine.Wire;

namespace LatencyEngine.Journal.Tests;

public sealed class JournalReaderTests
{
    private const int Seed = 20261121;

    private delegate void Writing(ref MessagePackWriter writer);

    [Fact]
    public void A_tail_that_was_cut_anywhere_loses_the_record_under_way_and_says_where()
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        (List<Journals.Frame> frames, JournalCut? _) = Journals.Read(journals.Path);
        long[] starts = RecordStarts(whole);
        for (int length = (int)starts[1]; length < whole.Length; length++)
        {
            File.WriteAllBytes(journals.InFolder("cut"), whole[..length]);

            (List<Journals.Frame> left, JournalCut? cut) = Journals.Read(journals.InFolder("cut"));

            int wholeRecords = Array.FindLastIndex(starts, start => start <= length);
            Assert.Equal(new JournalCut(wholeRecords, starts[wholeRecords]), cut);
            Assert.Equal(frames.Take(wholeRecords - 1).Select(frame => frame.ToString()), left.Select(frame => frame.ToString()));
        }
    }

    [Fact]
    public void A_journal_cut_inside_its_header_is_refused()
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        int headerBytes = (int)RecordStarts(whole)[1];
        for (int length = 1; length < headerBytes; length += 7) AssertRefused(journals, whole[..length], "cut inside its header");
        AssertRefused(journals, [], "journal is empty");
    }

    [Fact]
    public void Any_changed_byte_is_a_record_a_cut_or_one_clear_fault()
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        var random = new Random(Seed);
        int faults = 0;
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] changed = [.. whole];
            changed[position] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(journals.InFolder("changed"), changed);
            try
            {
                Journals.Read(journals.InFolder("changed"));
            }
            catch (JournalException fault)
            {
                faults++;
                Assert.Contains("changed", fault.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("\n", fault.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(faults > 100, $"only {faults} of {whole.Length} changes were noticed");
    }

    [Fact]
    public void A_gap_in_a_ring_is_refused_with_the_record_s_number_and_place() =>
        AssertRefusedAt(1, "Inbound frame 1, and 0 was to come", (ref MessagePackWriter writer) => Frame(ref writer, JournalRecordType.Inbound, sequence: 1, cause: -1));

    [Fact]
    public void An_effect_before_its_cause_is_refused() =>
        AssertRefusedAt(2, "before its cause, inbound frame 1", (ref MessagePackWriter writer) =>
        {
            Frame(ref writer, JournalRecordType.Inbound, sequence: 0, cause: -1);
            Frame(ref writer, JournalRecordType.Outbound, sequence: 0, cause: 1);
        });

    [Fact]
    public void Counts_that_do_not_agree_are_refused() =>
        AssertRefusedAt(1, "ends a journal of 1 inbound and 0 outbound records, and 0 and 0 were there", (ref MessagePackWriter writer) => End(ref writer, inbound: 1, outbound: 0));

    [Fact]
    public void Anything_behind_the_end_record_is_refused() =>
        AssertRefusedAt(2, "behind the end record", (ref MessagePackWriter writer) =>
        {
            End(ref writer, inbound: 0, outbound: 0);
            writer.WriteNil();
        });

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(256)]
    public void A_record_of_another_type_is_refused(int type) =>
        AssertRefusedAt(1, $"unknown type {type}", (ref MessagePackWriter writer) => Frame(ref writer, (JournalRecordType)type, 0, -1, type));

    [Fact]
    public void A_value_that_is_no_array_or_no_MessagePack_is_refused()
    {
        AssertRefusedAt(1, "is not an array with a type", (ref MessagePackWriter writer) => writer.WriteString("frame"u8));

        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        byte[] header = whole[..(int)RecordStarts(whole)[1]];
        AssertDamaged(journals, [.. header, 0xc1], "is not MessagePack", $"record 1 at byte {header.Length}");
        AssertDamaged(journals, [.. header, 0xc6, 0xff, 0xff, 0xff, 0xff, .. new byte[JournalFormat.PayloadBytesMax + 1_000]], "is longer than any record", $"record 1 at byte {header.Length}");
    }

    [Fact]
    public void A_kind_that_is_no_byte_is_refused() =>
        AssertRefusedAt(1, "another type or range", (ref MessagePackWriter writer) => Frame(ref writer, JournalRecordType.Inbound, 0, -1, kind: 256));

    [Theory]
    [InlineData("1786310819526357000 {\"topic\":\"orderbook.50.BTCUSDT\"}\n")]
    [InlineData("{}")]
    [InlineData("\u0080")]
    public void A_file_of_another_kind_is_refused(string text)
    {
        using var journals = new Journals();
        AssertRefused(journals, System.Text.Encoding.Latin1.GetBytes(text), "not a journal that can be read");
    }

    [Fact]
    public void Another_format_version_is_refused_and_a_key_that_is_not_known_is_passed_over()
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        int version = whole.AsSpan().IndexOf("formatVersion"u8) + "formatVersion".Length;
        byte[] newer = [.. whole];
        newer[version] = 3;

        AssertRefused(journals, newer, "its format has version 3, this program reads version 2");
        Assert.Equal(0x8c, whole[0]);
        File.WriteAllBytes(journals.InFolder("extended"), [0x8d, 0xa3, (byte)'n', (byte)'e', (byte)'w', 0x93, 0x01, 0xc0, 0x80, .. whole[1..]]);
        Assert.Equal(Journals.Read(journals.Path).Frames.Count, Journals.Read(journals.InFolder("extended")).Frames.Count);
    }

    [Fact]
    public void A_header_without_a_key_names_it()
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        byte[] renamed = [.. whole];
        "xerb"u8.CopyTo(renamed.AsSpan(whole.AsSpan().IndexOf("verb"u8)));

        AssertRefused(journals, renamed, "the header has no \"verb\"");
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        JournalException fault = Assert.Throws<JournalException>(() => JournalReader.Open("/none/run.journal"));

        Assert.All(["journal not found", "/none/run.journal"], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    private static void Frame(ref MessagePackWriter writer, JournalRecordType type, long sequence, long cause, int? typeNumber = null, int kind = 1)
    {
        writer.WriteArrayHeader(9);
        writer.WriteInteger(typeNumber ?? (long)type);
        writer.WriteInteger(sequence);
        writer.WriteInteger((long)kind);
        for (int i = 0; i < 4; i++) writer.WriteInteger(0L);
        writer.WriteInteger(cause);
        writer.WriteBinary("payload"u8);
    }

    private static void End(ref MessagePackWriter writer, long inbound, long outbound)
    {
        writer.WriteArrayHeader(3);
        writer.WriteInteger(3L);
        writer.WriteInteger(inbound);
        writer.WriteInteger(outbound);
    }

    /// <summary>A journal of a few frames, complete.</summary>
    private static byte[] SmallJournal(Journals journals)
    {
        var random = new Random(Seed);
        using (JournalWriter writer = journals.Write())
        {
            for (int i = 0; i < 5; i++)
            {
                Journals.Publish(journals.Inbound, Journals.Draw(random, JournalRecordType.Inbound, i, -1));
                if (i % 2 == 0) Journals.Publish(journals.Outbound, Journals.Draw(random, JournalRecordType.Outbound, i / 2, i));
            }

            writer.Complete();
        }

        return File.ReadAllBytes(journals.Path);
    }

    /// <summary>Where each record begins, the header's included.</summary>
    private static long[] RecordStarts(byte[] journal)
    {
        var starts = new List<long>();
        var reader = new MessagePackReader(journal);
        do starts.Add(reader.Position);
        while (reader.Skip() == MessagePackStatus.Complete && !reader.IsAtEnd);
        return [.. starts];
    }

    private static void AssertRefusedAt(int recordNumber, string what, Writing writing)
    {
        using var journals = new Journals();
        byte[] whole = SmallJournal(journals);
        byte[] header = whole[..(int)RecordStarts(whole)[1]];
        var room = new byte[1_000];
        var writer = new MessagePackWriter(room);
        writing(ref writer);
        byte[] journal = [.. header, .. room.AsSpan(0, writer.Length)];

        AssertDamaged(journals, journal, what, $"record {recordNumber} at byte {RecordStarts(journal)[recordNumber]}");
    }

    private static void AssertDamaged(Journals journals, byte[] bytes, params string[] parts)
    {
        File.WriteAllBytes(journals.InFolder("damaged"), bytes);
        JournalException fault = Assert.Throws<JournalException>(() => Journals.Read(journals.InFolder("damaged")));
        Assert.All([.. parts, "journal is damaged", journals.InFolder("damaged")], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    private static void AssertRefused(Journals journals, byte[] bytes, string what)
    {
        File.WriteAllBytes(journals.InFolder("refused"), bytes);
        JournalException fault = Assert.Throws<JournalException>(() => JournalReader.Open(journals.InFolder("refused")).Dispose());
        Assert.All([what, journals.InFolder("refused")], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }
}
