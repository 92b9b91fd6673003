using System.Buffers.Binary;

namespace LatencyEngine.Wire;

/// <summary>Appends MessagePack values, each in its smallest encoding, to a span that the caller made large enough.</summary>
/// <remarks>Thread: one. Allocates, blocks: never. Throws: only where the span is too short. Source: github.com/msgpack/msgpack, spec.md.</remarks>
/// <param name="destination">Room for everything that will be written.</param>
public ref struct MessagePackWriter(Span<byte> destination)
{
    /// <summary>Most bytes of an integer or a float: the first byte and 64 bits.</summary>
    public const int NumberBytesMax = 9;

    /// <summary>Most bytes before the content of a text, a binary, an array or a map: the first byte and 32 bits.</summary>
    public const int HeaderBytesMax = 5;

    private readonly Span<byte> _destination = destination;
    private int _length;

    /// <summary>Bytes written.</summary>
    public readonly int Length => _length;

    /// <summary>Writes nil.</summary>
    public void WriteNil() => Append(MessagePackCode.Nil);

    /// <summary>Writes a truth value.</summary>
    public void WriteBoolean(bool value) => Append(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes an integer that may be negative; one that is not gets an unsigned format.</summary>
    public void WriteInteger(long value)
    {
        switch (value)
        {
            case >= 0: WriteInteger((ulong)value); break;
            case >= MessagePackCode.NegativeFixintSmallest: Append((byte)value); break;
            case >= sbyte.MinValue: Append(MessagePackCode.Int8); Append((byte)value); break;
            case >= short.MinValue: Append(MessagePackCode.Int16); Append16((ushort)value); break;
            case >= int.MinValue: Append(MessagePackCode.Int32); Append32((uint)value); break;
            default: Append(MessagePackCode.Int64); Append64((ulong)value); break;
        }
    }

    /// <summary>Writes an integer that is not negative.</summary>
    public void WriteInteger(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.PositiveFixintMax: Append((byte)value); break;
            case <= byte.MaxValue: Append(MessagePackCode.UInt8); Append((byte)value); break;
            case <= ushort.MaxValue: Append(MessagePackCode.UInt16); Append16((ushort)value); break;
            case <= uint.MaxValue: Append(MessagePackCode.UInt32); Append32((uint)value); break;
            default: Append(MessagePackCode.UInt64); Append64(value); break;
        }
    }

    /// <summary>Writes a 64-bit float, NaN and infinities included.</summary>
    public void WriteDouble(double value)
    {
        Append(MessagePackCode.Float64);
        Append64(BitConverter.DoubleToUInt64Bits(value));
    }

    /// <summary>Writes bytes as a binary.</summary>
    public void WriteBinary(scoped ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length;
        switch (length)
        {
            case <= byte.MaxValue: Append(MessagePackCode.Bin8); Append((byte)length); break;
            case <= ushort.MaxValue: Append(MessagePackCode.Bin16); Append16((ushort)length); break;
            default: Append(MessagePackCode.Bin32); Append32((uint)length); break;
        }

        Append(bytes);
    }

    /// <summary>Writes a text.</summary>
    /// <param name="utf8">Its bytes; not checked.</param>
    public void WriteString(scoped ReadOnlySpan<byte> utf8)
    {
        int length = utf8.Length;
        switch (length)
        {
            case <= MessagePackCode.FixStrBytesMax: Append((byte)(MessagePackCode.FixStr | length)); break;
            case <= byte.MaxValue: Append(MessagePackCode.Str8); Append((byte)length); break;
            case <= ushort.MaxValue: Append(MessagePackCode.Str16); Append16((ushort)length); break;
            default: Append(MessagePackCode.Str32); Append32((uint)length); break;
        }

        Append(utf8);
    }

    /// <summary>Begins an array; its items follow.</summary>
    /// <param name="count">Items, 0 or more.</param>
    public void WriteArrayHeader(int count) => WriteCount(count, MessagePackCode.FixArray, MessagePackCode.Array16, MessagePackCode.Array32);

    /// <summary>Begins a map; each key with its value behind it follows.</summary>
    /// <param name="count">Pairs, 0 or more.</param>
    public void WriteMapHeader(int count) => WriteCount(count, MessagePackCode.FixMap, MessagePackCode.Map16, MessagePackCode.Map32);

    private void WriteCount(int count, byte fix, byte code16, byte code32)
    {
        switch (count)
        {
            case <= MessagePackCode.FixCountMax: Append((byte)(fix | count)); break;
            case <= ushort.MaxValue: Append(code16); Append16((ushort)count); break;
            default: Append(code32); Append32((uint)count); break;
        }
    }

    private void Append(byte value) => _destination[_length++] = value;

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_length..]);
        _length += bytes.Length;
    }

    private void Append16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_destination[_length..], value);
        _length += sizeof(ushort);
    }

    private void Append32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_destination[_length..], value);
        _length += sizeof(uint);
    }

    private void Append64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_destination[_length..], value);
        _length += sizeof(ulong);
    }
}
