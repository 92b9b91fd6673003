using System.Diagnostics;

namespace LatencyEngine.Cli.Tests;

/// <summary>How long the host keeps its processors to itself, as a thread sees it that sleeps and looks at the clock.</summary>
internal sealed class HostStalls : IDisposable
{
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LateMin = TimeSpan.FromMilliseconds(100);   // a busy machine's scheduler alone is not as late

    private readonly Thread _thread;
    private TimeSpan _sum;
    private bool _isOver;

    public HostStalls()
    {
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends it, and tells the sum of all stalls.</summary>
    public TimeSpan End()
    {
        Volatile.Write(ref _isOver, true);
        _thread.Join();
        return _sum;
    }

    public void Dispose() => End();

    private void Watch()
    {
        while (!Volatile.Read(ref _isOver))
        {
            long before = Stopwatch.GetTimestamp();
            Thread.Sleep(Nap);
            TimeSpan late = Stopwatch.GetElapsedTime(before) - Nap;
            if (late >= LateMin) _sum += late;
        }
    }
}
