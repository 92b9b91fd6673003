namespace LatencyEngine.Research;

/// <summary>Reports progress on a thread of its own, the newest only: a terminal that is held up must not hold up whoever plays the venue and takes the engine's answers.</summary>
/// <remarks>Report: one thread; never blocks.</remarks>
internal sealed class ProgressThread : IProgress<RunProgress>, IDisposable
{
    private readonly IProgress<RunProgress> _progress;
    private readonly SemaphoreSlim _news = new(0);
    private readonly Thread _thread;
    private RunProgress? _newest;
    private bool _isStopRequested;

    /// <summary>Starts the thread.</summary>
    /// <param name="progress">Told on it.</param>
    public ProgressThread(IProgress<RunProgress> progress)
    {
        _progress = progress;
        _thread = new Thread(Run) { Name = "le-progress", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        // Where one was waiting still, its news has been announced already.
        if (Interlocked.Exchange(ref _newest, value) is null) _news.Release();
    }

    /// <summary>Ends the thread when the last report is out.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isStopRequested, true);
        if (Volatile.Read(ref _newest) is null) _news.Release();
        _thread.Join();
        _news.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _news.Wait();
            if (Interlocked.Exchange(ref _newest, null) is { } value) _progress.Report(value);
            if (Volatile.Read(ref _isStopRequested) && Volatile.Read(ref _newest) is null) return;
        }
    }
}
