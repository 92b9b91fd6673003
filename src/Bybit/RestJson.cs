using System.Text.Json;
using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>How rows of REST are read, without reflection. Lenient where V5 is: numbers come as text or as numbers, empty text is none, fields are missing or null (Bybit V5, 2 and 9.2).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(LenientText), typeof(LenientFlag), typeof(LenientNumber<decimal>), typeof(LenientNumber<long>), typeof(LenientNumber<int>), typeof(LenientOptional<decimal>), typeof(LenientOptional<int>)])]
[JsonSerializable(typeof(RestTicker))]
[JsonSerializable(typeof(RestBook))]
[JsonSerializable(typeof(RestCandlePage))]
[JsonSerializable(typeof(RestFunding))]
[JsonSerializable(typeof(RestAccount))]
[JsonSerializable(typeof(RestFeeRate))]
[JsonSerializable(typeof(RestApiKey))]
[JsonSerializable(typeof(RestPosition))]
[JsonSerializable(typeof(RestOrder))]
[JsonSerializable(typeof(RestDisconnectGuard))]
[JsonSerializable(typeof(RestTransaction))]
[JsonSerializable(typeof(decimal?))]
internal sealed partial class RestJson : JsonSerializerContext
{
    /// <summary>A number of an object that may come as text; null where there is none.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static decimal? Amount(JsonElement row, string key) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(key, out JsonElement value) ? value.Deserialize(Default.NullableDecimal) : null;
}
