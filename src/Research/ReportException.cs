namespace LatencyEngine.Research;

/// <summary>A report could not be written. The message is one line: what, where, why and what to do.</summary>
public sealed class ReportException : Exception
{
    /// <summary>States the fault in one line.</summary>
    public ReportException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
