using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>JSON as the live venue sends it: without blanks, escaped no more than JSON asks for (Bybit V5, 2).</summary>
internal static class CompactJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads one value, which outlives the bytes. Any thread.</summary>
    /// <param name="text">UTF-8, the value alone.</param>
    /// <exception cref="JsonException">It is no JSON, or something follows the value.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        JsonElement value = JsonElement.ParseValue(ref reader);
        reader.Read();
        return value;
    }

    /// <summary>One JSON object, UTF-8. Any thread.</summary>
    /// <param name="body">Writes the properties.</param>
    public static byte[] Object(Action<Utf8JsonWriter> body) => Written(json =>
    {
        json.WriteStartObject();
        body(json);
        json.WriteEndObject();
    });

    /// <summary>A value as it was read, UTF-8. Any thread.</summary>
    public static byte[] Value(JsonElement value) => Written(value.WriteTo);

    private static byte[] Written(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options)) body(json);
        return buffer.WrittenSpan.ToArray();
    }
}
