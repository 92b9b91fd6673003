using System.Runtime.CompilerServices;

namespace LatencyEngine.Wire;

/// <summary>Walks one JSON text (RFC 8259) from front to back, strictly and without exceptions: the first fault makes the cursor broken for good.</summary>
/// <remarks>
/// A broken cursor answers every further question with "no more" or nothing, so a reader may check <see cref="IsBroken"/> once, at its end.
/// Bytes of a text are checked for control characters and escapes, not for being UTF-8: everything the engine compares with is ASCII.
/// Thread: hot. Allocates: never. Throws: never.
/// </remarks>
internal ref struct JsonCursor
{
    /// <summary>Containers inside one skipped value. V5 messages use at most four.</summary>
    public const int SkippedDepthMax = 32;

    private readonly ReadOnlySpan<byte> _text;
    private readonly byte[] _scratch;
    private int _position;
    private bool _isFirst;
    private bool _isBroken;

    /// <summary>Starts at a byte of the frame.</summary>
    /// <param name="text">The whole frame; values are positions in it.</param>
    /// <param name="scratch">Receives the unescaped form of a text; holds one at a time.</param>
    /// <param name="position">Where to start.</param>
    public JsonCursor(ReadOnlySpan<byte> text, byte[] scratch, int position = 0)
    {
        _text = text;
        _scratch = scratch;
        _position = position;
    }

    /// <summary>True after the first fault.</summary>
    public readonly bool IsBroken => _isBroken;

    /// <summary>A cursor that stands before a value this one has passed.</summary>
    public readonly JsonCursor At(JsonValue value) => new(_text, _scratch, value.Start);

    /// <summary>Steps into an object.</summary>
    public void EnterObject() => Enter((byte)'{');

    /// <summary>Steps into an array.</summary>
    public void EnterArray() => Enter((byte)'[');

    /// <summary>Steps to the value of the next member of the object; false at its closing brace, which is consumed, and when broken.</summary>
    public bool NextMember(out JsonValue key)
    {
        key = default;
        if (!Next((byte)'}')) return false;
        key = ReadText();
        SkipWhiteSpace();
        return Consume((byte)':');
    }

    /// <summary>Steps to the next element of the array; false at its closing bracket, which is consumed, and when broken.</summary>
    public bool NextElement() => Next((byte)']');

    /// <summary>Reads the value at the cursor, a container as a whole.</summary>
    public JsonValue Read()
    {
        SkipWhiteSpace();
        switch (Peek())
        {
            case (byte)'"': return ReadText();
            case (byte)'{': return SkipContainer(JsonKind.Object);
            case (byte)'[': return SkipContainer(JsonKind.Array);
            case (byte)'t': return ReadLiteral("true"u8, JsonKind.True);
            case (byte)'f': return ReadLiteral("false"u8, JsonKind.False);
            case (byte)'n': return ReadLiteral("null"u8, JsonKind.Null);
            default: return ReadNumber();
        }
    }

    /// <summary>Reads an object whole and notes where the wanted members lie. False when it is malformed or repeats a wanted member: two values for one name have no right answer.</summary>
    /// <param name="keys">The wanted names; other members are checked and passed over.</param>
    /// <param name="values">Receives a value a name; absent where the member did not occur.</param>
    public bool TryReadMembers(KeySet keys, scoped Span<JsonValue> values)
    {
        values.Clear();
        EnterObject();
        while (NextMember(out JsonValue key))
        {
            int index = TryText(key, out ReadOnlySpan<byte> name) ? keys.IndexOf(name) : -1;
            JsonValue value = Read();
            if (index < 0) continue;
            if (values[index].Kind != JsonKind.Absent) return false;
            values[index] = value;
        }

        return !_isBroken;
    }

    /// <summary>True when the whole text was one value and nothing but white space follows it.</summary>
    public bool IsAtEnd()
    {
        SkipWhiteSpace();
        return !_isBroken && _position == _text.Length;
    }

    /// <summary>The bytes of a number, or of a text with its escapes resolved; valid until the next call. False for any other kind, and for an escaped text that is longer than the scratch space or not ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryText(JsonValue value, out ReadOnlySpan<byte> text)
    {
        if (value.Kind is JsonKind.Text or JsonKind.Number)
        {
            text = _text.Slice(value.Start, value.Length);
            return true;
        }

        text = default;
        return value.Kind == JsonKind.EscapedText && TryUnescape(_text.Slice(value.Start, value.Length), _scratch, out text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryUnescape(ReadOnlySpan<byte> raw, byte[] scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (length == scratch.Length) return false;
            byte character = raw[i];
            if (character == (byte)'\\')
            {
                i++;
                switch (raw[i])
                {
                    case (byte)'b': character = (byte)'\b'; break;
                    case (byte)'f': character = (byte)'\f'; break;
                    case (byte)'n': character = (byte)'\n'; break;
                    case (byte)'r': character = (byte)'\r'; break;
                    case (byte)'t': character = (byte)'\t'; break;
                    case (byte)'u':
                        int code = (HexDigit.Value(raw[i + 1]) << 12) | (HexDigit.Value(raw[i + 2]) << 8) | (HexDigit.Value(raw[i + 3]) << 4) | HexDigit.Value(raw[i + 4]);
                        if (code >= 0x80) return false;
                        character = (byte)code;
                        i += 4;
                        break;
                    default: character = raw[i]; break;
                }
            }

            scratch[length++] = character;
        }

        text = scratch.AsSpan(0, length);
        return true;
    }

    private static bool IsDigit(int character) => (uint)(character - '0') <= 9;

    private void Enter(byte opening)
    {
        SkipWhiteSpace();
        Consume(opening);
        _isFirst = true;
    }

    private bool Next(byte closing)
    {
        SkipWhiteSpace();
        if (Peek() == closing)
        {
            _position++;
            _isFirst = false;
            return false;
        }

        if (!_isFirst)
        {
            if (!Consume((byte)',')) return false;
            SkipWhiteSpace();
        }

        _isFirst = false;
        return !_isBroken;
    }

    private JsonValue SkipContainer(JsonKind kind)
    {
        int start = _position;
        int depth = 0;
        ulong isObjectByDepth = 0;
        JsonKind opened = kind;
        while (true)
        {
            if (opened is JsonKind.Object or JsonKind.Array)
            {
                if (depth == SkippedDepthMax) return Break();
                depth++;
                isObjectByDepth = (isObjectByDepth << 1) | (opened == JsonKind.Object ? 1UL : 0);
                _position++;
                _isFirst = true;
            }

            while (!((isObjectByDepth & 1) != 0 ? NextMember(out _) : NextElement()))
            {
                if (_isBroken) return default;
                isObjectByDepth >>= 1;
                depth--;
                if (depth == 0) return new JsonValue(kind, start, _position - start);
            }

            SkipWhiteSpace();
            opened = Peek() switch { '{' => JsonKind.Object, '[' => JsonKind.Array, _ => Read().Kind };
        }
    }

    private JsonValue ReadText()
    {
        if (!Consume((byte)'"')) return default;
        ReadOnlySpan<byte> text = _text;
        JsonKind kind = JsonKind.Text;
        int start = _position;
        for (int i = start; i < text.Length; i++)
        {
            byte character = text[i];
            if (character == (byte)'"')
            {
                _position = i + 1;
                return new JsonValue(kind, start, i - start);
            }

            if (character < 0x20) break;
            if (character != (byte)'\\') continue;

            kind = JsonKind.EscapedText;
            int escapeLength = EscapeLength(text[(i + 1)..]);
            if (escapeLength == 0) break;
            i += escapeLength;
        }

        return Break();
    }

    /// <summary>Bytes of an escape after its backslash; 0 when it is none.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        switch (text[0])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return 1;
            case (byte)'u':
                if (text.Length < 5) return 0;
                for (int i = 1; i < 5; i++)
                {
                    if (HexDigit.Value(text[i]) < 0) return 0;
                }

                return 5;
            default:
                return 0;
        }
    }

    private JsonValue ReadLiteral(ReadOnlySpan<byte> literal, JsonKind kind)
    {
        if (!_text[_position..].StartsWith(literal)) return Break();
        int start = _position;
        _position += literal.Length;
        return new JsonValue(kind, start, literal.Length);
    }

    private JsonValue ReadNumber()
    {
        int start = _position;
        if (Peek() == '-') _position++;
        if (Peek() == '0') _position++;
        else if (!SkipDigits()) return Break();
        if (Peek() == '.')
        {
            _position++;
            if (!SkipDigits()) return Break();
        }

        if (Peek() is 'e' or 'E')
        {
            _position++;
            if (Peek() is '+' or '-') _position++;
            if (!SkipDigits()) return Break();
        }

        return _isBroken ? default : new JsonValue(JsonKind.Number, start, _position - start);
    }

    private bool SkipDigits()
    {
        int start = _position;
        while (IsDigit(Peek())) _position++;
        return _position > start;
    }

    private void SkipWhiteSpace()
    {
        while (Peek() is ' ' or '\n' or '\r' or '\t') _position++;
    }

    private bool Consume(byte character)
    {
        if (Peek() == character)
        {
            _position++;
            return true;
        }

        Break();
        return false;
    }

    /// <summary>The byte at the cursor; -1 at the end of the text and when broken, because a broken cursor stands at the end.</summary>
    private readonly int Peek() => (uint)_position < (uint)_text.Length ? _text[_position] : -1;

    private JsonValue Break()
    {
        _isBroken = true;
        _position = _text.Length;
        return default;
    }
}
