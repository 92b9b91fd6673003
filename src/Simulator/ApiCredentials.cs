using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LatencyEngine.Simulator;

/// <summary>The keys that the gateway knows, and the checks that V5 makes with them (Bybit V5, 4, 9.1). Any thread.</summary>
/// <remarks>The live texts of 10005 and 33004 are not in our sources; the ones here are assumed.</remarks>
internal sealed class ApiCredentials
{
    private const long DefaultWindowMillis = 5_000;
    private const long FutureMillis = 1_000;

    private static readonly Refusal InvalidKey = new(10003, "API key is invalid.");
    private static readonly Refusal Expired = new(33004, "Your api key has expired.");

    private readonly Dictionary<string, ApiKey> _keys;

    /// <summary>Keeps the keys.</summary>
    /// <exception cref="ArgumentException">None, an empty key or secret, or the same key twice.</exception>
    public ApiCredentials(IReadOnlyCollection<ApiKey> keys)
    {
        if (keys.Count == 0) throw new ArgumentException("at least one API key must be given", nameof(keys));
        if (keys.Any(key => key.Key.Length == 0 || key.Secret.Length == 0)) throw new ArgumentException("an API key and its secret must not be empty", nameof(keys));
        _keys = keys.ToDictionary(key => key.Key, StringComparer.Ordinal);
    }

    /// <summary>The refusal of a login whose expiry has passed, or that cannot be read.</summary>
    public static Refusal BadLogin { get; } = new(10001, "Params Error");

    /// <summary>The refusal of a key that lacks a permission.</summary>
    public static Refusal PermissionDenied { get; } = new(10005, "Permission denied, please check your API key permissions.");

    /// <summary>Checks the arguments of an <c>auth</c> command: key, expiry in ms, signature.</summary>
    /// <param name="args">As sent, as text.</param>
    /// <param name="nowMillis">Venue time.</param>
    /// <param name="key">Who has logged in; null when refused.</param>
    /// <returns>Null when they are good.</returns>
    public Refusal? CheckLogin(IReadOnlyList<string> args, long nowMillis, out ApiKey? key)
    {
        key = null;
        if (args.Count != 3 || !TryMillis(args[1], out long expires)) return BadLogin;
        if (!_keys.TryGetValue(args[0], out ApiKey? found)) return InvalidKey;
        if (expires <= nowMillis) return BadLogin;
        if (!IsSigned(found, Encoding.UTF8.GetBytes($"GET/realtime{args[1]}"), args[2])) return new Refusal(10004, "Error sign, please check your signature generation algorithm.");
        if (HasExpired(found, nowMillis)) return Expired;
        key = found;
        return null;
    }

    /// <summary>Checks the headers of a REST call over its payload; a header that was not sent is empty.</summary>
    /// <param name="apiKey"><c>X-BAPI-API-KEY</c>.</param>
    /// <param name="timestamp"><c>X-BAPI-TIMESTAMP</c>.</param>
    /// <param name="window"><c>X-BAPI-RECV-WINDOW</c>.</param>
    /// <param name="signature"><c>X-BAPI-SIGN</c>.</param>
    /// <param name="payload">The raw query of a GET, the raw body of a POST.</param>
    /// <param name="nowMillis">Venue time.</param>
    /// <param name="key">Who calls; null when refused.</param>
    /// <returns>Null when they are good.</returns>
    public Refusal? CheckCall(string apiKey, string timestamp, string window, string signature, ReadOnlySpan<byte> payload, long nowMillis, out ApiKey? key)
    {
        key = null;
        if (!_keys.TryGetValue(apiKey, out ApiKey? found)) return InvalidKey;
        long windowMillis = DefaultWindowMillis;
        if (!TryMillis(timestamp, out long sent) || (window.Length > 0 && !TryMillis(window, out windowMillis)))
        {
            return new Refusal(10001, "params error: X-BAPI-TIMESTAMP or X-BAPI-RECV-WINDOW invalid");
        }

        if (CheckTime(sent, windowMillis, nowMillis) is { } late) return late;
        byte[] origin = [.. Encoding.UTF8.GetBytes(timestamp + apiKey + window), .. payload];
        if (!IsSigned(found, origin, signature)) return new Refusal(10004, $"error sign! origin_string[{Encoding.UTF8.GetString(origin)}]");
        if (HasExpired(found, nowMillis)) return Expired;
        key = found;
        return null;
    }

    /// <summary><c>server_time - recv_window &lt;= timestamp &lt; server_time + 1000</c> (Bybit V5, 9.1); null when it holds.</summary>
    private static Refusal? CheckTime(long sentMillis, long windowMillis, long nowMillis) =>
        sentMillis >= nowMillis - windowMillis && sentMillis < nowMillis + FutureMillis
            ? null
            : new Refusal(
                10002,
                $"invalid request, please check your server timestamp or recv_window param. req_timestamp[{sentMillis}],server_timestamp[{nowMillis}],recv_window[{windowMillis}]");

    private static bool HasExpired(ApiKey key, long nowMillis) => key.ExpiresAtMillis <= nowMillis;

    /// <summary>Clients sign in lower- and in upper-case hex, and the live venue takes both (Bybit V5, 19.4).</summary>
    private static bool IsSigned(ApiKey key, byte[] text, string signature)
    {
        string wanted = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Secret), text));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(wanted), Encoding.UTF8.GetBytes(signature.ToLowerInvariant()));
    }

    private static bool TryMillis(string text, out long millis) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out millis);
}
