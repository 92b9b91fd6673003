using System.IO.Compression;
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

    private static void Publish(FrameRing ring, InboundKind kind, long logicTimeNanos, string payload) =>
        Journals.Publish(ring, new Journals.Frame(JournalRecordType.Inbound, ring.PublishedCount, (byte)kind, 0, 0, 0, logicTimeNanos, -1, Encoding.ASCII.GetBytes(payload)));

    private static string ReadText(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        return text.ReadToEnd();
    }
}
