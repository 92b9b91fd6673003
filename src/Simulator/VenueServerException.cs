namespace LatencyEngine.Simulator;

/// <summary>The venue's server cannot start. The message is one line: which address and port, what is wrong, and how to mend it.</summary>
public sealed class VenueServerException : Exception
{
    /// <summary>A fault with no message of its own; use the constructor with a message.</summary>
    public VenueServerException()
    {
    }

    /// <summary>A fault described in one line.</summary>
    public VenueServerException(string message)
        : base(message)
    {
    }

    /// <summary>A fault described in one line, with what caused it.</summary>
    public VenueServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
