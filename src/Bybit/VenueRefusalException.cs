namespace LatencyEngine.Bybit;

/// <summary>A REST request was not answered with a yes: refused, not sent, or of unknown outcome. The message is one line.</summary>
public sealed class VenueRefusalException : Exception
{
    /// <summary>Says what was refused and why.</summary>
    public VenueRefusalException(OutcomeClass outcome, string message, Exception? cause = null)
        : base(message, cause) => Class = outcome;

    /// <summary>What became of the request.</summary>
    public OutcomeClass Class { get; }

    /// <summary>The venue's <c>retCode</c>, or the HTTP status where there was none; 0 without either.</summary>
    public int Code { get; init; }
}
