using System.IO.Compression;
using System.Text;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

public sealed class RecordingReaderTests : IDisposable
{
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";
    private static readonly string Book = VenueHarness.BookFrame("snapshot", "60000.00 1.000", "60000.10 1.000", 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("recording-reader-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_genuine_sample_is_read_completely_in_order_and_byte_for_byte()
    {
        using var reader = RecordingReader.Open(ReferenceFiles.Sample(Genuine));
        using var text = new StreamReader(new GZipStream(File.OpenRead(ReferenceFiles.Sample(Genuine)), CompressionMode.Decompress));
        long count = 0;
        foreach (RecordedFrame frame in reader.ReadAll())
        {
            Assert.Equal(text.ReadLine(), $"{frame.ReceivedAtNanos} {Encoding.UTF8.GetString(frame.Frame.Span)}");
            Assert.Equal(++count, frame.LineNumber);
        }

        Assert.Null(text.ReadLine());
        Assert.Equal((1_312L, 1d), (count, reader.Progress));
        Assert.Equal(["BTCUSDT", "SOLUSDT"], reader.Symbols);
        Assert.True(reader.HasTickers("BTCUSDT") && reader.HasTickers("SOLUSDT"));
        Assert.Equal(
            ["kline.1.BTCUSDT", "kline.1.SOLUSDT", "orderbook.200.BTCUSDT", "orderbook.200.SOLUSDT", "publicTrade.BTCUSDT", "publicTrade.SOLUSDT", "tickers.BTCUSDT", "tickers.SOLUSDT"],
            reader.Topics);
        Assert.Equal(1_786_310_819_526_357_000, reader.FirstReceivedAtNanos);
    }

    [Fact]
    public void The_derived_sample_has_no_tickers()
    {
        using var reader = RecordingReader.Open(ReferenceFiles.Sample("v5shaped-btcusdt-20240808.frames.gz"));

        Assert.Equal(["BTCUSDT"], reader.Symbols);
        Assert.False(reader.HasTickers("BTCUSDT"));
        Assert.Equal(12_170, reader.ReadAll().Count());
    }

    [Fact]
    public void Plain_text_is_read_as_well_and_frames_longer_than_the_buffer_too()
    {
        string levels = string.Join(",", Enumerable.Range(1, 9_000).Select(i => $"{60_000 - i}.00 1.000"));
        string large = VenueHarness.BookFrame("snapshot", levels, "60000.10 1.000", 1);
        string path = WritePlain("a.frames", $"1 {Book}\n2 {large}\n3 {Book}\n");

        using var reader = RecordingReader.Open(path);

        Assert.Equal([Book.Length, large.Length, Book.Length], reader.ReadAll().Select(frame => frame.Frame.Length));
    }

    [Fact]
    public void A_missing_file_is_named() => AssertRefused(Path.Combine(_folder, "none.frames.gz"), "recording not found", "none.frames.gz", "samples/");

    [Fact]
    public void An_empty_file_is_refused()
    {
        AssertRefused(WritePlain("empty.frames", ""), "recording is empty", "empty.frames");
        AssertRefused(WriteGzip("empty.frames.gz", ""), "recording is empty", "empty.frames.gz");
    }

    [Fact]
    public void Plain_text_under_a_gz_name_is_refused() => AssertRefused(WritePlain("a.frames.gz", $"1 {Book}\n"), "not gzip", "a.frames.gz", "rename");

    [Fact]
    public void Truncated_gzip_is_refused()
    {
        byte[] whole = File.ReadAllBytes(ReferenceFiles.Sample(Genuine));

        AssertRefused(WriteBytes("cut.frames.gz", whole[..(whole.Length / 3)]), "cut short", "cut.frames.gz", "line");
    }

    [Theory]
    [InlineData(4)] // the text length
    [InlineData(8)] // the whole trailer
    [InlineData(9)] // and the end of the data
    public void A_gzip_recording_without_its_tail_is_refused_at_its_end(int bytesMissing)
    {
        byte[] whole = File.ReadAllBytes(ReferenceFiles.Sample(Genuine));

        AssertRefusedAtItsEnd(WriteBytes("tail.frames.gz", whole[..^bytesMissing]));
    }

    [Fact]
    public void A_gzip_recording_cut_at_the_end_of_a_line_is_refused()
    {
        using var bytes = new MemoryStream();
        using var gzip = new GZipStream(bytes, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes($"1 {Book}\n2 {Book}\n"));
        gzip.Flush();
        byte[] wholeLines = bytes.ToArray();

        AssertRefused(WriteBytes("aligned.frames.gz", wholeLines), "cut short", "aligned.frames.gz", "after line 2");
    }

    [Fact]
    public void A_gzip_recording_cut_behind_its_header_is_cut_short_and_not_empty()
    {
        byte[] whole = File.ReadAllBytes(ReferenceFiles.Sample(Genuine));
        byte[] headerWhoseEndReadsAsLength0 = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0];

        AssertRefused(WriteBytes("header.frames.gz", whole[..10]), "cut short", "header.frames.gz");
        AssertRefused(WriteBytes("zeros.frames.gz", headerWhoseEndReadsAsLength0), "cut short", "zeros.frames.gz");
    }

    [Fact]
    public void Bytes_behind_the_end_of_a_gzip_recording_are_refused()
    {
        byte[] whole = File.ReadAllBytes(ReferenceFiles.Sample(Genuine));

        AssertRefusedAtItsEnd(WriteBytes("appended.frames.gz", [.. whole, .. "garbage"u8]));
    }

    [Fact]
    public void A_gzip_recording_of_several_members_is_refused()
    {
        byte[] first = File.ReadAllBytes(WriteGzip("1.frames.gz", $"1 {Book}\n"));
        byte[] second = File.ReadAllBytes(WriteGzip("2.frames.gz", $"2 {Book}\n"));

        AssertRefused(WriteBytes("members.frames.gz", [.. first, .. second]), "several gzip members", "members.frames.gz", "zcat FILE | gzip > NEW");
    }

    [Fact]
    public void Corrupt_gzip_is_refused()
    {
        byte[] bytes = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8];
        string path = Path.Combine(_folder, "bad.frames.gz");
        File.WriteAllBytes(path, bytes);

        AssertRefused(path, "recording is damaged", "bad.frames.gz");
    }

