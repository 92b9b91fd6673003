using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A number that may come as text; empty and null are zero. Never through binary floating point.</summary>
internal sealed class LenientNumber<T> : JsonConverter<T>
    where T : struct, INumber<T>
{
    public override bool HandleNull => true;

    /// <summary>Null for empty and null.</summary>
    public static T? ReadOptional(ref Utf8JsonReader reader)
    {
        string text = reader.TokenType switch
        {
            JsonTokenType.Null => "",
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => throw new JsonException("a number was wanted"),
        };
        if (text.Length == 0) return null;

        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(text, Styles, CultureInfo.InvariantCulture, out T number) ? number : throw new JsonException("a number was wanted");
    }

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadOptional(ref reader) ?? T.Zero;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));
}
