namespace LatencyEngine.Host;

/// <summary>A run cannot be watched: its heartbeat or its watchdog does not come about. The message is one line for the operator.</summary>
public sealed class WatchdogException : Exception
{
    /// <summary>Says what is missing and what to do.</summary>
    public WatchdogException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
