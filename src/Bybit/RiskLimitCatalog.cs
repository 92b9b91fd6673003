using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>The risk-limit ladders of a file such as <c>samples/risk-limits-202608.json</c>: <c>ladders.SYMBOL.tiers</c>, rows in rising order of value.</summary>
public sealed class RiskLimitCatalog
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<RiskLimitRow>> _ladders;

    private RiskLimitCatalog(string path, IReadOnlyDictionary<string, IReadOnlyList<RiskLimitRow>> ladders)
    {
        _path = path;
        _ladders = ladders;
    }

    /// <summary>The ladder of a symbol.</summary>
    /// <exception cref="InstrumentException">The file has none; the message says which symbols it has.</exception>
    public IReadOnlyList<RiskLimitRow> this[string symbol] => _ladders.TryGetValue(symbol, out IReadOnlyList<RiskLimitRow>? ladder)
        ? ladder
        : throw new InstrumentException($"{_path}: no risk-limit ladder for {symbol}; it has {string.Join(", ", _ladders.Keys.Order(StringComparer.Ordinal))}");

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

    private static RiskLimitRow Row(JsonElement row) =>
        new(Number(row, "riskLimitValue"), Number(row, "maintenanceMargin"), Number(row, "maxLeverage"), Number(row, "mmDeduction"));

    private static decimal Number(JsonElement row, string key) => decimal.Parse(row.GetProperty(key).GetString()!, NumberStyles.Number, CultureInfo.InvariantCulture);
}
