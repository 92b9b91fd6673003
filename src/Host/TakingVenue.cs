using System.Buffers.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>A venue that takes every request and fills one in sixteen: of each its acknowledgement, the order's new state and, where it fills, the execution. Once made, nothing here allocates.</summary>
/// <remarks>Thread: one at a time. Of the hot path alone, since the benchmarks compile this file too.</remarks>
/// <param name="tell">Gets each answer, by the channel that it belongs to.</param>
internal sealed class TakingVenue(TakingVenue.AnswerHandler tell)
{
    private const int FillEvery = 16;
    private const int NamesRemembered = 1_024;

    private readonly AnswerHandler _tell = tell;
    private readonly byte[] _frame = new byte[1 << 12];
    private readonly Order[] _orders = [.. Enumerable.Range(0, NamesRemembered).Select(_ => new Order())];
    private long _nowMillis;
    private int _length;

    /// <summary>Takes one answer.</summary>
    /// <param name="kind">The channel: <see cref="InboundKind.TradeFrame"/> or <see cref="InboundKind.PrivateFrame"/>.</param>
    /// <param name="frame">Valid only during the call.</param>
    public delegate void AnswerHandler(InboundKind kind, ReadOnlySpan<byte> frame);

    /// <summary>Requests answered.</summary>
    public long Requests { get; private set; }

    /// <summary>Orders filled.</summary>
    public long Fills { get; private set; }

    /// <summary>Answers one request.</summary>
    /// <param name="request">As the engine encodes it.</param>
    /// <param name="nowMillis">The venue's time, ms since 1970.</param>
    public void Answer(ReadOnlySpan<byte> request, long nowMillis)
    {
        Requests++;
        _nowMillis = nowMillis;
        ReadOnlySpan<byte> linkId = Value(request, "\"orderLinkId\":\""u8);
        ReadOnlySpan<byte> operation = Value(request, "\"op\":\""u8);
        Begin("{\"reqId\":\""u8);
        Add(Value(request, "{\"reqId\":\""u8));
        Add("\",\"retCode\":0,\"retMsg\":\"OK\",\"op\":\""u8);
        Add(operation);
        Add("\",\"data\":{\"orderId\":\""u8);
        AddOrderId(linkId);
        Add("\",\"orderLinkId\":\""u8);
        Add(linkId);
        Add("\"},\"retExtInfo\":{},\"header\":{\"X-Bapi-Limit\":\"10\",\"X-Bapi-Limit-Status\":\"9\",\"X-Bapi-Limit-Reset-Timestamp\":\"1\",\"Traceid\":\"t\",\"Timenow\":\"1\"},\"connId\":\"c\"}"u8);
        _tell(InboundKind.TradeFrame, _frame.AsSpan(0, _length));

        Order order = _orders[Utf8Parser.TryParse(linkId[^8..], out uint number, out _, 'x') ? number % NamesRemembered : 0];
        if (operation.SequenceEqual("order.cancel"u8))
        {
            TellOrder(order, linkId, "Cancelled"u8, "CancelByUser"u8, leaves: "0"u8, filled: "0"u8);
            return;
        }

        if (operation.SequenceEqual("order.create"u8)) order.Create(Value(request, "\"symbol\":\""u8), Value(request, "\"side\":\""u8));
        order.Ask(Value(request, "\"price\":\""u8), Value(request, "\"qty\":\""u8));
        TellOrder(order, linkId, "New"u8, "UNKNOWN"u8, leaves: order.Qty, filled: "0"u8);
        if (Requests % FillEvery == 0) Fill(order, linkId);
    }

