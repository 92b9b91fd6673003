namespace LatencyEngine.Host;

/// <summary>Section <c>wire</c>.</summary>
public sealed record WireConfiguration
{
    /// <summary><c>X-BAPI-RECV-WINDOW</c>: the venue refuses a request older than this; 1 to 60,000.</summary>
    public required int RecvWindowMilliseconds { get; init; }
}
