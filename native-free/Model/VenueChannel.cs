namespace LatencyEngine.Model;

/// <summary>One of the three connections to the venue. Journalled: append only, never renumber.</summary>
public enum VenueChannel : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Public market data (<c>/v5/public/linear</c>).</summary>
    Public = 1,

    /// <summary>Orders, executions, positions and wallet of the account (<c>/v5/private</c>).</summary>
    Private = 2,

    /// <summary>Order entry (<c>/v5/trade</c>).</summary>
    Trade = 3,
}
