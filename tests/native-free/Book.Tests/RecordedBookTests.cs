using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

/// <summary>The shipped recordings, read by System.Text.Json and decimal arithmetic, so that no code of the engine's own decoder stands between the venue's bytes and the book.</summary>
public sealed class RecordedBookTests
{
    [Theory]
    [InlineData("bybit-linear-btc-sol-20260809.frames.gz", "orderbook.200.BTCUSDT", "0.10", "0.001", 414)]
    [InlineData("bybit-linear-btc-sol-20260809.frames.gz", "orderbook.200.SOLUSDT", "0.010", "0.1", 383)]
    [InlineData("v5shaped-btcusdt-20240808.frames.gz", "orderbook.50.BTCUSDT", "0.10", "0.001", 6_353)]
    public void A_recorded_topic_is_one_chain_of_good_books(string recording, string topic, string tickSize, string lotSize, int messages)
    {
        int depth = int.Parse(topic.Split('.')[1]);
        var book = new OrderBook(Books.Spec(), depth);
        var naive = new NaiveBook(depth);
        var message = new BookDelta();
        var changes = new Dictionary<BookChange, int>();
        int applied = 0;
        foreach (JsonElement frame in Frames(recording, topic))
        {
            Read(frame, depth, decimal.Parse(tickSize), decimal.Parse(lotSize), message);

            BookChange change = book.Apply(message);
            applied++;

            changes[change] = changes.GetValueOrDefault(change) + 1;
            Assert.Equal(naive.Apply(message), change);
            Assert.True(book.TryGetTop(out BookTop top), $"message {applied}: no top after {change}");
            Assert.True(top.BidPrice < top.AskPrice);
            Assert.InRange(book.LevelCount(Side.Buy), 1, depth);
            Assert.InRange(book.LevelCount(Side.Sell), 1, depth);
            Assert.Equal(message.UpdateId, book.UpdateId);
            Assert.Equal(message.MatchMillis, book.MatchMillis);
        }

        Assert.Equal(messages, applied);
        Assert.Equal(new Dictionary<BookChange, int> { [BookChange.Snapshot] = 1, [BookChange.Updated] = messages - 1 }, changes);
        Assert.Equal(naive.Bids.OrderByDescending(l => l.Key).Select(l => (l.Key, l.Value)), Books.Levels(book, Side.Buy));
        Assert.Equal(naive.Asks.OrderBy(l => l.Key).Select(l => (l.Key, l.Value)), Books.Levels(book, Side.Sell));
    }

    private static IEnumerable<JsonElement> Frames(string recording, string topic)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(topic);
        foreach (byte[] frame in ReferenceFiles.SampleFrames(recording).Where(frame => frame.AsSpan().IndexOf(wanted) >= 0))
        {
            using JsonDocument document = JsonDocument.Parse(frame);
            if (document.RootElement.TryGetProperty("topic", out JsonElement name) && name.GetString() == topic) yield return document.RootElement;
        }
    }

    private static void Read(JsonElement frame, int depth, decimal tickSize, decimal lotSize, BookDelta message)
    {
        JsonElement data = frame.GetProperty("data");
        message.Depth = depth;
        message.IsSnapshot = frame.GetProperty("type").GetString() == "snapshot";
        message.UpdateId = data.GetProperty("u").GetInt64();
        message.MatchMillis = frame.GetProperty("cts").GetInt64();
        message.BidCount = ReadSide(data.GetProperty("b"), message.Bids);
        message.AskCount = ReadSide(data.GetProperty("a"), message.Asks);

        int ReadSide(JsonElement side, BookLevel[] levels)
        {
            int count = 0;
            foreach (JsonElement level in side.EnumerateArray())
            {
                levels[count++] = new BookLevel(new PriceTicks(Whole(level[0], tickSize)), new QtyLots(Whole(level[1], lotSize)));
            }

            return count;
        }

        static long Whole(JsonElement number, decimal step)
        {
            decimal steps = decimal.Parse(number.GetString()!) / step;
            Assert.Equal(decimal.Truncate(steps), steps);
            return (long)steps;
        }
    }
}
