namespace LatencyEngine.Model;

/// <summary>The name of one request on the order-entry socket: its count within the session, from 1. On the wire it is the fixed-width <c>reqId</c> "r" + 8 hex digits of the session + 8 hex digits of the number (Bybit V5, 8.1: at most 36 characters, never repeated).</summary>
public readonly record struct RequestId(uint Session, uint Number)
{
    /// <summary>Characters of the wire form.</summary>
    public const int WireLength = 17;

    /// <summary>Not a request of this engine.</summary>
    public static RequestId None => default;
}
