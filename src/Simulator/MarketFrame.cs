using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace LatencyEngine.Simulator;

/// <summary>A public frame, read with System.Text.Json (Bybit V5, 6.1, 6.4, 6.5).</summary>
internal sealed class MarketFrame
{
    private MarketFrame(MarketTopic topic, string symbol)
    {
        Topic = topic;
        Symbol = symbol;
    }

    public MarketTopic Topic { get; }

    public string Symbol { get; }

    /// <summary>The topic as subscribed, for books only.</summary>
    public string TopicName { get; private init; } = "";

    public bool IsSnapshot { get; private init; }

    public long UpdateId { get; private init; }

    public long Sequence { get; private init; }

    /// <summary><c>cts</c>: matching-engine time of a book, ms.</summary>
    public long MatchedMillis { get; private init; }

    /// <summary>Price and size; size 0 removes the level.</summary>
    public IReadOnlyList<(decimal Price, decimal Qty)> Bids { get; private init; } = [];

    /// <summary>Price and size; size 0 removes the level.</summary>
    public IReadOnlyList<(decimal Price, decimal Qty)> Asks { get; private init; } = [];

    public IReadOnlyList<MarketTrade> Trades { get; private init; } = [];

    /// <summary>Every field of a ticker with its value as JSON text, in the order sent.</summary>
    public IReadOnlyList<(string Key, string Json)> TickerFields { get; private init; } = [];

    /// <summary><c>cs</c> of a ticker; 0 when it has none.</summary>
    public long CrossSequence { get; private init; }

    /// <summary>Ticker fields; null where a delta does not carry them.</summary>
    public decimal? MarkPrice { get; private init; }

    public decimal? IndexPrice { get; private init; }

    public decimal? LastPrice { get; private init; }

    public decimal? FundingRate { get; private init; }

    public long? NextFundingMillis { get; private init; }

    /// <summary>A JSON object that is a V5 data frame (<c>topic</c>) or a V5 control reply (<c>success</c> or <c>op</c>); the whole text is checked to be JSON in UTF-8.</summary>
    public static bool IsV5Frame(ReadOnlySpan<byte> frame)
    {
        if (!Utf8.IsValid(frame)) return false;
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            bool known = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                known |= reader.ValueTextEquals("topic"u8) || reader.ValueTextEquals("success"u8) || reader.ValueTextEquals("op"u8);
                reader.Skip();
            }

            return known && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The full topic name of a frame that <see cref="IsV5Frame"/> accepts; false when it has none.</summary>
    public static bool TryReadTopicName(ReadOnlySpan<byte> frame, out string name)
    {
        name = "";
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isTopic = reader.ValueTextEquals("topic"u8);
            reader.Read();
            if (isTopic && reader.TokenType == JsonTokenType.String)
            {
                try
                {
                    name = reader.GetString()!;
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;   // half a surrogate pair, which is JSON but no text
                }
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>Whether the <c>type</c> of a frame that <see cref="IsV5Frame"/> accepts is <c>snapshot</c>.</summary>
    public static bool IsSnapshotFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("snapshot"u8);
            reader.Skip();
        }

        return false;
    }

    /// <summary>The family of a topic name and the symbol at its end.</summary>
    public static (MarketTopic Topic, string Symbol) Classify(string name)
    {
        string symbol = name[(name.LastIndexOf('.') + 1)..];
        if (name.StartsWith("orderbook.", StringComparison.Ordinal) && !name.StartsWith("orderbook.rpi.", StringComparison.Ordinal)) return (MarketTopic.Book, symbol);
        if (name.StartsWith("publicTrade.", StringComparison.Ordinal)) return (MarketTopic.Trade, symbol);
        return name.StartsWith("tickers.", StringComparison.Ordinal) ? (MarketTopic.Ticker, symbol) : (MarketTopic.Other, symbol);
    }

    /// <summary>Levels of a book topic; 0 for another topic. Depth 1 sends snapshots only (Bybit V5, 6.1).</summary>
    public static int BookDepth(string name) =>
        Classify(name).Topic == MarketTopic.Book && int.TryParse(name.Split('.')[1], NumberStyles.None, CultureInfo.InvariantCulture, out int depth) ? depth : 0;

    /// <summary>Reads a frame completely; null when a book, trade or ticker frame lacks a field or holds a value of the wrong kind.</summary>
    public static MarketFrame? TryParse(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(frame);
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("topic", out JsonElement topicElement)) return new MarketFrame(MarketTopic.Other, "");
            string name = topicElement.GetString()!;
            (MarketTopic topic, string symbol) = Classify(name);
            return topic switch
            {
                MarketTopic.Book => ParseBook(name, symbol, root),
                MarketTopic.Trade => new MarketFrame(topic, symbol) { Trades = [.. root.GetProperty("data").EnumerateArray().Select(ParseTrade)] },
                MarketTopic.Ticker => ParseTicker(symbol, root, root.GetProperty("data")),
                _ => new MarketFrame(topic, symbol),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static MarketFrame ParseBook(string name, string symbol, JsonElement root)
    {
        JsonElement data = root.GetProperty("data");
        return new MarketFrame(MarketTopic.Book, symbol)
        {
            TopicName = name,
            IsSnapshot = root.GetProperty("type").ValueEquals("snapshot"u8),
            UpdateId = data.GetProperty("u").GetInt64(),
            Sequence = data.GetProperty("seq").GetInt64(),
            MatchedMillis = root.GetProperty("cts").GetInt64(),
            Bids = ParseLevels(data.GetProperty("b")),
            Asks = ParseLevels(data.GetProperty("a")),
        };
    }

    private static MarketTrade ParseTrade(JsonElement trade) => new(
        trade.GetProperty("i").GetString()!,
        trade.GetProperty("S").ValueEquals("Buy"u8),
        Number(trade.GetProperty("p")),
        Number(trade.GetProperty("v")),
        trade.GetProperty("T").GetInt64(),
        trade.GetProperty("BT").GetBoolean(),
        trade.TryGetProperty("seq", out JsonElement sequence) ? sequence.GetInt64() : 0);

    private static MarketFrame ParseTicker(string symbol, JsonElement root, JsonElement data) => new(MarketTopic.Ticker, symbol)
    {
        TickerFields = [.. data.EnumerateObject().Select(field => (field.Name, field.Value.GetRawText()))],
        CrossSequence = root.TryGetProperty("cs", out JsonElement sequence) && sequence.ValueKind == JsonValueKind.Number ? sequence.GetInt64() : 0,
        IsSnapshot = root.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("snapshot"u8),
        MarkPrice = OptionalNumber(data, "markPrice"),
        IndexPrice = OptionalNumber(data, "indexPrice"),
        LastPrice = OptionalNumber(data, "lastPrice"),
        FundingRate = OptionalNumber(data, "fundingRate"),
        NextFundingMillis = (long?)OptionalNumber(data, "nextFundingTime"),
    };

    private static (decimal Price, decimal Qty)[] ParseLevels(JsonElement levels) =>
        [.. levels.EnumerateArray().Select(level => (Number(level[0]), Number(level[1])))];

    private static decimal? OptionalNumber(JsonElement data, string key) =>
        data.TryGetProperty(key, out JsonElement value) && value.GetString() is { Length: > 0 } text ? Number(text) : null;

    private static decimal Number(JsonElement text) => Number(text.GetString()!);

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
