using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <content>The envelope that public and private messages share (Bybit V5, 6 and 7), and the readers of single members.</content>
public sealed partial class BybitDecoder
{
    private static readonly KeySet EnvelopeKeys = new("topic", "type", "ts", "data", "cts", "cs", "creationTime", "op", "success");

    private static class Envelope
    {
        public const int Topic = 0, Type = 1, PushTime = 2, Data = 3, MatchTime = 4, Sequence = 5, CreationTime = 6, Operation = 7, Success = 8, Count = 9;
    }

    /// <summary>What a topic name says: the kind of message as the status it decodes to, and for public topics the instrument with the depth or interval.</summary>
    private readonly struct Topic(DecodeStatus kind, InstrumentSpec? instrument = null, int depth = 0, KlineInterval interval = KlineInterval.Unset)
    {
        public readonly DecodeStatus Kind = kind;
        public readonly InstrumentSpec? Instrument = instrument;
        public readonly int Depth = depth;
        public readonly KlineInterval Interval = interval;
    }

    private DecodeStatus DecodeStream(ReadOnlySpan<byte> frame, bool isPrivate)
    {
        Span<JsonValue> members = stackalloc JsonValue[Envelope.Count];
        members.Clear();
        Topic topic = default;
        DecodeStatus data = DecodeStatus.Unset;
        var cursor = new JsonCursor(frame, _scratch);
        cursor.EnterObject();
        while (cursor.NextMember(out JsonValue key))
        {
            int index = cursor.TryText(key, out ReadOnlySpan<byte> name) ? EnvelopeKeys.IndexOf(name) : -1;
            if (index < 0)
            {
                cursor.Read();
                continue;
            }

            bool isRepeated = members[index].Kind != JsonKind.Absent || (index == Envelope.Data && data != DecodeStatus.Unset);
            if (isRepeated) return DecodeStatus.Malformed;
            if (index == Envelope.Data && topic.Kind != DecodeStatus.Unset)
            {
                // The usual order, topic before data: the payload is read in the same pass.
                data = ReadData(ref cursor, in topic);
                if (data is DecodeStatus.Malformed or DecodeStatus.TooLarge) return data;
                continue;
            }

            members[index] = cursor.Read();
            if (index == Envelope.Topic)
            {
                if (!TryText(in cursor, members[index], out ReadOnlySpan<byte> text)) return DecodeStatus.Malformed;
                topic = isPrivate ? PrivateTopic(text) : PublicTopic(text);
            }
        }

        if (!cursor.IsAtEnd()) return DecodeStatus.Malformed;
        if (topic.Kind == DecodeStatus.Unset)
        {
            bool isReply = members[Envelope.Operation].Kind != JsonKind.Absent || members[Envelope.Success].Kind != JsonKind.Absent;
            return isReply ? DecodeStatus.Control : DecodeStatus.Malformed;
        }

        if (data == DecodeStatus.Unset)
        {
            if (members[Envelope.Data].Kind == JsonKind.Absent) return DecodeStatus.Malformed;
            JsonCursor late = cursor.At(members[Envelope.Data]);
            data = ReadData(ref late, in topic);
            if (data is DecodeStatus.Malformed or DecodeStatus.TooLarge) return data;
        }

        return TryReadEnvelope(in cursor, members, in topic, data) ? data : DecodeStatus.Malformed;
    }

