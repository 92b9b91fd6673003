using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace LatencyEngine.Research.Tests;

/// <summary>An auditor of <c>trades.jsonl</c> that shares no code with the project: it reads the raw recording and the lines of the file, and recomputes book and prints by itself.</summary>
internal static class EarnedFills
{
    /// <summary>Checks every maker fill; returns how many there were.</summary>
    public static int Audit(string recordingPath, string tradesPath)
    {
        List<JsonElement> fills = File.ReadLines(tradesPath).Select(line => JsonDocument.Parse(line).RootElement).Where(fill => fill.GetProperty("isMaker").GetBoolean()).ToList();
        List<Print> prints = [];
        Dictionary<(long PlacedAt, string Symbol, string Side, decimal Price), (decimal? Qty, long BookMillis)> displayed = [];
        Dictionary<string, long> bookMillis = [];
        var waiting = fills.Select(Placement).Distinct().OrderBy(placement => placement.PlacedAt).ToList();
        Dictionary<string, (SortedDictionary<decimal, decimal> Bids, SortedDictionary<decimal, decimal> Asks)> books = [];
        int next = 0;

        foreach ((long recvNanos, JsonElement frame) in Frames(recordingPath))
        {
            // what stood in the book when the order joined: every frame before that moment, none after
            for (; next < waiting.Count && waiting[next].PlacedAt < recvNanos; next++) displayed[waiting[next]] = (Displayed(books, waiting[next]), bookMillis[waiting[next].Symbol]);
            if (!frame.TryGetProperty("topic", out JsonElement topic)) continue;
            string[] name = topic.GetString()!.Split('.');
            JsonElement data = frame.GetProperty("data");
            if (name[0] == "publicTrade") prints.AddRange(data.EnumerateArray().Select(t => new Print(recvNanos, t.GetProperty("T").GetInt64(), name[1], t.GetProperty("S").GetString()!, Number(t, "p"), Number(t, "v"))));
            if (name[0] != "orderbook") continue;
            Apply(books, name[2], frame.GetProperty("type").GetString() == "snapshot", data);
            bookMillis[name[2]] = frame.GetProperty("cts").GetInt64();
        }

        AuditSharing(fills);
        foreach (JsonElement fill in fills) Audit(fill, prints, displayed[Placement(fill)]);
        return fills.Count;
    }

    private static void Audit(JsonElement fill, List<Print> prints, (decimal? Qty, long BookMillis) displayed)
    {
        string name = fill.GetProperty("execId").GetString()!;
        string symbol = fill.GetProperty("symbol").GetString()!;
        bool buys = fill.GetProperty("side").GetString() == "Buy";
        decimal price = fill.GetProperty("price").GetDecimal();
        decimal queueAhead = fill.GetProperty("queueAheadAtPlacement").GetDecimal();
        decimal filled = fill.GetProperty("filledBefore").GetDecimal() + fill.GetProperty("qty").GetDecimal();
        long placedAt = fill.GetProperty("placedAtNanos").GetInt64(), executedAt = fill.GetProperty("executedAtNanos").GetInt64();

        decimal volume = prints
            .Where(p => p.Symbol == symbol && p.RecvNanos > placedAt && p.RecvNanos <= executedAt && p.MatchMillis >= displayed.BookMillis && p.TakerSide == (buys ? "Sell" : "Buy") && (buys ? p.Price <= price : p.Price >= price))
            .Sum(p => p.Qty);

        Assert.True(volume >= queueAhead + filled, $"{name}: {volume} traded at or through {price} since placement, the queue of {queueAhead} and {filled} filled need more");
        Assert.Equal(displayed.BookMillis, fill.GetProperty("placedOnBookMillis").GetInt64());
        if (displayed.Qty is { } shown) Assert.True(queueAhead == shown, $"{name}: the recording shows {shown} at {price} when the order joined, the file says {queueAhead}");
        decimal listed = fill.GetProperty("prints").EnumerateArray().Sum(p => p.GetProperty("qty").GetDecimal());
        Assert.True(listed <= volume && listed >= queueAhead + filled, $"{name}: the listed prints sum to {listed}");
    }

    /// <summary>No recorded unit may pay for two own orders: what each print's volume filled, over all fills that list it last, stays within it.</summary>
    private static void AuditSharing(List<JsonElement> fills)
    {
        foreach (var group in fills.GroupBy(fill => (fill.GetProperty("executedAtNanos").GetInt64(), fill.GetProperty("prints").EnumerateArray().Last().GetProperty("tradeId").GetString())))
        {
            decimal volume = group.First().GetProperty("prints").EnumerateArray().Last().GetProperty("qty").GetDecimal();
            decimal given = group.Sum(fill => fill.GetProperty("qty").GetDecimal());
            Assert.True(given <= volume, $"the print {group.Key} of {volume} filled {given}");
        }
    }

    private static (long PlacedAt, string Symbol, string Side, decimal Price) Placement(JsonElement fill) =>
        (fill.GetProperty("placedAtNanos").GetInt64(), fill.GetProperty("symbol").GetString()!, fill.GetProperty("side").GetString()!, fill.GetProperty("price").GetDecimal());

    /// <summary>Quantity shown at a price inside the visible window; 0 in front of it; null behind it, where the recording cannot tell.</summary>
    private static decimal? Displayed(Dictionary<string, (SortedDictionary<decimal, decimal> Bids, SortedDictionary<decimal, decimal> Asks)> books, (long PlacedAt, string Symbol, string Side, decimal Price) placement)
    {
        bool buys = placement.Side == "Buy";
        SortedDictionary<decimal, decimal> side = buys ? books[placement.Symbol].Bids : books[placement.Symbol].Asks;
        bool behind = buys ? placement.Price < side.Keys.Min() : placement.Price > side.Keys.Max();
        return behind ? null : side.GetValueOrDefault(placement.Price);
    }

    private static void Apply(Dictionary<string, (SortedDictionary<decimal, decimal> Bids, SortedDictionary<decimal, decimal> Asks)> books, string symbol, bool snapshot, JsonElement data)
    {
        if (snapshot) books[symbol] = ([], []);
        Apply(books[symbol].Bids, data.GetProperty("b"));
        Apply(books[symbol].Asks, data.GetProperty("a"));
    }

    private static void Apply(SortedDictionary<decimal, decimal> side, JsonElement levels)
    {
        foreach (JsonElement level in levels.EnumerateArray())
        {
            decimal price = Parse(level[0].GetString()!), qty = Parse(level[1].GetString()!);
            if (qty == 0) side.Remove(price);
            else side[price] = qty;
        }
    }

    private static IEnumerable<(long RecvNanos, JsonElement Frame)> Frames(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            int space = line.IndexOf(' ');
            yield return (long.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture), JsonDocument.Parse(line.AsMemory(space + 1)).RootElement);
        }
    }

    private static decimal Number(JsonElement row, string key) => Parse(row.GetProperty(key).GetString()!);

    private static decimal Parse(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Print(long RecvNanos, long MatchMillis, string Symbol, string TakerSide, decimal Price, decimal Qty);
}
