namespace LatencyEngine.Platform;

/// <summary>No TLS connection came about; the message is one clause for an operator.</summary>
public sealed class TlsException : Exception
{
    /// <summary>Without a reason.</summary>
    public TlsException()
    {
    }

    /// <summary>With a reason.</summary>
    public TlsException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what led to it.</summary>
    public TlsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