    private DecodeStatus ReadData(ref JsonCursor cursor, in Topic topic)
    {
        switch (topic.Kind)
        {
            case DecodeStatus.Book: return ReadBook(ref cursor, topic.Instrument!);
            case DecodeStatus.Trades: return ReadTrades(ref cursor, topic.Instrument!);
            case DecodeStatus.Ticker: return ReadTicker(ref cursor, topic.Instrument!);
            case DecodeStatus.Klines: return ReadRows(ref cursor, in topic, KlineKeys);
            case DecodeStatus.Liquidations: return ReadRows(ref cursor, in topic, LiquidationKeys);
            case DecodeStatus.Orders: return ReadRows(ref cursor, in topic, OrderKeys);
            case DecodeStatus.Executions: return ReadRows(ref cursor, in topic, ExecutionKeys);
            case DecodeStatus.FastExecutions: return ReadRows(ref cursor, in topic, FastExecutionKeys);
            case DecodeStatus.Positions: return ReadRows(ref cursor, in topic, PositionKeys);
            case DecodeStatus.Wallet: return ReadWallet(ref cursor);
            default:
                cursor.Read();
                return cursor.IsBroken ? DecodeStatus.Malformed : topic.Kind;
        }
    }

    private DecodeStatus ReadRows(ref JsonCursor cursor, in Topic topic, KeySet keys)
    {
        Span<JsonValue> members = stackalloc JsonValue[RowMember.CountMax];
        _rowCount = 0;
        cursor.EnterArray();
        while (cursor.NextElement())
        {
            if (!cursor.TryReadMembers(keys, members)) return DecodeStatus.Malformed;
            DecodeStatus row = ReadRow(in cursor, members, in topic);
            if (row != topic.Kind) return row;
        }

        return cursor.IsBroken ? DecodeStatus.Malformed : topic.Kind;
    }

    /// <summary>Adds one row to the outputs, or passes it over. Gives the topic's kind, malformed, or too large.</summary>
    private DecodeStatus ReadRow(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, in Topic topic)
    {
        bool isRead;
        switch (topic.Kind)
        {
            case DecodeStatus.Klines:
                if (_rowCount == KlinesMax) return DecodeStatus.TooLarge;
                isRead = TryReadKline(in cursor, members, in topic, out _klines[_rowCount]);
                break;
            case DecodeStatus.Liquidations:
                if (_rowCount == RowsMax) return DecodeStatus.TooLarge;
                isRead = TryReadLiquidation(in cursor, members, topic.Instrument!, out _liquidations[_rowCount]);
                break;
            default:
                return ReadPrivateRow(in cursor, members, topic.Kind);
        }

        if (!isRead) return DecodeStatus.Malformed;
        _rowCount++;
        return topic.Kind;
    }

    /// <summary>Adds what stands beside the payload.</summary>
    private bool TryReadEnvelope(in JsonCursor cursor, ReadOnlySpan<JsonValue> members, in Topic topic, DecodeStatus data)
    {
        switch (data)
        {
            case DecodeStatus.Book:
                Book.Depth = topic.Depth;
                return TryReadIsSnapshot(in cursor, members[Envelope.Type], out Book.IsSnapshot)
                    && (Book.IsSnapshot || topic.Depth > 1)
                    && TryMillis(in cursor, members[Envelope.PushTime], out Book.PushMillis)
                    && TryMillis(in cursor, members[Envelope.MatchTime], out Book.MatchMillis);
            case DecodeStatus.Trades:
                return TryMillis(in cursor, members[Envelope.PushTime], out Trades.PushMillis);
            case DecodeStatus.Ticker:
                return TryReadIsSnapshot(in cursor, members[Envelope.Type], out _ticker.IsSnapshot)
                    && TryMillis(in cursor, members[Envelope.PushTime], out _ticker.PushMillis)
                    && TryInteger(in cursor, members[Envelope.Sequence], out _ticker.Sequence);
            case DecodeStatus.Klines:
                if (!TryMillis(in cursor, members[Envelope.PushTime], out long klinesPushMillis)) return false;
                for (int i = 0; i < _rowCount; i++) _klines[i].PushMillis = klinesPushMillis;
                return true;
            case DecodeStatus.Liquidations:
                if (!TryMillis(in cursor, members[Envelope.PushTime], out long liquidationsPushMillis)) return false;
                for (int i = 0; i < _rowCount; i++) _liquidations[i].PushMillis = liquidationsPushMillis;
                return true;
            case DecodeStatus.Positions:
                if (!TryMillis(in cursor, members[Envelope.CreationTime], out long createdMillis)) return false;
                for (int i = 0; i < _rowCount; i++) _positions[i].CreatedMillis = createdMillis;
                return true;
            case DecodeStatus.Wallet:
                return TryMillis(in cursor, members[Envelope.CreationTime], out _wallet.CreatedMillis);
            default:
                return true;
        }
    }

