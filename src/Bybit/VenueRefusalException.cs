namespace LatencyEngine.Bybit;

/// <summary>The venue refused a REST request, or its answer cannot be read. The message is one line.</summary>
public sealed class VenueRefusalException : Exception
{
    /// <summary>Says what was refused and why.</summary>
    public VenueRefusalException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was refused and why.</summary>
    public VenueRefusalException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Too many requests: the same one may be repeated after a while (Bybit V5, 17 and 9.2: 10006, HTTP 429).</summary>
    public bool IsPacing { get; init; }
}
