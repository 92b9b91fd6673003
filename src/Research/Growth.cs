using System.Globalization;

namespace LatencyEngine.Research;

/// <summary>How a process grows while a run trades. What is freed at the run's end does not count: by then a leak is gone with what held it.</summary>
/// <remarks>Thread: one.</remarks>
/// <param name="duration">How long the run is to trade.</param>
internal sealed class Growth(TimeSpan duration)
{
    private const int Looks = 20;
    private const int LooksMin = 12;   // three a quarter: one of them may meet a connection that is being made anew
    private const long HeapMaxBytes = 8 << 20;
    private const long ResidentMaxBytes = 64 << 20;   // the collector keeps some of what it has freed
    private const int DescriptorsMax = 4;   // connections of REST that wait for the next call, and a file that is just read

    private readonly TimeSpan _duration = duration;
    private readonly List<ProcessSizes> _sizes = [];
    private readonly TimeSpan _last = duration - TimeSpan.FromTicks(Math.Min((duration / Looks / 2).Ticks, TimeSpan.TicksPerSecond));
    private TimeSpan _next = duration / Looks;

    /// <summary>From the second quarter of the looks to the last, by the median of each; null where the run ended too early to tell.</summary>
    public ProcessSizes? Found => _sizes.Count < LooksMin
        ? null
        : new ProcessSizes(Between(sizes => sizes.HeapBytes), Between(sizes => sizes.ResidentBytes), (int)Between(sizes => sizes.Descriptors));

    /// <summary>Measures at the end of each twentieth of the time in which the run trades, of the last a second before it at most, and neither before nor after.</summary>
    /// <param name="elapsed">Since it began to trade.</param>
    /// <param name="measure">Measures.</param>
    /// <returns>What was measured; null where it was not time.</returns>
    public ProcessSizes? Look(TimeSpan elapsed, Func<ProcessSizes> measure)
    {
        if (elapsed < _next || elapsed >= _duration) return null;
        TimeSpan part = _duration / Looks;
        TimeSpan next = part * (Math.Floor(elapsed / part) + 1);
        _next = elapsed >= _last ? TimeSpan.MaxValue : next < _duration ? next : _last;
        _sizes.Add(measure());
        return _sizes[^1];
    }

    /// <summary>What has grown by more than it may, one sentence each.</summary>
    public IReadOnlyList<string> Breaches()
    {
        if (Found is not { } found) return [string.Create(CultureInfo.InvariantCulture, $"memory and sockets were looked at {_sizes.Count} times while it traded, too few to tell their growth; wanted {LooksMin}")];
        var breaches = new List<string>();
        if (found.HeapBytes >= HeapMaxBytes) breaches.Add(string.Create(CultureInfo.InvariantCulture, $"the managed heap grew by {found.HeapBytes} bytes"));
        if (found.ResidentBytes >= ResidentMaxBytes) breaches.Add(string.Create(CultureInfo.InvariantCulture, $"the process's memory grew by {found.ResidentBytes} bytes"));
        if (found.Descriptors > DescriptorsMax) breaches.Add(string.Create(CultureInfo.InvariantCulture, $"{found.Descriptors} files or sockets more are open"));
        return breaches;
    }

    private long Between(Func<ProcessSizes, long> size)
    {
        int quarter = _sizes.Count / 4;
        return Median(_sizes.Skip(_sizes.Count - quarter)) - Median(_sizes.Skip(quarter).Take(quarter));

        long Median(IEnumerable<ProcessSizes> of) => of.Select(size).Order().ElementAt((quarter - 1) / 2);
    }
}
