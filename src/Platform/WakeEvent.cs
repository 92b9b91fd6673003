using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>A doorbell between threads that can be waited for together with sockets: an eventfd (eventfd(2)). Rings that nobody has heard yet count as one.</summary>
/// <remarks>Ring and Dispose: any thread. Wait and clear: one thread, and not after Dispose. Allocates: never after construction.</remarks>
public sealed partial class WakeEvent : IDisposable
{
    private const int NonBlocking = 0x800;      // EFD_NONBLOCK
    private const int CloseOnExec = 0x80000;    // EFD_CLOEXEC

    private int _descriptor;
    private int _ringing;   // calls of Ring under way

    /// <summary>Opens a silent doorbell.</summary>
    /// <exception cref="InvalidOperationException">The kernel has no descriptor left.</exception>
    public WakeEvent()
    {
        _descriptor = EventFd(0, NonBlocking | CloseOnExec);
        if (_descriptor < 0) throw new InvalidOperationException($"eventfd failed with errno {Marshal.GetLastPInvokeError()}; raise the limit of open files (ulimit -n)");
    }

    /// <summary>The descriptor, readable from a ring until <see cref="Clear"/>; for <see cref="Poll"/>.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Rings; does nothing after <see cref="Dispose"/>, which other threads may call meanwhile.</summary>
    public unsafe void Ring()
    {
        ulong one = 1;
        Interlocked.Increment(ref _ringing);   // is visible before the descriptor is read; pairs with the exchange in Dispose
        int descriptor = Volatile.Read(ref _descriptor);
        if (descriptor >= 0) Write(descriptor, &one, sizeof(ulong));   // fails only when 2^64 - 2 rings wait: then it rings already
        Interlocked.Decrement(ref _ringing);
    }

    /// <summary>Forgets the rings so far.</summary>
    public unsafe void Clear()
    {
        ulong rings;
        Read(_descriptor, &rings, sizeof(ulong));   // fails only when there was none
    }

    /// <summary>Waits for a ring and clears it.</summary>
    /// <param name="timeoutNanos">Longest wait, ns; below 0 for ever.</param>
    /// <returns>False when the time was up.</returns>
    public bool Wait(long timeoutNanos)
    {
        Span<PollEntry> entries = [new PollEntry { Descriptor = _descriptor, Wanted = PollEntry.Readable }];
        if (Poll.Wait(entries, timeoutNanos) == 0) return false;
        Clear();
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor < 0) return;

        // The kernel gives the number of a closed descriptor to the next file that is opened, and a ring under way would be written there.
        var wait = default(SpinWait);
        while (Volatile.Read(ref _ringing) != 0) wait.SpinOnce();
        Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial void Close(int descriptor);
}
