using System.IO.Compression;
using System.Security.Cryptography;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A recording in several files is read as one, and not at all where one of them is not what was written.</summary>
public sealed class RecordingFolderTests : IDisposable
{
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";

    private readonly string _folder = Directory.CreateTempSubdirectory("recording-folder-tests").FullName;

    private string Sums => Path.Combine(_folder, "SHA256SUMS");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    [InlineData(1_000)]
    public void Its_frames_are_those_of_one_file(int linesOfFile)
    {
        string[] lines = Split(linesOfFile);

        using var whole = RecordingReader.Open(ReferenceFiles.Sample(Genuine));
        using var pieces = RecordingReader.Open(_folder);
        RecordedFrame[] frames = [.. pieces.ReadAll()];

        Assert.Equal(lines.Length, frames.Length);
        Assert.Equal(whole.ReadAll().Select(frame => (frame.ReceivedAtNanos, Convert.ToHexString(frame.Frame.Span))), frames.Select(frame => (frame.ReceivedAtNanos, Convert.ToHexString(frame.Frame.Span))));
        Assert.Equal(whole.Symbols, pieces.Symbols);
        Assert.Equal(whole.Topics, pieces.Topics);
        Assert.Equal(1d, pieces.Progress);
        Assert.Equal(frames[^1].ReceivedAtNanos, pieces.FindLastReceivedAt());
    }

    [Fact]
    public void The_order_is_that_of_the_sums_and_time_may_not_go_back_between_files()
    {
        Split(700);
        File.WriteAllLines(Sums, File.ReadAllLines(Sums).Reverse());

        AssertRefused("time goes backwards");
    }

    [Fact]
    public void A_file_with_another_sum_is_named()
    {
        Split(700);
        File.AppendAllText(Path.Combine(_folder, "00002.frames.gz"), "x");

        AssertRefused("00002.frames.gz has another SHA-256 than in SHA256SUMS");
    }

    [Fact]
    public void A_file_that_is_gone_is_named()
    {
        Split(700);
        File.Delete(Path.Combine(_folder, "00001.frames.gz"));

        AssertRefused("recording lacks a file");
    }

    [Fact]
    public void A_file_without_a_sum_was_cut_short()
    {
        Split(700);
        File.Copy(Path.Combine(_folder, "00002.frames.gz"), Path.Combine(_folder, "00003.frames.gz"));

        AssertRefused("00003.frames.gz is not in SHA256SUMS");
    }

    [Fact]
    public void A_folder_without_sums_is_no_recording() => AssertRefused("no recording in");

    [Theory]
    [InlineData("")]
    [InlineData("no line of a sum")]
    [InlineData("../other.frames.gz")]
    public void A_line_that_is_none_of_sha256sum_is_shown(string name)
    {
        Split(700);
        File.AppendAllText(Sums, (name.StartsWith("..", StringComparison.Ordinal) ? $"{new string('0', 64)}  {name}" : name) + "\n");

        AssertRefused($"not a line of sha256sum in {Sums}");
    }

    [Fact]
    public void Sums_of_nothing_are_an_empty_recording()
    {
        File.WriteAllText(Sums, "");

        AssertRefused("recording is empty");
    }

    [Fact]
    public void Sums_are_compared_once_and_a_lap_or_a_second_look_reads_the_same_files()
    {
        Split(700);
        using var recording = RecordingReader.Open(_folder);
        long first = recording.FirstReceivedAtNanos;
        File.Delete(Sums);
        using var session = new ReplaySession(new ReplaySettings { Frames = recording, Loops = true, Venue = VenueHarness.Settings(symbols: ["BTCUSDT"]), Latency = new LatencyModel(1) });
        long lap = recording.FindLastReceivedAt()!.Value - first;
        List<Delivery> deliveries = [];

        session.PlayUntil(first + (2 * lap), deliveries);

        Assert.Equal(4, deliveries.Count(delivery => delivery.RecordedIndex == 1));   // two laps of two files
        Assert.False(session.IsFinished);
    }

    private void AssertRefused(string expected)
    {
        RecordingException fault = Assert.Throws<RecordingException>(() => RecordingReader.Open(_folder));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    /// <summary>The genuine sample in files of so many lines; its lines.</summary>
    private string[] Split(int linesOfFile)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(ReferenceFiles.Sample(Genuine)), CompressionMode.Decompress));
        string[] lines = text.ReadToEnd().TrimEnd('\n').Split('\n');
        var sums = new List<string>();
        foreach (string[] piece in lines.Chunk(linesOfFile))
        {
            string path = Path.Combine(_folder, $"{sums.Count + 1:00000}.frames.gz");
            using (var file = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
            {
                foreach (string line in piece) file.Write(line + "\n");
            }

            sums.Add($"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetFileName(path)}");
        }

        File.WriteAllLines(Sums, sums);
        return lines;
    }
}
