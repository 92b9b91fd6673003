using LatencyEngine.Platform;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The engine on a thread of its own: <see cref="OnPublished"/> is the io thread's side of it, <see cref="Run"/> the engine's.</summary>
public sealed class PairedEngine : IEngineSide, IDisposable
{
    private const int Consumer = 0;

    private readonly Engine _engine;
    private readonly EngineStep _step;
    private readonly WaitMode _wait;
    private readonly WakeEvent _wake = new();
    private int _isWaiting;
    private bool _isStopRequested;

    /// <summary>Prepares the thread's work.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="step">Its reader of the inbound ring.</param>
    /// <param name="wait">What the thread does while nothing waits.</param>
    public PairedEngine(Engine engine, EngineStep step, WaitMode wait)
    {
        _engine = engine;
        _step = step;
        _wait = wait;
    }

    /// <summary>Called on the engine thread after it has published; set before <see cref="Run"/>.</summary>
    public Action OnOutbound { get; set; } = static () => { };

    /// <inheritdoc />
    public void OnPublished()
    {
        Interlocked.MemoryBarrier();   // what was published before is visible before the flag is read; pairs with the barrier in WaitForFrames
        if (Volatile.Read(ref _isWaiting) != 0) _wake.Ring();
    }

    /// <summary>Takes frames until stopped; what waits then is taken first. The calling thread is the engine thread.</summary>
    public void Run()
    {
        while (true)
        {
            bool isLast = Volatile.Read(ref _isStopRequested);
            if (_step.Run()) OnOutbound();
            else if (isLast) return;
            else WaitForFrames();
        }
    }

    /// <summary>Asks the thread to end. Any thread.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopRequested, true);
        _wake.Ring();
    }

    /// <inheritdoc />
    public void Dispose() => _wake.Dispose();

    private void WaitForFrames()
    {
        switch (_wait)
        {
            case WaitMode.Spin: return;
            case WaitMode.Yield: Thread.Yield(); return;
        }

        Volatile.Write(ref _isWaiting, 1);
        Interlocked.MemoryBarrier();   // the flag is visible before the ring is looked at a last time; pairs with the barrier in OnPublished
        if (!_engine.Inbound.TryPeek(Consumer, out _) && !Volatile.Read(ref _isStopRequested)) _wake.Wait(timeoutNanos: -1);
        Volatile.Write(ref _isWaiting, 0);
    }
}
