using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Micro;

/// <summary>The decoder that most programs would begin with: System.Text.Json's document, strings, <see cref="decimal.Parse(string, NumberStyles, IFormatProvider)"/>. Reads the values that the shipped one reads.</summary>
internal sealed class JsonDocumentDecoder
{
    /// <summary>The values of the last frame.</summary>
    public DecimalMessage Message { get; } = new();

    /// <summary>Reads a book or trade frame.</summary>
    /// <returns>How many levels or trades it has.</returns>
    public int Decode(ReadOnlyMemory<byte> frame)
    {
        DecimalMessage message = Message;
        message.Bids.Clear();
        message.Asks.Clear();
        message.Trades.Clear();
        using JsonDocument document = JsonDocument.Parse(frame);
        JsonElement root = document.RootElement;
        message.Topic = root.GetProperty("topic").GetString()!;
        message.PushMillis = root.GetProperty("ts").GetInt64();
        JsonElement data = root.GetProperty("data");
        if (message.Topic.StartsWith("publicTrade.", StringComparison.Ordinal))
        {
            foreach (JsonElement trade in data.EnumerateArray()) message.Trades.Add(Trade(trade));
            return message.Trades.Count;
        }

        message.IsSnapshot = root.GetProperty("type").ValueEquals("snapshot"u8);
        message.MatchMillis = root.GetProperty("cts").GetInt64();
        message.UpdateId = data.GetProperty("u").GetInt64();
        message.Sequence = data.GetProperty("seq").GetInt64();
        AddLevels(data.GetProperty("b"), message.Bids);
        AddLevels(data.GetProperty("a"), message.Asks);
        return message.Bids.Count + message.Asks.Count;
    }

    private static void AddLevels(JsonElement array, List<DecimalLevel> levels)
    {
        foreach (JsonElement level in array.EnumerateArray()) levels.Add(new DecimalLevel(Number(level[0]), Number(level[1])));
    }

    private static DecimalTrade Trade(JsonElement trade) => new(
        Number(trade.GetProperty("p")),
        Number(trade.GetProperty("v")),
        trade.GetProperty("S").GetString()!,
        trade.GetProperty("T").GetInt64(),
        trade.GetProperty("seq").GetInt64(),
        trade.GetProperty("i").GetString()!,
        trade.GetProperty("BT").GetBoolean(),
        trade.GetProperty("RPI").GetBoolean());

    private static decimal Number(JsonElement element) => decimal.Parse(element.GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
