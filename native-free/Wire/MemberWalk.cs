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
/// Members that nobody wants are passed as a whole where they are byte for byte what stood there before and was read then: equal bytes between a member's start and a comma or brace are equal members.
/// A value that is neither a plain text nor digits is read by <see cref="JsonCursor"/> itself.
/// Thread: hot. Allocates: never. Throws: never. Reads only inside the frame.
/// </remarks>
[SkipLocalsInit]
internal ref struct MemberWalk
{
    private readonly ReadOnlySpan<byte> _frame;
    private readonly byte[] _scratch;
    private nint _at;

    /// <summary>Starts at the first byte of a frame.</summary>
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
    /// <param name="values">In: all absent. Out: a value a wanted name; absent where the member did not occur.</param>
    public bool TryReadMembers(KeyLayout layout, scoped Span<JsonValue> values)
    {
        int expected = KeyLayout.NoneYet;
        return TryPass((byte)'{') && Walk(layout, values, ref expected, out _) == WalkResult.End;
    }

    /// <summary>Reads members up to the next stop or the end of the object.</summary>
    /// <param name="layout">The keys to expect.</param>
    /// <param name="values">Receives a value a wanted name; for a stop only that it occurred.</param>
    /// <param name="expected">In: <see cref="KeyLayout.NoneYet"/> behind the opening brace, else as it was left. Out: the key expected after the stop.</param>
    /// <param name="stop">The index of the stop.</param>
    public WalkResult Walk(KeyLayout layout, scoped Span<JsonValue> values, ref int expected, out int stop)
    {
        stop = KeyLayout.Unwanted;
        ref byte head = ref MemoryMarshal.GetReference(_frame);
        nint length = _frame.Length;
        nint lastWide = length - Wide;
        nint at = _at;
        int key = expected;
        if (at >= length) return WalkResult.Doubt;
        byte character = At(ref head, at);
        if (character == (byte)'}') return End(at);
        if (key == KeyLayout.NoneYet) key = 0;
        else if (character == (byte)',') at++;
        else return WalkResult.Doubt;
        while (true)
        {
            ref KeyLayout.Key member = ref Unsafe.Add(ref layout.First, key);
            int runLength = member.RunLength;
            if (runLength != KeyLayout.Key.NoRun)
            {
                if (runLength > 0 && layout.IsRunAt(key, runLength, ref At(ref head, at), length - at))
                {
                    at += runLength;
                    key = member.RunEnd;
                    character = At(ref head, at);
                    if (character == (byte)'}') return End(at);
                    at++;
                    continue;
                }

                if (TryLearnRun(layout, key, at)) continue;
            }

            if (member.IsAt(ref At(ref head, at), length - at))
            {
                at += member.Length;
                key++;
            }
            else
            {
                _at = at;
                int passed = PassKey(layout, key);
                if (passed < 0) return WalkResult.Doubt;
                at = _at;
                member = ref Unsafe.Add(ref layout.First, passed);
                if (passed != layout.Count) key = passed + 1;
            }

            int index = member.Index;
            JsonValue value = default;
            if (at < lastWide)
            {
                ref byte start = ref At(ref head, at);
                character = start;
                if (character == (byte)'"')
                {
                    // A length that is taken from the last message and only compared does not hold up what follows.
                    nint textLength = member.ValueLength;
                    nint found = BitOperations.TrailingZeroCount(Specials(Load32(ref At(ref start, 1))));
                    if (found == Wide) found = LongTextLength(ref At(ref start, 1), length - at - 1);
                    if (found != textLength) member.ValueLength = (int)(textLength = found);
                    if (textLength >= 0 && At(ref start, textLength + 1) == (byte)'"')
                    {
                        value = new JsonValue(JsonKind.Text, (int)at + 1, (int)textLength);
                        at += textLength + 2;
                    }
                }
                else if ((uint)(character - '0') <= 9)
                {
                    int digits = member.ValueLength;
                    int found = DigitCount(ref start);
                    if (found != digits) digits = member.ValueLength = found;
                    if (digits == 1 || (digits <= 15 && character != (byte)'0'))
                    {
                        value = new JsonValue(JsonKind.Number, (int)at, digits);
                        at += digits;
                    }
                }
                else if (index < 0 && !layout.IsFlat && Load2(ref start) == Word("{}"u8))
                {
                    value = new JsonValue(JsonKind.Object, (int)at, 2);
                    at += 2;
                }
                else if (Load4(ref start) == Word("true"u8))
                {
                    value = new JsonValue(JsonKind.True, (int)at, 4);
                    at += 4;
                }
                else if (Load4(ref At(ref start, 1)) == Word("alse"u8) && character == (byte)'f')
                {
                    value = new JsonValue(JsonKind.False, (int)at, 5);
                    at += 5;
                }
            }

            if (value.Kind == JsonKind.Absent)
            {
                _at = at;
                if (index >= 0 && ((layout.Stops >> index) & 1) != 0 && !IsText())
                {
                    if (values[index].Kind != JsonKind.Absent) return WalkResult.Doubt;
                    values[index] = new JsonValue(JsonKind.Array, (int)at, 0);
                    expected = key;
                    stop = index;
                    return WalkResult.Stop;
                }

                value = ReadOther();
                bool isContainer = value.Kind is JsonKind.Object or JsonKind.Array;
                if (value.Kind == JsonKind.Absent || (isContainer && layout.IsFlat)) return WalkResult.Doubt;
                at = _at;
            }

            if (index >= 0)
            {
                ref JsonValue slot = ref values[index];
                if (slot.Kind != JsonKind.Absent) return WalkResult.Doubt;
                slot = value;
            }

            if (at >= length) return WalkResult.Doubt;
            character = At(ref head, at);
            if (character != (byte)',') return character == (byte)'}' ? End(at) : WalkResult.Doubt;
            at++;
        }
    }

    /// <summary>Makes the run of a key fit the members at a place. Where there is none yet, it becomes the members that nobody wants, up to the first one whose value is known to change; else it ends before the first member that is another one here, whose value therefore changes. False when no run is left.</summary>
    /// <param name="layout">The keys.</param>
    /// <param name="key">The key expected.</param>
    /// <param name="at">Where it should be.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool TryLearnRun(KeyLayout layout, int key, nint at)
    {
        ReadOnlySpan<byte> rest = _frame[(int)at..];
        bool isNew = Unsafe.Add(ref layout.First, key).RunLength == KeyLayout.Key.NotLearned;
        int lengthMax = isNew ? KeyLayout.RunLengthMax : layout.EqualLength(key, rest) - 1;
        MemberWalk ahead = this;
        ahead._at = at;
        int end = key;
        int length = 0;
        while (ahead.PassKey(layout, end) == end)
        {
            JsonKind kind = ahead.ReadOther().Kind;
            int nextLength = (int)(ahead._at - at);
            if (kind == JsonKind.Absent || (kind is JsonKind.Object or JsonKind.Array && layout.IsFlat) || nextLength > lengthMax) break;
            length = nextLength;
            end++;
            if (isNew && Unsafe.Add(ref layout.First, end).RunLength == KeyLayout.Key.NoRun) break;
            if (!ahead.TryPass((byte)',')) break;
        }

        layout.SetRun(key, end, rest[..length]);
        if (!isNew) Unsafe.Add(ref layout.First, end).RunLength = KeyLayout.Key.NoRun;
        return length > 0;
    }

    private WalkResult End(nint brace)
    {
        _at = brace + 1;
        return WalkResult.End;
    }

    private readonly bool IsText() => _at < _frame.Length && _frame[(int)_at] == (byte)'"';

    /// <summary>Places of 32 bytes that end a text or may not stand in a plain one: quotes, backslashes, control characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Specials(Vector256<byte> bytes)
    {
        Vector256<byte> isSpecial = Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
        return isSpecial.ExtractMostSignificantBits();
    }

    /// <summary>Length of a text whose first 32 bytes are plain; -1 when it holds more than 64 or none of it ends there, or the frame ends before those.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint LongTextLength(ref byte start, nint available)
    {
        if (available < 2 * Wide) return -1;
        nint length = Wide + BitOperations.TrailingZeroCount(Specials(Load32(ref At(ref start, Wide))));
        return length < 2 * Wide ? length : -1;
    }

    /// <summary>Digits at a place; more than 15 when no comma or brace follows them, because then the number goes on or is none. Touches 17 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DigitCount(ref byte start)
    {
        Vector128<byte> isOther = Vector128.GreaterThan(Load16(ref start) - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        int count = BitOperations.TrailingZeroCount(isOther.ExtractMostSignificantBits() | 0x1_0000);
        return At(ref start, count) is (byte)',' or (byte)'}' ? count : int.MaxValue;
    }

    /// <summary>Reads any value as the complete reader does; absent when it is none.</summary>
    private JsonValue ReadOther()
    {
        var cursor = new JsonCursor(_frame, _scratch, (int)_at);
        JsonValue value = cursor.Read();
        if (cursor.IsBroken) return default;
        _at = value.Start + value.Length + (value.Kind is JsonKind.Text or JsonKind.EscapedText ? 1 : 0);
        return value;
    }

    /// <summary>Fewer than 32 bytes with zeros behind them.</summary>
    private static Vector256<byte> Padded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[Wide];
        padded.Clear();
        bytes.CopyTo(padded);
        return Vector256.Create<byte>(padded);
    }

    /// <summary>Passes a key that need not be the expected one. Gives its position in the layout, the number of keys for one that the layout does not have; negative when it is none, or has an escape.</summary>
    /// <param name="layout">The keys.</param>
    /// <param name="expected">The key expected.</param>
    private int PassKey(KeyLayout layout, int expected)
    {
        ReadOnlySpan<byte> rest = _frame[(int)_at..];
        Vector256<byte> bytes = rest.Length >= Wide ? Vector256.Create(rest) : Padded(rest);
        ref KeyLayout.Key first = ref layout.First;
        for (int tried = 0; tried < layout.Count; tried++)
        {
            int position = expected + tried;
            if (position >= layout.Count) position -= layout.Count;
            ref KeyLayout.Key key = ref Unsafe.Add(ref first, position);
            if (!key.IsAt(bytes)) continue;
            _at += key.Length;
            return position;
        }

        if (rest.IsEmpty || rest[0] != (byte)'"') return -1;
        int end = 1;
        while (end < rest.Length && rest[end] is >= 0x20 and not ((byte)'"' or (byte)'\\')) end++;
        _at += end + 2;
        return rest[end..].StartsWith("\":"u8) ? layout.Count : -1;
    }
}
