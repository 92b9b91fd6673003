using System.Text.Encodings.Web;
using System.Text.Json;

namespace LatencyEngine.Research;

/// <summary>The form of a line of <c>trades.jsonl</c>: one camelCase object, decimals as plain numbers.</summary>
public static class TradeRowJson
{
    private static readonly ResearchJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the file is never embedded in HTML
    });

    /// <summary>The row as one line, without the newline.</summary>
    public static string Serialize(TradeRow row) => JsonSerializer.Serialize(row, Json.TradeRow);

    /// <summary>The row of one line.</summary>
    /// <exception cref="JsonException">The line is not such a row.</exception>
    public static TradeRow Deserialize(string line) =>
        JsonSerializer.Deserialize(line, Json.TradeRow) ?? throw new JsonException("a trade row is an object, was null");
}