    [Theory]
    [InlineData("{\"topic\":\"a.b\"}\n", "receive time")]
    [InlineData("12x {\"topic\":\"a.b\"}\n", "receive time")]
    [InlineData("12\n", "receive time")]
    [InlineData("-5 {\"topic\":\"a.b\"}\n", "receive time")]
    [InlineData("99999999999999999999 {\"topic\":\"a.b\"}\n", "receive time")]
    [InlineData("\n", "receive time")]
    [InlineData("1 {\"stream\":\"btcusdt@trade\",\"data\":{}}\n", "not a Bybit V5 public frame: {\"stream\"")]
    [InlineData("1 hello\n", "not a Bybit V5 public frame: hello")]
    [InlineData("1 {\"topic\":\"orderbook.50.BTCUSDT\"\n", "not a Bybit V5 public frame")]
    [InlineData("1 {\"topic\":\"a\"}}\n", "not a Bybit V5 public frame")]
    public void A_foreign_line_is_refused_at_open_with_its_number(string line, string what)
    {
        AssertRefused(WriteGzip("f.frames.gz", $"1 {Book}\n" + line), what, "f.frames.gz", "line 2");
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        string path = Path.Combine(_folder, "latin.frames");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes("1 {\"topic\":\""), 0xff, .. Encoding.UTF8.GetBytes("\"}\n")]);

        AssertRefused(path, "not a Bybit V5 public frame", "line 1");
    }

    [Fact]
    public void Time_that_goes_backwards_is_refused() => AssertRefused(WriteGzip("t.frames.gz", $"5 {Book}\n4 {Book}\n"), "time goes backwards", "line 2", "4 after 5", "sort");

    [Fact]
    public void A_last_line_without_its_newline_is_refused() => AssertRefused(WritePlain("cut.frames", $"1 {Book}\n2 {Book[..40]}"), "cut short", "line 2");

    [Fact]
    public void A_recording_without_market_data_is_refused() =>
        AssertRefused(WritePlain("k.frames", "1 {\"success\":true,\"ret_msg\":\"\",\"op\":\"subscribe\"}\n"), "no book, trade or ticker frame", "k.frames");

    [Fact]
    public void Damage_behind_the_head_is_found_when_it_is_reached()
    {
        string good = string.Concat(Enumerable.Range(1, RecordingReader.HeadLines + 5).Select(i => $"{i} {Book}\n"));
        using var reader = RecordingReader.Open(WriteGzip("late.frames.gz", good + "oops\n"));

        RecordingException fault = Assert.Throws<RecordingException>(() => reader.ReadAll().Count());

        Assert.Contains($"line {RecordingReader.HeadLines + 6}", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string path, params string[] parts)
    {
        RecordingException fault = Assert.Throws<RecordingException>(() => RecordingReader.Open(path).Dispose());
        Assert.All(parts, part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("\n", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertRefusedAtItsEnd(string path)
    {
        using var reader = RecordingReader.Open(path);
        RecordingException fault = Assert.Throws<RecordingException>(() => reader.ReadAll().Count());
        Assert.All(["cut short, has bytes behind its end, or is made of several gzip members", Path.GetFileName(path), "zcat FILE | gzip > NEW"], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("\n", fault.Message, StringComparison.Ordinal);
    }

    private string WriteBytes(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string WritePlain(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string WriteGzip(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
