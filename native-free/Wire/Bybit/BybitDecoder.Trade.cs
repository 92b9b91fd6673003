using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>The order-entry socket (Bybit V5, 8.2).</content>
public sealed partial class BybitDecoder
{
    private static readonly KeySet ReplyKeys = new("reqId", "retCode", "op", "data", "header");
    private static readonly KeySet ReplyDataKeys = new("orderId", "orderLinkId");
    private static readonly KeySet ReplyTextKeys = new("retMsg");
    private static readonly KeySet ReplyHeaderKeys = new("X-Bapi-Limit-Status", "Timenow", "X-Bapi-Limit", "X-Bapi-Limit-Reset-Timestamp");

    private static class Reply
    {
        public const int RequestId = 0, ReturnCode = 1, Operation = 2, Data = 3, Header = 4, Count = 5;
    }

    private static class ReplyData
    {
        public const int OrderId = 0, OrderLinkId = 1, Count = 2;
    }

    private static class ReplyHeader
    {
        public const int RequestsLeft = 0, VenueTime = 1, RequestsPerSecond = 2, LimitReset = 3, Count = 4;
    }

    /// <summary>Reads a frame of the order-entry socket: the answers to <c>order.create</c>, <c>order.amend</c> and <c>order.cancel</c>, and any other answer to a request of this engine, whose action is then unset.</summary>
    /// <remarks>Answers to auth and ping and the venue's own announcements are control; answers to batch requests, which the engine never sends, are unused.</remarks>
    /// <param name="frame">One whole text message.</param>
    public DecodeStatus DecodeTrade(ReadOnlySpan<byte> frame)
    {
        DecodeStatus status = DecodeReplyFast(frame);
        return Count(status) ? status : DecodeReply(frame);
    }

    /// <summary>What the venue says to a request in words, <c>retMsg</c>: of use when it refuses. Empty where there is none.</summary>
    /// <param name="frame">A frame for which <see cref="DecodeTrade"/> has found an answer.</param>
    /// <param name="text">Receives it, UTF-8; what is longer is cut off.</param>
    /// <returns>Bytes written.</returns>
    public int ReadReplyText(ReadOnlySpan<byte> frame, Span<byte> text)
    {
        Span<JsonValue> members = stackalloc JsonValue[1];
        var cursor = new JsonCursor(frame, _scratch);
        if (!cursor.TryReadMembers(ReplyTextKeys, members) || !TryOptionalText(in cursor, members[0], out ReadOnlySpan<byte> told)) return 0;
        int lengthBytes = Math.Min(told.Length, text.Length);
        told[..lengthBytes].CopyTo(text);
        return lengthBytes;
    }

    private DecodeStatus DecodeReply(ReadOnlySpan<byte> frame)
    {
        Span<JsonValue> members = stackalloc JsonValue[Reply.Count];
        var cursor = new JsonCursor(frame, _scratch);
        if (!cursor.TryReadMembers(ReplyKeys, members) || !cursor.IsAtEnd()) return DecodeStatus.Malformed;

        DecodeStatus status = ReadReply(in cursor, members);
        if (status != DecodeStatus.Ack) return status;
        return TryReadReplyData(in cursor, members[Reply.Data]) && TryReadReplyHeader(in cursor, members[Reply.Header]) ? DecodeStatus.Ack : DecodeStatus.Malformed;
    }

    /// <summary>Reads what stands beside <c>data</c> and <c>header</c>, and tells what kind of answer it is.</summary>
    private DecodeStatus ReadReply(in JsonCursor cursor, ReadOnlySpan<JsonValue> members)
    {
        _ack = default;
        _ack.RequestsLeft = -1;
        if (!TryOptionalText(in cursor, members[Reply.RequestId], out ReadOnlySpan<byte> requestId)) return DecodeStatus.Malformed;
        _ack.RequestId = Identifier.ReadRequestId(requestId);
        if (!TryOptionalText(in cursor, members[Reply.Operation], out ReadOnlySpan<byte> operation)) return DecodeStatus.Malformed;
        _ack.Action = ReadAction(operation);
        bool isOrder = _ack.Action != OrderAction.Unset;
        bool isBatch = !isOrder && operation.StartsWith("order."u8) && operation.EndsWith("-batch"u8);
        bool isConnection = !isOrder && (operation.SequenceEqual("auth"u8) || operation.SequenceEqual("pong"u8) || operation.SequenceEqual("ping"u8));
        if (members[Reply.ReturnCode].Kind == JsonKind.Absent) return isConnection ? DecodeStatus.Control : DecodeStatus.Malformed;
        if (!TryInteger(in cursor, members[Reply.ReturnCode], out long returnCode) || returnCode is < int.MinValue or > int.MaxValue) return DecodeStatus.Malformed;
        _ack.ReturnCode = (int)returnCode;
        if (isBatch) return DecodeStatus.Unused;
        return isConnection || (!isOrder && _ack.RequestId == RequestId.None) ? DecodeStatus.Control : DecodeStatus.Ack;
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
        Span<JsonValue> members = stackalloc JsonValue[ReplyData.Count];
        JsonCursor inner = cursor.At(data);
        return inner.TryReadMembers(ReplyDataKeys, members) && TryReadReplyData(in cursor, members);
    }

    private bool TryReadReplyData(in JsonCursor cursor, ReadOnlySpan<JsonValue> members)
    {
        if (!TryOptionalText(in cursor, members[ReplyData.OrderId], out ReadOnlySpan<byte> orderId)) return false;
        _ack.VenueOrderId = new VenueOrderId(Identifier.ReadVenueId(orderId));
        if (!TryOptionalText(in cursor, members[ReplyData.OrderLinkId], out ReadOnlySpan<byte> orderLinkId)) return false;
        _ack.ClientOrderId = Identifier.ReadClientOrderId(orderLinkId);
        return true;
    }

    private bool TryReadReplyHeader(in JsonCursor cursor, JsonValue header)
    {
        if (header.IsNothing) return true;
        Span<JsonValue> members = stackalloc JsonValue[ReplyHeader.Count];
        JsonCursor inner = cursor.At(header);
        return inner.TryReadMembers(ReplyHeaderKeys, members) && TryReadReplyHeader(in cursor, members);
    }

    private bool TryReadReplyHeader(in JsonCursor cursor, ReadOnlySpan<JsonValue> members)
    {
        if (!members[ReplyHeader.RequestsLeft].IsNothing)
        {
            if (!TryInteger(in cursor, members[ReplyHeader.RequestsLeft], out long requestsLeft) || requestsLeft is < 0 or > int.MaxValue) return false;
            _ack.RequestsLeft = (int)requestsLeft;
        }

        if (!members[ReplyHeader.RequestsPerSecond].IsNothing)
        {
            if (!TryInteger(in cursor, members[ReplyHeader.RequestsPerSecond], out long requestsPerSecond) || requestsPerSecond is < 0 or > int.MaxValue) return false;
            _ack.RequestsPerSecond = (int)requestsPerSecond;
        }

        // While some are left it is the present moment (Bybit V5, 8.2), and of no use.
        if (_ack.RequestsLeft == 0 && !members[ReplyHeader.LimitReset].IsNothing && !TryMillis(in cursor, members[ReplyHeader.LimitReset], out _ack.LimitResetMillis)) return false;
        return members[ReplyHeader.VenueTime].IsNothing || TryMillis(in cursor, members[ReplyHeader.VenueTime], out _ack.VenueMillis);
    }
}
