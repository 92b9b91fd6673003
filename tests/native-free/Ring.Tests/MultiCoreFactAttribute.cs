namespace LatencyEngine.Ring.Tests;

/// <summary>A fact about two threads that run at the same moment; skipped by name where there is one core, on which stores and loads of one thread are always in order for the other.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MultiCoreFactAttribute : FactAttribute
{
    public MultiCoreFactAttribute()
    {
        if (Environment.ProcessorCount < 2) Skip = "needs two cores: on one, no order of memory accesses can be seen";
    }
}
