using System.Globalization;
using System.Text.Json;
using LatencyEngine.Book;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>One symbol's book straight from the recording, as plain decimals, wound forward to any update id that is not behind it.</summary>
internal sealed class RecordedBook
{
    private readonly string _symbol;
    private readonly Queue<JsonElement> _ahead = new();
    private readonly Dictionary<Side, SortedDictionary<decimal, decimal>> _sides = new()
    {
        [Side.Buy] = new(Comparer<decimal>.Create((left, right) => right.CompareTo(left))),
        [Side.Sell] = [],
    };

    public RecordedBook(string recordingPath, string symbol)
    {
        _symbol = symbol;
        using RecordingReader recording = RecordingReader.Open(recordingPath);
        foreach (RecordedFrame frame in recording.ReadAll())
        {
            JsonElement root = JsonDocument.Parse(frame.Frame).RootElement;
            if (!root.TryGetProperty("topic", out JsonElement topic) || topic.GetString() is not { } name) continue;
            if (name.StartsWith("orderbook.", StringComparison.Ordinal) && name.EndsWith("." + symbol, StringComparison.Ordinal)) _ahead.Enqueue(root);
        }
    }

    private long UpdateId { get; set; } = -1;

    /// <summary>The engine's book is the recorded one of the same update id, level by level.</summary>
    public void AssertEquals(OrderBook book)
    {
        while (UpdateId < book.UpdateId && _ahead.TryDequeue(out JsonElement message)) Apply(message);
        Assert.Equal(UpdateId, book.UpdateId);
        foreach ((Side side, SortedDictionary<decimal, decimal> levels) in _sides)
        {
            Assert.Equal((_symbol, UpdateId, side, levels.Count), (_symbol, UpdateId, side, book.LevelCount(side)));
            int index = 0;
            foreach ((decimal price, decimal qty) in levels)
            {
                BookLevel level = book.Level(side, index++);
                if (level.Price.Ticks * book.Spec.TickE8 != price * 1e8m || level.Qty.Lots * book.Spec.LotE8 != qty * 1e8m)
                {
                    Assert.Fail($"{_symbol} update {UpdateId}, {side} level {index - 1}: recorded {qty} at {price}, the engine has {level}");
                }
            }
        }
    }

    private void Apply(JsonElement message)
    {
        JsonElement data = message.GetProperty("data");
        UpdateId = data.GetProperty("u").GetInt64();
        bool isSnapshot = message.GetProperty("type").GetString() == "snapshot" || UpdateId == 1;
        foreach ((Side side, string name) in ((Side, string)[])[(Side.Buy, "b"), (Side.Sell, "a")])
        {
            SortedDictionary<decimal, decimal> levels = _sides[side];
            if (isSnapshot) levels.Clear();
            foreach (JsonElement level in data.GetProperty(name).EnumerateArray())
            {
                decimal price = decimal.Parse(level[0].GetString()!, CultureInfo.InvariantCulture);
                decimal qty = decimal.Parse(level[1].GetString()!, CultureInfo.InvariantCulture);
                if (qty == 0) levels.Remove(price);
                else levels[price] = qty;
            }
        }
    }
}
