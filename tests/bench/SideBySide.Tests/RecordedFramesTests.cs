using System.Text;
using System.Text.RegularExpressions;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The frames that are measured with: enough of them, all different, in the venue's layout.</summary>
public sealed partial class RecordedFramesTests
{
    private static readonly InstrumentTable Instruments = RecordedFrames.Instruments();

    [Fact]
    public void There_are_at_least_five_thousand_different_shaped_frames_of_each_topic()
    {
        byte[][][] corpora = [RecordedFrames.ShapedBookDeltas(), RecordedFrames.ShapedBookSnapshots(Instruments), RecordedFrames.ShapedTrades()];

        Assert.All(corpora, frames => Assert.True(frames.Select(Convert.ToBase64String).Distinct().Count() >= 5_000));
    }

    [Fact]
    public void A_shaped_snapshot_is_laid_out_byte_for_byte_as_the_genuine_one()
    {
        string genuine = Layout(RecordedFrames.GenuineBookSnapshots()[0]);

        Assert.All(RecordedFrames.ShapedBookSnapshots(Instruments), frame => Assert.Equal(genuine, Layout(frame)));
    }

    [Fact]
    public void A_shaped_snapshot_is_a_book_best_level_first_and_not_crossed()
    {
        var decoder = new Utf8ReaderDecoder(Instruments);
        foreach (byte[] frame in RecordedFrames.ShapedBookSnapshots(Instruments))
        {
            decoder.Decode(frame);
            long[] bids = [.. decoder.Book.Bids.Take(decoder.Book.BidCount).Select(level => level.Price.Ticks)];
            long[] asks = [.. decoder.Book.Asks.Take(decoder.Book.AskCount).Select(level => level.Price.Ticks)];
            Assert.Equal((200, 200), (bids.Length, asks.Length));
            Assert.Equal(bids.Distinct().OrderDescending(), bids);
            Assert.Equal(asks.Distinct().Order(), asks);
            Assert.True(bids[0] < asks[0]);
            Assert.DoesNotContain(decoder.Book.Bids.Take(200).Concat(decoder.Book.Asks.Take(200)), level => level.Qty.Lots <= 0);
        }
    }

    [Fact]
    public void Shaped_trades_have_uuids_and_are_laid_out_as_the_genuine_ones()
    {
        string genuine = OneTrade(RecordedFrames.GenuineTrades());

        Assert.Equal(genuine, OneTrade(RecordedFrames.ShapedTrades()));

        // Of a frame with one trade.
        static string OneTrade(byte[][] frames) => TickDirection().Replace(Layout(frames.First(frame => frame.AsSpan().Count("\"T\":"u8) == 1 && frame.AsSpan().IndexOf("\"Buy\""u8) >= 0)), "L");
    }

    [Fact]
    public void Every_frame_of_a_corpus_is_on_its_own_cache_line_with_sixty_four_bytes_behind_it_and_as_given()
    {
        byte[][] frames = [[1], [.. Enumerable.Repeat((byte)2, 64)], [.. Enumerable.Repeat((byte)3, 65)], []];
        var corpus = Corpus.OfPublic(frames);

        Assert.Equal(frames, Enumerable.Range(0, corpus.Count).Select(i => corpus[i].ToArray()));
        for (int i = 0; i < corpus.Count; i++)
        {
            Assert.Equal(0, (corpus.Offsets[i] - corpus.Offsets[0]) % 64);
            int next = i + 1 < corpus.Count ? corpus.Offsets[i + 1] : corpus.Bytes.Length;
            Assert.True(corpus.Offsets[i] + corpus.Lengths[i] + 64 <= next);
        }
    }

    /// <summary>A frame with each run of digits as one, each UUID as one word, and repeated levels as one.</summary>
    private static string Layout(byte[] frame)
    {
        string text = Uuid().Replace(Encoding.ASCII.GetString(frame), "uuid");
        text = Decimals().Replace(text, match => $"0.{match.Groups[1].Length}");
        text = Digits().Replace(text, "0");
        return Repeated().Replace(text, "$1");
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\d+\.(\d+)")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"(?<![\d.])\d+(?![\d.])")]
    private static partial Regex Digits();

    [GeneratedRegex(@"(\[""[^]]*""\])(,\1)+")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\b(Zero)?(Plus|Minus)Tick\b")]
    private static partial Regex TickDirection();
}
