using System.Globalization;
using System.Net;
using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>Reads instruments and risk limits from a venue's public REST calls, without a key (Bybit V5, 13.1, 13.2), as documents of the form that is kept in files.</summary>
/// <remarks>Blocks. Thread: one. Allocates.</remarks>
public sealed class MarketRules : IDisposable
{
    private const string InstrumentsPath = "/v5/market/instruments-info";
    private const string RiskLimitsPath = "/v5/market/risk-limit";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <summary>Prepares a client; it connects with the first call.</summary>
    /// <param name="address">Scheme, host and port of REST.</param>
    /// <param name="authoritiesPath">PEM file of the certificates that an <c>https</c> address is trusted by; null for the system's.</param>
    public MarketRules(Uri address, string? authoritiesPath)
    {
        _http = VenueHttp.Create(authoritiesPath, Timeout);
        _address = address;
    }

    /// <summary>The rows of some symbols, as <see cref="InstrumentCatalog"/> reads them.</summary>
    /// <exception cref="VenueRefusalException">The venue cannot be reached, or has no row of one of them.</exception>
    public byte[] Instruments(IReadOnlyList<string> symbols) => Write(json =>
    {
        json.WriteNumber("retCode", 0);
        json.WriteStartObject("result");
        json.WriteString("category", "linear");
        json.WriteStartArray("list");
        foreach (string symbol in symbols) Rows(InstrumentsPath, symbol, row => row.WriteTo(json));
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The ladders of some symbols, as <see cref="RiskLimitCatalog"/> reads them. Rates may come in percent and are written as fractions; the deduction of a first tier may be empty.</summary>
    /// <exception cref="VenueRefusalException">The venue cannot be reached, has no tier of one of them, or writes a number that is none.</exception>
    public byte[] RiskLimits(IReadOnlyList<string> symbols) => Write(json =>
    {
        json.WriteStartObject("ladders");
        foreach (string symbol in symbols)
        {
            json.WriteStartObject(symbol);
            json.WriteBoolean("assumed", false);
            json.WriteStartArray("tiers");
            Rows(RiskLimitsPath, symbol, row => WriteTier(json, row));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static void WriteTier(Utf8JsonWriter json, JsonElement row)
    {
        decimal maxLeverage = Number(row, "maxLeverage");
        decimal rate = Number(row, "maintenanceMargin");
        if (Number(row, "initialMargin") * maxLeverage > 10) rate /= 100;   // percent: 100 in place of 1
        json.WriteStartObject();
        json.WriteString("riskLimitValue", Text(Number(row, "riskLimitValue")));
        json.WriteString("maintenanceMargin", Text(rate));
        json.WriteString("maxLeverage", Text(maxLeverage));
        json.WriteString("mmDeduction", Text(Number(row, "mmDeduction")));
        json.WriteEndObject();
    }

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static decimal Number(JsonElement row, string key)
    {
        string text = row.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.ToString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "?";
        if (text.Length == 0) return 0m;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : throw new VenueRefusalException(OutcomeClass.Other, $"GET {RiskLimitsPath}: a row without a number in {key}");
    }

    private void Rows(string path, string symbol, Action<JsonElement> take)
    {
        string request = $"GET {path}";
        VenueAnswer.Read(Get(path, $"category=linear&symbol={Uri.EscapeDataString(symbol)}"), request, text => text, envelope =>
        {
            if (!VenueAnswer.TryGet(envelope, "result", JsonValueKind.Object, out JsonElement result) || !VenueAnswer.TryGet(result, "list", JsonValueKind.Array, out JsonElement list)) throw new VenueRefusalException(OutcomeClass.Other, $"{request}: no list");
            JsonElement[] rows = [.. list.EnumerateArray().Where(row => VenueAnswer.TryGet(row, "symbol", JsonValueKind.String, out JsonElement name) && name.ValueEquals(symbol))];
            if (rows.Length == 0) throw new VenueRefusalException(OutcomeClass.Other, $"{request}: no row of {symbol}");
            foreach (JsonElement row in rows) take(row);
            return true;
        });
    }

    private byte[] Get(string path, string query)
    {
        try
        {
            using HttpResponseMessage response = _http.GetAsync(new Uri(_address, $"{path}?{query}")).GetAwaiter().GetResult();
            if (response.StatusCode != HttpStatusCode.OK) throw new VenueRefusalException(OutcomeClass.Other, $"GET {path}: HTTP {(int)response.StatusCode}");
            return response.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            throw new VenueRefusalException(OutcomeClass.NotSent, $"GET {path}: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }
}
