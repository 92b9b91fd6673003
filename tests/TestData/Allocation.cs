namespace LatencyEngine.TestData;

/// <summary>What a thread allocates.</summary>
public static class Allocation
{
    private const int TriesMax = 20;

    /// <summary>Bytes that work allocates on this thread. Where a collection came meanwhile, it is done and measured again: that retires the thread's buffer, and the runtime counts its unused rest as allocated.</summary>
    /// <param name="work">Can be repeated; every method of it has run before.</param>
    public static long BytesOf(Action work)
    {
        for (int tries = 1; ; tries++)
        {
            int collectionsBefore = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (bytes == 0 || tries == TriesMax || GC.CollectionCount(0) == collectionsBefore) return bytes;
        }
    }
}
