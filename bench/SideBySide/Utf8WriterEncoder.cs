using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>Order requests with the framework's <see cref="Utf8JsonWriter"/>: its buffers are kept, its checks are off, numbers are formatted as UTF-8.</summary>
internal sealed class Utf8WriterEncoder(InstrumentTable instruments, int recvWindowMillis) : IDisposable
{
    private const int TextBytesMax = 64;

    private readonly DecimalSteps _steps = new(instruments);
    private readonly ArrayBufferWriter<byte> _buffer = new(initialCapacity: 512);
    private readonly Utf8JsonWriter _writer = new(Stream.Null, new JsonWriterOptions { SkipValidation = true });
    private readonly byte[] _text = new byte[TextBytesMax];

    /// <summary>Writes a place or an amend.</summary>
    /// <returns>The request; valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(in Request request)
    {
        OrderIntent intent = request.Intent;
        bool isPlace = intent.Action == OrderAction.Place;
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        _writer.WriteString("reqId"u8, Name("r"u8, request.Id.Session, request.Id.Number));
        _writer.WriteStartObject("header"u8);
        _writer.WriteString("X-BAPI-TIMESTAMP"u8, Text(request.TimestampMillis));
        _writer.WriteString("X-BAPI-RECV-WINDOW"u8, Text(recvWindowMillis));
        _writer.WriteEndObject();
        _writer.WriteString("op"u8, isPlace ? "order.create"u8 : "order.amend"u8);
        _writer.WriteStartArray("args"u8);
        _writer.WriteStartObject();
        _writer.WriteString("category"u8, "linear"u8);
        _writer.WriteString("symbol"u8, instruments[intent.Instrument].SymbolUtf8);
        if (isPlace)
        {
            _writer.WriteString("side"u8, intent.Side == Side.Buy ? "Buy"u8 : "Sell"u8);
            _writer.WriteNumber("positionIdx"u8, 0);
            _writer.WriteString("orderType"u8, "Limit"u8);
            WriteQtyAndPrice(in intent);
            _writer.WriteString("timeInForce"u8, "PostOnly"u8);
            WriteOrderLinkId(in intent);
            _writer.WriteBoolean("reduceOnly"u8, intent.ReduceOnly);
        }
        else
        {
            WriteOrderLinkId(in intent);
            WriteQtyAndPrice(in intent);
        }

        _writer.WriteEndObject();
        _writer.WriteEndArray();
        _writer.WriteEndObject();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private void WriteQtyAndPrice(in OrderIntent intent)
    {
        _writer.WriteString("qty"u8, Text(_steps.Qty(in intent)));
        _writer.WriteString("price"u8, Text(_steps.Price(in intent)));
    }

    private void WriteOrderLinkId(in OrderIntent intent) => _writer.WriteString("orderLinkId"u8, Name("le"u8, intent.ClientOrderId.Session, intent.ClientOrderId.Number));

    private ReadOnlySpan<byte> Text<TNumber>(TNumber value)
        where TNumber : IUtf8SpanFormattable
    {
        value.TryFormat(_text, out int length, default, CultureInfo.InvariantCulture);
        return _text.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Name(ReadOnlySpan<byte> prefix, uint session, uint number)
    {
        const int Digits = 8;
        prefix.CopyTo(_text);
        session.TryFormat(_text.AsSpan(prefix.Length), out _, "x8", CultureInfo.InvariantCulture);
        number.TryFormat(_text.AsSpan(prefix.Length + Digits), out _, "x8", CultureInfo.InvariantCulture);
        return _text.AsSpan(0, prefix.Length + (2 * Digits));
    }
}
