using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Ring;

namespace LatencyEngine.Host;

/// <summary>An engine on a market that is repeated round after round, with a venue that takes every request and fills one in sixteen: a run of any length with orders that work. Once made, nothing here allocates.</summary>
/// <remarks>Thread: one at a time. Of the hot path alone, since bench/Budgets compiles this file too.</remarks>
internal sealed class SteadyRun
{
    /// <summary>An engine that trades sends a request at least so often.</summary>
    private const long FramesARequestMax = 100;

    private const int Consumer = 0;
    private const ushort Generation = 1;
    private const uint Session = 7;
    private const long SpacingNanos = 10_000_000;
    private const int TickEvery = 10;
    private const int FillEvery = 16;
    private const int NamesRemembered = 1_024;
    private const int CancelAskedEvery = 1 << 20;

    private readonly FrameRing _inbound;
    private readonly FrameRing _outbound;
    private readonly HotPath _hotPath;
    private readonly byte[][] _market;
    private readonly byte[] _request = new byte[1 << 12];
    private readonly byte[] _frame = new byte[1 << 12];
    private readonly Order[] _orders = new Order[NamesRemembered];
    private long _nowNanos;
    private long _played;
    private int _length;

    /// <summary>Connects the engine to its venue.</summary>
    /// <param name="inbound">The engine's ring for what comes in.</param>
    /// <param name="outbound">Its ring for what goes out.</param>
    /// <param name="hotPath">The engine between them; the age of market data by their own times must not hold it back, since those are of the first round.</param>
    /// <param name="market">Public frames of one round, a snapshot of every book first.</param>
    /// <param name="startNanos">Logic time of the first, ns since 1970.</param>
    /// <param name="begin">Posts the events that every run begins with.</param>
    public SteadyRun(FrameRing inbound, FrameRing outbound, HotPath hotPath, byte[][] market, long startNanos, Action<uint, Action<InboundKind, byte[]>> begin)
    {
        _inbound = inbound;
        _outbound = outbound;
        _hotPath = hotPath;
        _market = market;
        _nowNanos = startNanos;
        for (int i = 0; i < _orders.Length; i++) _orders[i] = new Order();
        begin(Session, (kind, payload) => Hand(kind, payload, endsBurst: true));
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade])
        {
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Opened], endsBurst: true);
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Ready], endsBurst: true);
        }

        Answer();
    }

    /// <summary>Plays a round for what is made at its first use, then so many frames, and counts what they allocate.</summary>
    /// <param name="frames">Market frames.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>What was found, for people.</returns>
    /// <exception cref="InvalidDataException">Something was allocated or collected, or the engine did not trade.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public string ProveNoAllocation(long frames, CancellationToken cancel)
    {
        Play(_market.Length, cancel);
        long requestsBefore = Requests;
        GC.Collect();
        int collectionsBefore = GC.CollectionCount(0);
        long bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        Play(frames, cancel);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        int collections = GC.CollectionCount(0) - collectionsBefore;
        long requests = Requests - requestsBefore;
        string found = string.Create(CultureInfo.InvariantCulture, $"{frames:#,0} market frames, {requests:#,0} requests, {Fills:#,0} fills: {bytes:#,0} bytes allocated, {collections} collections");
        if (bytes != 0 || collections != 0) throw new InvalidDataException(found);
        return requests >= frames / FramesARequestMax ? found : throw new InvalidDataException($"{found}: the engine did not trade, so this shows nothing");
    }

    /// <summary>Requests that the engine has sent.</summary>
    public long Requests { get; private set; }

    /// <summary>Orders filled.</summary>
    public long Fills { get; private set; }

    /// <summary>Goes on for so many market frames.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Play(long frames, CancellationToken cancel)
    {
        for (long i = 0; i < frames; i++)
        {
            if (i % CancelAskedEvery == 0) cancel.ThrowIfCancellationRequested();
            _nowNanos += SpacingNanos;
            if (_played % TickEvery == 0) Hand(InboundKind.Tick, default, endsBurst: true);
            Hand(InboundKind.PublicFrame, _market[_played % _market.Length], endsBurst: true);
            _played++;
            Answer();
        }
    }

    /// <summary>Takes all that the engine has sent and hands it the answers, which may cause more.</summary>
    private void Answer()
    {
        while (_outbound.TryPeek(Consumer, out FrameView frame))
        {
            var kind = (OutboundKind)frame.Kind;
            int length = frame.Payload.Length;
            if (kind is OutboundKind.Request or OutboundKind.LookUpRequest) frame.Payload.CopyTo(_request);
            _outbound.Release(Consumer);
            if (kind == OutboundKind.Request) Answer(_request.AsSpan(0, length));
            if (kind == OutboundKind.LookUpRequest) EndLookUp();
        }
    }

    /// <summary>The venue holds nothing that it was asked for.</summary>
    private void EndLookUp()
    {
        LookUpRequest asked = MemoryMarshal.Read<LookUpRequest>(_request);
        var end = new LookUpEnd(_nowNanos / EpochNanos.PerMillisecond, asked.PrivateGeneration, asked.AskedNanos, RowFrames: 0);
        Hand(InboundKind.LookUpEnd, MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)), endsBurst: true);
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        Requests++;
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
        Hand(InboundKind.TradeFrame, _frame.AsSpan(0, _length), endsBurst: false);

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
        Add(_nowNanos / EpochNanos.PerMillisecond);
        Add("\",\"isMaker\":true,\"seq\":"u8);
        Add(Fills);
        Add("}]}"u8);
        Hand(InboundKind.PrivateFrame, _frame.AsSpan(0, _length), endsBurst: false);
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
        Add(_nowNanos / EpochNanos.PerMillisecond);
        Add("\"}]}"u8);
        Hand(InboundKind.PrivateFrame, _frame.AsSpan(0, _length), endsBurst: false);
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

    private void Hand(InboundKind kind, ReadOnlySpan<byte> payload, bool endsBurst)
    {
        _inbound.TryClaim(payload.Length, out Span<byte> slot);
        payload.CopyTo(slot);
        _inbound.Publish(payload.Length, (byte)kind, endsBurst ? FrameRing.EndOfBurst : (byte)0, Generation, StageClock.NowNanos(), _nowNanos, causeSequence: -1);
        _inbound.TryPeek(Consumer, out FrameView frame);
        _hotPath.OnFrame(in frame);
        _inbound.Release(Consumer);
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
