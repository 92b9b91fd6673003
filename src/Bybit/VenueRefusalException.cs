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
}
