using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The engine on a thread of its own: <see cref="IEngineSide.OnPublished"/> is the io thread's side of it, <see cref="Run"/> the engine's.</summary>
public interface IPairedEngine : IEngineSide, IDisposable
{
    /// <summary>Called on the engine thread after it has published; set before <see cref="Run"/>.</summary>
    Action OnOutbound { get; set; }

    /// <summary>Takes frames until stopped; what waits then is taken first. The calling thread is the engine thread.</summary>
    void Run();

    /// <summary>Asks the thread to end. Any thread.</summary>
    void Stop();
}

/// <inheritdoc />
/// <typeparam name="TWait">What the thread does while nothing waits.</typeparam>
public sealed class PairedEngine<TWait> : IPairedEngine
    where TWait : struct, IWaitStrategy
{
    private const int Consumer = 0;

    private readonly EngineStep _step;
    private readonly Func<bool> _hasWork;
    private TWait _wait;   // not readonly: calls would be made on copies
    private bool _isStopRequested;

    /// <summary>Prepares the thread's work.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="step">Its reader of the inbound ring.</param>
    /// <param name="wait">From here on this object's own; ends with it.</param>
    public PairedEngine(Engine engine, EngineStep step, TWait wait)
    {
        _step = step;
        _wait = wait;
        _hasWork = () => engine.Inbound.TryPeek(Consumer, out _) || Volatile.Read(ref _isStopRequested);
    }

    /// <inheritdoc />
    public Action OnOutbound { get; set; } = static () => { };

    /// <inheritdoc />
    public void OnPublished() => _wait.Signal();

    /// <inheritdoc />
    public void Run()
    {
        while (true)
        {
            bool isLast = Volatile.Read(ref _isStopRequested);
            if (_step.Run()) OnOutbound();
            else if (isLast) return;
            else _wait.Wait(_hasWork);
        }
    }

    /// <inheritdoc />
    public void Stop()
    {
        Volatile.Write(ref _isStopRequested, true);
        _wait.Signal();
    }

    /// <inheritdoc />
    public void Dispose() => _wait.Dispose();
}
