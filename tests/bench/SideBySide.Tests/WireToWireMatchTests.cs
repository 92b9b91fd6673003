using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>Which order answers which market frame, and how long that took. Frames 10 to 13 are due at 1,000, 1,100, 1,200 and 1,300 ns.</summary>
public sealed class WireToWireMatchTests
{
    private const int FirstFrame = 10;
    private const long Begin = 1_000;
    private static readonly long[] Due = [0, 100, 200, 300];

    private readonly LatencyHistogram _all = new();

    [Fact]
    public void A_frame_counts_from_when_it_was_due_until_the_order_that_answers_it_has_come()
    {
        WireToWireComparison.Flight flight = Match([(1, 1_070), (2, 1_230)], new(1, 10, 11), new(2, 12, 13));

        Assert.Equal([30, 70], Sorted(flight.Latency));
        Assert.Equal([30, 70], Sorted(_all));
    }

    [Fact]
    public void An_order_is_found_by_the_name_of_its_request_whichever_came_first()
    {
        WireToWireComparison.Flight flight = Match([(2, 1_230), (1, 1_270)], new(1, 10, 11), new(2, 12, 13));

        Assert.Equal([30, 270], Sorted(flight.Latency));
    }

    [Fact]
    public void Frames_that_were_answered_together_count_each_from_its_own_time()
    {
        WireToWireComparison.Flight flight = Match([(1, 1_350)], new OrderCauses.Cause(1, 10, 14));

        Assert.Equal([50, 150, 250, 350], Sorted(flight.Latency));
    }

    [Fact]
    public void A_frame_counts_once_with_the_first_order_that_answers_it()
    {
        WireToWireComparison.Flight flight = Match([(1, 1_030), (2, 1_040), (3, 1_160)], new(1, 10, 11), new(2, 10, 11), new(3, 10, 12));

        Assert.Equal([30, 60], Sorted(flight.Latency));
    }

    [Fact]
    public void Frames_that_had_to_wait_count_with_the_order_that_answers_them_at_last()
    {
        WireToWireComparison.Flight flight = Match([(1, 1_230), (2, 1_390)], new(1, 12, 13), new(2, 10, 14));

        Assert.Equal([30, 90, 290, 390], Sorted(flight.Latency));
    }

    [Fact]
    public void An_order_that_does_not_come_is_counted_as_lost_and_no_other_order_stands_in_for_it()
    {
        WireToWireComparison.Flight flight = Match([(2, 1_040), (4, 1_320)], new(1, 10, 11), new(2, 10, 11), new(3, 12, 13), new(4, 13, 14));

        Assert.Equal(2, flight.Lost);
        Assert.Equal([20], Sorted(flight.Latency));
    }

    [Fact]
    public void An_order_that_answers_no_frame_is_counted_and_in_no_latency()
    {
        WireToWireComparison.Flight flight = Match([(1, 1_030), (2, 1_900)], new(1, 10, 11), new(2, 11, 11));

        Assert.Equal((1, 0), (flight.Unprompted, flight.Lost));
        Assert.Equal([30], Sorted(flight.Latency));
    }

    [Fact]
    public void An_order_that_was_never_sent_and_one_that_comes_twice_end_the_run()
    {
        Assert.Contains("request 9", Assert.Throws<AnswersDifferException>(() => Match([(1, 1_030), (9, 1_040)], new OrderCauses.Cause(1, 10, 11))).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<AnswersDifferException>(() => Match([(1, 1_030), (1, 1_040)], new OrderCauses.Cause(1, 10, 11))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_which_nothing_is_answered_has_no_figures() => Assert.Throws<AnswersDifferException>(() => Match([], new OrderCauses.Cause(1, 10, 11)));

    private WireToWireComparison.Flight Match((uint Number, long AtNanos)[] orders, params OrderCauses.Cause[] sent) => WireToWireComparison.Match(orders, sent, FirstFrame, Begin, Due, _all);

    /// <summary>All of it, shortest first; exact below 2,048 ns.</summary>
    private static long[] Sorted(LatencyHistogram histogram) => [.. Enumerable.Range(1, (int)histogram.Count).Select(rank => histogram.ValueAtPercentile(100.0 * rank / histogram.Count))];
}
