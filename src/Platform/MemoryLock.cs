using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>Keeps the pages of this process in memory (mlockall(2)). Linux.</summary>
public static partial class MemoryLock
{
    private const int Current = 1;
    private const int Future = 2;
    private const int OnFault = 4;
    private const int StackBytes = 256 * 1024;
    private const int PageBytes = 4_096;

    /// <summary>Makes everything that is mapped now resident, and locks it; what is mapped later is locked page by page, as it is touched: the runtime reserves far more addresses than it uses.</summary>
    /// <exception cref="PlacementException">The kernel refuses it; the message says how to allow it.</exception>
    public static void LockAll()
    {
        if (SetLock(Current) == 0 && SetLock(Current | Future | OnFault) == 0) return;
        throw new PlacementException($"memory cannot be locked: {Marshal.GetLastPInvokeErrorMessage()}; every address that the runtime has reserved counts, so only ulimit -l unlimited (LimitMEMLOCK=infinity in a unit) will do; or set placement:lockMemory to false");
    }

    /// <summary>Touches the pages of the calling thread's stack that a deep call may need.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void TouchStack()
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        for (int at = 0; at < stack.Length; at += PageBytes) Volatile.Write(ref stack[at], 1);
    }

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int SetLock(int flags);
}
