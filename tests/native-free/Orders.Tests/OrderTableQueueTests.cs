using LatencyEngine.Model;
using static LatencyEngine.Orders.Tests.OrderDesk;

namespace LatencyEngine.Orders.Tests;

/// <summary>The place of a quote in its queue, and what it is worth. BTCUSDT moves from 3 ticks; a fill is worth 10 ticks, 100 lots trade at a level. On ETHUSDT, from 5 ticks, no place is worth anything.</summary>
public sealed class OrderTableQueueTests
{
    private const int AmendsPerSecond = 10;

    private static readonly OrderTableSettings Weighing = OrderDesk.Settings with { QueueWorths = [new QueueWorth(10, 100), new QueueWorth(0, 100)] };

    private readonly OrderDesk _desk = new(Weighing);
    private readonly OrderIntent[] _intents = new OrderIntent[8];

    [Fact]
    public void A_quote_is_behind_all_that_is_displayed_when_it_comes_to_rest_and_trades_at_its_price_bring_it_forward()
    {
        OrderIntent order = _desk.PlanOne(Bid(100, 5));
        _desk.Acknowledge(_desk.Send(order));
        See(40);
        Assert.Null(Ahead());   // it does not rest yet
        _desk.Stream(order, OrderStatus.New);
        Assert.Null(Ahead());
        See(40);
        Assert.Equal(40, Ahead());

        Trade(100, 15);
        Assert.Equal(25, Ahead());
        Trade(101, 15);   // a better bid
        Assert.Equal(25, Ahead());
        Trade(100, 26);
        Assert.Equal(0, Ahead());
    }

    [Fact]
    public void Never_more_is_ahead_than_is_displayed_and_a_queue_that_grows_grows_behind()
    {
        _desk.Work(Bid(100, 5));
        foreach ((long displayed, long ahead) in ((long, long)[])[(40, 40), (30, 30), (90, 30), (0, 0), (50, 0)])
        {
            See(displayed);
            Assert.Equal(ahead, Ahead());
        }
    }

    [Fact]
    public void A_trade_beyond_the_price_has_taken_all_that_was_ahead()
    {
        _desk.Work(Bid(100, 5));
        OrderIntent ask = _desk.Work(Bid(100, 5), Ask(110, 5));
        See(40);
        _desk.Table.OnDisplayed(ask.Instrument, Side.Sell, 0, new QtyLots(40));

        Trade(99, 1);
        Assert.Equal(0, Ahead());
        Assert.Equal(40, Ahead(Side.Sell));
        Trade(111, 1, Side.Buy);
        Assert.Equal(0, Ahead(Side.Sell));
    }

    [Fact]
    public void A_trade_that_met_others_or_may_be_older_than_the_order_brings_nobody_forward()
    {
        _desk.Work(Bid(100, 5));   // in the millisecond 1
        See(40);

        Trade(100, 15, Side.Buy);
        Trade(100, 15, millis: 1);
        Tell(new Trade(new PriceTicks(100), new QtyLots(15), Side.Sell, 9, 1, 0, 0, IsBlockTrade: true, IsRpi: false));
        Tell(new Trade(new PriceTicks(100), new QtyLots(15), Side.Sell, 9, 1, 0, 0, IsBlockTrade: false, IsRpi: true));
        Tell(new Trade(new PriceTicks(100), new QtyLots(15), Side.Unset, 9, 1, 0, 0, IsBlockTrade: false, IsRpi: false));
        Assert.Equal(40, Ahead());

        Trade(100, 15, millis: 2);
        Assert.Equal(25, Ahead());
    }

    [Fact]
    public void A_new_price_or_a_larger_quantity_goes_to_the_back_and_a_smaller_quantity_stays()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        See(40);
        Trade(100, 30);

