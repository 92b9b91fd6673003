using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Order entry by REST, for a venue that has no socket for it, as demo trading (Bybit V5, 1): takes the requests of that socket and answers them in its form, so that the engine knows no difference.</summary>
/// <remarks>Threads: <see cref="Send"/> the io thread; the work is done by the pool. Every request is sent once.</remarks>
public sealed class RestOrderEntry
{
    // What the socket would say (Bybit V5, 8.2 and 18).
    private const int OutcomeUnknown = 10016;
    private const int TooMany = 10006;
    private const int WrongTime = 10002;
    private const int KeyRefused = 10003;

    private readonly RestClient _client;
    private readonly TimeSpan _turnWithin;
    private Inbox? _inbox;
    private int _underWay;

    /// <summary>Prepares it.</summary>
    /// <param name="client">Signs and sends.</param>
    /// <param name="recvWindow">How old a request may be when the venue reads it; one whose turn has not come in half of that is not sent: the rest is for its way.</param>
    public RestOrderEntry(RestClient client, TimeSpan recvWindow)
    {
        _client = client;
        _turnWithin = recvWindow / 2;
    }

    /// <summary>Requests that have no answer yet. Any thread.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Begins to work.</summary>
    /// <param name="inbox">Receives the answers.</param>
    public void Start(Inbox inbox) => _inbox = inbox;

    /// <summary>Takes one request of the order-entry socket (Bybit V5, 8.1); returns at once.</summary>
    public void Send(ReadOnlySpan<byte> request)
    {
        byte[] copy = request.ToArray();
        Interlocked.Increment(ref _underWay);
        Task.Run(() => SendAsync(copy));
    }

    private async Task SendAsync(byte[] request)
    {
        try
        {
            (string id, string operation, string body, long timestampMillis) = Read(request);
            _inbox!.Post(InboundKind.TradeFrame, await AnswerAsync(id, operation, body, timestampMillis).ConfigureAwait(false));
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<byte[]> AnswerAsync(string id, string operation, string body, long timestampMillis)
    {
        try
        {
            // The time is that of the engine's request, as on the socket: what waits here is not new at the venue, where the engine counts on it to be too old some day.
            using var within = new CancellationTokenSource(_turnWithin);
            (byte[] answer, RateLimitHeader limit) = await _client.PostAsync(PathOf(operation), body, timestampMillis, within.Token).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement root = document.RootElement;
            string data = root.TryGetProperty("result", out JsonElement result) ? result.GetRawText() : "{}";
            return Answer(id, operation, root.GetProperty("retCode").GetInt32(), _client.Redact(root.GetProperty("retMsg").GetString() ?? ""), data, limit.ToJson());
        }
        catch (OperationCanceledException)
        {
            return Answer(id, operation, TooMany, "not sent: its turn had not come within half of the receive window", "{}");
        }
        catch (VenueRefusalException fault)
        {
            int code = fault.Class switch
            {
                OutcomeClass.Banned => TooMany,
                OutcomeClass.Clock => WrongTime,
                OutcomeClass.HardStop => KeyRefused,
                _ => OutcomeUnknown,   // HTTP 429, too: as the code of that number (Bybit V5, 18.2)
            };
            return Answer(id, operation, code, fault.Message, "{}");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Answer(id, operation, OutcomeUnknown, "the answer is not V5's envelope", "{}");
        }
    }

    private static (string Id, string Operation, string Body, long TimestampMillis) Read(byte[] request)
    {
        using JsonDocument document = JsonDocument.Parse(request);
        JsonElement root = document.RootElement;
        return (root.GetProperty("reqId").GetString()!, root.GetProperty("op").GetString()!, root.GetProperty("args")[0].GetRawText(),
            long.Parse(root.GetProperty("header").GetProperty("X-BAPI-TIMESTAMP").GetString()!, CultureInfo.InvariantCulture));
    }

    private static string PathOf(string operation) => operation switch
    {
        "order.create" => BybitRest.CreatePath,
        "order.amend" => BybitRest.AmendPath,
        "order.cancel" => BybitRest.CancelPath,
        _ => throw new ArgumentException($"{operation} is no operation of the engine", nameof(operation)),
    };

    private static byte[] Answer(string id, string operation, int code, string text, string data, string header = "{}") =>
        Encoding.UTF8.GetBytes($$"""{"reqId":"{{id}}","retCode":{{code}},"retMsg":"{{JsonEncodedText.Encode(text)}}","op":"{{operation}}","data":{{data}},"retExtInfo":{},"header":{{header}},"connId":""}""");
}
