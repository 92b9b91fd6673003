namespace LatencyEngine.Bybit.Tests;

public sealed class RequestPaceTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_burst_waits_until_a_window_after_the_answers_have_come()
    {
        var time = new SteppedTime();
        var pace = new RequestPace(3, Window, time);
        Task[] taken = [.. Enumerable.Range(0, 5).Select(_ => pace.TakeAsync(CancellationToken.None))];
        await Task.WhenAll(taken[..3]);
        Assert.False(taken[3].IsCompleted);

        // However long the answer takes, the window begins with it.
        time.Advance(10 * Window);
        Assert.False(taken[3].IsCompleted);
        pace.Answered();
        time.Advance(Window - TimeSpan.FromTicks(1));
        Assert.False(taken[3].IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await taken[3].WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(taken[4].IsCompleted);
    }

    [Fact]
    public async Task The_venues_word_on_the_limit_counts_upwards_and_downwards()
    {
        var time = new SteppedTime();
        var pace = new RequestPace(2, Window, time);
        pace.Learn(4);
        for (int i = 0; i < 4; i++) await pace.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        pace.Learn(1);
        for (int i = 0; i < 4; i++) pace.Answered();
        time.Advance(Window);
        await pace.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(pace.TakeAsync(CancellationToken.None).IsCompleted);

        pace.Learn(3);
        pace.Learn(2);
        pace.Learn(3);
        await pace.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(pace.TakeAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task While_the_venue_takes_no_more_nothing_goes_out_and_the_longest_word_counts()
    {
        var time = new SteppedTime();
        var pace = new RequestPace(3, Window, time);
        pace.Hold(TimeSpan.FromMilliseconds(400));
        pace.Hold(TimeSpan.FromMilliseconds(100));
        Task taken = pace.TakeAsync(CancellationToken.None);

        time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(taken.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await taken.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_wait_that_is_ended_leaves_its_place_to_others()
    {
        var time = new SteppedTime();
        var pace = new RequestPace(1, Window, time);
        using var cancel = new CancellationTokenSource();
        pace.Hold(TimeSpan.FromSeconds(5));
        Task ended = pace.TakeAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);

        Task next = pace.TakeAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(5));
        await next.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Time that goes on when it is told to, and wakes on the way whoever waits.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly List<(long DueTicks, TimerCallback Callback, object? State)> _timers = [];
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time)
        {
            _ticks += time.Ticks;
            foreach (var timer in _timers.Where(timer => timer.DueTicks <= _ticks).ToArray())
            {
                _timers.Remove(timer);
                timer.Callback(timer.State);
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((_ticks + dueTime.Ticks, callback, state));
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
