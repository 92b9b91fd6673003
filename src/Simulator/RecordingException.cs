namespace LatencyEngine.Simulator;

/// <summary>A recording cannot be used. The message is one line: what is wrong, in which file and line, and how to mend it.</summary>
public sealed class RecordingException : Exception
{
    /// <summary>A fault with no message of its own; use the constructor with a message.</summary>
    public RecordingException()
    {
    }

    /// <summary>A fault described in one line.</summary>
    public RecordingException(string message)
        : base(message)
    {
    }

    /// <summary>A fault described in one line, with what caused it.</summary>
    public RecordingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
