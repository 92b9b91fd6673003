namespace LatencyEngine.Journal;

/// <summary>A journal or a recording cannot be written, or a journal cannot be read. The message is one line: what is wrong, where, and how to mend it.</summary>
public sealed class JournalException : Exception
{
    /// <summary>A fault with no message of its own; use the constructor with a message.</summary>
    public JournalException()
    {
    }

    /// <summary>A fault described in one line.</summary>
    public JournalException(string message)
        : base(message)
    {
    }

    /// <summary>A fault described in one line, with what caused it.</summary>
    public JournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The disk failed in the middle. Otherwise something is wrong with the file that was named: it exists already, cannot be made, or is no journal.</summary>
    public bool IsDiskFault { get; init; }
}
