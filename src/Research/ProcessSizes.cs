namespace LatencyEngine.Research;

/// <summary>What a process may grow by.</summary>
/// <param name="HeapBytes">The managed heap after a collection.</param>
/// <param name="ResidentBytes">Resident memory, native libraries included.</param>
/// <param name="Descriptors">Open files and sockets. The program's own libraries do not count: one that is first needed after an hour opens then, and stays.</param>
internal readonly record struct ProcessSizes(long HeapBytes, long ResidentBytes, int Descriptors)
{
    /// <summary>This process. Collects, so that every thread of it waits a moment.</summary>
    public static ProcessSizes Now() => new(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(entry => entry.LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal)));
}