    private void Fill(Order order, ReadOnlySpan<byte> linkId)
    {
        Fills++;
        TellOrder(order, linkId, "Filled"u8, "UNKNOWN"u8, leaves: "0"u8, filled: order.Qty);
        Begin("{\"topic\":\"execution\",\"id\":\"1\",\"creationTime\":1,\"data\":[{\"category\":\"linear\","u8);
        AddNames(order, linkId);
        Add(",\"closedSize\":\"0\",\"execFee\":\"0\",\"execId\":\"e"u8);
        Add(Fills);
        Add("\",\"execPrice\":\""u8);
        Add(order.Price);
        Add("\",\"execQty\":\""u8);
        Add(order.Qty);
        Add("\",\"execType\":\"Trade\",\"leavesQty\":\"0\",\"execTime\":\""u8);
        Add(_nowMillis);
        Add("\",\"isMaker\":true,\"seq\":"u8);
        Add(Fills);
        Add("}]}"u8);
        _tell(InboundKind.PrivateFrame, _frame.AsSpan(0, _length));
    }

    private void TellOrder(Order order, ReadOnlySpan<byte> linkId, ReadOnlySpan<byte> status, ReadOnlySpan<byte> cancelType, ReadOnlySpan<byte> leaves, ReadOnlySpan<byte> filled)
    {
        Begin("{\"topic\":\"order\",\"id\":\"1\",\"creationTime\":1,\"data\":[{\"category\":\"linear\","u8);
        AddNames(order, linkId);
        Add(",\"positionIdx\":0,\"orderStatus\":\""u8);
        Add(status);
        Add("\",\"cancelType\":\""u8);
        Add(cancelType);
        Add("\",\"rejectReason\":\"EC_NoError\",\"timeInForce\":\"PostOnly\",\"price\":\""u8);
        Add(order.Price);
        Add("\",\"qty\":\""u8);
        Add(order.Qty);
        Add("\",\"avgPrice\":\"\",\"leavesQty\":\""u8);
        Add(leaves);
        Add("\",\"cumExecQty\":\""u8);
        Add(filled);
        Add("\",\"orderType\":\"Limit\",\"reduceOnly\":false,\"createdTime\":\"1\",\"updatedTime\":\""u8);
        Add(_nowMillis);
        Add("\"}]}"u8);
        _tell(InboundKind.PrivateFrame, _frame.AsSpan(0, _length));
    }

    private void AddNames(Order order, ReadOnlySpan<byte> linkId)
    {
        Add("\"symbol\":\""u8);
        Add(order.Symbol);
        Add("\",\"orderId\":\""u8);
        AddOrderId(linkId);
        Add("\",\"orderLinkId\":\""u8);
        Add(linkId);
        Add("\",\"side\":\""u8);
        Add(order.Side);
        Add("\""u8);
    }

    private void AddOrderId(ReadOnlySpan<byte> linkId)
    {
        Add("00000000-0000-4000-8000-0000"u8);
        Add(linkId[^8..]);
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> request, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> rest = request[(request.IndexOf(key) + key.Length)..];
        return rest[..rest.IndexOf((byte)'"')];
    }

    private void Begin(ReadOnlySpan<byte> text)
    {
        _length = 0;
        Add(text);
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_frame.AsSpan(_length));
        _length += text.Length;
    }

    private void Add(long number)
    {
        Utf8Formatter.TryFormat(number, _frame.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>An order as the engine asked for it.</summary>
    private sealed class Order
    {
        private readonly byte[] _text = new byte[128];
        private int _symbolLength;
        private int _sideLength;
        private int _priceLength;
        private int _qtyLength;

        public ReadOnlySpan<byte> Symbol => _text.AsSpan(0, _symbolLength);

        public ReadOnlySpan<byte> Side => _text.AsSpan(32, _sideLength);

        public ReadOnlySpan<byte> Price => _text.AsSpan(64, _priceLength);

        public ReadOnlySpan<byte> Qty => _text.AsSpan(96, _qtyLength);

        public void Create(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> side)
        {
            symbol.CopyTo(_text);
            side.CopyTo(_text.AsSpan(32));
            (_symbolLength, _sideLength) = (symbol.Length, side.Length);
        }

        public void Ask(ReadOnlySpan<byte> price, ReadOnlySpan<byte> qty)
        {
            price.CopyTo(_text.AsSpan(64));
            qty.CopyTo(_text.AsSpan(96));
            (_priceLength, _qtyLength) = (price.Length, qty.Length);
        }
    }
}
