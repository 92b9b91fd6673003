using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Ring;

/// <summary>Looks again at once: a core of its own, and the shortest reaction. Allocates, blocks: never.</summary>
public readonly struct BusySpinWait : IWaitStrategy
{
    /// <inheritdoc />
    public void Wait(Func<bool> hasWork)
    {
        if (X86Base.IsSupported) X86Base.Pause();
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
