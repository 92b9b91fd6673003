using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>Waits for several descriptors at once, to the microsecond. Linux.</summary>
/// <remarks>Thread: any. Allocates: never. Blocks: as asked.</remarks>
public static partial class Poll
{
    private const long NanosPerSecond = 1_000_000_000;
    private const int Interrupted = 4;   // EINTR: a signal arrived; the caller looks around as if the time were up

    /// <summary>Waits until something wanted happens or the time is up.</summary>
    /// <param name="entries">What to wait for; receives what happened.</param>
    /// <param name="timeoutNanos">Longest wait, ns; 0 looks without waiting, below 0 waits for ever.</param>
    /// <returns>Entries on which something happened; 0 when the time was up or a signal arrived.</returns>
    /// <exception cref="InvalidOperationException">The kernel refuses the call.</exception>
    public static unsafe int Wait(Span<PollEntry> entries, long timeoutNanos)
    {
        Timespec timeout = new(timeoutNanos / NanosPerSecond, timeoutNanos % NanosPerSecond);
        fixed (PollEntry* first = entries)
        {
            int happened = Ppoll(first, (nuint)entries.Length, timeoutNanos < 0 ? null : &timeout, null);
            if (happened >= 0) return happened;
            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) return 0;
            throw new InvalidOperationException($"ppoll failed with errno {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static unsafe partial int Ppoll(PollEntry* entries, nuint count, Timespec* timeout, void* signalMask);

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    private readonly record struct Timespec(long Seconds, long Nanos);
}
