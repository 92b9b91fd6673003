using LatencyEngine.Model;

namespace LatencyEngine.Orders.Tests;

public sealed class OrderBudgetTests
{
    private const long Second = OrderBudget.WindowNanos;

    [Fact]
    public void A_fresh_budget_holds_one_second_of_each_operation()
    {
        var budget = new OrderBudget(10, 20, 30, cancelReserve: 5);

        Assert.Equal(10, budget.Left(OrderAction.Place, new EpochNanos(0)));
        Assert.Equal(20, budget.Left(OrderAction.Amend, new EpochNanos(0)));
        Assert.Equal(30, budget.Left(OrderAction.Cancel, new EpochNanos(0)));
        Assert.Equal(0, budget.Left(OrderAction.Unset, new EpochNanos(0)));
    }

    [Fact]
    public void Each_operation_has_its_own_budget()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 0);
        budget.Take(OrderAction.Amend, new EpochNanos(0));

        Assert.Equal(10, budget.Left(OrderAction.Place, new EpochNanos(0)));
        Assert.Equal(9, budget.Left(OrderAction.Amend, new EpochNanos(0)));
        Assert.Equal(10, budget.Left(OrderAction.Cancel, new EpochNanos(0)));
    }

    [Fact]
    public void A_request_counts_for_a_whole_second_and_not_a_nanosecond_longer()
    {
        var budget = new OrderBudget(1, 1, 1, cancelReserve: 0);
        budget.Take(OrderAction.Place, new EpochNanos(100));

        Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(100 + Second)));
        Assert.Equal(1, budget.Left(OrderAction.Place, new EpochNanos(101 + Second)));
    }

    [Fact]
    public void Requoting_leaves_the_reserve_of_cancels_for_pulling_quotes()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 4);
        for (int i = 0; i < 6; i++) budget.Take(OrderAction.Cancel, new EpochNanos(i));

        Assert.Equal(0, budget.LeftForRequote(OrderAction.Cancel, new EpochNanos(6)));
        Assert.Equal(4, budget.Left(OrderAction.Cancel, new EpochNanos(6)));
        Assert.Equal(10, budget.LeftForRequote(OrderAction.Place, new EpochNanos(6)));
        budget.Take(OrderAction.Cancel, new EpochNanos(7));
        Assert.Equal(0, budget.LeftForRequote(OrderAction.Cancel, new EpochNanos(7)));
    }

    [Fact]
    public void After_a_refusal_for_rate_nothing_is_left_for_a_second()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 0);
        budget.Exhaust(OrderAction.Amend, new EpochNanos(500));

        Assert.Equal(0, budget.Left(OrderAction.Amend, new EpochNanos(500 + Second)));
        Assert.Equal(10, budget.Left(OrderAction.Amend, new EpochNanos(501 + Second)));
    }

    [Fact]
    public void A_clock_that_steps_back_gives_nothing_back()
    {
        var budget = new OrderBudget(1, 1, 1, cancelReserve: 0);
        budget.Take(OrderAction.Place, new EpochNanos(5 * Second));

        Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(0)));
        budget.Take(OrderAction.Place, new EpochNanos(0));
        Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(6 * Second)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_rolling_second_ever_holds_more_than_the_limit_and_no_allowed_request_is_withheld(int seed)
    {
        const int limit = 10;
        var random = new Random(seed);
        var budget = new OrderBudget(limit, 1, 1, cancelReserve: 0);
        var sent = new List<long>();
        long now = 0;
        for (int i = 0; i < 5_000; i++)
        {
            now += random.Next(4) == 0 ? Second / 5 * random.Next(6) : random.Next(50_000_000);
            int inWindow = sent.Count(at => now - at <= Second);
            Assert.True(limit - inWindow == budget.Left(OrderAction.Place, new EpochNanos(now)), $"seed {seed}, step {i}");
            if (inWindow == limit) continue;
            sent.Add(now);
            sent.RemoveAll(at => now - at > Second);
            budget.Take(OrderAction.Place, new EpochNanos(now));
        }
    }

    [Theory]
    [InlineData(0, 10, 10, 0)]
    [InlineData(10, 1_201, 10, 0)]
    [InlineData(10, 10, 10, 10)]
    [InlineData(10, 10, 10, -1)]
    public void A_budget_that_cannot_be_is_refused_when_constructed(int creates, int amends, int cancels, int reserve) =>
        Assert.Throws<ArgumentException>(() => new OrderBudget(creates, amends, cancels, reserve));

    [Fact]
    public void The_budget_allocates_nothing()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 2);
        long used = ZeroAllocation.Measure(i =>
        {
            var now = new EpochNanos(i * 30_000_000L);
            if (budget.LeftForRequote(OrderAction.Cancel, now) > 0) budget.Take(OrderAction.Cancel, now);
        });

        Assert.Equal(0, used);
    }
}
