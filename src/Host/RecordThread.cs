using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>Writes journal and recording beside a run on sockets; without either it is no thread at all.</summary>
public sealed class RecordThread : IDisposable
{
    private const int PauseMillis = 5;   // at a thousand frames a second some frames gather; the rings hold thousands

    private readonly Action _complete;
    private readonly Action _onFault;
    private readonly Thread? _thread;
    private readonly int? _core;
    private bool _isStopRequested;
    private Exception? _fault;

    /// <summary>Starts to write what there is to write.</summary>
    /// <param name="drain">Writes what waits; null where there is nothing to write.</param>
    /// <param name="complete">Writes the rest and closes the files.</param>
    /// <param name="onFault">Called once, on the writing thread, when a file cannot be written any more.</param>
    /// <param name="core">The core that it is bound to; null for none.</param>
    public RecordThread(Action? drain, Action complete, Action onFault, int? core)
    {
        _complete = complete;
        _onFault = onFault;
        if (drain is null) return;
        _core = core;
        _thread = new Thread(() => Write(drain)) { Name = "le-journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Writes the rest, when the engine's threads rest, and closes the files.</summary>
    /// <exception cref="Journal.JournalException">A file could not be written.</exception>
    public void Complete()
    {
        Dispose();
        if (_fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
        _complete();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Volatile.Write(ref _isStopRequested, true);
        _thread?.Join();
    }

    private void Write(Action drain)
    {
        if (_core is { } core) CpuAffinity.Pin(core);
        while (!Volatile.Read(ref _isStopRequested))
        {
            try
            {
                drain();
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
