namespace LatencyEngine.Host;

/// <summary>What a client asks of a running engine: one line of JSON on the control socket.</summary>
public sealed record ControlRequest
{
    /// <summary>Throws the kill switch.</summary>
    public const string Kill = "kill";

    /// <summary>Takes it back.</summary>
    public const string Resume = "resume";

    /// <summary>Asks how the run stands.</summary>
    public const string Status = "status";

    /// <summary>One of the above.</summary>
    public required string Verb { get; init; }

    /// <summary>Why, of a kill.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a kill: have the positions closed as well.</summary>
    public bool Flatten { get; init; }
}
