using System.Buffers;
using System.Buffers.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Answers every request as the venue does, without allocating: an acknowledgement, the order's row, and now and then, for an immediate order always, a fill with its position and wallet. So a run of any length is one engine's, with orders that work.</summary>
internal sealed class QuietVenue
{
    private const int FillEvery = 16;
    private const int LinkIdLength = 18;
    private const int NamesRemembered = 1_024;

    private readonly EngineUnderTest _engine;
    private readonly byte[] _request = new byte[1 << 12];
    private readonly byte[] _frame = new byte[1 << 12];
    private readonly Working[] _working = new Working[NamesRemembered];
    private int _requestLength;
    private int _length;
    private long _executions;

    public QuietVenue(EngineUnderTest engine)
    {
        _engine = engine;
        for (int i = 0; i < _working.Length; i++) _working[i] = new Working();
    }

    public long Requests { get; private set; }

    public long Fills { get; private set; }

    /// <summary>Over every byte of every request, in order (FNV-1a).</summary>
    public ulong RequestsHash { get; private set; } = 14_695_981_039_346_656_037;

    /// <summary>Takes all that the engine has sent and hands it the answers, which may cause more requests.</summary>
    public void Answer()
    {
        while (_engine.OutboundRing.TryPeek(0, out FrameView frame))
        {
            bool isRequest = frame.Kind == (byte)OutboundKind.Request;
            if (isRequest)
            {
                _requestLength = frame.Payload.Length;
                frame.Payload.CopyTo(_request);
            }

            _engine.OutboundRing.Release(0);
            if (isRequest) Answer(_request.AsSpan(0, _requestLength));
        }
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        Requests++;
        foreach (byte letter in request) RequestsHash = (RequestsHash ^ letter) * 1_099_511_628_211;
        ReadOnlySpan<byte> linkId = Value(request, "\"orderLinkId\":\""u8);
        ReadOnlySpan<byte> operation = Value(request, "\"op\":\""u8);
        Acknowledge(request, operation, linkId);
        Working order = _working[IndexOf(linkId)];
        if (operation.SequenceEqual("order.cancel"u8))
        {
            Row(order, linkId, "Cancelled"u8, "CancelByUser"u8, isOpen: false, filled: "0"u8);
            return;
        }

        if (operation.SequenceEqual("order.create"u8))
        {
            order.Create(Value(request, "\"symbol\":\""u8).SequenceEqual("BTCUSDT"u8), Value(request, "\"side\":\""u8).SequenceEqual("Buy"u8));
        }

        order.Ask(Value(request, "\"price\":\""u8), Value(request, "\"qty\":\""u8));
        Row(order, linkId, "New"u8, "UNKNOWN"u8, isOpen: true, filled: "0"u8);
        bool isImmediate = request.IndexOf("\"IOC\""u8) >= 0;
        if (isImmediate || Requests % FillEvery == 0) Fill(order, linkId);
    }

    private void Acknowledge(ReadOnlySpan<byte> request, ReadOnlySpan<byte> operation, ReadOnlySpan<byte> linkId)
    {
        Begin("{\"reqId\":\""u8);
        Add(Value(request, "{\"reqId\":\""u8));
        Add("\",\"retCode\":0,\"retMsg\":\"OK\",\"op\":\""u8);
        Add(operation);
        Add("\",\"data\":{\"orderId\":\""u8);
        AddOrderId(linkId);
        Add("\",\"orderLinkId\":\""u8);
        Add(linkId);
        Add("\"},\"retExtInfo\":{},\"header\":{\"X-Bapi-Limit\":\"1000\",\"X-Bapi-Limit-Status\":\"999\",\"X-Bapi-Limit-Reset-Timestamp\":\"1\",\"Traceid\":\"t\",\"Timenow\":\"1\"},\"connId\":\"c\"}"u8);
        _engine.Hand(InboundKind.TradeFrame, _frame.AsSpan(0, _length), endOfBurst: false, _engine.Generation(VenueChannel.Trade));
    }

