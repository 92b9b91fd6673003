using LatencyEngine.Model;
using static LatencyEngine.Orders.Tests.OrderDesk;

namespace LatencyEngine.Orders.Tests;

public sealed class QuoteTrackingTests
{
    private const long Second = 1_000_000_000;

    private readonly OrderDesk _desk = new();
    private readonly QuoteTracking _tracking = new();
    private long _nowNanos = 1_700_000_000 * Second;

    [Fact]
    public void The_error_is_the_mean_distance_by_time_while_a_quote_rests()
    {
        _desk.Work(Bid(100, 5));
        For(2, Bid(103, 5));
        For(1, Bid(100, 5));
        For(3, Bid(98, 5));
        Pass(0);

        Assert.Equal((2 * 3.0 + 0 + 3 * 2) / 6, _tracking.MeanErrorTicks(Side.Buy), 12);
        Assert.Equal((6 * Second, 0L, 0.0), (_tracking.RestingNanos(Side.Buy), _tracking.MissingNanos(Side.Buy), _tracking.MissingShare(Side.Buy)));
        Assert.True(double.IsNaN(_tracking.MeanErrorTicks(Side.Sell)) && double.IsNaN(_tracking.MissingShare(Side.Sell)));
    }

    [Fact]
    public void A_wanted_quote_is_missing_until_the_order_stream_shows_it_and_from_its_end_on()
    {
        OrderIntent ask = _desk.PlanOne(Ask(110, 5));
        For(1, Ask(110, 5));
        _desk.Acknowledge(_desk.Send(ask));
        For(2, Ask(110, 5));
        _desk.Stream(ask, OrderStatus.New);
        For(12, Ask(110, 5));
        _desk.Stream(ask, OrderStatus.Filled, filledLots: 5);
        For(1, Ask(110, 5));
        Pass(0);

        Assert.Equal((12 * Second, 4 * Second, 0.25), (_tracking.RestingNanos(Side.Sell), _tracking.MissingNanos(Side.Sell), _tracking.MissingShare(Side.Sell)));
        Assert.Equal(0, _tracking.MeanErrorTicks(Side.Sell));
    }

    [Fact]
    public void An_amend_counts_from_when_the_order_stream_shows_it()
    {
        OrderIntent bid = _desk.Work(Bid(100, 5));
        _desk.Acknowledge(_desk.Send(_desk.PlanOne(Bid(105, 5))));
        For(1, Bid(105, 5));
        _desk.Stream(bid, OrderStatus.New, priceTicks: 105);
        For(1, Bid(105, 5));
        Pass(0);

        Assert.Equal(2.5, _tracking.MeanErrorTicks(Side.Buy));
    }

    [Fact]
    public void Time_in_which_nothing_is_wanted_counts_for_nothing()
    {
        _desk.Work(Bid(100, 5));
        Pass(100);
        For(1, Bid(104, 5), Ask(110, 5));
        Pass(100);
        For(1, Bid(104, 0), Ask(110, 0));
        Pass(0);

        Assert.Equal((Second, 0L, 4.0), (_tracking.RestingNanos(Side.Buy), _tracking.MissingNanos(Side.Buy), _tracking.MeanErrorTicks(Side.Buy)));
        Assert.Equal((0L, Second), (_tracking.RestingNanos(Side.Sell), _tracking.MissingNanos(Side.Sell)));
    }

    [Fact]
    public void All_levels_of_a_side_count_alike()
    {
        _desk.Work(Bid(100, 5));
        _desk.Work(Bid(100, 5), Bid(90, 5, level: 1));
        For(2, Bid(101, 5), Bid(93, 5, level: 1), Ask(110, 5), Ask(120, 5, level: 1));
        Pass(0);

        Assert.Equal((4 * Second, 2.0), (_tracking.RestingNanos(Side.Buy), _tracking.MeanErrorTicks(Side.Buy)));
        Assert.Equal((4 * Second, 1.0), (_tracking.MissingNanos(Side.Sell), _tracking.MissingShare(Side.Sell)));
    }

    [Fact]
    public void Tracking_allocates_nothing()
    {
        _desk.Work(Bid(100, 5));
        QuoteTarget[] wanted = [Bid(101, 5), Ask(110, 5)];
        Assert.Equal(0, ZeroAllocation.Measure(i => _tracking.Observe(wanted, _desk.Table, Instruments.Btc, new EpochNanos(i))));
        Assert.True(_tracking.RestingNanos(Side.Buy) > 0 && _tracking.MissingNanos(Side.Sell) > 0);
    }

    private void For(long seconds, params QuoteTarget[] wanted)
    {
        _tracking.Observe(wanted, _desk.Table, Instruments.Btc, new EpochNanos(_nowNanos));
        _nowNanos += seconds * Second;
    }

    private void Pass(long seconds)
    {
        _tracking.Pause(new EpochNanos(_nowNanos));
        _nowNanos += seconds * Second;
    }
}
