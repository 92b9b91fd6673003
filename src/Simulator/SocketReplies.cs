namespace LatencyEngine.Simulator;

/// <summary>The replies to socket commands: the envelope with <c>success</c> of the public and the private socket, and the one with <c>retCode</c> of order entry (Bybit V5, 4, 5).</summary>
internal static class SocketReplies
{
    /// <summary>Outcome of a public command; <c>req_id</c> is there even when none was sent.</summary>
    public static byte[] Public(SocketCommand command, string? fault, string connectionId) => CompactJson.Object(json =>
    {
        json.WriteBoolean("success", fault is null);
        json.WriteString("ret_msg", fault ?? "");
        json.WriteString("conn_id", connectionId);
        json.WriteString("req_id", command.Id ?? "");
        json.WriteString("op", command.Op);
    });

    /// <summary>Outcome of a private command; the key order depends on whether an id was sent.</summary>
    public static byte[] Private(SocketCommand command, string? fault, string connectionId) => CompactJson.Object(json =>
    {
        json.WriteBoolean("success", fault is null);
        json.WriteString("ret_msg", fault ?? "");
        if (command.Id is null)
        {
            json.WriteString("op", command.Op);
            json.WriteString("conn_id", connectionId);
            return;
        }

        json.WriteString("conn_id", connectionId);
        json.WriteString("req_id", command.Id);
        json.WriteString("op", command.Op);
    });

    /// <summary>Outcome of an order-entry command that the gateway itself answers.</summary>
    public static byte[] Trade(SocketCommand command, Refusal? refusal, string connectionId) => CompactJson.Object(json =>
    {
        if (command.Id is not null) json.WriteString("reqId", command.Id);
        json.WriteNumber("retCode", refusal?.Code ?? 0);
        json.WriteString("retMsg", refusal?.Text ?? "OK");
        json.WriteString("op", command.Op);
        json.WriteString("connId", connectionId);
    });

    /// <summary>The public socket keeps <c>ping</c> as the op of its pong.</summary>
    public static byte[] PublicPong(SocketCommand command, string connectionId) => CompactJson.Object(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("ret_msg", "pong");
        json.WriteString("conn_id", connectionId);
        json.WriteString("req_id", command.Id ?? "");
        json.WriteString("op", "ping");
    });

    /// <summary>Without an id in the ping there is none in the pong.</summary>
    public static byte[] PrivatePong(SocketCommand command, string connectionId, long nowMillis) => CompactJson.Object(json =>
    {
        if (command.Id is not null) json.WriteString("req_id", command.Id);
        json.WriteString("op", "pong");
        json.WriteStartArray("args");
        json.WriteStringValue(VenueJson.Millis(nowMillis));
        json.WriteEndArray();
        json.WriteString("conn_id", connectionId);
    });

    /// <summary>Never with an id: Bybit.Net would take it for another answer (Bybit V5, 19.2).</summary>
    public static byte[] TradePong(string connectionId, long nowMillis) => CompactJson.Object(json =>
    {
        json.WriteNumber("retCode", 0);
        json.WriteString("retMsg", "OK");
        json.WriteString("op", "pong");
        json.WriteStartArray("data");
        json.WriteStringValue(VenueJson.Millis(nowMillis));
        json.WriteEndArray();
        json.WriteString("connId", connectionId);
    });
}
