using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>The name that a request and its answer share, read off their first bytes.</summary>
/// <remarks>Thread: any. Allocates, blocks, throws: never.</remarks>
public static class RequestName
{
    /// <summary>The id of an order-entry message that begins with <c>{"reqId":"r...</c>, as <see cref="OrderRequestEncoder"/> writes it and the venue answers it (Bybit V5, 8.2); none for any other message.</summary>
    public static RequestId Read(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> head = "{\"reqId\":\""u8;
        return message.Length > head.Length + RequestId.WireLength && message.StartsWith(head) && message[head.Length + RequestId.WireLength] == (byte)'"'
            ? Identifier.ReadRequestId(message.Slice(head.Length, RequestId.WireLength))
            : RequestId.None;
    }
}