    private void Row(Working order, ReadOnlySpan<byte> linkId, ReadOnlySpan<byte> status, ReadOnlySpan<byte> cancelType, bool isOpen, ReadOnlySpan<byte> filled)
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
        Add(isOpen ? order.Qty : "0"u8);
        Add("\",\"cumExecQty\":\""u8);
        Add(filled);
        Add("\",\"orderType\":\"Limit\",\"reduceOnly\":false,\"createdTime\":\"1\",\"updatedTime\":\""u8);
        Add(_engine.NowMillis);
        Add("\"}]}"u8);
        Hand();
    }

    private void Fill(Working order, ReadOnlySpan<byte> linkId)
    {
        Fills++;
        Row(order, linkId, "Filled"u8, "UNKNOWN"u8, isOpen: false, filled: order.Qty);
        Begin("{\"topic\":\"execution\",\"id\":\"1\",\"creationTime\":1,\"data\":[{\"category\":\"linear\","u8);
        AddNames(order, linkId);
        Add(",\"closedSize\":\"0\",\"execFee\":\"0\",\"execId\":\"e"u8);
        Add(++_executions);
        Add("\",\"execPrice\":\""u8);
        Add(order.Price);
        Add("\",\"execQty\":\""u8);
        Add(order.Qty);
        Add("\",\"execType\":\"Trade\",\"leavesQty\":\"0\",\"execTime\":\""u8);
        Add(_engine.NowMillis);
        Add("\",\"isMaker\":true,\"seq\":"u8);
        Add(_executions);
        Add("}]}"u8);
        Hand();
        TellPosition(order.IsBtc ? _engine.Btc : _engine.Sol);
        TellWallet();
    }

    // What these say is read from the engine's own ledger: this venue is here to be answered, not to be right.
    private void TellPosition(InstrumentSpec spec)
    {
        long lots = _engine.Ledger.Position(spec.Id).Lots;
        Begin("{\"id\":\"p\",\"topic\":\"position\",\"creationTime\":"u8);
        Add(_engine.NowMillis + 1);
        Add(",\"data\":[{\"positionIdx\":0,\"symbol\":\""u8);
        Add(spec.SymbolUtf8);
        Add("\",\"side\":\""u8);
        Add(lots > 0 ? "Buy"u8 : lots < 0 ? "Sell"u8 : ""u8);
        Add("\",\"size\":\""u8);
        AddE8(Math.Abs(lots) * spec.LotE8);
        Add("\",\"entryPrice\":\""u8);
        AddE8(_engine.Ledger.AverageEntry(spec.Id).Units);
        Add("\",\"category\":\"linear\",\"positionStatus\":\"Normal\",\"cumRealisedPnl\":\"0\",\"seq\":"u8);
        Add(_executions);
        Add("}]}"u8);
        Hand();
    }

    private void TellWallet()
    {
        Begin("{\"id\":\"w\",\"topic\":\"wallet\",\"creationTime\":"u8);
        Add(_engine.NowMillis + 1);
        Add(",\"data\":[{\"accountType\":\"UNIFIED\",\"coin\":[{\"coin\":\"USDT\",\"equity\":\"0\",\"walletBalance\":\""u8);
        long units = _engine.Ledger.Wallet.Units;
        if (units < 0) Add("-"u8);
        AddE8(Math.Abs(units));
        Add("\",\"totalOrderIM\":\"0\",\"totalPositionIM\":\"0\"}]}]}"u8);
        Hand();
    }

    private void AddNames(Working order, ReadOnlySpan<byte> linkId)
    {
        Add("\"symbol\":\""u8);
        Add(order.IsBtc ? "BTCUSDT"u8 : "SOLUSDT"u8);
        Add("\",\"orderId\":\""u8);
        AddOrderId(linkId);
        Add("\",\"orderLinkId\":\""u8);
        Add(linkId);
        Add(order.IsBuy ? "\",\"side\":\"Buy\""u8 : "\",\"side\":\"Sell\""u8);
    }

    private void AddOrderId(ReadOnlySpan<byte> linkId)
    {
        Add("00000000-0000-4000-8000-0000"u8);
        Add(linkId[^8..]);
    }

    private void Hand() => _engine.Hand(InboundKind.PrivateFrame, _frame.AsSpan(0, _length), endOfBurst: false, _engine.Generation(VenueChannel.Private));

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> request, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> rest = request[(request.IndexOf(key) + key.Length)..];
        return rest[..rest.IndexOf((byte)'"')];
    }

    private static int IndexOf(ReadOnlySpan<byte> linkId)
    {
        bool isName = Utf8Parser.TryParse(linkId[10..], out uint number, out _, 'x');
        Assert.True(isName && linkId.Length == LinkIdLength);   // Assert.Equal would allocate
        return (int)(number & (NamesRemembered - 1));
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
        Assert.True(Utf8Formatter.TryFormat(number, _frame.AsSpan(_length), out int written));
        _length += written;
    }

    private void AddE8(long units)
    {
        Add(units / MoneyE8.One);
        Add("."u8);
        Assert.True(Utf8Formatter.TryFormat(units % MoneyE8.One, _frame.AsSpan(_length), out int written, new StandardFormat('D', 8)));
        _length += written;
    }

    private sealed class Working
    {
        private readonly byte[] _price = new byte[24];
        private readonly byte[] _qty = new byte[24];
        private int _priceLength;
        private int _qtyLength;

        public bool IsBtc { get; private set; }

        public bool IsBuy { get; private set; }

        public ReadOnlySpan<byte> Price => _price.AsSpan(0, _priceLength);

        public ReadOnlySpan<byte> Qty => _qty.AsSpan(0, _qtyLength);

        public void Create(bool isBtc, bool isBuy) => (IsBtc, IsBuy) = (isBtc, isBuy);

        public void Ask(ReadOnlySpan<byte> price, ReadOnlySpan<byte> qty)
        {
            price.CopyTo(_price);
            qty.CopyTo(_qty);
            (_priceLength, _qtyLength) = (price.Length, qty.Length);
        }
    }
}
