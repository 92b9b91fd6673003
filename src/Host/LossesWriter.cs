using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>Writes the newest state of the loss limits beside the run, so that a slow disk holds nobody up. Of states that wait only the newest is written.</summary>
/// <remarks>Threads: <see cref="Post"/> and <see cref="Complete"/> one; the work is done by the pool.</remarks>
/// <param name="file">Where it goes.</param>
/// <param name="say">Told when it cannot be written, once until it can.</param>
internal sealed class LossesWriter(LossesFile file, Action<string> say)
{
    private LossState? _waiting;
    private Task _work = Task.CompletedTask;
    private bool _isFailing;

    /// <summary>Takes a state, which nobody changes any more; returns at once.</summary>
    public void Post(LossState state)
    {
        Volatile.Write(ref _waiting, state);
        if (_work.IsCompleted) _work = Task.Run(WriteWaiting);
    }

    /// <summary>Writes what still waits.</summary>
    public void Complete()
    {
        _work.Wait();
        WriteWaiting();
    }

    private void WriteWaiting()
    {
        if (Interlocked.Exchange(ref _waiting, null) is not { } state) return;
        try
        {
            file.Write(state);
            _isFailing = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing) say($"the loss limits could not be written and would be forgotten by a restart: {fault.Message}");
            _isFailing = true;
        }
    }
}
