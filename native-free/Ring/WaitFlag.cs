using System.Runtime.InteropServices;

namespace LatencyEngine.Ring;

/// <summary>The handshake between a reader that is about to sleep and the writers that wake it: of a writer that publishes and a reader that goes to sleep at the same time, at least one sees the other.</summary>
/// <remarks>
/// Each side writes, then reads what the other writes; without the full barrier in between both reads may come before both writes (Dekker; x86 reorders exactly this),
/// and the reader sleeps on work that nobody wakes it for. Allocates, blocks, throws: never. Alone on its cache lines; not to be copied.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 3 * RingMemory.AreaBytes)]
public struct WaitFlag
{
    [FieldOffset(RingMemory.AreaBytes)]
    private int _isRaised;

    /// <summary>Reader: about to sleep. After this it looks for work a last time, and sleeps only if there is none.</summary>
    public void Raise()
    {
        Volatile.Write(ref _isRaised, 1);
        Interlocked.MemoryBarrier();   // pairs with the barrier in IsRaisedAfterPublishing
    }

    /// <summary>Reader: awake.</summary>
    public void Lower() => Volatile.Write(ref _isRaised, 0);

    /// <summary>Writer, after it has published: true when the reader sleeps, or is about to without having seen it, and must be woken.</summary>
    public bool IsRaisedAfterPublishing()
    {
        Interlocked.MemoryBarrier();   // pairs with the barrier in Raise
        return Volatile.Read(ref _isRaised) != 0;
    }
}
