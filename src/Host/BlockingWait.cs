using LatencyEngine.Platform;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>Sleeps in the kernel until signalled: no processor time, some microseconds to wake up. Allocates: never.</summary>
/// <remarks>Holds the handshake itself: to be used in the field it was put into, never copied from there.</remarks>
public struct BlockingWait : IWaitStrategy
{
    private readonly WakeEvent _wake;
    private WaitFlag _flag;

    /// <summary>A reader that nobody has to wake yet.</summary>
    /// <param name="wake">What it sleeps on; from here on its own, and disposed with it.</param>
    public BlockingWait(WakeEvent wake) => _wake = wake;

    /// <inheritdoc />
    public void Wait(Func<bool> hasWork)
    {
        _flag.Raise();
        if (!hasWork()) _wake.Wait(timeoutNanos: -1);
        _flag.Lower();
    }

    /// <inheritdoc />
    public void Signal()
    {
        if (_flag.IsRaisedAfterPublishing()) _wake.Ring();
    }

    /// <inheritdoc />
    public void Dispose() => _wake.Dispose();
}
