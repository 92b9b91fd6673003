using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>JSON as the live venue sends it: without blanks, escaped no more than JSON asks for (Bybit V5, 2).</summary>
internal static class CompactJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object, UTF-8. Any thread.</summary>
    /// <param name="body">Writes the properties.</param>
    public static byte[] Object(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
