using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LatencyEngine.Simulator;

/// <summary>The account's key and secret, and the checks that V5 makes with them (Bybit V5, 4, 9.1). Any thread.</summary>
internal sealed class ApiCredentials(string key, string secret)
{
    private const long DefaultWindowMillis = 5_000;
    private const long FutureMillis = 1_000;

    private static readonly Refusal InvalidKey = new(10003, "API key is invalid.");

    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <summary>Checks the arguments of an <c>auth</c> command: key, expiry in ms, signature; null when they are good.</summary>
    public Refusal? CheckLogin(IReadOnlyList<string> args, long nowMillis)
    {
        if (args.Count != 3 || !TryMillis(args[1], out long expires)) return new Refusal(10001, "Params Error");
        if (args[0] != key) return InvalidKey;
        if (expires <= nowMillis) return new Refusal(10001, "Params Error");
        return IsSigned($"GET/realtime{args[1]}", args[2]) ? null : new Refusal(10004, "Error sign, please check your signature generation algorithm.");
    }

    /// <summary>Checks the headers of a REST call over its payload, the raw query or the raw body; a header that was not sent is empty. Null when they are good.</summary>
    public Refusal? CheckCall(string apiKey, string timestamp, string window, string signature, string payload, long nowMillis)
    {
        if (apiKey != key) return InvalidKey;
        long windowMillis = DefaultWindowMillis;
        if (!TryMillis(timestamp, out long sent) || (window.Length > 0 && !TryMillis(window, out windowMillis)))
        {
            return new Refusal(10001, "params error: X-BAPI-TIMESTAMP or X-BAPI-RECV-WINDOW invalid");
        }

        if (sent < nowMillis - windowMillis || sent >= nowMillis + FutureMillis)
        {
            return new Refusal(
                10002,
                $"invalid request, please check your server timestamp or recv_window param. req_timestamp[{sent}],server_timestamp[{nowMillis}],recv_window[{windowMillis}]");
        }

        string origin = timestamp + apiKey + window + payload;
        return IsSigned(origin, signature) ? null : new Refusal(10004, $"error sign! origin_string[{origin}]");
    }

    /// <summary>Clients sign in lower- and in upper-case hex, and the live venue takes both (Bybit V5, 19.4).</summary>
    private bool IsSigned(string text, string signature)
    {
        string wanted = Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(wanted), Encoding.UTF8.GetBytes(signature.ToLowerInvariant()));
    }

    private static bool TryMillis(string text, out long millis) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out millis);
}
