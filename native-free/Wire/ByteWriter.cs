namespace LatencyEngine.Wire;

/// <summary>Appends ASCII to a span that the caller made large enough.</summary>
internal ref struct ByteWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _length;

    /// <summary>Bytes written.</summary>
    public readonly int Length => _length;

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[_length..]);
        _length += text.Length;
    }

    /// <summary>Eight lower-case hex digits.</summary>
    public void AppendHex(uint value)
    {
        const int Digits = 8;
        for (int i = Digits - 1; i >= 0; i--)
        {
            _destination[_length + i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }

        _length += Digits;
    }

    /// <summary>A whole number that is not negative.</summary>
    public void AppendInteger(long value) => AppendDecimal(value, decimals: 0);

    /// <summary>A mantissa that is not negative, with a fixed number of decimals: 618002 with 1 is 61800.2.</summary>
    public void AppendDecimal(long mantissa, int decimals)
    {
        const int BytesMax = 22; // 20 digits of an unsigned 64-bit number, a point, and a leading zero
        Span<byte> reversed = stackalloc byte[BytesMax];
        int count = 0;
        int digits = 0;
        ulong rest = (ulong)mantissa;
        do
        {
            if (digits == decimals && digits > 0) reversed[count++] = (byte)'.';
            (rest, ulong digit) = Math.DivRem(rest, 10);
            reversed[count++] = (byte)('0' + digit);
            digits++;
        }
        while (rest != 0 || digits <= decimals);

        for (int i = 0; i < count; i++) _destination[_length + i] = reversed[count - 1 - i];
        _length += count;
    }
}
