using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>One <c>orderbook.{depth}.{symbol}</c> topic: the best levels of a book as a snapshot, then what changes (Bybit V5, 6.1).</summary>
/// <remarks>One thread; it allocates.</remarks>
internal sealed class BookStream : IBookLevels
{
    private const long HeartbeatMillis = 3_000;   // depth 1 says the same again when nothing changes

    private readonly string _topic;
    private readonly string _symbol;
    private readonly int _depth;
    private readonly PublicText _text;
    private List<(decimal Price, decimal Qty)> _bids = [];
    private List<(decimal Price, decimal Qty)> _asks = [];
    private List<(decimal Price, decimal Qty)> _newBids = [];
    private List<(decimal Price, decimal Qty)> _newAsks = [];
    private long _updateId;
    private long _sequence = -1;
    private long _matchedMillis;
    private long _writtenMillis;

    public BookStream(VenueInstrument instrument, int depth)
    {
        _symbol = instrument.Symbol;
        _topic = $"orderbook.{depth}.{_symbol}";
        _depth = depth;
        _text = new PublicText(instrument);
    }

    /// <summary><c>u</c> of the last message; 0 before the first.</summary>
    public long UpdateId => _updateId;

    /// <inheritdoc/>
    public bool HasSnapshot { get; private set; }

    /// <inheritdoc/>
    public long Sequence => _sequence;

    /// <inheritdoc/>
    public long MatchedMillis => _matchedMillis;

    private bool IsTop => _depth == 1;

    /// <summary>As the topic has told them so far.</summary>
    public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => bidSide ? _bids : _asks;

    /// <summary>The book is lost: the topic is silent until there is one again, and then begins anew with a snapshot.</summary>
    public void Restart()
    {
        HasSnapshot = false;
        _bids.Clear();
        _asks.Clear();
    }

    /// <summary>What the topic has to say of the book now; null when there is none, or nothing that it shows has changed.</summary>
    public byte[]? Next(IBookLevels book, long nowMillis)
    {
        if (!book.HasSnapshot) return null;
        if (HasSnapshot && book.Sequence == _sequence) return Heartbeat(nowMillis);
        _sequence = book.Sequence;
        Read(book.Levels(bidSide: true), _newBids);
        Read(book.Levels(bidSide: false), _newAsks);
        bool isFirst = !HasSnapshot;
        List<(decimal Price, decimal Qty)> bidChanges = Changes(_bids, _newBids, sign: -1);
        List<(decimal Price, decimal Qty)> askChanges = Changes(_asks, _newAsks, sign: 1);
        if (!isFirst && bidChanges.Count == 0 && askChanges.Count == 0) return Heartbeat(nowMillis);
        (_bids, _newBids) = (_newBids, _bids);
        (_asks, _newAsks) = (_newAsks, _asks);
        _updateId++;
        HasSnapshot = true;
        _matchedMillis = book.MatchedMillis;
        return isFirst || IsTop ? Snapshot(nowMillis) : Write("delta", bidChanges, askChanges, nowMillis);
    }

    /// <summary>The book as the topic has told it so far, for a client that subscribes anew; null before the first message, and after a restart.</summary>
    public byte[]? Snapshot(long nowMillis) => HasSnapshot ? Write("snapshot", _bids, _asks, nowMillis) : null;

    private byte[]? Heartbeat(long nowMillis) => IsTop && nowMillis - _writtenMillis >= HeartbeatMillis ? Snapshot(nowMillis) : null;

    private void Read(IEnumerable<(decimal Price, decimal Qty)> levels, List<(decimal Price, decimal Qty)> into)
    {
        into.Clear();
        into.AddRange(levels.Take(_depth));
    }

    /// <summary>What turns one side into another, best first; quantity 0 for a level that has gone.</summary>
    /// <param name="before">Best first.</param>
    /// <param name="after">Best first.</param>
    /// <param name="sign">1 where a lower price is better, -1 where a higher one is.</param>
    private static List<(decimal Price, decimal Qty)> Changes(List<(decimal Price, decimal Qty)> before, List<(decimal Price, decimal Qty)> after, int sign)
    {
        List<(decimal Price, decimal Qty)> changes = [];
        int old = 0;
        foreach ((decimal price, decimal qty) in after)
        {
            while (old < before.Count && sign * before[old].Price.CompareTo(price) < 0) changes.Add((before[old++].Price, 0));
            if (old < before.Count && before[old].Price == price)
            {
                if (before[old].Qty != qty) changes.Add((price, qty));
                old++;
            }
            else
            {
                changes.Add((price, qty));
            }
        }

        for (; old < before.Count; old++) changes.Add((before[old].Price, 0));
        return changes;
    }

    private byte[] Write(string type, List<(decimal Price, decimal Qty)> bids, List<(decimal Price, decimal Qty)> asks, long nowMillis)
    {
        _writtenMillis = nowMillis;
        return CompactJson.Object(json =>
        {
            json.WriteString("topic", _topic);
            if (IsTop) json.WriteNumber("ts", nowMillis);
            json.WriteString("type", type);
            if (!IsTop) json.WriteNumber("ts", nowMillis);
            json.WriteStartObject("data");
            json.WriteString("s", _symbol);
            WriteLevels(json, "b", bids);
            WriteLevels(json, "a", asks);
            json.WriteNumber("u", _updateId);
            json.WriteNumber("seq", _sequence);
            json.WriteEndObject();
            json.WriteNumber("cts", _matchedMillis);
        });
    }

    private void WriteLevels(Utf8JsonWriter json, string key, List<(decimal Price, decimal Qty)> levels)
    {
        json.WriteStartArray(key);
        foreach ((decimal price, decimal qty) in levels)
        {
            json.WriteStartArray();
            json.WriteStringValue(IsTop ? PublicText.Trimmed(price) : _text.Price(price));
            json.WriteStringValue(qty == 0 ? "0" : IsTop ? PublicText.Trimmed(qty) : _text.Qty(qty));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
