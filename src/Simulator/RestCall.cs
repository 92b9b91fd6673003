namespace LatencyEngine.Simulator;

/// <summary>A REST call that has passed the gateway, on its way to the venue and back.</summary>
/// <remarks>The gateway makes it and reads the outcome after the answer has come back; in between it belongs to the venue's thread.</remarks>
internal sealed class RestCall(RestRoute route, long uid, ApiKey? key, string query, ReadOnlyMemory<byte> body)
{
    public RestRoute Route => route;

    /// <summary>The account that calls; 0 for a public call.</summary>
    public long Uid => uid;

    /// <summary>The key that signed it; null for a public call and for one that did not come through the gateway.</summary>
    public ApiKey? Key => key;

    /// <summary>Raw query, without its question mark.</summary>
    public string Query => query;

    /// <summary>Raw body; empty for a GET.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary><c>retCode</c> of the answer.</summary>
    public int Code { get; set; }

    /// <summary>The user's limit of this operation after the call; null for a call that has none.</summary>
    public LimitState? Limit { get; set; }
}
