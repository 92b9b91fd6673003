using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A recording as a market that is served: moved to another time, played for ever, with topics that it does not hold.</summary>
public sealed class RecordedMarketTests
{
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";
    private const long SecondNanos = 1_000_000_000;

    [Fact]
    public void A_recording_moved_in_time_says_the_same_at_another_hour()
    {
        const long ShiftMillis = 3_600_000;
        (ReplaySession original, List<Delivery> before) = Play(10, settings => settings);
        (ReplaySession moved, List<Delivery> after) = Play(10, settings => settings with { StartNanos = original.FirstTimeNanos + (ShiftMillis * 1_000_000) });

        Assert.Equal(original.FirstTimeNanos + (ShiftMillis * 1_000_000), moved.FirstTimeNanos);
        Assert.Equal(before.Count, after.Count);
        Assert.Equal(before.Select(delivery => Text(delivery)), after.Select(delivery => Encoding.UTF8.GetString(FrameTime.Shift(delivery.Frame, -ShiftMillis).Span)));
        JsonElement ticker = Frames(after, "tickers.BTCUSDT")[0];
        Assert.Equal(1_786_310_817_583 + ShiftMillis, ticker.GetProperty("ts").GetInt64());
        Assert.Equal($"{1_786_320_000_000 + ShiftMillis}", ticker.GetProperty("data").GetProperty("nextFundingTime").GetString());
    }

    [Theory]
    [InlineData("""{"topic":"kline.1.X","data":[{"start":1786310760000,"end":1786310819999,"open":"1786310760000","timestamp":1786310819005}],"ts":1786310819005}""", """{"topic":"kline.1.X","data":[{"start":1786310760005,"end":1786310820004,"open":"1786310760000","timestamp":1786310819010}],"ts":1786310819010}""")]
    [InlineData("""{"data":[{"T":1786310821322,"v":"1"},{"T":1786310821322,"seq":272903628046}]}""", """{"data":[{"T":1786310821327,"v":"1"},{"T":1786310821327,"seq":272903628046}]}""")]
    [InlineData("""{"ts":9,"cts":null,"ts":""", """{"ts":9,"cts":null,"ts":""")]
    public void Only_stamps_are_moved(string frame, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(FrameTime.Shift(Encoding.UTF8.GetBytes(frame), 5).Span));

    [Fact]
    public void A_recording_played_for_ever_begins_again_with_its_snapshots_at_later_times()
    {
        (ReplaySession once, List<Delivery> lap) = Play(600, settings => settings);
        (ReplaySession endless, List<Delivery> laps) = Play(600, settings => settings with { Loops = true });

        Assert.True(once.IsFinished);
        Assert.False(endless.IsFinished);
        List<Delivery> frames = [.. lap.Where(delivery => delivery.RecordedIndex > 0)];
        List<Delivery> again = [.. laps.Where(delivery => delivery.RecordedIndex > 0)];
        Assert.Equal(again.Take(frames.Count).Select(Text), frames.Select(Text));
        Assert.Equal(again.Skip(frames.Count).Select(delivery => delivery.RecordedIndex).Take(frames.Count), frames.Select(delivery => delivery.RecordedIndex));
        Assert.True(again.Zip(again.Skip(1)).All(pair => pair.First.TimeNanos <= pair.Second.TimeNanos));
        Assert.Equal(0, endless.Venue.MalformedFrames);
        Assert.Contains("\"type\":\"snapshot\"", again.Skip(frames.Count).Select(Text).First(text => text.Contains("orderbook.200.BTCUSDT", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Topics_that_are_not_recorded_are_written_from_the_deepest_book_and_the_trades_and_recorded_ones_pass_unchanged()
    {
        (_, List<Delivery> plain) = Play(20, settings => settings);
        (ReplaySession session, List<Delivery> full) = Play(20, settings => settings with { DerivesTopics = true });

        Assert.Equal(plain.Where(delivery => delivery.RecordedIndex > 0).Select(Text).Where(text => text.StartsWith("{\"topic\"", StringComparison.Ordinal)), full.Where(delivery => delivery.RecordedIndex > 0).Select(Text));
        Assert.Equal(PublicFeed.TopicsOf("BTCUSDT").Order(), session.Topics.Where(topic => topic.EndsWith(".BTCUSDT", StringComparison.Ordinal)).Order());
        Assert.All(Frames(full, "orderbook.1.BTCUSDT"), frame => Assert.Equal("snapshot", frame.GetProperty("type").GetString()));
        Assert.NotEmpty(Frames(full, "kline.5.BTCUSDT"));

        // The feed tells every 20 ms: where it has caught up with the book it must have said the same.
        MarketBook book = session.Venue.Market("BTCUSDT").Recorded.Market;
        int compared = 0;
        List<Delivery> deliveries = [];
        for (int i = 0; i < 100; i++)
        {
            session.PlayUntil(session.LastTimeNanos + (SecondNanos / 10), deliveries);
            session.RequestSnapshot("orderbook.50.BTCUSDT", session.LastTimeNanos, origin: 5);
            session.PlayUntil(session.LastTimeNanos + (SecondNanos / 500), deliveries);
            JsonElement told = JsonDocument.Parse(deliveries.FindLast(delivery => delivery.Origin == 5).Frame).RootElement.GetProperty("data");
            if (told.GetProperty("seq").GetInt64() != book.Sequence) continue;
            compared++;
            Assert.Equal(book.Levels(bidSide: true).Take(50), told.GetProperty("b").EnumerateArray().Select(level => (decimal.Parse(level[0].GetString()!), decimal.Parse(level[1].GetString()!))));
        }

        Assert.True(compared > 20, $"{compared} books compared");
    }

    [Fact]
    public void A_session_plays_exactly_one_market()
    {
        ReplaySettings both = Settings() with { Flow = new FlowSettings() };

        Assert.Contains("exactly one of RecordingPath, Frames and Flow", Assert.Throws<ArgumentException>(() => new ReplaySession(both)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ReplaySession(both with { RecordingPath = null, Flow = null }));
    }

    private static (ReplaySession Session, List<Delivery> Deliveries) Play(int seconds, Func<ReplaySettings, ReplaySettings> change)
    {
        var session = new ReplaySession(change(Settings()));
        List<Delivery> deliveries = [];
        session.PlayUntil(session.FirstTimeNanos + (seconds * SecondNanos), deliveries);
        return (session, deliveries);
    }

    private static ReplaySettings Settings() => new()
    {
        RecordingPath = ReferenceFiles.Sample(Genuine),
        Venue = VenueHarness.Settings(symbols: ["BTCUSDT", "SOLUSDT"]),
        Latency = new LatencyModel(1),
    };

    private static string Text(Delivery delivery) => Encoding.UTF8.GetString(delivery.Frame.Span);

    private static List<JsonElement> Frames(List<Delivery> deliveries, string topic) =>
        [.. deliveries.Select(Text).Where(text => text.Contains($"\"{topic}\"", StringComparison.Ordinal)).Select(text => JsonDocument.Parse(text).RootElement)];
}
