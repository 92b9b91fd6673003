using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Bybit;

/// <summary>The venue's list of linear contracts, read once at start from an <c>instruments-info</c> body (Bybit V5, 13.1). Immutable.</summary>
/// <remarks>Prices and quantities come printed to any number of decimals ("0.10", "0.001"); trailing zeros carry no meaning here.</remarks>
public sealed class InstrumentCatalog
{
    private const int NamesShownMax = 12;

    // The engine counts in 1e-8. These bounds keep every quotient and mantissa below within 64 bits.
    private const int DecimalsMax = 8;
    private const decimal StepMax = 1_000_000m;
    private const decimal NumberMax = 1_000_000_000_000m;

    private readonly Dictionary<string, JsonElement> _rows;
    private readonly string _source;

    private InstrumentCatalog(Dictionary<string, JsonElement> rows, string source)
    {
        _rows = rows;
        _source = source;
    }

    /// <summary>Every symbol of the list, in the order of the list, tradable or not.</summary>
    public IReadOnlyCollection<string> Symbols => _rows.Keys;

    /// <summary>Reads a list from a file holding the REST body as the venue sent it. Blocks on disk.</summary>
    /// <param name="path">The file; also the name that faults carry.</param>
    /// <exception cref="InstrumentException">The file cannot be read or is not such a list.</exception>
    public static InstrumentCatalog Load(string path)
    {
        byte[] body;
        try
        {
            body = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InstrumentException($"{path}: no such file; it should hold the body of GET /v5/market/instruments-info?category=linear", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InstrumentException($"{path}: cannot be read: {fault.Message}", fault);
        }

        return Parse(body, path);
    }

    /// <summary>Reads a list from the REST body.</summary>
    /// <param name="body">UTF-8 JSON: <c>{"retCode":0,...,"result":{"category":"linear","list":[...]}}</c>.</param>
    /// <param name="source">Where the body came from, for messages.</param>
    /// <exception cref="InstrumentException">The body is not such a list; the message names the first fault. A damaged row is one only to whoever selects it.</exception>
    public static InstrumentCatalog Parse(ReadOnlyMemory<byte> body, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return new InstrumentCatalog(ReadRows(document.RootElement, source), source);
        }
        catch (JsonException fault)
        {
            throw new InstrumentException($"{source}: not JSON (line {fault.LineNumber + 1}); it should hold the body of GET /v5/market/instruments-info?category=linear", fault);
        }
    }

    /// <summary>Makes a list of the venue's rows.</summary>
    /// <param name="rows">Rows of <c>market/instruments-info</c> as the venue sent them.</param>
    /// <param name="source">Where they came from, for messages.</param>
    /// <exception cref="InstrumentException">They are no such list.</exception>
    internal static InstrumentCatalog Of(IEnumerable<string> rows, string source) => Parse(Body(rows), source);

    /// <summary>Some symbols' rows as the venue sent them, in a body that <see cref="Parse"/> reads.</summary>
    /// <param name="symbols">All of them listed.</param>
    public byte[] ToJson(IEnumerable<string> symbols) => Body(symbols.Select(symbol => _rows[symbol].GetRawText()));

    /// <summary>The specifications of some symbols; the position in <paramref name="symbols"/> becomes the instrument's id.</summary>
    /// <param name="symbols">1 to 64 symbols as the venue writes them, none twice.</param>
    /// <exception cref="InstrumentException">A symbol is unknown, not a USDT perpetual in trading, or its row is out of range.</exception>
    public InstrumentTable Select(IReadOnlyList<string> symbols)
    {
        var specs = new List<InstrumentSpec>(symbols.Count);
        try
        {
            foreach (string symbol in symbols) specs.Add(ToSpec(symbol, new InstrumentId(specs.Count)));
            return new InstrumentTable(specs);
        }
        catch (ArgumentException fault)
        {
            throw new InstrumentException($"{_source}: {fault.Message}", fault);
        }
    }

    private static byte[] Body(IEnumerable<string> rows) => Encoding.UTF8.GetBytes($"{{\"result\":{{\"category\":\"linear\",\"list\":[{string.Join(',', rows)}]}}}}");

