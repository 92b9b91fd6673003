using LatencyEngine.TestData;

namespace LatencyEngine.Platform.Tests;

public sealed class WakeEventTests
{
    private const long Minute = 60_000_000_000;

    [Fact]
    public void A_silent_doorbell_waits_until_the_time_is_up()
    {
        using var wake = new WakeEvent();
        Assert.False(wake.Wait(timeoutNanos: 1_000));
    }

    [Fact]
    public void A_ring_before_the_wait_is_heard_once_however_often_it_rang()
    {
        using var wake = new WakeEvent();
        wake.Ring();
        wake.Ring();
        Assert.True(wake.Wait(Minute));
        Assert.False(wake.Wait(0));
    }

    [Fact]
    public void A_ring_from_another_thread_ends_a_wait()
    {
        using var wake = new WakeEvent();
        var ringer = new Thread(wake.Ring);
        ringer.Start();
        Assert.True(wake.Wait(Minute));
        ringer.Join();
    }

    [Fact]
    public void Waiting_and_ringing_allocate_nothing()
    {
        using var wake = new WakeEvent();
        RingAndWait(wake);

        Assert.Equal(0, Allocation.BytesOf(() =>
        {
            for (int i = 0; i < 1_000; i++) RingAndWait(wake);
        }));
    }

    [Fact]
    public void A_ring_after_or_during_its_end_is_never_written_to_another_file()
    {
        var wake = new WakeEvent();
        bool isOver = false;
        Thread[] ringers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isOver)) Volatile.Read(ref wake).Ring();
        }))];
        foreach (Thread ringer in ringers) ringer.Start();
        int strays = 0;
        for (int i = 0; i < 5_000; i++)
        {
            wake.Dispose();
            using var next = new WakeEvent();   // has the number of the one that is closed
            if (next.Wait(0)) strays++;
            Volatile.Write(ref wake, new WakeEvent());
        }

        Volatile.Write(ref isOver, true);
        foreach (Thread ringer in ringers) ringer.Join();
        wake.Dispose();
        Assert.Equal(0, strays);
    }

    [Fact]
    public void A_waiting_thread_uses_no_processor_time()
    {
        using var wake = new WakeEvent();
        long used = 0, slept = 0;
        var waiter = new Thread(() =>
        {
            // Where the host takes the processor from a running thread, that may count as time of the thread's: one wait of a few is spared. Compiled before.
            wake.Wait(1_000);
            for (int tries = 0; tries < 5 && (slept == 0 || used >= slept / 4); tries++)
            {
                long before = ThreadClock.CpuNanos();
                long started = System.Diagnostics.Stopwatch.GetTimestamp();
                wake.Wait(200_000_000);
                slept = System.Diagnostics.Stopwatch.GetElapsedTime(started).Ticks * 100;
                used = ThreadClock.CpuNanos() - before;
                if (slept < 150_000_000) return;
            }
        });
        waiter.Start();
        waiter.Join();
        Assert.True(slept >= 150_000_000, $"the wait took {slept} ns");
        Assert.True(used < slept / 4, $"{used} ns of processor time in {slept} ns of waiting");
    }

    private static void RingAndWait(WakeEvent wake)
    {
        wake.Ring();
        Assert.True(wake.Wait(0));
        wake.Wait(1_000);
    }
}