    private static bool TryReadIsSnapshot(in JsonCursor cursor, JsonValue type, out bool isSnapshot)
    {
        isSnapshot = false;
        if (!TryText(in cursor, type, out ReadOnlySpan<byte> text)) return false;
        isSnapshot = text.SequenceEqual("snapshot"u8);
        return isSnapshot || text.SequenceEqual("delta"u8);
    }

    private static bool TryText(in JsonCursor cursor, JsonValue value, out ReadOnlySpan<byte> text)
    {
        text = default;
        return value.Kind is JsonKind.Text or JsonKind.EscapedText && cursor.TryText(value, out text);
    }

    /// <summary>A whole number. V5 writes the same quantity bare in envelopes and quoted in rows (Bybit V5, 2), so both are read.</summary>
    private static bool TryInteger(in JsonCursor cursor, JsonValue value, out long integer)
    {
        integer = 0;
        if (!cursor.TryText(value, out ReadOnlySpan<byte> text)) return false;
        bool isNegative = text.Length > 0 && text[0] == (byte)'-';
        if (!DecimalText.TryReadExact(isNegative ? text[1..] : text, decimals: 0, out integer)) return false;
        if (isNegative) integer = -integer;
        return true;
    }

    /// <summary>A time in ms since 1970 that also fits in nanoseconds: until the year 2262.</summary>
    private static bool TryMillis(in JsonCursor cursor, JsonValue value, out long millis) =>
        TryInteger(in cursor, value, out millis) && millis is >= 0 and <= long.MaxValue / EpochNanos.PerMillisecond;

    private static bool TryCount(in JsonCursor cursor, JsonValue value, in DecimalScale scale, out long count)
    {
        count = 0;
        return TryText(in cursor, value, out ReadOnlySpan<byte> text) && scale.TryRead(text, out count);
    }

    private static bool TryPrice(in JsonCursor cursor, JsonValue value, out PriceE8 price)
    {
        price = default;
        if (!TryText(in cursor, value, out ReadOnlySpan<byte> text) || !DecimalText.TryReadE8(text, out long units)) return false;
        price = new PriceE8(units);
        return true;
    }

    /// <summary>A quantity or value that is never negative, in 1e-4, rounded half-even there.</summary>
    private static bool TryE4(in JsonCursor cursor, JsonValue value, out long units)
    {
        units = 0;
        return TryText(in cursor, value, out ReadOnlySpan<byte> text) && DecimalText.TryReadRounded(text, decimals: 4, out units);
    }

    private static bool TryMoney(in JsonCursor cursor, JsonValue value, out MoneyE8 money)
    {
        money = default;
        if (!TryText(in cursor, value, out ReadOnlySpan<byte> text) || !DecimalText.TryReadSignedE8(text, out long units)) return false;
        money = new MoneyE8(units);
        return true;
    }

    /// <summary>A flag; a member that was not sent is false.</summary>
    private static bool TryFlag(JsonValue value, out bool flag)
    {
        flag = value.Kind == JsonKind.True;
        return value.Kind is JsonKind.True or JsonKind.False or JsonKind.Absent;
    }

    private static bool TrySide(in JsonCursor cursor, JsonValue value, out Side side)
    {
        side = Side.Unset;
        if (!TryText(in cursor, value, out ReadOnlySpan<byte> text)) return false;
        if (text.SequenceEqual("Buy"u8)) side = Side.Buy;
        else if (text.SequenceEqual("Sell"u8)) side = Side.Sell;
        return side != Side.Unset;
    }
}
