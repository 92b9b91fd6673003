using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class TradeSweepTests
{
    private const long Hold = 500_000_000;
    private const long Now = 1_000_000_000_000;

    private readonly TradeSweep _sweep = new(levels: 4, Hold);

    [Theory]
    [InlineData(Side.Buy, 1)]
    [InlineData(Side.Sell, -1)]
    public void Trades_of_one_side_and_moment_through_as_many_levels_are_a_sweep_and_one_level_less_is_none(Side side, int direction)
    {
        Assert.False(_sweep.OnTrades(Batch(Run(side, 1, direction, 3)), Now));
        Assert.False(_sweep.HoldsAt(Now));

        Assert.True(_sweep.OnTrades(Batch(Run(side, 2, direction, 4)), Now));
        Assert.True(_sweep.HoldsAt(Now));
    }

    [Theory]
    [InlineData(Side.Buy, -1)]
    [InlineData(Side.Sell, 1)]
    public void Prices_that_come_back_are_no_further_levels(Side side, int direction) =>
        Assert.False(_sweep.OnTrades(Batch(Run(side, 1, direction, 50)), Now));

    [Fact]
    public void A_level_counts_once_however_many_trades_it_has() =>
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 1, 1, 3), .. Run(Side.Buy, 1, 1, 3), .. Run(Side.Buy, 1, 0, 9)]), Now));

    [Fact]
    public void The_two_sides_and_different_moments_are_not_added_up()
    {
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 1, 1, 3), .. Run(Side.Sell, 1, -1, 3)]), Now));
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 2, 1, 3), .. Run(Side.Buy, 3, 1, 3, from: 200)]), Now));
    }

    [Fact]
    public void A_burst_that_comes_in_two_messages_and_between_trades_of_the_other_side_is_one()
    {
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 1, 1, 3), .. Run(Side.Sell, 1, -1, 3)]), Now));
        Assert.True(_sweep.OnTrades(Batch(Run(Side.Buy, 1, 1, 1, from: 103)), Now));
    }

    [Fact]
    public void What_did_not_meet_the_displayed_book_does_not_count()
    {
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 1, 1, 9).Select(trade => trade with { IsBlockTrade = true })]), Now));
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Buy, 1, 1, 9).Select(trade => trade with { IsRpi = true })]), Now));
        Assert.False(_sweep.OnTrades(Batch([.. Run(Side.Unset, 1, 1, 9)]), Now));
    }

    [Fact]
    public void It_holds_for_its_time_and_a_further_level_begins_that_anew()
    {
        _sweep.OnTrades(Batch(Run(Side.Buy, 1, 1, 4)), Now);
        Assert.True(_sweep.HoldsAt(Now + Hold - 1));
        Assert.False(_sweep.HoldsAt(Now + Hold));

        Assert.False(_sweep.OnTrades(Batch(Run(Side.Buy, 1, 1, 1, from: 103)), Now + 10));   // the last level again
        Assert.False(_sweep.HoldsAt(Now + Hold));

        Assert.True(_sweep.OnTrades(Batch(Run(Side.Buy, 1, 1, 1, from: 104)), Now + 20));
        Assert.True(_sweep.HoldsAt(Now + Hold + 19));
        Assert.False(_sweep.HoldsAt(Now + Hold + 20));
    }

    [Fact]
    public void Sweeps_are_those_that_the_bursts_written_down_and_counted_have()
    {
        long sweeps = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int levels = random.Next(2, 6);
                var sweep = new TradeSweep(levels, Hold);
                var all = new List<Trade>();
                long millis = 1;
                for (int message = 0; message < 40; message++)
                {
                    var trades = new List<Trade>();
                    for (int i = random.Next(8); i >= 0; i--)
                    {
                        millis += random.Next(6) / 5;
                        trades.Add(Trade(random.Next(4) == 0 ? Side.Sell : Side.Buy, millis, random.Next(90, 111)) with { IsBlockTrade = random.Next(20) == 0, IsRpi = random.Next(20) == 0 });
                    }

                    bool expected = false;
                    foreach (Trade trade in trades)
                    {
                        all.Add(trade);
                        Trade[] burst = [.. all.Where(other => other.TakerSide == trade.TakerSide && other.MatchMillis == trade.MatchMillis && !other.IsBlockTrade && !other.IsRpi)];
                        bool counts = !trade.IsBlockTrade && !trade.IsRpi;
                        expected |= counts && Levels(burst) >= levels && Levels(burst) > Levels(burst[..^1]);
                    }

                    bool isSweep = sweep.OnTrades(Batch([.. trades]), Now);
                    if (isSweep != expected) return false;
                    if (isSweep) sweeps++;
                }

                return true;
            }).CheckUntil(200, () => sweeps > 100);

        Assert.True(sweeps > 100, $"{sweeps} sweeps");

        static int Levels(Trade[] burst) => burst.Where((trade, i) => burst[..i].All(before => (trade.Price.Ticks - before.Price.Ticks) * trade.TakerSide.Sign > 0)).Count();
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TradeSweep(1, Hold));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TradeSweep(2, 0));
    }

    [Fact]
    public void Taking_trades_allocates_nothing()
    {
        TradeBatch[] batches = [Batch(Run(Side.Buy, 1, 1, 9)), Batch(Run(Side.Sell, 2, -1, 9))];
        Feed();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed();
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);

        void Feed()
        {
            for (int i = 0; i < 10_000; i++) _sweep.OnTrades(batches[i % 2], Now + i);
        }
    }

    private static Trade[] Run(Side side, long millis, int direction, int count, long from = 100) =>
        [.. Enumerable.Range(0, count).Select(i => Trade(side, millis, from + (i * direction)))];

    private static Trade Trade(Side side, long millis, long ticks) => new(new PriceTicks(ticks), new QtyLots(1), side, millis, 1, 0, 0, IsBlockTrade: false, IsRpi: false);

    private static TradeBatch Batch(Trade[] trades)
    {
        var batch = new TradeBatch { Count = trades.Length };
        trades.CopyTo(batch.Trades, 0);
        return batch;
    }
}
