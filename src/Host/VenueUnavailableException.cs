namespace LatencyEngine.Host;

/// <summary>The venue cannot be used. The message is one line: which connection, what is wrong, and what to look at.</summary>
public sealed class VenueUnavailableException : Exception
{
    /// <summary>Describes the fault in one line.</summary>
    /// <param name="message">The line.</param>
    /// <param name="isRefusal">The venue has said no, to the key or a subscription: trying again does not mend it.</param>
    public VenueUnavailableException(string message, bool isRefusal)
        : base(message) => IsRefusal = isRefusal;

    /// <summary>The venue has said no.</summary>
    public bool IsRefusal { get; }
}
