using System.Globalization;
using System.Net.Http.Headers;

namespace LatencyEngine.Bybit;

/// <summary>What an answer by REST says of the limit that its request counted against (Bybit V5, 17.4); null where a header is missing or no number.</summary>
/// <param name="Requests"><c>X-Bapi-Limit</c>: in a whole window.</param>
/// <param name="Remaining"><c>X-Bapi-Limit-Status</c>: left.</param>
/// <param name="ResetMillis"><c>X-Bapi-Limit-Reset-Timestamp</c>: when there are more, ms since 1970.</param>
internal readonly record struct RateLimitHeader(long? Requests, long? Remaining, long? ResetMillis)
{
    private const string RequestsName = "X-Bapi-Limit";
    private const string RemainingName = "X-Bapi-Limit-Status";
    private const string ResetName = "X-Bapi-Limit-Reset-Timestamp";

    /// <summary>Reads those of an answer.</summary>
    public static RateLimitHeader Of(HttpResponseHeaders headers) => new(Number(headers, RequestsName), Number(headers, RemainingName), Number(headers, ResetName));

    /// <summary>As the acknowledgements of the order-entry socket carry them (Bybit V5, 8.2).</summary>
    public string ToJson() =>
        $"{{{string.Join(',', new[] { (RequestsName, Requests), (RemainingName, Remaining), (ResetName, ResetMillis) }.Where(header => header.Item2 is not null).Select(header => string.Create(CultureInfo.InvariantCulture, $"\"{header.Item1}\":\"{header.Item2}\"")))}}}";

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
