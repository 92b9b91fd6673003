namespace LatencyEngine.Platform.Tests;

public sealed class PollTests
{
    [Fact]
    public void Only_what_happened_is_reported()
    {
        using var silent = new WakeEvent();
        using var ringing = new WakeEvent();
        ringing.Ring();
        PollEntry[] entries =
        [
            new() { Descriptor = silent.Descriptor, Wanted = PollEntry.Readable },
            new() { Descriptor = ringing.Descriptor, Wanted = PollEntry.Readable },
            new() { Descriptor = -1, Wanted = PollEntry.Readable },
        ];

        Assert.Equal(1, Poll.Wait(entries, timeoutNanos: -1));

        Assert.Equal(0, entries[0].Happened);
        Assert.Equal(PollEntry.Readable, entries[1].Happened);
        Assert.Equal(0, entries[2].Happened);
    }
}