        _desk.Stream(order, OrderStatus.New, lots: 4);
        Assert.Equal(10, Ahead());
        _desk.Stream(order, OrderStatus.New, lots: 5);
        Assert.Null(Ahead());
        See(70);
        Assert.Equal(70, Ahead());
        _desk.Stream(order, OrderStatus.New, priceTicks: 101);
        Assert.Null(Ahead());
    }

    [Fact]
    public void A_quote_that_was_filled_in_part_is_the_first_of_its_queue()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        See(40);
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 1);
        Assert.Equal(0, Ahead());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Never_less_is_said_to_be_ahead_than_is_in_a_queue_of_single_orders(bool isOwnDisplayed)
    {
        const int Seed = 20261122;
        int exact = 0;
        for (int run = 0; run < 400; run++)
        {
            var random = new Random(Seed + run);
            var desk = new OrderDesk(Weighing);
            desk.Work(Bid(100, 5));
            const long Own = -1;
            List<long> queue = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.NextInt64(1, 20)), Own];
            for (int step = 0; step < 60; step++)
            {
                switch (random.Next(4))
                {
                    case 0: queue.Add(random.NextInt64(1, 20)); break;
                    case 1: if (queue.Count > 1) CancelOne(); break;
                    case 2: TradeSome(); break;
                    default: Look(); break;
                }

                long ahead = queue.TakeWhile(lots => lots != Own).Sum();
                if (!desk.Table.TryGetQueueAhead(Instruments.Btc, Side.Buy, 0, out QtyLots said)) continue;
                Assert.True(said.Lots >= ahead, $"seed {Seed + run}, step {step}: {said.Lots} are said to be ahead, {ahead} are");
                if (said.Lots == ahead && ahead > 0) exact++;
            }

            void Look() => desk.Table.OnDisplayed(Instruments.Btc, Side.Buy, 0, new QtyLots(queue.Where(lots => lots != Own).Sum() + (isOwnDisplayed ? 5 : 0)));

            void CancelOne()
            {
                int which = random.Next(queue.Count);
                if (queue[which] != Own) queue.RemoveAt(which);
            }

            void TradeSome()
            {
                // What reaches the order itself would fill it: the trade ends before.
                long ahead = queue.TakeWhile(lots => lots != Own).Sum();
                long lots = Math.Min(ahead, random.NextInt64(1, 20));
                if (lots == 0) return;
                var trade = new Trade(new PriceTicks(100), new QtyLots(lots), Side.Sell, 100, 1, 0, 0, IsBlockTrade: false, IsRpi: false);
                for (long left = lots; left > 0;)
                {
                    long taken = Math.Min(left, queue[0]);
                    left -= taken;
                    if (taken == queue[0]) queue.RemoveAt(0);
                    else queue[0] -= taken;
                }

                desk.Table.OnTrade(Instruments.Btc, in trade);
            }
        }

        Assert.True(isOwnDisplayed || exact > 500, $"the bound was met only {exact} times");
    }

    [Theory]
    [InlineData(0, 100, 3)]       // nobody is ahead at the target: nothing is lost
    [InlineData(100, 100, 3)]     // as many ahead as here
    [InlineData(101, 100, 4)]     // one lot more: a tenth of a tick
    [InlineData(200, 100, 10)]    // 10 (1 - 1/e) = 6.3 ticks more
    [InlineData(100_000, 100, 13)]
    [InlineData(100_000, 0, 13)]  // never more than the worth of a fill
    public void A_quote_moves_once_the_error_is_worth_the_distance_and_the_place_it_loses(long displayedAtTarget, long ahead, long movesFrom)
    {
        _desk.Work(Bid(100, 5));
        See(ahead);

        Assert.Empty(Plan(Bid(100 + movesFrom - 1, 5), displayedAtTarget));
        Assert.Equal(movesFrom > 3, _desk.Table.HoldsBack);
        Assert.Equal((OrderAction.Amend, 100 + movesFrom), (Plan(Bid(100 + movesFrom, 5), displayedAtTarget).Single().Action, Plan(Bid(100 + movesFrom, 5), displayedAtTarget).Single().Price.Ticks));
        Assert.False(_desk.Table.HoldsBack);
        Assert.Empty(Plan(Bid(100 - movesFrom + 1, 5), displayedAtTarget));
        Assert.Single(Plan(Bid(100 - movesFrom, 5), displayedAtTarget));
    }

    [Fact]
    public void While_no_book_was_seen_a_place_is_worth_nothing()
    {
        _desk.Work(Bid(100, 5));
        Assert.Single(Plan(Bid(103, 5), displayed: 1_000));
    }

    [Fact]
    public void A_place_that_is_worth_nothing_is_left_for_the_distance_alone()
    {
        var desk = new OrderDesk(Weighing) { Instrument = Instruments.Eth };
        desk.Work(Bid(100, 5));
        desk.Table.OnDisplayed(Instruments.Eth, Side.Buy, 0, default);

        Assert.Equal(0, desk.Table.Plan(Instruments.Eth, [Bid(104, 5)], [new QtyLots(1_000)], AmendsPerSecond, AmendsPerSecond, _intents));
        Assert.Equal(1, desk.Table.Plan(Instruments.Eth, [Bid(105, 5)], [new QtyLots(1_000)], AmendsPerSecond, AmendsPerSecond, _intents));
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(9, 4)]
    [InlineData(5, 6)]
    [InlineData(1, 30)]
    public void The_fewer_requests_are_left_the_larger_the_error_that_is_worth_one(int amendsLeft, long movesFrom)
    {
        _desk.Work(Bid(100, 5));

        Assert.Empty(Plan(Bid(100 + movesFrom - 1, 5), amendsLeft: amendsLeft));
        Assert.Single(Plan(Bid(100 + movesFrom, 5), amendsLeft: amendsLeft));
    }

    [Fact]
    public void With_no_request_left_nothing_moves_and_what_must_go_goes()
    {
        _desk.Work(Bid(100, 5));

        Assert.Empty(Plan(Bid(1_000, 5), amendsLeft: 0));
        Assert.True(_desk.Table.HoldsBack);
        Assert.Equal(OrderAction.Cancel, Plan(Bid(100, 0), amendsLeft: 0).Single().Action);
    }

    [Fact]
    public void A_quote_goes_back_where_it_came_from_only_for_twice_the_distance()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Stream(order, OrderStatus.New, priceTicks: 105);

        Assert.Empty(Plan(Bid(100, 5)));
        Assert.True(_desk.Table.HoldsBack);
        Assert.Single(Plan(Bid(99, 5)));
        Assert.Single(Plan(Bid(108, 5)));
        Assert.Empty(Plan(Bid(107, 5)));

        _desk.Stream(order, OrderStatus.New, priceTicks: 99);
        Assert.Empty(Plan(Bid(104, 5)));
        Assert.Single(Plan(Bid(96, 5)));
    }

    [Theory]
    [InlineData(80, true)]     // 10 exp(-0.8) = 4.5 lots of all that is wanted, at the back: more than the 4 in their place
    [InlineData(100, false)]   // 10 exp(-1) = 3.7
    public void What_is_left_of_a_quote_is_topped_up_only_where_that_is_worth_its_place(long displayed, bool isToppedUp)
    {
        OrderIntent order = _desk.Work(Bid(100, 10));
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 6);
        See(displayed);
        Trade(100, displayed);

        Assert.Equal(isToppedUp ? 1 : 0, Plan(Bid(100, 10)).Length);
        Assert.Equal(!isToppedUp, _desk.Table.HoldsBack);
    }

    [Fact]
    public void A_quote_that_shrinks_keeps_its_place_whatever_it_is_worth()
    {
        _desk.Work(Bid(100, 10));
        See(0);

        OrderIntent amend = Plan(Bid(105, 4), displayed: 100_000, amendsLeft: 1).Single();
        Assert.Equal((100L, 4L), (amend.Price.Ticks, amend.Qty.Lots));
    }

    [Fact]
    public void Targets_in_another_order_are_weighed_against_their_own_queues()
    {
        _desk.Work(Bid(100, 5));
        _desk.Work(Bid(100, 5), Ask(120, 5));
        See(0);
        _desk.Table.OnDisplayed(Instruments.Btc, Side.Sell, 0, default);

        int count = _desk.Table.Plan(Instruments.Btc, [Ask(125, 5), Bid(105, 5)], [new QtyLots(1_000), default], AmendsPerSecond, AmendsPerSecond, _intents);
        Assert.Equal([Side.Buy], _intents[..count].Select(intent => intent.Side));
    }

    [Fact]
    public void Weighing_allocates_nothing()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        QuoteTarget[] targets = [Bid(130, 5)];
        QtyLots[] displayed = [new QtyLots(1_000)];
        int planned = 0;
        long used = ZeroAllocation.Measure(i =>
        {
            _desk.Table.OnDisplayed(Instruments.Btc, Side.Buy, 0, new QtyLots(i % 500));
            var trade = new Trade(new PriceTicks(100), new QtyLots(3), Side.Sell, i, 1, 0, 0, IsBlockTrade: false, IsRpi: false);
            _desk.Table.OnTrade(Instruments.Btc, in trade);
            planned += _desk.Table.Plan(Instruments.Btc, targets, displayed, 1 + (i % 10), AmendsPerSecond, _intents);
            if (i % 5 != 0) return;
            var row = new OrderEvent { Instrument = order.Instrument, ClientOrderId = order.ClientOrderId, Side = Side.Buy, Status = OrderStatus.New, Price = new PriceTicks(100 + (i % 2)), Qty = order.Qty, UpdatedMillis = i + 2 };
            _desk.Table.OnOrder(in row);
        });

        Assert.Equal(0, used);
        Assert.True(planned > 100);
    }

    [Theory]
    [InlineData(-0.001, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, 0)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    public void A_worth_that_is_none_is_refused(double fillTicks, double tradedLots) =>
        Assert.StartsWith(
            "order table: queue worth of ETHUSDT must be 0 ticks or more and more than 0 lots, was ",
            Assert.Throws<ArgumentException>(() => new OrderTable(Instruments.Two, 2, OrderDesk.Settings with { QueueWorths = [new QueueWorth(1, 1), new QueueWorth(fillTicks, tradedLots)] })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_table_needs_one_worth_an_instrument_or_none() => Assert.Equal(
        "order table: queue worths are needed for 2 instruments or for none, was 1",
        Assert.Throws<ArgumentException>(() => new OrderTable(Instruments.Two, 2, OrderDesk.Settings with { QueueWorths = [new QueueWorth(1, 1)] })).Message);

    private OrderIntent[] Plan(QuoteTarget target, long displayed = 0, int amendsLeft = AmendsPerSecond) =>
        [.. _intents[.._desk.Table.Plan(Instruments.Btc, [target], [new QtyLots(displayed)], amendsLeft, AmendsPerSecond, _intents)]];

    private void See(long displayed) => _desk.Table.OnDisplayed(Instruments.Btc, Side.Buy, 0, new QtyLots(displayed));

    private void Trade(long priceTicks, long lots, Side taker = Side.Sell, long millis = 1_000) =>
        Tell(new Trade(new PriceTicks(priceTicks), new QtyLots(lots), taker, millis, 1, 0, 0, IsBlockTrade: false, IsRpi: false));

    private void Tell(Trade trade) => _desk.Table.OnTrade(Instruments.Btc, in trade);

    private long? Ahead(Side side = Side.Buy) => _desk.Table.TryGetQueueAhead(Instruments.Btc, side, 0, out QtyLots ahead) ? ahead.Lots : null;
}
