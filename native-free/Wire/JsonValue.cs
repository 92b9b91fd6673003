namespace LatencyEngine.Wire;

/// <summary>What a JSON value is.</summary>
internal enum JsonKind : byte
{
    Absent = 0,
    Text = 1,
    EscapedText = 2,
    Number = 3,
    True = 4,
    False = 5,
    Null = 6,
    Object = 7,
    Array = 8,
}

/// <summary>Where one JSON value lies in its frame. Default: a member that did not occur.</summary>
/// <param name="kind">What it is.</param>
/// <param name="start">First byte: of the content for a text, of the value itself for everything else.</param>
/// <param name="length">Bytes; a text without its quotes.</param>
internal readonly struct JsonValue(JsonKind kind, int start, int length)
{
    public readonly JsonKind Kind = kind;
    public readonly int Start = start;
    public readonly int Length = length;

    /// <summary>True for a member that carries nothing: not sent, null, or "" (Bybit V5, 2).</summary>
    public bool IsNothing => Kind is JsonKind.Absent or JsonKind.Null || (Kind == JsonKind.Text && Length == 0);
}
