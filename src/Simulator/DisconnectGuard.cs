using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>Disconnect protection: a user whose private connections with <c>dcp.future</c> have all been gone for a whole window loses every order (Bybit V5, 7.6, 12.6).</summary>
/// <remarks>
/// Any thread. Every account has the feature, which Bybit's staff switch on for institutions only; a new window applies at once instead of after some ten
/// seconds; the window of a product other than <c>DERIVATIVES</c> is accepted and does nothing.
/// </remarks>
internal sealed class DisconnectGuard
{
    public const string SetPath = "/v5/order/disconnected-cancel-all";
    public const string InfoPath = "/v5/account/query-dcp-info";
    public const string Topic = "dcp.future";

    private const int DefaultSeconds = 10;
    private const int SecondsMin = 3;
    private const int SecondsMax = 300;
    private const long NanosPerSecond = 1_000_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _windows = [];
    private readonly Dictionary<long, long?> _goneSince = [];   // by armed user; null while a connection lives

    /// <summary>Sets a user's window from the body of a call to <see cref="SetPath"/>; null when it is good.</summary>
    public Refusal? SetWindow(long uid, ReadOnlySpan<byte> body)
    {
        try
        {
            JsonElement fields = CompactJson.Parse(body);
            string product = fields.TryGetProperty("product", out JsonElement named) ? named.ToString() : "OPTIONS";
            if (product is not ("OPTIONS" or "SPOT" or "DERIVATIVES")) return new Refusal(10001, "params error: product invalid");
            if (!fields.TryGetProperty("timeWindow", out JsonElement window)
                || !int.TryParse(window.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                || seconds is < SecondsMin or > SecondsMax)
            {
                return new Refusal(10001, $"params error: timeWindow must lie in {SecondsMin}..{SecondsMax}");
            }

            lock (_lock)
            {
                if (product == "DERIVATIVES") _windows[uid] = seconds;
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Refusal(10001, "Request parameter error");
        }
    }

    /// <summary>Writes the result of a call to <see cref="InfoPath"/>.</summary>
    public void WriteInfo(long uid, Utf8JsonWriter json)
    {
        json.WriteStartArray("dcpInfos");
        json.WriteStartObject();
        json.WriteString("product", "DERIVATIVES");
        json.WriteString("dcpStatus", "ON");
        lock (_lock) json.WriteString("timeWindow", _windows.GetValueOrDefault(uid, DefaultSeconds).ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>A connection of the user has subscribed.</summary>
    public void Arm(long uid)
    {
        lock (_lock) _goneSince[uid] = null;
    }

    /// <summary>The user's last living connection with the subscription has ended it: nobody is left whose loss would count.</summary>
    public void Disarm(long uid)
    {
        lock (_lock) _goneSince.Remove(uid);
    }

    /// <summary>Users whose window has passed; each is disarmed until it subscribes again.</summary>
    /// <param name="isAlive">Whether a connection of the user with the subscription lives.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    public IReadOnlyList<long> TakeExpired(Func<long, bool> isAlive, long nowNanos)
    {
        lock (_lock)
        {
            if (_goneSince.Count == 0) return [];
            List<long> expired = [];
            foreach (long uid in _goneSince.Keys.ToList())
            {
                if (isAlive(uid)) _goneSince[uid] = null;
                else if (_goneSince[uid] is not { } since) _goneSince[uid] = nowNanos;
                else if (nowNanos - since >= _windows.GetValueOrDefault(uid, DefaultSeconds) * NanosPerSecond) expired.Add(uid);
            }

            foreach (long uid in expired) _goneSince.Remove(uid);
            return expired;
        }
    }
}
