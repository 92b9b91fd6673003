using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <summary>What a walk over an object's members came to.</summary>
internal enum WalkResult
{
    /// <summary>Something the walk does not know: the complete reader is to read the frame.</summary>
    Doubt,

    /// <summary>The value of a member that the layout names as a stop.</summary>
    Stop,

    /// <summary>Behind the object's closing brace.</summary>
    End,
}

/// <summary>Walks a compact JSON text from front to back as <see cref="JsonCursor"/> does, guessing each key from the layout and passing texts 32 bytes at a time.</summary>
/// <remarks>
/// What it accepts, <see cref="JsonCursor"/> accepts and gives the same values for; it gives up where it meets white space, an escape in a key, or a fault.
/// A value that is neither a plain text nor digits is read by <see cref="JsonCursor"/> itself.
/// Thread: hot. Allocates: never. Throws: never. Reads only inside the frame.
/// </remarks>
internal ref struct MemberWalk
{
    private readonly ReadOnlySpan<byte> _frame;
    private readonly byte[] _scratch;
    private nint _at;

    /// <summary>Starts at the first byte of a frame of at least 32.</summary>
    public MemberWalk(ReadOnlySpan<byte> frame, byte[] scratch)
    {
        _frame = frame;
        _scratch = scratch;
    }

    /// <summary>True when every byte has been passed.</summary>
    public readonly bool IsAtEnd => _at == _frame.Length;

    /// <summary>Passes one byte. False when another stands there.</summary>
    public bool TryPass(byte character)
    {
        if (_at >= _frame.Length || _frame[(int)_at] != character) return false;
        _at++;
        return true;
    }

    /// <summary>Steps to the next object of an array: to the first one from the opening bracket, which the caller has passed, else from behind the last one. False behind the closing bracket, and in doubt.</summary>
    /// <param name="isFirst">In: nothing of the array has been read. Out: false.</param>
    /// <param name="isEnd">True behind the closing bracket.</param>
    public bool TryNextObject(ref bool isFirst, out bool isEnd)
    {
        isEnd = TryPass((byte)']');
        if (isEnd || !(isFirst || TryPass((byte)','))) return false;
        isFirst = false;
        return _at < _frame.Length && _frame[(int)_at] == (byte)'{';
    }

    /// <summary>Reads an object from its opening brace to the end, and notes where the wanted members lie. False in doubt; then also when a wanted member is repeated.</summary>
    /// <param name="layout">The keys to expect, without stops.</param>
    /// <param name="values">Receives a value a wanted name; absent where the member did not occur.</param>
    public bool TryReadMembers(KeyLayout layout, scoped Span<JsonValue> values)
    {
        values.Clear();
        int expected = KeyLayout.First;
        return TryPass((byte)'{') && Walk(layout, values, ref expected, out _) == WalkResult.End;
    }

    /// <summary>Reads members up to the next stop or the end of the object.</summary>
    /// <param name="layout">The keys to expect.</param>
    /// <param name="values">Receives a value a wanted name; for a stop only that it occurred.</param>
    /// <param name="expected">In: <see cref="KeyLayout.First"/> behind the opening brace, else as it was left. Out: the key expected after the stop.</param>
    /// <param name="stop">The index of the stop.</param>
    public WalkResult Walk(KeyLayout layout, scoped Span<JsonValue> values, ref int expected, out int stop)
    {
        stop = KeyLayout.Unwanted;
        ref byte head = ref MemoryMarshal.GetReference(_frame);
        nint length = _frame.Length;
        nint at = _at;
        int key = expected;
        if (at >= length) return WalkResult.Doubt;
        byte character = At(ref head, at);
        if (character == (byte)'}') return End(at);
        if (key == KeyLayout.First)
        {
            key = 0;
        }
        else if (character == (byte)',')
        {
            at++;
        }
        else
        {
            return WalkResult.Doubt;
        }

        while (at < length)
        {
            int index;
            if (at <= length - Wide && layout.IsAt(key, Load32(ref At(ref head, at))))
            {
                at += layout.LengthOf(key);
                index = layout.IndexOf(key);
                key++;
                if (key == layout.Count) key = 0;
            }
            else if (!TryFindKey(layout, ref at, ref key, out index))
            {
                return WalkResult.Doubt;
            }

            if (at >= length) return WalkResult.Doubt;
            JsonValue value;
            if (At(ref head, at) == (byte)'"')
            {
                nint start = at + 1;
                nint textLength = PlainTextLength(ref head, start, length);
                if (textLength >= 0)
                {
                    value = new JsonValue(JsonKind.Text, (int)start, (int)textLength);
                    at = start + textLength + 1;
                }
                else if (!TryReadOther(ref at, out value))
                {
                    return WalkResult.Doubt;
                }
            }
            else if (index >= 0 && ((layout.Stops >> index) & 1) != 0)
            {
                if (values[index].Kind != JsonKind.Absent) return WalkResult.Doubt;
                values[index] = new JsonValue(JsonKind.Array, (int)at, 0);
                _at = at;
                expected = key;
                stop = index;
                return WalkResult.Stop;
            }
            else if (!TryReadDigits(ref head, ref at, length, out value) && (!TryReadOther(ref at, out value) || (layout.IsFlat && value.Kind is JsonKind.Object or JsonKind.Array)))
            {
                return WalkResult.Doubt;
            }

            if (index >= 0)
            {
                if (values[index].Kind != JsonKind.Absent) return WalkResult.Doubt;
                values[index] = value;
            }

            if (at >= length) return WalkResult.Doubt;
            character = At(ref head, at);
            if (character == (byte)'}') return End(at);
            if (character != (byte)',') return WalkResult.Doubt;
            at++;
        }

        return WalkResult.Doubt;
    }

    private WalkResult End(nint brace)
    {
        _at = brace + 1;
        return WalkResult.End;
    }

    /// <summary>Length of a text from its first character; -1 when it holds an escape or a control character, or does not end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint PlainTextLength(ref byte head, nint start, nint length)
    {
        for (nint at = start; at < length; at += Wide)
        {
            // The last 32 bytes are read as one block, of which the bytes already passed are shifted out.
            nint block = Math.Min(at, length - Wide);
            Vector256<byte> bytes = Load32(ref At(ref head, block));
            Vector256<byte> isSpecial = Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
            uint specials = isSpecial.ExtractMostSignificantBits() >> (int)(at - block);
            if (specials == 0) continue;
            nint end = at + BitOperations.TrailingZeroCount(specials);
            return At(ref head, end) == (byte)'"' ? end - start : -1;
        }

        return -1;
    }

    /// <summary>Reads a whole number of at most 15 digits that has neither sign, point, exponent nor leading zero. False for anything else.</summary>
    private static bool TryReadDigits(ref byte head, ref nint at, nint length, out JsonValue value)
    {
        value = default;
        if (at > length - 16) return false;
        Vector128<byte> digits = Load16(ref At(ref head, at)) - Vector128.Create((byte)'0');
        uint others = Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        int count = BitOperations.TrailingZeroCount(others);
        if (count is 0 or > 15 || (count > 1 && At(ref head, at) == (byte)'0')) return false;

        // What follows ends the value, or the number goes on.
        if (At(ref head, at + count) is not ((byte)',' or (byte)'}')) return false;
        value = new JsonValue(JsonKind.Number, (int)at, count);
        at += count;
        return true;
    }

    /// <summary>Reads any value as the complete reader does.</summary>
    private readonly bool TryReadOther(ref nint at, out JsonValue value)
    {
        var cursor = new JsonCursor(_frame, _scratch, (int)at);
        value = cursor.Read();
        if (cursor.IsBroken) return false;
        bool isText = value.Kind is JsonKind.Text or JsonKind.EscapedText;
        at = value.Start + value.Length + (isText ? 1 : 0);
        return true;
    }

    /// <summary>Finds the key that stands at a place other than the expected one. False when it is none, or has an escape.</summary>
    /// <param name="layout">The keys.</param>
    /// <param name="at">In: the key's opening quote. Out: the value.</param>
    /// <param name="key">In: the expected one. Out: the one after the key found; unchanged for a key that the layout does not have.</param>
    /// <param name="index">The index under which it is wanted.</param>
    private readonly bool TryFindKey(KeyLayout layout, ref nint at, ref int key, out int index)
    {
        index = KeyLayout.Unwanted;
        ReadOnlySpan<byte> rest = _frame[(int)at..];
        for (int tried = 0; tried < layout.Count; tried++)
        {
            int candidate = key + tried;
            if (candidate >= layout.Count) candidate -= layout.Count;
            if (!layout.IsAt(candidate, rest)) continue;
            at += layout.LengthOf(candidate);
            index = layout.IndexOf(candidate);
            key = candidate + 1 == layout.Count ? 0 : candidate + 1;
            return true;
        }

        if (rest.IsEmpty || rest[0] != (byte)'"') return false;
        nint start = at + 1;
        nint nameLength = PlainTextLength(ref MemoryMarshal.GetReference(_frame), start, _frame.Length);
        at = start + nameLength + 2;
        return nameLength >= 0 && at <= _frame.Length && _frame[(int)at - 1] == (byte)':';
    }
}
