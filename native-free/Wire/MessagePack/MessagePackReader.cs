using System.Buffers.Binary;

namespace LatencyEngine.Wire;

/// <summary>Reads MessagePack values from bytes that may be anything. A read that fails leaves the reader where it was.</summary>
/// <remarks>
/// Thread: one. Allocates, blocks, throws: never. Ends for every input: each value takes at least one byte. Integers and lengths are read in any of their formats.
/// Source: github.com/msgpack/msgpack, spec.md.
/// </remarks>
/// <param name="source">The bytes; texts and binaries are handed out in place.</param>
public ref struct MessagePackReader(ReadOnlySpan<byte> source)
{
    private const int ExtensionTypeBytes = 1;

    private readonly ReadOnlySpan<byte> _source = source;
    private int _position;

    /// <summary>Bytes read.</summary>
    public readonly int Position => _position;

    /// <summary>Whether every byte is read.</summary>
    public readonly bool IsAtEnd => _position == _source.Length;

    /// <summary>Reads nil; false when the next value is something else.</summary>
    public bool TryReadNil() => TryReadCode(MessagePackCode.Nil);

    /// <summary>Reads a truth value; false when the next value is something else.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = TryReadCode(MessagePackCode.True);
        return value || TryReadCode(MessagePackCode.False);
    }

    /// <summary>Reads an integer; false when the next value is none, or is above 2^63 - 1.</summary>
    public bool TryReadInt64(out long value)
    {
        if (TryPeekInteger(out ulong bits, out bool isNegative, out int lengthBytes) && (isNegative || bits <= long.MaxValue))
        {
            _position += lengthBytes;
            value = (long)bits;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads an integer; false when the next value is none, or is negative.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (TryPeekInteger(out value, out bool isNegative, out int lengthBytes) && !isNegative)
        {
            _position += lengthBytes;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads a float of 32 or 64 bits; false when the next value is something else.</summary>
    public bool TryReadDouble(out double value)
    {
        value = 0;
        if (!TryPeekHead(_position, out ValueHead head) || head.TotalBytes > _source.Length - _position) return false;
        ReadOnlySpan<byte> body = _source.Slice(_position + head.HeadBytes, (int)head.BodyBytes);
        switch (_source[_position])
        {
            case MessagePackCode.Float64: value = BinaryPrimitives.ReadDoubleBigEndian(body); break;
            case MessagePackCode.Float32: value = BinaryPrimitives.ReadSingleBigEndian(body); break;
            default: return false;
        }

        _position += (int)head.TotalBytes;
        return true;
    }

    /// <summary>Reads a binary; false when the next value is something else or not whole.</summary>
    /// <param name="bytes">Its bytes in place.</param>
    public bool TryReadBinary(out ReadOnlySpan<byte> bytes) => TryReadBody(ValueKind.Binary, out bytes);

    /// <summary>Reads a text; false when the next value is something else or not whole.</summary>
    /// <param name="utf8">Its bytes in place; that they are UTF-8 is not checked.</param>
    public bool TryReadString(out ReadOnlySpan<byte> utf8) => TryReadBody(ValueKind.Text, out utf8);

    /// <summary>Reads the beginning of an array; false when the next value is something else, or has more items than there are bytes left.</summary>
    /// <param name="count">Items that follow.</param>
    public bool TryReadArrayHeader(out int count) => TryReadCount(ValueKind.Array, valuesPerItem: 1, out count);

    /// <summary>Reads the beginning of a map; false when the next value is something else, or has more keys and values than there are bytes left.</summary>
    /// <param name="count">Pairs that follow, each a key and its value.</param>
    public bool TryReadMapHeader(out int count) => TryReadCount(ValueKind.Map, valuesPerItem: 2, out count);

    /// <summary>Passes over the next value, whatever it is, with everything in it.</summary>
    public MessagePackStatus Skip()
    {
        long position = _position;
        for (long values = 1; values > 0; values--)
        {
            if (position >= _source.Length) return MessagePackStatus.Incomplete;
            if (_source[(int)position] == MessagePackCode.NeverUsed) return MessagePackStatus.Malformed;
            if (!TryPeekHead((int)position, out ValueHead head)) return MessagePackStatus.Incomplete;
            position += head.TotalBytes;
            values += head.Values;   // 2^33 at most for each of at most 2^31 bytes: no overflow
        }

        if (position > _source.Length) return MessagePackStatus.Incomplete;
        _position = (int)position;
        return MessagePackStatus.Complete;
    }

    private bool TryReadCode(byte code)
    {
        if (IsAtEnd || _source[_position] != code) return false;
        _position++;
        return true;
    }

    private bool TryReadBody(ValueKind kind, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!TryPeekHead(_position, out ValueHead head) || head.Kind != kind || head.TotalBytes > _source.Length - _position) return false;
        body = _source.Slice(_position + head.HeadBytes, (int)head.BodyBytes);
        _position += (int)head.TotalBytes;
        return true;
    }

    private bool TryReadCount(ValueKind kind, int valuesPerItem, out int count)
    {
        count = 0;
        if (!TryPeekHead(_position, out ValueHead head) || head.Kind != kind || head.Values > _source.Length - _position - head.HeadBytes) return false;
        count = (int)(head.Values / valuesPerItem);
        _position += head.HeadBytes;
        return true;
    }

    /// <summary>An integer in any format, sign-extended to 64 bits.</summary>
    private readonly bool TryPeekInteger(out ulong bits, out bool isNegative, out int lengthBytes)
    {
        bits = 0;
        isNegative = false;
        lengthBytes = 0;
        if (!TryPeekHead(_position, out ValueHead head) || head.TotalBytes > _source.Length - _position) return false;
        ReadOnlySpan<byte> body = _source.Slice(_position + head.HeadBytes, (int)head.BodyBytes);
        byte code = _source[_position];
        switch (code)
        {
            case <= MessagePackCode.PositiveFixintMax: bits = code; break;
            case >= MessagePackCode.NegativeFixintMin: bits = (ulong)(sbyte)code; break;
            case MessagePackCode.UInt8: bits = body[0]; break;
            case MessagePackCode.UInt16: bits = BinaryPrimitives.ReadUInt16BigEndian(body); break;
            case MessagePackCode.UInt32: bits = BinaryPrimitives.ReadUInt32BigEndian(body); break;
            case MessagePackCode.UInt64: bits = BinaryPrimitives.ReadUInt64BigEndian(body); break;
            case MessagePackCode.Int8: bits = (ulong)(sbyte)body[0]; break;
            case MessagePackCode.Int16: bits = (ulong)BinaryPrimitives.ReadInt16BigEndian(body); break;
            case MessagePackCode.Int32: bits = (ulong)BinaryPrimitives.ReadInt32BigEndian(body); break;
            case MessagePackCode.Int64: bits = BinaryPrimitives.ReadUInt64BigEndian(body); break;
            default: return false;
        }

        isNegative = code != MessagePackCode.UInt64 && (long)bits < 0;
        lengthBytes = (int)head.TotalBytes;
        return true;
    }

    /// <summary>Reads the first byte of a value and the length behind it, where it has one; false when those are not all there, or begin nothing.</summary>
    private readonly bool TryPeekHead(int position, out ValueHead head)
    {
        head = default;
        if (position >= _source.Length) return false;
        byte code = _source[position];
        switch (code)
        {
            case <= MessagePackCode.PositiveFixintMax or >= MessagePackCode.NegativeFixintMin: head = ValueHead.Scalar(0); return true;
            case < MessagePackCode.FixArray: head = ValueHead.Items(ValueKind.Map, 1, 2L * (code - MessagePackCode.FixMap)); return true;
            case < MessagePackCode.FixStr: head = ValueHead.Items(ValueKind.Array, 1, code - MessagePackCode.FixArray); return true;
            case <= MessagePackCode.FixStrMax: head = ValueHead.Bytes(ValueKind.Text, 1, code - MessagePackCode.FixStr); return true;
            case MessagePackCode.Nil or MessagePackCode.False or MessagePackCode.True: head = ValueHead.Scalar(0); return true;
            case MessagePackCode.Float32: head = ValueHead.Scalar(sizeof(float)); return true;
            case MessagePackCode.Float64: head = ValueHead.Scalar(sizeof(double)); return true;
            case >= MessagePackCode.UInt8 and <= MessagePackCode.UInt64: head = ValueHead.Scalar(1 << (code - MessagePackCode.UInt8)); return true;
            case >= MessagePackCode.Int8 and <= MessagePackCode.Int64: head = ValueHead.Scalar(1 << (code - MessagePackCode.Int8)); return true;
            case >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16: head = ValueHead.Scalar(ExtensionTypeBytes + (1 << (code - MessagePackCode.FixExt1))); return true;
            case MessagePackCode.NeverUsed: return false;
        }

        int lengthBytes = code switch
        {
            MessagePackCode.Bin8 or MessagePackCode.Ext8 or MessagePackCode.Str8 => sizeof(byte),
            MessagePackCode.Bin16 or MessagePackCode.Ext16 or MessagePackCode.Str16 or MessagePackCode.Array16 or MessagePackCode.Map16 => sizeof(ushort),
            _ => sizeof(uint),
        };
        int headBytes = 1 + lengthBytes;
        if (headBytes > _source.Length - position) return false;
        long length = 0;
        for (int i = 1; i <= lengthBytes; i++) length = (length << 8) | _source[position + i];
        head = code switch
        {
            <= MessagePackCode.Bin32 => ValueHead.Bytes(ValueKind.Binary, headBytes, length),
            <= MessagePackCode.Ext32 => ValueHead.Bytes(ValueKind.Other, headBytes, ExtensionTypeBytes + length),
            <= MessagePackCode.Str32 => ValueHead.Bytes(ValueKind.Text, headBytes, length),
            <= MessagePackCode.Array32 => ValueHead.Items(ValueKind.Array, headBytes, length),
            _ => ValueHead.Items(ValueKind.Map, headBytes, 2 * length),
        };
        return true;
    }

    private enum ValueKind : byte
    {
        Unset = 0,
        Other = 1,
        Binary = 2,
        Text = 3,
        Array = 4,
        Map = 5,
    }

    /// <summary>What the first bytes of a value say: how many they are, and how many bytes or values follow.</summary>
    private readonly record struct ValueHead(ValueKind Kind, int HeadBytes, long BodyBytes, long Values)
    {
        public long TotalBytes => HeadBytes + BodyBytes;

        public static ValueHead Scalar(int bodyBytes) => new(ValueKind.Other, 1, bodyBytes, 0);

        public static ValueHead Bytes(ValueKind kind, int headBytes, long bodyBytes) => new(kind, headBytes, bodyBytes, 0);

        public static ValueHead Items(ValueKind kind, int headBytes, long values) => new(kind, headBytes, 0, values);
    }
}
