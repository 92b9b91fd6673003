using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>The order-entry socket (Bybit V5, 8.2).</content>
public sealed partial class BybitDecoder
{
    private static readonly KeySet ReplyKeys = new("reqId", "retCode", "op", "data", "header");
    private static readonly KeySet ReplyDataKeys = new("orderId", "orderLinkId");
    private static readonly KeySet ReplyHeaderKeys = new("X-Bapi-Limit-Status", "Timenow");

    private static class Reply
    {
        public const int RequestId = 0, ReturnCode = 1, Operation = 2, Data = 3, Header = 4, Count = 5;
    }

    /// <summary>Reads a frame of the order-entry socket: the answers to <c>order.create</c>, <c>order.amend</c> and <c>order.cancel</c>, and any other answer to a request of this engine, whose action is then unset.</summary>
    /// <remarks>Answers to auth and ping and the venue's own announcements are control; answers to batch requests, which the engine never sends, are unused.</remarks>
    /// <param name="frame">One whole text message.</param>
    public DecodeStatus DecodeTrade(ReadOnlySpan<byte> frame)
    {
        Span<JsonValue> members = stackalloc JsonValue[Reply.Count];
        var cursor = new JsonCursor(frame, _scratch);
        if (!cursor.TryReadMembers(ReplyKeys, members) || !cursor.IsAtEnd()) return DecodeStatus.Malformed;

        _ack = default;
        if (!TryOptionalText(in cursor, members[Reply.RequestId], out ReadOnlySpan<byte> requestId)) return DecodeStatus.Malformed;
        _ack.RequestId = Identifier.ReadRequestId(requestId);
        if (!TryOptionalText(in cursor, members[Reply.Operation], out ReadOnlySpan<byte> operation)) return DecodeStatus.Malformed;
        _ack.Action = ReadAction(operation);
        bool isBatch = operation.StartsWith("order."u8) && operation.EndsWith("-batch"u8);
        bool isConnection = operation.SequenceEqual("auth"u8) || operation.SequenceEqual("pong"u8) || operation.SequenceEqual("ping"u8);
        if (members[Reply.ReturnCode].Kind == JsonKind.Absent) return isConnection ? DecodeStatus.Control : DecodeStatus.Malformed;
        if (!TryInteger(in cursor, members[Reply.ReturnCode], out long returnCode) || returnCode is < int.MinValue or > int.MaxValue) return DecodeStatus.Malformed;
        _ack.ReturnCode = (int)returnCode;
        if (isBatch) return DecodeStatus.Unused;
        if (isConnection || (_ack.Action == OrderAction.Unset && _ack.RequestId == RequestId.None)) return DecodeStatus.Control;
        return TryReadReplyData(in cursor, members[Reply.Data]) && TryReadReplyHeader(in cursor, members[Reply.Header]) ? DecodeStatus.Ack : DecodeStatus.Malformed;
    }

    private static OrderAction ReadAction(ReadOnlySpan<byte> operation)
    {
        if (operation.SequenceEqual("order.create"u8)) return OrderAction.Place;
        if (operation.SequenceEqual("order.amend"u8)) return OrderAction.Amend;
        return operation.SequenceEqual("order.cancel"u8) ? OrderAction.Cancel : OrderAction.Unset;
    }

    private bool TryReadReplyData(in JsonCursor cursor, JsonValue data)
    {
        if (data.IsNothing) return true;
        Span<JsonValue> members = stackalloc JsonValue[2];
        JsonCursor inner = cursor.At(data);
        if (!inner.TryReadMembers(ReplyDataKeys, members)) return false;
        if (!TryOptionalText(in cursor, members[0], out ReadOnlySpan<byte> orderId)) return false;
        _ack.VenueOrderId = new VenueOrderId(Identifier.ReadVenueId(orderId));
        if (!TryOptionalText(in cursor, members[1], out ReadOnlySpan<byte> orderLinkId)) return false;
        _ack.ClientOrderId = Identifier.ReadClientOrderId(orderLinkId);
        return true;
    }

    private bool TryReadReplyHeader(in JsonCursor cursor, JsonValue header)
    {
        _ack.RequestsLeft = -1;
        if (header.IsNothing) return true;
        Span<JsonValue> members = stackalloc JsonValue[2];
        JsonCursor inner = cursor.At(header);
        if (!inner.TryReadMembers(ReplyHeaderKeys, members)) return false;
        if (!members[0].IsNothing)
        {
            if (!TryInteger(in cursor, members[0], out long requestsLeft) || requestsLeft is < 0 or > int.MaxValue) return false;
            _ack.RequestsLeft = (int)requestsLeft;
        }

        return members[1].IsNothing || TryMillis(in cursor, members[1], out _ack.VenueMillis);
    }
}
