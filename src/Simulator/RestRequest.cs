using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>A REST call as its handler sees it: what was asked, by whom and when, and the result to write.</summary>
/// <remarks>Parameters of a query and members of a body read alike, as text; an empty one counts as not sent. For the thread that owns the venue.</remarks>
internal sealed class RestRequest
{
    private readonly Dictionary<string, string> _texts;

    private RestRequest(Venue venue, RestCall call, long nowNanos, List<VenueMessage> output, Utf8JsonWriter result, Dictionary<string, string> texts, JsonElement body)
    {
        Venue = venue;
        Call = call;
        NowNanos = nowNanos;
        Output = output;
        Result = result;
        _texts = texts;
        Body = body;
    }

    public Venue Venue { get; }

    public RestCall Call { get; }

    /// <summary>The account that calls; not for a public call.</summary>
    public VenueAccount Account => Venue.Account(Call.Uid);

    /// <summary>Venue time, ns since 1970.</summary>
    public long NowNanos { get; }

    public long NowMillis => NowNanos / Venue.NanosPerMilli;

    /// <summary>Receives what the call makes the venue send on the sockets, in order.</summary>
    public List<VenueMessage> Output { get; }

    /// <summary>Inside the <c>result</c> object.</summary>
    public Utf8JsonWriter Result { get; }

    /// <summary>The object in the body; undefined for a GET.</summary>
    public JsonElement Body { get; }

    /// <summary><c>retMsg</c> of success.</summary>
    public string Message { get; set; } = "OK";

    /// <summary>What became of the orders of a batch, for <c>retExtInfo</c>; empty for any other call.</summary>
    public IReadOnlyList<BatchOutcome> Outcomes { get; set; } = [];

    /// <summary>A parameter; empty when it was not sent.</summary>
    public string this[string key] => _texts.GetValueOrDefault(key, "");

    /// <summary>Reads query and body; null when the body is not a JSON object.</summary>
    public static RestRequest? Read(Venue venue, RestCall call, long nowNanos, List<VenueMessage> output, Utf8JsonWriter result)
    {
        Dictionary<string, string> texts = ReadQuery(call.Query);
        if (!call.Route.Changes) return new RestRequest(venue, call, nowNanos, output, result, texts, default);
        try
        {
            JsonElement body = CompactJson.Parse(call.Body.Span);
            foreach (JsonProperty member in body.EnumerateObject())
            {
                texts[member.Name] = member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? "" : member.Value.ToString();
            }

            return new RestRequest(venue, call, nowNanos, output, result, texts, body);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public bool Has(string key) => this[key].Length > 0;

    /// <summary>Whether a row matches a parameter: true when it was not sent.</summary>
    public bool Matches(string key, string value) => !Has(key) || this[key] == value;

    /// <summary>As <see cref="Matches"/>, for many rows.</summary>
    public Func<string, bool> Matching(string key)
    {
        string wanted = this[key];
        return wanted.Length == 0 ? _ => true : value => value == wanted;
    }

    /// <summary>A whole number checked with <see cref="CheckNumber"/>.</summary>
    public long Number(string key, long otherwise) => Has(key) ? long.Parse(this[key], NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Null when a whole number lies in its bounds or was not sent.</summary>
    public Refusal? CheckNumber(string key, long least, long most) =>
        !Has(key) || (long.TryParse(this[key], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
            ? null
            : new Refusal(10001, $"params error: {key} invalid");

    /// <summary>A decimal number; false when it cannot be read, zero when it was not sent.</summary>
    public bool TryDecimal(string key, out decimal value)
    {
        value = 0;
        return !Has(key) || decimal.TryParse(this[key], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The symbol that is named, or the one of the base coin that is named instead; empty for none (Bybit V5, 10.4 and 10.6).</summary>
    public string Symbol => Has("symbol") ? this["symbol"] : Has("baseCoin") ? this["baseCoin"] + "USDT" : "";

    /// <summary>Null when the category is the one that is traded here.</summary>
    public Refusal? CheckCategory() => this["category"] == "linear" ? null : new Refusal(10001, "Illegal category");

    /// <summary>Null when a sent symbol is traded here.</summary>
    public Refusal? CheckSymbol(bool isRequired) =>
        (Has("symbol") || isRequired) && !Venue.Trades(this["symbol"]) ? new Refusal(10001, "symbol params err") : null;

    private static Dictionary<string, string> ReadQuery(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = pair.Split('=', 2);
            if (halves.Length == 2) parameters[Uri.UnescapeDataString(halves[0])] = Uri.UnescapeDataString(halves[1]);
        }

        return parameters;
    }
}
