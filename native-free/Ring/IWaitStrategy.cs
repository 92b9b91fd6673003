namespace LatencyEngine.Ring;

/// <summary>What a reader does while there is nothing to do. A struct as a type parameter, so that the choice costs no call in the loop that it is compiled into.</summary>
public interface IWaitStrategy : IDisposable
{
    /// <summary>Reader: has found nothing to do. Returns when there may be something, and never misses what <see cref="Signal"/> was called for.</summary>
    /// <param name="hasWork">Looks again; only called by the reader's thread.</param>
    void Wait(Func<bool> hasWork);

    /// <summary>Writer: there is something to do, written before this call. Any thread.</summary>
    void Signal();
}
