using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>Looks again a hundred times, then offers its core to others: keeps a core busy that nobody else wants. Allocates: never.</summary>
public readonly struct YieldingWait : IWaitStrategy
{
    private const int Looks = 100;

    /// <inheritdoc />
    public void Wait(Func<bool> hasWork)
    {
        for (int i = 0; i < Looks; i++)
        {
            if (hasWork()) return;
            default(BusySpinWait).Wait(hasWork);
        }

        Thread.Yield();
    }

    /// <inheritdoc />
    public void Signal()
    {
        // The reader never stops looking.
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Nothing is held.
    }
}
