using System.Text.Json;
using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A yes or no that may come as text; empty and null are no.</summary>
internal sealed class LenientFlag : JsonConverter<bool>
{
    public override bool HandleNull => true;

    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => false,
        JsonTokenType.String when reader.GetString() is { } text && (text.Length == 0 || bool.TryParse(text, out _)) => text.Length > 0 && bool.Parse(text),
        _ => throw new JsonException("true or false was wanted"),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}