    private static Dictionary<string, JsonElement> ReadRows(JsonElement root, string source)
    {
        if (root.ValueKind != JsonValueKind.Object) throw NotAList(source, "the document is not an object");
        if (root.TryGetProperty("retCode", out JsonElement code) && code.ValueKind == JsonValueKind.Number && code.GetRawText() != "0")
        {
            throw NotAList(source, $"it is an error answer, retCode {code.GetRawText()}");
        }

        if (!root.TryGetProperty("result", out JsonElement result) || result.ValueKind != JsonValueKind.Object) throw NotAList(source, "result is missing");
        string category = Text(result, "category", source, "result");
        if (category != "linear") throw NotAList(source, $"result.category is \"{category}\"");
        if (!result.TryGetProperty("list", out JsonElement list) || list.ValueKind != JsonValueKind.Array) throw NotAList(source, "result.list is missing");

        var rows = new Dictionary<string, JsonElement>(list.GetArrayLength(), StringComparer.Ordinal);
        foreach (JsonElement element in list.EnumerateArray())
        {
            string symbol = Text(element, "symbol", source, $"row {rows.Count + 1}");
            if (!rows.TryAdd(symbol, element.Clone())) throw new InstrumentException($"{source}: {symbol} is listed twice");
        }

        return rows.Count > 0 ? rows : throw NotAList(source, "result.list is empty");
    }

    private static Row ReadRow(JsonElement element, string symbol, string source)
    {
        JsonElement leverage = Section(element, "leverageFilter", source, symbol);
        JsonElement price = Section(element, "priceFilter", source, symbol);
        JsonElement lot = Section(element, "lotSizeFilter", source, symbol);
        return new Row(
            ContractType: Text(element, "contractType", source, symbol),
            Status: Text(element, "status", source, symbol),
            SettleCoin: Text(element, "settleCoin", source, symbol),
            MaxLeverage: Number(leverage, "maxLeverage", source, symbol),
            TickSize: Step(price, "tickSize", source, symbol),
            MinPrice: Number(price, "minPrice", source, symbol),
            MaxPrice: Number(price, "maxPrice", source, symbol),
            QtyStep: Step(lot, "qtyStep", source, symbol),
            MinOrderQty: Number(lot, "minOrderQty", source, symbol),
            MaxOrderQty: Math.Min(Number(lot, "maxOrderQty", source, symbol), Number(lot, "postOnlyMaxOrderQty", source, symbol)),
            MinNotional: Number(lot, "minNotionalValue", source, symbol),
            PriceLimitRatio: PriceLimitRatio(element, source, symbol));
    }

    private InstrumentSpec ToSpec(string symbol, InstrumentId id)
    {
        if (!_rows.TryGetValue(symbol, out JsonElement element)) throw new InstrumentException($"{_source}: {symbol} is unknown; {Suggestion(symbol)}");
        Row row = ReadRow(element, symbol, _source);
        if (row.ContractType != "LinearPerpetual" || row.SettleCoin != "USDT")
        {
            throw new InstrumentException($"{_source}: {symbol} is a {row.ContractType} settled in {row.SettleCoin}; this engine trades LinearPerpetual settled in USDT only");
        }

        if (row.Status != "Trading") throw new InstrumentException($"{_source}: {symbol} is not open for trading, its status is {row.Status}");

        int priceDecimals = Decimals(row.TickSize);
        int qtyDecimals = Decimals(row.QtyStep);
        return new InstrumentSpec(id, symbol, priceDecimals, Mantissa(row.TickSize, priceDecimals), qtyDecimals, Mantissa(row.QtyStep, qtyDecimals))
        {
            MinPrice = new PriceTicks(Steps(row.MinPrice, row.TickSize, symbol, "minPrice")),
            MaxPrice = new PriceTicks(Steps(row.MaxPrice, row.TickSize, symbol, "maxPrice")),
            MinOrderQty = new QtyLots(Steps(row.MinOrderQty, row.QtyStep, symbol, "minOrderQty")),
            MaxOrderQty = new QtyLots(Steps(row.MaxOrderQty, row.QtyStep, symbol, "maxOrderQty")),
            MinNotional = new MoneyE8(Steps(row.MinNotional, 0.00000001m, symbol, "minNotionalValue")),
            PriceLimitRatioE8 = Steps(row.PriceLimitRatio, 0.00000001m, symbol, "priceLimitRatioX"),
            MaxLeverageE2 = (int)Steps(row.MaxLeverage, 0.01m, symbol, "maxLeverage"),
        };
    }

