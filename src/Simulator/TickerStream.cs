using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>A <c>tickers.{symbol}</c> topic: every field in one snapshot, then those that change (Bybit V5, 6.5).</summary>
/// <remarks>What it tells is also what look-ups find. The pre-listing fields are empty, as they are for a symbol that trades. One thread; it allocates.</remarks>
internal sealed class TickerStream(VenueInstrument instrument, TickerState state)
{
    private readonly PublicText _text = new(instrument);
    private List<KeyValuePair<string, string>> _fields = [];
    private long _crossSequence;

    /// <summary>What the topic has to say now; null when nothing has changed, or nothing has traded yet.</summary>
    public byte[]? Next(IBookLevels book, MarketTape tape, TickerFigures figures, long nowMillis)
    {
        if (tape.Day is not { } day || tape.LastPrice is not { } last) return null;
        List<KeyValuePair<string, string>> fields = Fields(book, tape.TickDirection, last, day, figures);
        List<KeyValuePair<string, string>> before = _fields;
        _fields = fields;
        _crossSequence = book.Sequence;
        state.Show([new("symbol", instrument.Symbol), .. fields], _crossSequence);
        if (before.Count == 0) return Snapshot(nowMillis);
        var changed = new List<KeyValuePair<string, string>>();
        for (int i = 0; i < fields.Count; i++)
        {
            // A best price goes with its size, changed or not.
            bool isPairChanged = fields[i].Key is "bid1Price" or "ask1Price" && fields[i + 1].Value != before[i + 1].Value;
            if (isPairChanged || fields[i].Value != before[i].Value) changed.Add(fields[i]);
        }

        return changed.Count == 0 ? null : Write("delta", changed, nowMillis);
    }

    /// <summary>Every field as the topic has told it so far; null before the first message.</summary>
    public byte[]? Snapshot(long nowMillis) => _fields.Count == 0 ? null : Write("snapshot", _fields, nowMillis);

    private List<KeyValuePair<string, string>> Fields(IBookLevels book, string tickDirection, decimal last, DayFigures day, TickerFigures figures)
    {
        var fields = new List<KeyValuePair<string, string>>(26);
        Add("tickDirection", tickDirection);
        Add("price24hPcnt", PublicText.Trimmed((last / day.PriceBefore) - 1, 6));
        Add("lastPrice", _text.Price(last));
        Add("prevPrice24h", _text.Price(day.PriceBefore));
        Add("highPrice24h", _text.Price(day.High));
        Add("lowPrice24h", _text.Price(day.Low));
        Add("prevPrice1h", _text.Price(day.PriceHourBefore));
        Add("markPrice", _text.Price(figures.Mark));
        Add("indexPrice", _text.Price(figures.Index));
        Add("openInterest", _text.Qty(figures.OpenInterest));
        Add("openInterestValue", PublicText.Fixed(figures.OpenInterest * figures.Mark, 2));
        Add("turnover24h", PublicText.Fixed(day.Turnover, 4));
        Add("volume24h", PublicText.Fixed(day.Volume, 4));
        Add("fundingIntervalHour", figures.FundingIntervalHours.ToString(CultureInfo.InvariantCulture));
        Add("fundingCap", PublicText.Trimmed(figures.FundingCap));
        Add("singleOpenInterest", _text.Qty(figures.OpenInterest / 2));
        Add("singleOpenInterestValue", PublicText.Fixed(figures.OpenInterest / 2 * figures.Mark, 2));
        Add("nextFundingTime", figures.NextFundingMillis.ToString(CultureInfo.InvariantCulture));
        Add("fundingRate", PublicText.Trimmed(figures.FundingRate));
        AddBest("bid1", book.Levels(bidSide: true));
        AddBest("ask1", book.Levels(bidSide: false));
        Add("preOpenPrice", "");
        Add("preQty", "");
        Add("curPreListingPhase", "");
        return fields;

        void Add(string key, string value) => fields.Add(new KeyValuePair<string, string>(key, value));

        void AddBest(string prefix, IEnumerable<(decimal Price, decimal Qty)> levels)
        {
            (decimal price, decimal qty) = levels.FirstOrDefault();
            Add(prefix + "Price", qty == 0 ? "" : _text.Price(price));
            Add(prefix + "Size", qty == 0 ? "" : _text.Qty(qty));
        }
    }

    private byte[] Write(string type, List<KeyValuePair<string, string>> fields, long nowMillis) => CompactJson.Object(json =>
    {
        json.WriteString("topic", $"tickers.{instrument.Symbol}");
        json.WriteString("type", type);
        json.WriteStartObject("data");
        json.WriteString("symbol", instrument.Symbol);
        foreach ((string key, string value) in fields) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteNumber("cs", _crossSequence);
        json.WriteNumber("ts", nowMillis);
    });
}
