namespace LatencyEngine.Orders.Tests;

internal static class ZeroAllocation
{
    private const int Warm = 10_000;

    /// <summary>Bytes that 10,000 warm calls allocate on this thread.</summary>
    public static long Measure(Action<int> step)
    {
        for (int i = 0; i < Warm; i++) step(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = Warm; i < 2 * Warm; i++) step(i);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
