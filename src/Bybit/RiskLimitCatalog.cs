using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>The risk-limit ladders of the venue (Bybit V5, 13.2), or of a file such as <c>samples/risk-limits-202608.json</c>: <c>ladders.SYMBOL.tiers</c>, rows in rising order of value.</summary>
public sealed class RiskLimitCatalog
{
    private readonly string _source;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<RiskLimitRow>> _ladders;

    private RiskLimitCatalog(string source, IReadOnlyDictionary<string, IReadOnlyList<RiskLimitRow>> ladders)
    {
        _source = source;
        _ladders = ladders;
    }

    /// <summary>The ladder of a symbol.</summary>
    /// <exception cref="InstrumentException">There is none; the message says which symbols have one.</exception>
    public IReadOnlyList<RiskLimitRow> this[string symbol] => _ladders.TryGetValue(symbol, out IReadOnlyList<RiskLimitRow>? ladder)
        ? ladder
        : throw new InstrumentException($"{_source}: no risk-limit ladder for {symbol}; it has {string.Join(", ", _ladders.Keys.Order(StringComparer.Ordinal))}");

    /// <summary>Reads the file.</summary>
    /// <exception cref="InstrumentException">It is missing, is not JSON, or lacks a field; one line says what and where.</exception>
    public static RiskLimitCatalog Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            var ladders = new Dictionary<string, IReadOnlyList<RiskLimitRow>>(StringComparer.Ordinal);
            foreach (JsonProperty ladder in document.RootElement.GetProperty("ladders").EnumerateObject())
            {
                ladders[ladder.Name] = [.. ladder.Value.GetProperty("tiers").EnumerateArray().Select(Row)];
            }

            return new RiskLimitCatalog(path, ladders);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InstrumentException($"{path}: cannot be read: {fault.Message}");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InstrumentException($"{path}: not a risk-limit file (wanted ladders.SYMBOL.tiers[] with riskLimitValue, maintenanceMargin, maxLeverage, mmDeduction): {fault.Message}");
        }
    }

    /// <summary>The venue's ladders in a document that <see cref="Load"/> reads: the same numbers, rates as fractions.</summary>
    public byte[] ToJson()
    {
        return Encoding.UTF8.GetBytes($"{{\"ladders\":{{{string.Join(',', _ladders.Select(Ladder))}}}}}");

        static string Ladder(KeyValuePair<string, IReadOnlyList<RiskLimitRow>> ladder) => $"\"{JsonEncodedText.Encode(ladder.Key)}\":{{\"assumed\":false,\"tiers\":[{string.Join(',', ladder.Value.Select(Tier))}]}}";

        static string Tier(RiskLimitRow row) => string.Create(
            CultureInfo.InvariantCulture, $"{{\"riskLimitValue\":\"{row.ValueLimit}\",\"maintenanceMargin\":\"{row.MaintenanceRate}\",\"maxLeverage\":\"{row.MaxLeverage}\",\"mmDeduction\":\"{row.Deduction}\"}}");
    }

    /// <summary>Makes ladders of the venue's rows, which come in any order.</summary>
    /// <param name="rows">Rows of <c>market/risk-limit</c>.</param>
    /// <param name="source">Where they came from, for messages.</param>
    /// <exception cref="InstrumentException">A row lacks a number.</exception>
    internal static RiskLimitCatalog Of(IEnumerable<JsonElement> rows, string source)
    {
        try
        {
            return new RiskLimitCatalog(source, rows.GroupBy(row => row.GetProperty("symbol").GetString()!, VenueRow).ToDictionary(
                ladder => ladder.Key, IReadOnlyList<RiskLimitRow> (ladder) => [.. ladder.OrderBy(row => row.ValueLimit)], StringComparer.Ordinal));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InstrumentException($"{source}: not rows of market/risk-limit (wanted symbol, riskLimitValue, maintenanceMargin, initialMargin, maxLeverage): {fault.Message}", fault);
        }
    }

    /// <summary>The rates come as fractions or as percent: the initial margin at the highest leverage is the whole value, 1 or 100 (Bybit V5, 13.2).</summary>
    private static RiskLimitRow VenueRow(JsonElement row)
    {
        decimal leverage = Wanted("maxLeverage");
        decimal whole = Wanted("initialMargin") * leverage > 10 ? 100 : 1;
        return new RiskLimitRow(Wanted("riskLimitValue"), Wanted("maintenanceMargin") / whole, leverage, RestJson.Amount(row, "mmDeduction") ?? 0);

        decimal Wanted(string key) => RestJson.Amount(row, key) ?? throw new KeyNotFoundException($"{key} is missing");
    }

    private static RiskLimitRow Row(JsonElement row) =>
        new(Number(row, "riskLimitValue"), Number(row, "maintenanceMargin"), Number(row, "maxLeverage"), Number(row, "mmDeduction"));

    private static decimal Number(JsonElement row, string key) => decimal.Parse(row.GetProperty(key).GetString()!, NumberStyles.Number, CultureInfo.InvariantCulture);
}
