using LatencyEngine.TestData;

namespace LatencyEngine.Bybit.Tests;

public sealed class VenueClockTests
{
    private const long Milli = 1_000_000;
    private const long Second = 1_000_000_000;

    private static readonly long StartNanos = SwiftTime.Start.ToUnixTimeMilliseconds() * Milli;

    private readonly SwiftTime _time = new();
    private readonly VenueClock _clock;

    public VenueClockTests() => _clock = new VenueClock(_time);

    [Fact]
    public void Before_it_is_measured_it_shows_the_machines_time()
    {
        Assert.False(_clock.IsMeasured);
        Assert.Equal(StartNanos, _clock.NowNanos);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StartNanos + (2 * Second), _clock.NowNanos);
    }

    [Theory]
    [InlineData(90_000)]
    [InlineData(-90_000)]
    public void The_venue_was_where_it_said_in_the_middle_of_the_way_and_half_of_the_way_is_the_error(long aheadMillis)
    {
        Measure(StartNanos + (aheadMillis * Milli), roundTripMillis: 20);

        Assert.True(_clock.IsMeasured);
        Assert.Equal(10 * Milli, _clock.ErrorNanos);
        Assert.Equal(StartNanos + ((aheadMillis + 10) * Milli), _clock.NowNanos);
        Assert.Equal((aheadMillis - 10) * Milli, _clock.DifferenceNanos);
        Assert.Equal(5 * Milli, _clock.RealNanosUntil(_clock.NowNanos + (5 * Milli)));
    }

    [Fact]
    public void An_answer_that_was_taken_a_while_after_it_came_differs_from_the_machines_time_as_it_did_then()
    {
        long askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        long answeredAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(500));   // others were asked for, and took longer

        _clock.Set(askedAt, StartNanos + (13 * Milli), answeredAt);

        Assert.Equal(3 * Milli, _clock.DifferenceNanos);
        Assert.Equal(StartNanos + (523 * Milli), _clock.NowNanos);
    }

    [Fact]
    public void A_measurement_that_puts_it_back_lets_it_stand_until_it_is_reached_again()
    {
        Measure(StartNanos + Second, roundTripMillis: 100);
        long shown = _clock.NowNanos;

        // A second later, better, and 40 ms earlier.
        _time.Advance(TimeSpan.FromSeconds(1));
        Measure(StartNanos + (2 * Second) + (10 * Milli), roundTripMillis: 0);
        Assert.Equal(shown + Second - (40 * Milli), _clock.NowNanos);

        Measure(StartNanos + Second + (20 * Milli), roundTripMillis: 0);
        long stands = _clock.NowNanos;
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(stands, _clock.NowNanos);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.True(_clock.NowNanos > stands);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public void An_answer_that_is_far_off_counts_only_when_the_next_one_says_the_same(long seconds)
    {
        Measure(StartNanos, roundTripMillis: 2);
        long shown = _clock.NowNanos;

        Assert.False(Measure(shown + (seconds * Second), roundTripMillis: 2));
        Assert.True(_clock.IsInDoubt);
        Assert.InRange(_clock.NowNanos - shown, 0, Second);
        Measure(_clock.NowNanos, roundTripMillis: 2);
        Assert.False(_clock.IsInDoubt);

        Assert.False(Measure(_clock.NowNanos + (seconds * Second), roundTripMillis: 2));
        Assert.True(Measure(_clock.NowNanos + (seconds * Second), roundTripMillis: 2));
        Assert.False(_clock.IsInDoubt);
        Assert.InRange(_clock.DifferenceNanos - (seconds * Second), -Second, Second);
    }

    [Fact]
    public void A_worse_measurement_that_agrees_is_not_taken_and_one_that_contradicts_is()
    {
        Measure(StartNanos, roundTripMillis: 2);

        Assert.False(Measure(_clock.NowNanos, roundTripMillis: 300));
        Assert.Equal(Milli, _clock.ErrorNanos);
        Assert.True(Measure(_clock.NowNanos + Second, roundTripMillis: 300));
        Assert.Equal(150 * Milli, _clock.ErrorNanos);
    }

    [Fact]
    public void A_worse_measurement_is_taken_once_the_old_one_may_have_drifted_as_far()
    {
        Measure(StartNanos, roundTripMillis: 2);
        _time.Advance(TimeSpan.FromSeconds(600));

        Assert.True(Measure(_clock.NowNanos, roundTripMillis: 300));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(-100_000)]
    public void A_venue_that_goes_faster_or_slower_is_followed_between_the_measurements(long driftNanosPerSecond)
    {
        Measure(StartNanos, roundTripMillis: 2);
        _time.Advance(TimeSpan.FromSeconds(99.998));
        Measure(StartNanos + (100 * Second) + (100 * driftNanosPerSecond), roundTripMillis: 2);
        Assert.Equal(driftNanosPerSecond, _clock.DriftNanosPerSecond);

        long now = _clock.NowNanos;
        _time.Advance(TimeSpan.FromSeconds(1_000));
        Assert.Equal(now + (1_000 * (Second + driftNanosPerSecond)), _clock.NowNanos);
    }

    [Fact]
    public void What_the_measurements_leave_open_is_no_drift()
    {
        Measure(StartNanos, roundTripMillis: 100);
        _time.Advance(TimeSpan.FromSeconds(600));
        Measure(StartNanos + (600 * Second) + (90 * Milli), roundTripMillis: 100);

        Assert.Equal(0, _clock.DriftNanosPerSecond);
    }

    [Fact]
    public void It_never_goes_back_and_reading_it_allocates_nothing_while_it_is_set_over_and_over()
    {
        Measure(StartNanos, roundTripMillis: 2);
        using var over = new CancellationTokenSource();
        var setting = new Thread(() =>
        {
            for (int i = 0; !over.IsCancellationRequested; i++)
            {
                _time.Advance(TimeSpan.FromTicks(10));
                _clock.Set(_time.GetTimestamp(), _clock.NowNanos + (i % 2 == 0 ? Milli : -Milli), _time.GetTimestamp());
            }
        });
        setting.Start();

        long last = _clock.NowNanos, backwards = 0;
        long allocated = Allocation.BytesOf(() =>
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                long now = _clock.NowNanos;
                if (now < last) backwards++;
                last = now;
            }
        });
        over.Cancel();
        setting.Join();
        Assert.Equal((0, 0), (backwards, allocated));
    }

    private bool Measure(long venueNanos, long roundTripMillis)
    {
        long askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(roundTripMillis));
        return _clock.Set(askedAt, venueNanos, _time.GetTimestamp());
    }
}
