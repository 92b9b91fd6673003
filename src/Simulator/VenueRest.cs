using System.Buffers;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The venue's REST calls: <see cref="RestRoutes"/> names them, this puts what they answer into V5's envelope (Bybit V5, 9.2).</summary>
/// <remarks>For the thread that owns the venue, apart from the static members. It allocates.</remarks>
public sealed class VenueRest
{
    /// <summary>Open and recently closed orders; signed.</summary>
    public const string OrdersPath = "/v5/order/realtime";

    /// <summary>Executions; signed.</summary>
    public const string ExecutionsPath = "/v5/execution/list";

    /// <summary>Cancels every open order of a symbol or a settle coin; signed, POST.</summary>
    public const string CancelAllPath = "/v5/order/cancel-all";

    /// <summary>The venue's time; public.</summary>
    internal const string TimePath = "/v5/market/time";

    private readonly Venue _venue;

    /// <summary>Calls on a venue.</summary>
    public VenueRest(Venue venue)
    {
        ArgumentNullException.ThrowIfNull(venue);
        _venue = venue;
    }

    /// <summary>The answer to a GET of an account that shares the venue's process: it changes nothing and counts against no limit.</summary>
    /// <param name="uid">The account.</param>
    /// <param name="path">One of the paths of <see cref="RestRoutes"/>.</param>
    /// <param name="query">The raw query, without its question mark.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <returns>The body in V5's envelope, UTF-8; a refusal has its code and text there, an unknown path 10017.</returns>
    public byte[] Answer(long uid, string path, string query, long nowNanos)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RestRoutes.Find("GET", path) is { Handle: not null } route
            ? Answer(new RestCall(route, uid, key: null, query, default), nowNanos, [])
            : Refused(new Refusal(10017, "Route not found."), nowNanos);
    }

    /// <summary>Carries out a call that has passed the gateway and leaves its outcome in it.</summary>
    /// <param name="call">Of a route that the venue handles.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives what the venue sends on the sockets, in order.</param>
    /// <returns>The body in V5's envelope, UTF-8.</returns>
    internal byte[] Answer(RestCall call, long nowNanos, List<VenueMessage> output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var result = new Utf8JsonWriter(buffer, CompactJson.Options);
        result.WriteStartObject();
        RestRequest? request = RestRequest.Read(_venue, call, nowNanos, output, result);
        Refusal? refusal;
        try
        {
            refusal = request is null ? new Refusal(10001, "Request parameter error") : call.Route.Handle!(request);
        }
        catch (Exception e) when (IsOfInput(e))
        {
            return Refused(call, new Refusal(10001, "Request parameter error"), nowNanos);
        }

        result.WriteEndObject();
        result.Flush();
        call.Code = refusal?.Code ?? 0;
        return Envelope(refusal ?? new Refusal(0, request!.Message), buffer.WrittenSpan, request?.Outcomes ?? [], nowNanos);
    }

    /// <summary>What a value that no check has foreseen ends in: the client is told, and the venue goes on.</summary>
    internal static bool IsOfInput(Exception e) => e is OverflowException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException or JsonException;

    /// <summary>The answer to <see cref="TimePath"/>, which needs no venue. Any thread.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    internal static byte[] Time(long nowNanos)
    {
        const long NanosPerSecond = 1_000_000_000;
        return Answered("OK", nowNanos, json =>
        {
            json.WriteString("timeSecond", VenueJson.Millis(nowNanos / NanosPerSecond));
            json.WriteString("timeNano", VenueJson.Millis(nowNanos));
        });
    }

    /// <summary>A success in V5's envelope. Any thread.</summary>
    internal static byte[] Answered(string message, long nowNanos, Action<Utf8JsonWriter> result) => Envelope(new Refusal(0, message), CompactJson.Object(result), [], nowNanos);

    /// <summary>Refuses a call that cannot be carried out, and leaves the outcome in it.</summary>
    internal static byte[] Refused(RestCall call, Refusal refusal, long nowNanos)
    {
        call.Code = refusal.Code;
        return Refused(refusal, nowNanos);
    }

    /// <summary>A refusal in V5's envelope: an empty result. Any thread.</summary>
    internal static byte[] Refused(Refusal refusal, long nowNanos) => Envelope(refusal, "{}"u8, [], nowNanos);

    private static byte[] Envelope(Refusal outcome, ReadOnlySpan<byte> result, IReadOnlyList<BatchOutcome> outcomes, long nowNanos)
    {
        var buffer = new ArrayBufferWriter<byte>(result.Length + 128);
        using (var json = new Utf8JsonWriter(buffer, CompactJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("retCode", outcome.Code);
            json.WriteString("retMsg", outcome.Text);
            json.WritePropertyName("result");
            json.WriteRawValue(result, skipInputValidation: true);
            json.WriteStartObject("retExtInfo");
            if (outcomes.Count > 0) RestPage.WriteList(json, outcomes, VenueJson.BatchItemOutcome);
            json.WriteEndObject();
            json.WriteNumber("time", nowNanos / Venue.NanosPerMilli);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
