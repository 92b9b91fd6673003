namespace LatencyEngine.Simulator;

/// <summary>One thing that a client asks of the venue, checked as far as the gateway checks it.</summary>
/// <param name="Kind">What it is; the other members are empty where they do not belong to it.</param>
/// <param name="Origin">To be given to the session with it, so that the answer finds its way back; above 0.</param>
/// <param name="Frame">JSON text of an order-entry request.</param>
/// <param name="Topic">Full name of the book or ticker.</param>
/// <param name="Uid">The account that asks; 0 for public data.</param>
public readonly record struct IncomingRequest(IncomingKind Kind, long Origin, ReadOnlyMemory<byte> Frame = default, string Topic = "", long Uid = 0)
{
    /// <summary>The name of the session that an order-entry request came in on, as its acknowledgement tells it.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>Path of a REST call; empty for anything else.</summary>
    public string Path => Call?.Route.Path ?? "";

    /// <summary>Raw body of a REST call that has one.</summary>
    public ReadOnlyMemory<byte> Body => Call?.Body ?? default;

    /// <summary>The REST call.</summary>
    internal RestCall? Call { get; init; }

    /// <summary>What is to go wrong.</summary>
    internal Fault? Fault { get; init; }
}
