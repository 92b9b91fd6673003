using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The instruments of an <c>instruments-info</c> response (Bybit V5, 13.1).</summary>
public sealed class InstrumentList
{
    private readonly Dictionary<string, VenueInstrument> _bySymbol;

    /// <summary>A list of instruments made by hand.</summary>
    /// <exception cref="ArgumentException">A symbol occurs twice.</exception>
    public InstrumentList(IEnumerable<VenueInstrument> instruments) => _bySymbol = instruments.ToDictionary(i => i.Symbol, StringComparer.Ordinal);

    /// <summary>The symbols, in ordinal order.</summary>
    public IReadOnlyList<string> Symbols => [.. _bySymbol.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The instrument of a symbol.</summary>
    /// <exception cref="ArgumentException">The list has no such symbol.</exception>
    public VenueInstrument this[string symbol] => _bySymbol.TryGetValue(symbol, out VenueInstrument? instrument)
        ? instrument
        : throw new ArgumentException($"no instrument {symbol} in the list; it has {string.Join(", ", Symbols)}", nameof(symbol));

    /// <summary>Reads a saved response of <c>GET /v5/market/instruments-info</c>; only instruments settled in USDT are kept.</summary>
    /// <exception cref="InvalidDataException">The file is not such a response, or an instrument lacks a field.</exception>
    public static InstrumentList Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement list = document.RootElement.GetProperty("result").GetProperty("list");
            return new InstrumentList(list.EnumerateArray().Where(row => row.GetProperty("settleCoin").ValueEquals("USDT")).Select(Parse));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"not an instruments-info response: {path} ({e.Message}); save GET /v5/market/instruments-info?category=linear there", e);
        }
    }

    private static VenueInstrument Parse(JsonElement row)
    {
        JsonElement price = row.GetProperty("priceFilter");
        JsonElement lot = row.GetProperty("lotSizeFilter");
        decimal qtyStep = Number(lot, "qtyStep");
        var instrument = new VenueInstrument
        {
            Symbol = row.GetProperty("symbol").GetString()!,
            TickSize = Number(price, "tickSize"),
            PriceDecimals = int.Parse(row.GetProperty("priceScale").GetString()!, CultureInfo.InvariantCulture),
            QtyStep = qtyStep,
            QtyDecimals = qtyStep.Scale,
            MinPrice = Number(price, "minPrice"),
            MaxPrice = Number(price, "maxPrice"),
            MinOrderQty = Number(lot, "minOrderQty"),
            MaxOrderQty = Number(lot, "maxOrderQty"),
            MaxPostOnlyQty = Number(lot, "postOnlyMaxOrderQty"),
            MaxMarketQty = Number(lot, "maxMktOrderQty"),
            MinNotional = Number(lot, "minNotionalValue"),
            MaxLeverage = Number(row.GetProperty("leverageFilter"), "maxLeverage"),
            FundingIntervalMinutes = row.GetProperty("fundingInterval").GetInt32(),
            LowerFundingRate = Number(row, "lowerFundingRate"),
            UpperFundingRate = Number(row, "upperFundingRate"),
            PriceLimitRatioX = Number(row.GetProperty("riskParameters"), "priceLimitRatioX"),
            PriceLimitRatioY = Number(row.GetProperty("riskParameters"), "priceLimitRatioY"),
            Row = Encoding.UTF8.GetString(CompactJson.Value(row)),
        };
        if (instrument.TickSize <= 0 || instrument.QtyStep <= 0) throw new FormatException($"{instrument.Symbol}: tickSize and qtyStep must be above zero");
        return instrument;
    }

    private static decimal Number(JsonElement owner, string key) =>
        decimal.Parse(owner.GetProperty(key).GetString()!, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
