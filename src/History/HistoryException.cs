namespace LatencyEngine.History;

/// <summary>A history cannot be opened, read or written; the message is one line for the operator.</summary>
public sealed class HistoryException : Exception
{
    /// <summary>Without a message.</summary>
    public HistoryException()
    {
    }

    /// <summary>With a message.</summary>
    public HistoryException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public HistoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>SQLite's library is missing: the host lacks something.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The file is in order and named rightly, but could not be read or written now: disk, or another process that holds it.</summary>
    public bool IsDiskFault { get; init; }
}
