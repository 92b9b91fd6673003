namespace LatencyEngine.Research;

/// <summary>Writes journal and recording beside a run on sockets; without either it is no thread at all.</summary>
internal sealed class RecordThread : IDisposable
{
    private const int PauseMillis = 5;   // at a thousand frames a second some frames gather; the rings hold thousands

    private readonly RunStage _stage;
    private readonly Action _onFault;
    private readonly Thread? _thread;
    private bool _isStopRequested;
    private Exception? _fault;

    /// <summary>Starts to write what there is to write.</summary>
    /// <param name="stage">Has the files, and the rings behind them.</param>
    /// <param name="onFault">Called once, on the writing thread, when a file cannot be written any more.</param>
    public RecordThread(RunStage stage, Action onFault)
    {
        _stage = stage;
        _onFault = onFault;
        if (!stage.HasRecords) return;
        _thread = new Thread(Write) { Name = "le-journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Writes the rest, when the engine's threads rest, and closes the files.</summary>
    /// <exception cref="Journal.JournalException">A file could not be written.</exception>
    public void Complete()
    {
        Dispose();
        if (_fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
        _stage.CompleteRecords();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Volatile.Write(ref _isStopRequested, true);
        _thread?.Join();
    }

    private void Write()
    {
        while (!Volatile.Read(ref _isStopRequested))
        {
            try
            {
                _stage.Record();
            }
            catch (Journal.JournalException fault)
            {
                // A writer that failed goes on releasing the ring, so that the engine is not held up; the run's end reports the fault.
                _fault ??= fault;
                _onFault();
            }

            Thread.Sleep(PauseMillis);
        }
    }
}
