using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>The careful decoder on the framework's own reader: <see cref="Utf8JsonReader"/>, forward only, into the engine's fixed-point types without allocating.</summary>
/// <remarks>Less strict than the shipped one, which only helps it: the topic must come first, as it does in every recorded frame, and a number off the instrument's grid is not refused.</remarks>
internal sealed class Utf8ReaderDecoder(InstrumentTable instruments)
{
    /// <summary>The values of the last book frame.</summary>
    public BookDelta Book { get; } = new();

    /// <summary>The values of the last trade frame.</summary>
    public TradeBatch Trades { get; } = new();

    /// <summary>Reads a book or trade frame.</summary>
    /// <returns>How many levels or trades it has.</returns>
    public int Decode(ReadOnlySpan<byte> frame)
    {
        InstrumentSpec? instrument = null;
        bool isTrades = false;
        long pushMillis = 0;
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("topic"u8))
            {
                reader.Read();
                instrument = ReadTopic(reader.ValueSpan, out isTrades);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                Book.IsSnapshot = reader.ValueTextEquals("snapshot"u8);
            }
            else if (reader.ValueTextEquals("ts"u8))
            {
                pushMillis = ReadInteger(ref reader);
            }
            else if (reader.ValueTextEquals("cts"u8))
            {
                Book.MatchMillis = ReadInteger(ref reader);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                if (isTrades) ReadTrades(ref reader, instrument!);
                else ReadBook(ref reader, instrument!);
            }
            else
            {
                reader.Skip();
            }
        }

        if (isTrades)
        {
            Trades.PushMillis = pushMillis;
            return Trades.Count;
        }

        Book.PushMillis = pushMillis;
        return Book.BidCount + Book.AskCount;
    }

    private InstrumentSpec ReadTopic(ReadOnlySpan<byte> topic, out bool isTrades)
    {
        isTrades = topic.StartsWith("publicTrade."u8);
        int symbolStart = topic.LastIndexOf((byte)'.') + 1;
        if (!instruments.TryFind(topic[symbolStart..], out InstrumentSpec? instrument)) throw new InvalidDataException("a frame of an instrument that is not in the table");
        if (isTrades) Trades.Instrument = instrument.Id;
        else Book.Instrument = instrument.Id;
        if (!isTrades) Book.Depth = (int)Mantissa(topic["orderbook.".Length..(symbolStart - 1)], decimals: 0);
        return instrument;
    }

    private void ReadBook(ref Utf8JsonReader reader, InstrumentSpec instrument)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("b"u8)) Book.BidCount = ReadLevels(ref reader, instrument, Book.Bids);
            else if (reader.ValueTextEquals("a"u8)) Book.AskCount = ReadLevels(ref reader, instrument, Book.Asks);
            else if (reader.ValueTextEquals("u"u8)) Book.UpdateId = ReadInteger(ref reader);
            else if (reader.ValueTextEquals("seq"u8)) Book.Sequence = ReadInteger(ref reader);
            else reader.Skip();
        }
    }

    private static int ReadLevels(ref Utf8JsonReader reader, InstrumentSpec instrument, BookLevel[] levels)
    {
        int count = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            PriceTicks price = Price(reader.ValueSpan, instrument);
            reader.Read();
            levels[count++] = new BookLevel(price, Qty(reader.ValueSpan, instrument));
            reader.Read();
        }

        return count;
    }

    private void ReadTrades(ref Utf8JsonReader reader, InstrumentSpec instrument)
    {
        int count = 0;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) Trades.Trades[count++] = ReadTrade(ref reader, instrument);
        Trades.Count = count;
    }

    private static Trade ReadTrade(ref Utf8JsonReader reader, InstrumentSpec instrument)
    {
        PriceTicks price = default;
        QtyLots qty = default;
        Side takerSide = default;
        long matchMillis = 0, sequence = 0;
        int idOffset = 0, idLength = 0;
        bool isBlockTrade = false, isRpi = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("T"u8))
            {
                matchMillis = ReadInteger(ref reader);
            }
            else if (reader.ValueTextEquals("S"u8))
            {
                reader.Read();
                takerSide = reader.ValueTextEquals("Buy"u8) ? Side.Buy : Side.Sell;
            }
            else if (reader.ValueTextEquals("v"u8))
            {
                reader.Read();
                qty = Qty(reader.ValueSpan, instrument);
            }
            else if (reader.ValueTextEquals("p"u8))
            {
                reader.Read();
                price = Price(reader.ValueSpan, instrument);
            }
            else if (reader.ValueTextEquals("i"u8))
            {
                reader.Read();
                idOffset = (int)reader.TokenStartIndex + 1;
                idLength = reader.ValueSpan.Length;
            }
            else if (reader.ValueTextEquals("BT"u8))
            {
                reader.Read();
                isBlockTrade = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("RPI"u8))
            {
                reader.Read();
                isRpi = reader.GetBoolean();
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                sequence = ReadInteger(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new Trade(price, qty, takerSide, matchMillis, sequence, idOffset, idLength, isBlockTrade, isRpi);
    }

    private static long ReadInteger(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    private static PriceTicks Price(ReadOnlySpan<byte> text, InstrumentSpec instrument) => new(Mantissa(text, instrument.PriceDecimals) / instrument.TickMantissa);

    private static QtyLots Qty(ReadOnlySpan<byte> text, InstrumentSpec instrument) => new(Mantissa(text, instrument.QtyDecimals) / instrument.LotMantissa);

    private static long Mantissa(ReadOnlySpan<byte> text, int decimals)
    {
        long value = 0;
        int point = text.IndexOf((byte)'.');
        int end = point < 0 ? text.Length : Math.Min(text.Length, point + 1 + decimals);
        int missing = point < 0 ? decimals : point + 1 + decimals - end;
        for (int i = 0; i < end; i++)
        {
            if (i != point) value = (value * 10) + (text[i] - '0');
        }

        for (; missing > 0; missing--) value *= 10;
        return value;
    }
}