    private string Suggestion(string symbol)
    {
        if (_rows.Count <= NamesShownMax) return $"the list holds {string.Join(", ", _rows.Keys)}";
        for (int length = symbol.Length; length > 0; length--)
        {
            string[] near = [.. _rows.Keys.Where(name => name.StartsWith(symbol[..length], StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(NamesShownMax)];
            if (near.Length > 0) return $"the nearest of the {_rows.Count} it holds: {string.Join(", ", near)}";
        }

        return $"none of the {_rows.Count} it holds begins like it";
    }

    // A decimal divided by 1.000...0 keeps no trailing zero, which makes its scale the number of significant decimals.
    private static decimal Trimmed(decimal value) => value / 1.0000000000000000000000000000m;

    private static int Decimals(decimal value) => Trimmed(value).Scale;

    private static long Mantissa(decimal value, int decimals)
    {
        for (int i = 0; i < decimals; i++) value *= 10;
        return (long)value;
    }

    private long Steps(decimal value, decimal step, string symbol, string name)
    {
        decimal steps = value / step;
        bool fits = value >= 0 && steps == decimal.Truncate(steps) && steps < 1L << 53;
        return fits ? (long)steps : throw new InstrumentException($"{_source}: {symbol}: {name} must be a whole number of steps of {Trimmed(step)}, was {value}");
    }

    // The one filter that older lists lack.
    private static decimal PriceLimitRatio(JsonElement element, string source, string symbol)
    {
        if (!element.TryGetProperty("riskParameters", out JsonElement risk) || risk.ValueKind != JsonValueKind.Object || !risk.TryGetProperty("priceLimitRatioX", out _)) return 0;
        decimal ratio = Number(risk, "priceLimitRatioX", source, symbol);
        return ratio < 1 ? ratio : throw new InstrumentException($"{source}: {symbol}: priceLimitRatioX must be a fraction below 1, was {ratio}");
    }

    private static JsonElement Section(JsonElement element, string name, string source, string symbol) =>
        element.TryGetProperty(name, out JsonElement section) && section.ValueKind == JsonValueKind.Object
            ? section
            : throw new InstrumentException($"{source}: {symbol}: {name} is missing");

    private static string Text(JsonElement element, string name, string source, string where) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new InstrumentException($"{source}: {where}: {name} is missing or not a string");

    private static decimal Number(JsonElement element, string name, string source, string symbol)
    {
        string text = Text(element, name, source, symbol);
        bool fits = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) && value <= NumberMax;
        return fits ? value : throw new InstrumentException($"{source}: {symbol}: {name} must be a plain decimal of 0 to {NumberMax}, was \"{text}\"");
    }

    private static decimal Step(JsonElement element, string name, string source, string symbol)
    {
        decimal value = Number(element, name, source, symbol);
        bool fits = value is > 0 and <= StepMax && Decimals(value) <= DecimalsMax;
        return fits ? value : throw new InstrumentException($"{source}: {symbol}: {name} must be above 0, at most {StepMax}, with at most {DecimalsMax} decimals, was {value}");
    }

    private static InstrumentException NotAList(string source, string why) =>
        new($"{source}: not an instruments-info body of category linear: {why}");

    private sealed record Row(
        string ContractType,
        string Status,
        string SettleCoin,
        decimal MaxLeverage,
        decimal TickSize,
        decimal MinPrice,
        decimal MaxPrice,
        decimal QtyStep,
        decimal MinOrderQty,
        decimal MaxOrderQty,
        decimal MinNotional,
        decimal PriceLimitRatio);
}
