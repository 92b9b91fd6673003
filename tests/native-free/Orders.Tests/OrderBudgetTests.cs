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

    [Theory]
    [InlineData(0, "its answer, for the venue may have counted it as late as that")]
    [InlineData(1, "its answer, for the venue may have counted it as late as that")]
    [InlineData(2, "its sending, for the venue takes twice as many")]
    public void A_request_counts_for_a_whole_second_and_not_a_nanosecond_longer_after(int venueTotal, string what)
    {
        long from = what.StartsWith("its sending", StringComparison.Ordinal) ? 100 : 300;
        var budget = new OrderBudget(1, 1, 1, cancelReserve: 0);
        budget.Take(OrderAction.Place, new EpochNanos(100));
        budget.OnAnswer(Answer(OrderAction.Place, venueTotal), new EpochNanos(300));

        Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(from + Second)));
        Assert.Equal(1, budget.Left(OrderAction.Place, new EpochNanos(from + 1 + Second)));
    }

    [Fact]
    public void A_request_without_an_answer_counts_for_the_longest_way_and_a_second()
    {
        var budget = new OrderBudget(1, 1, 1, cancelReserve: 0);
        budget.Take(OrderAction.Place, new EpochNanos(100));

        Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(100 + OrderBudget.ArrivalNanosMax + Second)));
        Assert.Equal(1, budget.Left(OrderAction.Place, new EpochNanos(101 + OrderBudget.ArrivalNanosMax + Second)));
    }

    [Fact]
    public void With_its_connection_a_request_counts_as_answered()
    {
        var budget = new OrderBudget(1, 1, 1, cancelReserve: 0);
        foreach (OrderAction action in Actions) budget.Take(action, new EpochNanos(100));
        budget.OnRequestsLost(new EpochNanos(200));

        Assert.All(Actions, action => Assert.Equal((0, 1), (budget.Left(action, new EpochNanos(200 + Second)), budget.Left(action, new EpochNanos(201 + Second)))));
    }

    [Fact]
    public void A_lower_total_of_the_venue_is_adopted_and_a_higher_one_is_not()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 4);
        budget.OnAnswer(Answer(OrderAction.Cancel, total: 3), new EpochNanos(0));
        Assert.Equal((3, 1), (budget.Left(OrderAction.Cancel, new EpochNanos(0)), budget.LeftForRequote(OrderAction.Cancel, new EpochNanos(0))));
        Assert.Equal(10, budget.Left(OrderAction.Place, new EpochNanos(0)));

        for (int i = 0; i < 5; i++) budget.Take(OrderAction.Cancel, new EpochNanos(1));   // more than it allows: nothing is left, and not less than nothing
        Assert.Equal(0, budget.Left(OrderAction.Cancel, new EpochNanos(1)));

        budget.OnAnswer(Answer(OrderAction.Cancel, total: 1_000), new EpochNanos(0));
        Assert.Equal(10, budget.Left(OrderAction.Cancel, new EpochNanos(5 * Second)));
    }

    [Fact]
    public void When_the_venue_says_that_nothing_is_left_nothing_is_until_its_reset_by_its_own_clock()
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 0);
        const long now = 50 * Second;
        budget.OnAnswer(Answer(OrderAction.Amend, total: 10, left: 0, resetMillis: 1_700_000_000_700, venueMillis: 1_700_000_000_000), new EpochNanos(now));

        Assert.Equal(0, budget.Left(OrderAction.Amend, new EpochNanos(now + 699_999_999)));
        Assert.Equal(10, budget.Left(OrderAction.Place, new EpochNanos(now)));
        Assert.Equal(10, budget.Left(OrderAction.Amend, new EpochNanos(now + 700_000_000)));
    }

    [Theory]
    [InlineData(1, 1_700_000_000_700, 1_700_000_000_000, 0)]                                       // one is left
    [InlineData(0, 1_700_000_000_000, 1_700_000_000_000, 0)]                                       // the reset is now
    [InlineData(0, 0, 1_700_000_000_000, 0)]                                                       // no reset
    [InlineData(0, 1_700_000_000_700, 0, 0)]                                                       // no present to hold it against
    [InlineData(0, 1_800_000_000_000, 1_700_000_000_000, OrderBudget.HoldNanosMax)]                 // no reset of a second
    public void A_reset_is_waited_for_as_far_as_it_can_be_one(int left, long resetMillis, long venueMillis, long expectedNanos)
    {
        var budget = new OrderBudget(10, 10, 10, cancelReserve: 0);
        budget.OnAnswer(Answer(OrderAction.Place, total: 10, left, resetMillis, venueMillis), new EpochNanos(0));

        if (expectedNanos > 0) Assert.Equal(0, budget.Left(OrderAction.Place, new EpochNanos(expectedNanos - 1)));
        Assert.Equal(10, budget.Left(OrderAction.Place, new EpochNanos(expectedNanos)));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void Bursts_never_earn_a_refusal_for_rate_whatever_the_ways_take_and_however_the_venue_counts(int seed, bool rolls)
    {
        var random = new Random(seed);
        int venueTotal = random.Next(2, 12);
        var budget = new OrderBudget(random.Next(2, 30), 1, 1, cancelReserve: 0);
        budget.OnAnswer(Answer(OrderAction.Place, venueTotal), new EpochNanos(0));
        var venue = new CountingVenue(venueTotal, rolls, clockAheadNanos: random.Next(-5, 5) * Second);
        var answers = new Queue<(long AtNanos, Ack Ack)>();
        long lastArrival = 0;
        int sent = 0;
        for (long now = 0; now < 60 * Second; now += random.Next(8) == 0 ? random.Next(400_000_000) : random.Next(3_000_000))
        {
            while (answers.TryPeek(out (long AtNanos, Ack Ack) answer) && answer.AtNanos <= now)
            {
                answers.Dequeue();
                budget.OnAnswer(in answer.Ack, new EpochNanos(now));
            }

            // As many as the budget lets through at once; what arrives keeps its order, and takes anything up to the longest way.
            long wayNanos = random.Next(10) == 0 ? OrderBudget.ArrivalNanosMax : 30_000_000;
            while (budget.Left(OrderAction.Place, new EpochNanos(now)) > 0)
            {
                budget.Take(OrderAction.Place, new EpochNanos(now));
                lastArrival = Math.Max(lastArrival, now + random.NextInt64(wayNanos));
                lastArrival = Math.Min(lastArrival, now + OrderBudget.ArrivalNanosMax);
                answers.Enqueue((lastArrival + random.Next(50_000_000), venue.Take(lastArrival)));
                sent++;
            }
        }

        Assert.True(sent > 60, $"seed {seed}: {sent} sent");
        Assert.True(venue.Refused == 0, $"seed {seed}: {venue.Refused} of {sent} refused by a venue of {venueTotal} a second");
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
        budget.OnAnswer(Answer(OrderAction.Place, total: 1), new EpochNanos(0));
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
        budget.OnAnswer(Answer(OrderAction.Place, total: 2 * limit), new EpochNanos(0));
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

    private static readonly OrderAction[] Actions = [OrderAction.Place, OrderAction.Amend, OrderAction.Cancel];

    private static Ack Answer(OrderAction action, int total, int left = -1, long resetMillis = 0, long venueMillis = 0) =>
        new() { Action = action, RequestsPerSecond = total, RequestsLeft = left, LimitResetMillis = resetMillis, VenueMillis = venueMillis };

    /// <summary>The limit of one operation at the venue, counted at arrival: in a rolling second, or in seconds of its own clock.</summary>
    private sealed class CountingVenue(int total, bool rolls, long clockAheadNanos)
    {
        private readonly Queue<long> _taken = new();

        public int Refused { get; private set; }

        public Ack Take(long nowNanos)
        {
            long startNanos = rolls ? nowNanos - Second : nowNanos - (nowNanos % Second) - 1;
            while (_taken.TryPeek(out long oldest) && oldest <= startNanos) _taken.Dequeue();
            if (_taken.Count >= total) Refused++;
            else _taken.Enqueue(nowNanos);
            int left = total - _taken.Count;
            long resetNanos = left > 0 ? nowNanos : rolls ? _taken.Peek() + Second : nowNanos - (nowNanos % Second) + Second;
            return Answer(OrderAction.Place, total, left, Millis(resetNanos), Millis(nowNanos));
        }

        private long Millis(long nanos) => (nanos + clockAheadNanos + (1_700_000_000L * Second)) / 1_000_000;
    }
}
