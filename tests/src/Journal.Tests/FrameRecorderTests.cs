using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Journal.Tests;

public sealed class FrameRecorderTests
{
    [Theory]
    [InlineData("a.frames")]
    [InlineData("a.frames.gz")]
    public void Public_frames_are_written_a_line_each_with_their_logic_time_and_nothing_else_is(string name)
    {
        using var journals = new Journals();
        using (var recorder = new FrameRecorder(journals.InFolder(name), journals.Inbound, Journals.JournalConsumer))
        {
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_526_357_000, "{\"topic\":\"a\"}");
            Publish(journals.Inbound, InboundKind.PrivateFrame, 1_786_310_819_526_357_001, "{\"topic\":\"order\"}");
            Publish(journals.Inbound, InboundKind.Tick, 1_786_310_819_526_357_002, "");
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_526_357_003, "{\n}");
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_526_357_005, "{\"topic\":\"b\"}");
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_526_357_004, "{\"topic\":\"c\"}");
            Assert.Equal(6, recorder.Drain());
            recorder.Complete();
            Assert.Equal((3, 1), (recorder.RecordedFrames, recorder.LeftOutFrames));
        }

        Assert.Equal(
            "1786310819526357000 {\"topic\":\"a\"}\n1786310819526357005 {\"topic\":\"b\"}\n1786310819526357005 {\"topic\":\"c\"}\n",
            ReadText(journals.InFolder(name)));
    }

    [Fact]
    public void A_recording_is_never_written_over()
    {
        using var journals = new Journals();
        File.WriteAllText(journals.InFolder("a.frames"), "mine");

        JournalException fault = Assert.Throws<JournalException>(() => new FrameRecorder(journals.InFolder("a.frames"), journals.Inbound, Journals.JournalConsumer));

        Assert.Contains("recording exists already", fault.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(journals.InFolder("a.frames")));
    }

    [Fact]
    public void Into_a_folder_a_file_ends_when_it_has_enough_and_its_sum_is_written_then()
    {
        using var journals = new Journals();
        string folder = journals.InFolder("recording");
        using (var recorder = new FrameRecorder(new RecordingFolder(folder, bytesMax: 100, TimeSpan.FromSeconds(10)), journals.Inbound, Journals.JournalConsumer))
        {
            Assert.Empty(Directory.GetFiles(folder));
            for (int i = 0; i < 5; i++) Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_000_000_000 + i, $$"""{"topic":"by bytes {{i}}"}""");
            recorder.Drain();
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_830_000_000_000, "{\"topic\":\"by time\"}");
            recorder.Drain();
            Assert.Equal(["00001.frames.gz", "00002.frames.gz", "SHA256SUMS"], Names(folder));
            Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_830_000_000_001, "{\"topic\":\"last\"}");
            recorder.Complete();
            Assert.Equal(7, recorder.RecordedFrames);
        }

        string[] files = [.. Directory.GetFiles(folder, "*.gz").Order(StringComparer.Ordinal)];
        Assert.Equal([3, 3, 1], files.Select(file => ReadText(file).Count(c => c == '\n')));
        Assert.EndsWith("{\"topic\":\"last\"}\n", ReadText(files[^1]), StringComparison.Ordinal);
        Assert.Equal(
            files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  {Path.GetFileName(file)}"),
            File.ReadAllLines(Path.Combine(folder, "SHA256SUMS")));
    }

    [Fact]
    public void A_folder_that_holds_something_is_not_recorded_into()
    {
        using var journals = new Journals();
        string folder = journals.InFolder("recording");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "mine"), "");

        Assert.Contains("recording folder is not empty", Assert.Throws<JournalException>(() => new RecordingFolder(folder, 1, TimeSpan.FromSeconds(1))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be made", Assert.Throws<JournalException>(() => new RecordingFolder(Path.Combine(folder, "mine"), 1, TimeSpan.FromSeconds(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_told_once_and_the_ring_is_emptied_all_the_same()
    {
        using var journals = new Journals();
        string folder = journals.InFolder("recording");
        using var recorder = new FrameRecorder(new RecordingFolder(folder, bytesMax: 1, TimeSpan.FromSeconds(10)), journals.Inbound, Journals.JournalConsumer);
        File.WriteAllText(Path.Combine(folder, "00002.frames.gz"), "in the way");
        for (int i = 0; i < 4; i++) Publish(journals.Inbound, InboundKind.PublicFrame, 1_786_310_819_000_000_000 + i, "{\"topic\":\"a\"}");

        Assert.Contains("recording exists already", Assert.Throws<JournalException>(() => recorder.Drain()).Message, StringComparison.Ordinal);
        Assert.Equal(2, recorder.Drain());
        recorder.Complete();
        Assert.Equal(1, recorder.RecordedFrames);
    }

    private static IEnumerable<string> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    private static void Publish(FrameRing ring, InboundKind kind, long logicTimeNanos, string payload) =>
        Journals.Publish(ring, new Journals.Frame(JournalRecordType.Inbound, ring.PublishedCount, (byte)kind, 0, 0, 0, logicTimeNanos, -1, Encoding.ASCII.GetBytes(payload)));

    private static string ReadText(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        return text.ReadToEnd();
    }
}
