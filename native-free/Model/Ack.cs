namespace LatencyEngine.Model;

/// <summary>The gateway's answer to one order-entry request (Bybit V5, 8.2). Accepted means handed to the matching engine, nothing more (8.3).</summary>
public struct Ack
{
    /// <summary>Return code of a node that restarts: no new requests, those under way finish; a new connection leads to another node (Bybit V5, 3, 8.2).</summary>
    public const int NodeRestartsCode = 10019;

    /// <summary>Return code of a reduce-only order that finds no position on the other side (Bybit V5, 14.5): the books are wrong, or were just now.</summary>
    public const int NothingToReduceCode = 110017;

    /// <summary>The request; none when the answer carries no id of this engine.</summary>
    public RequestId RequestId;

    /// <summary>What the request did.</summary>
    public OrderAction Action;

    /// <summary><c>retCode</c>: 0 is accepted; the codes are in Bybit V5, 18.</summary>
    public int ReturnCode;

    /// <summary>The engine's order id; none on failure, where <c>data</c> is empty.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>The venue's order id; unknown on failure.</summary>
    public VenueOrderId VenueOrderId;

    /// <summary><c>X-Bapi-Limit-Status</c>: requests left in this second for this operation; -1 when absent.</summary>
    public int RequestsLeft;

    /// <summary><c>X-Bapi-Limit</c>: requests of this operation that the venue takes in a second; 0 when absent.</summary>
    public int RequestsPerSecond;

    /// <summary><c>X-Bapi-Limit-Reset-Timestamp</c>, ms since 1970 on the venue's clock: when the next request is free, while none is left; 0 when some are left, or when absent.</summary>
    public long LimitResetMillis;

    /// <summary><c>Timenow</c>, ms since 1970; 0 when absent.</summary>
    public long VenueMillis;
}
