using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The short form of an <c>execution</c> message (Bybit V5, 7.3): trades only, no fee, and no client id for a maker fill.</summary>
internal static class FastExecution
{
    /// <summary>Name of the topic.</summary>
    public const string Topic = "execution.fast";

    /// <summary>The <c>execution.fast</c> message of an <c>execution</c> message; null when it holds no trade.</summary>
    /// <param name="execution">A frame of the venue.</param>
    /// <param name="topic">The name subscribed to.</param>
    public static byte[]? Of(ReadOnlyMemory<byte> execution, string topic)
    {
        using JsonDocument document = JsonDocument.Parse(execution);
        List<JsonElement> trades = [.. document.RootElement.GetProperty("data").EnumerateArray().Where(row => row.GetProperty("execType").ValueEquals("Trade"))];
        if (trades.Count == 0) return null;
        return CompactJson.Object(json =>
        {
            json.WriteString("topic", topic);
            json.WritePropertyName("creationTime");
            document.RootElement.GetProperty("creationTime").WriteTo(json);
            json.WriteStartArray("data");
            foreach (JsonElement row in trades) WriteRow(json, row);
            json.WriteEndArray();
        });
    }

    private static void WriteRow(Utf8JsonWriter json, JsonElement row)
    {
        bool isMaker = row.GetProperty("isMaker").GetBoolean();
        json.WriteStartObject();
        foreach (string key in (ReadOnlySpan<string>)["category", "symbol", "execId", "execPrice", "execQty", "orderId", "isMaker", "orderLinkId", "side", "execTime", "seq"])
        {
            json.WritePropertyName(key);
            if (isMaker && key == "orderLinkId") json.WriteStringValue("");
            else row.GetProperty(key).WriteTo(json);
        }

        json.WriteEndObject();
    }
}
