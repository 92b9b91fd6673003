using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Writes the requests of the order-entry socket (Bybit V5, 8.1): create, amend and cancel of linear orders in one-way mode.</summary>
/// <remarks>Thread: hot. Allocates: never after construction. Blocks: never. Throws: never after construction.</remarks>
public sealed class OrderRequestEncoder
{
    /// <summary>Room for any request. The longest is a create of 399 bytes: 249 fixed, 16 for the request id, 19 for the time, 10 for the window, 32 for the symbol, 4 for the side, 2 x 20 for price and quantity, 8 for time in force, 16 for the order id, 5 for the flag.</summary>
    public const int RequestBytesMax = 512;

    private readonly InstrumentTable _instruments;
    private readonly int _recvWindowMillis;

    /// <summary>Creates an encoder.</summary>
    /// <param name="instruments">The instruments that intents name.</param>
    /// <param name="recvWindowMillis">How old a request may be when the venue reads it, positive (<c>X-BAPI-RECV-WINDOW</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is not positive.</exception>
    public OrderRequestEncoder(InstrumentTable instruments, int recvWindowMillis)
    {
        if (recvWindowMillis <= 0) throw new ArgumentOutOfRangeException(nameof(recvWindowMillis), recvWindowMillis, "the receive window must be positive, in ms");
        _instruments = instruments;
        _recvWindowMillis = recvWindowMillis;
    }

    /// <summary>Writes one request as compact JSON.</summary>
    /// <param name="intent">What to do. Price and quantity are not negative and lie within the instrument's range, which the risk gate has checked.</param>
    /// <param name="requestId">Name of the request, never repeated.</param>
    /// <param name="timestampMillis">Venue time, ms since 1970, not negative.</param>
    /// <param name="destination">At least <see cref="RequestBytesMax"/> bytes.</param>
    /// <returns>Bytes written; 0 when nothing can be sent: no action, no side or time in force on a place, an instrument that is not in the table, or too short a destination.</returns>
    public int Encode(in OrderIntent intent, RequestId requestId, long timestampMillis, Span<byte> destination)
    {
        if (destination.Length < RequestBytesMax || (uint)intent.Instrument.Index >= (uint)_instruments.Count) return 0;
        InstrumentSpec instrument = _instruments[intent.Instrument];
        var writer = new ByteWriter(destination);
        writer.Append("{\"reqId\":\"r"u8);
        writer.AppendHex(requestId.Session);
        writer.AppendHex(requestId.Number);
        writer.Append("\",\"header\":{\"X-BAPI-TIMESTAMP\":\""u8);
        writer.AppendInteger(timestampMillis);
        writer.Append("\",\"X-BAPI-RECV-WINDOW\":\""u8);
        writer.AppendInteger(_recvWindowMillis);
        writer.Append("\"},\"op\":\"order."u8);
        bool isWritten = intent.Action switch
        {
            OrderAction.Place => TryWriteCreate(ref writer, in intent, instrument),
            OrderAction.Amend => WriteAmend(ref writer, in intent, instrument),
            OrderAction.Cancel => WriteCancel(ref writer, in intent, instrument),
            _ => false,
        };
        writer.Append("}]}"u8);
        return isWritten ? writer.Length : 0;
    }

    private static bool TryWriteCreate(ref ByteWriter writer, in OrderIntent intent, InstrumentSpec instrument)
    {
        ReadOnlySpan<byte> side = intent.Side switch { Side.Buy => "Buy"u8, Side.Sell => "Sell"u8, _ => default };
        ReadOnlySpan<byte> timeInForce = intent.TimeInForce switch
        {
            TimeInForce.GoodTillCancel => "GTC"u8,
            TimeInForce.PostOnly => "PostOnly"u8,
            TimeInForce.ImmediateOrCancel => "IOC"u8,
            TimeInForce.FillOrKill => "FOK"u8,
            _ => default,
        };
        if (side.IsEmpty || timeInForce.IsEmpty) return false;
        writer.Append("create\",\"args\":[{\"category\":\"linear\",\"symbol\":\""u8);
        writer.Append(instrument.SymbolUtf8);
        writer.Append("\",\"side\":\""u8);
        writer.Append(side);
        writer.Append("\",\"positionIdx\":0,\"orderType\":\"Limit\",\"qty\":\""u8);
        writer.AppendDecimal(intent.Qty.Lots * instrument.LotMantissa, instrument.QtyDecimals);
        writer.Append("\",\"price\":\""u8);
        writer.AppendDecimal(intent.Price.Ticks * instrument.TickMantissa, instrument.PriceDecimals);
        writer.Append("\",\"timeInForce\":\""u8);
        writer.Append(timeInForce);
        writer.Append("\",\"orderLinkId\":\""u8);
        AppendOrderLinkId(ref writer, intent.ClientOrderId);
        writer.Append("\",\"reduceOnly\":"u8);
        writer.Append(intent.ReduceOnly ? "true"u8 : "false"u8);
        return true;
    }

    private static bool WriteAmend(ref ByteWriter writer, in OrderIntent intent, InstrumentSpec instrument)
    {
        writer.Append("amend\",\"args\":[{\"category\":\"linear\",\"symbol\":\""u8);
        writer.Append(instrument.SymbolUtf8);
        writer.Append("\",\"orderLinkId\":\""u8);
        AppendOrderLinkId(ref writer, intent.ClientOrderId);
        writer.Append("\",\"qty\":\""u8);
        writer.AppendDecimal(intent.Qty.Lots * instrument.LotMantissa, instrument.QtyDecimals);
        writer.Append("\",\"price\":\""u8);
        writer.AppendDecimal(intent.Price.Ticks * instrument.TickMantissa, instrument.PriceDecimals);
        writer.Append("\""u8);
        return true;
    }

    private static bool WriteCancel(ref ByteWriter writer, in OrderIntent intent, InstrumentSpec instrument)
    {
        writer.Append("cancel\",\"args\":[{\"category\":\"linear\",\"symbol\":\""u8);
        writer.Append(instrument.SymbolUtf8);
        writer.Append("\",\"orderLinkId\":\""u8);
        AppendOrderLinkId(ref writer, intent.ClientOrderId);
        writer.Append("\""u8);
        return true;
    }

    private static void AppendOrderLinkId(ref ByteWriter writer, ClientOrderId id)
    {
        writer.Append("le"u8);
        writer.AppendHex(id.Session);
        writer.AppendHex(id.Number);
    }
}
