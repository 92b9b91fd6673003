namespace LatencyEngine.Simulator.Tests;

/// <summary>What is kept of a market's past.</summary>
public sealed class MarketTapeTests
{
    private const long MinuteMillis = 60_000;
    private const long DayMillis = 1_440 * MinuteMillis;
    private const long StartMillis = 1_786_310_820_000;   // Sunday, 9 August 2026, 21:27 UTC

    private readonly MarketTape _tape = new();
    private int _id;

    [Fact]
    public void Candles_of_every_interval_are_those_of_a_search_through_all_trades()
    {
        var random = new Random(7);
        List<(long Millis, decimal Price, decimal Qty)> trades = [];
        long now = StartMillis;
        for (int i = 0; i < 3_000; i++)
        {
            now += random.Next(1, 300_000);
            trades.Add((now, 100 + (random.Next(-500, 500) / 10m), random.Next(1, 100) / 10m));
            Trade(trades[^1].Millis, trades[^1].Price, trades[^1].Qty);
        }

        foreach (CandleInterval interval in CandleInterval.All)
        {
            RecentRows<Candle> candles = _tape.Candles(interval);
            for (long i = candles.First; i < candles.Count; i++)
            {
                Candle candle = candles[i];
                List<(long Millis, decimal Price, decimal Qty)> inside = [.. trades.Where(trade => trade.Millis >= candle.StartMillis && trade.Millis < candle.NextStartMillis)];
                decimal before = trades.LastOrDefault(trade => trade.Millis < candle.StartMillis, trades[0]).Price;
                Assert.Equal(before, candle.Open);
                Assert.Equal(inside.Count == 0 ? before : inside[^1].Price, candle.Close);
                Assert.Equal(inside.Select(trade => trade.Price).Append(before).Max(), candle.High);
                Assert.Equal(inside.Select(trade => trade.Price).Append(before).Min(), candle.Low);
                Assert.Equal(inside.Sum(trade => trade.Qty), candle.Volume);
                Assert.Equal(inside.Sum(trade => trade.Qty * trade.Price), candle.Turnover);
                if (i > candles.First) Assert.Equal(candles[i - 1].NextStartMillis, candle.StartMillis);
            }
        }

        long open = now - (now % MinuteMillis);
        List<(long Millis, decimal Price, decimal Qty)> day = [.. trades.Where(trade => trade.Millis >= open - DayMillis + MinuteMillis)];
        Assert.Equal(day.Sum(trade => trade.Qty), _tape.Day!.Value.Volume);
        Assert.Equal(day.Sum(trade => trade.Qty * trade.Price), _tape.Day.Value.Turnover);
        Assert.Equal(trades.Last(trade => trade.Millis < open - (60 * MinuteMillis)).Price, _tape.Day.Value.PriceHourBefore);
    }

    [Theory]
    [InlineData("1", "2026-08-09T21:27:00Z", "2026-08-09T21:28:00Z")]
    [InlineData("240", "2026-08-09T20:00:00Z", "2026-08-10T00:00:00Z")]
    [InlineData("720", "2026-08-09T12:00:00Z", "2026-08-10T00:00:00Z")]
    [InlineData("D", "2026-08-09T00:00:00Z", "2026-08-10T00:00:00Z")]
    [InlineData("W", "2026-08-03T00:00:00Z", "2026-08-10T00:00:00Z")]
    [InlineData("M", "2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z")]
    public void An_interval_begins_where_the_calendar_has_it(string name, string start, string next)
    {
        var interval = new CandleInterval(name);

        Assert.Equal(DateTimeOffset.Parse(start).ToUnixTimeMilliseconds(), interval.StartOf(StartMillis));
        Assert.Equal(DateTimeOffset.Parse(next).ToUnixTimeMilliseconds(), interval.NextStart(StartMillis));
    }

    [Fact]
    public void The_tick_direction_compares_with_the_trade_before()
    {
        foreach (decimal price in (decimal[])[100, 101, 101, 100, 100, 102]) Trade(StartMillis, price, 1);

        Assert.Equal(["ZeroPlusTick", "PlusTick", "ZeroPlusTick", "MinusTick", "ZeroMinusTick", "PlusTick"], _tape.Trades.Since(0).Select(row => row.TickDirection));
    }

    [Fact]
    public void A_block_trade_is_told_and_makes_no_price()
    {
        Trade(StartMillis, 100, 1);
        _tape.OnTrade(new MarketTrade("b", TakerBuys: true, 120, 5, StartMillis, IsBlock: true, Sequence: 9));

        Assert.Equal((2, 100m, 1m), (_tape.Trades.Count, _tape.LastPrice, _tape.Day!.Value.Volume));
    }

    [Fact]
    public void Only_the_newest_rows_are_kept_and_numbered_on()
    {
        var rows = new RecentRows<int>(3);
        for (int i = 0; i < 5; i++) rows.Add(10 * i);

        Assert.Equal((5, 2, 3), (rows.Count, rows.First, rows.Held));
        Assert.Equal([20, 30, 40], rows.Since(0));
        Assert.Equal([40, 30, 20], rows.NewestFirst());
        Assert.Equal([20, 30, 40], rows);
        Assert.Equal([(3L, 30), (2L, 20)], rows.Below(4));
        Assert.Equal([2L, 4L, 5L], ((int[])[19, 30, 99]).Select(time => rows.EndAt(row => row, time)));
        Assert.Equal(30, rows[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => rows[1]);
    }

    private void Trade(long millis, decimal price, decimal qty) => _tape.OnTrade(new MarketTrade($"{_id++}", TakerBuys: true, price, qty, millis, IsBlock: false, _id));
}
