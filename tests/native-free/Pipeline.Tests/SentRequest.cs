using System.Text.Json;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>An order-entry request as a venue would read it.</summary>
internal sealed record SentRequest(string RequestId, string Operation, string Symbol, string LinkId, string Side, string Price, string Qty)
{
    public decimal PriceValue => decimal.Parse(Price);

    public static SentRequest Parse(string request)
    {
        using JsonDocument document = JsonDocument.Parse(request);
        JsonElement root = document.RootElement;
        JsonElement order = root.GetProperty("args")[0];
        return new SentRequest(
            root.GetProperty("reqId").GetString()!, root.GetProperty("op").GetString()!, order.GetProperty("symbol").GetString()!, order.GetProperty("orderLinkId").GetString()!,
            Text(order, "side"), Text(order, "price"), Text(order, "qty"));
    }

    private static string Text(JsonElement order, string key) => order.TryGetProperty(key, out JsonElement value) ? value.GetString()! : "";
}
