using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>Everything that came in at the venue and left it, as the thread that drives it saw it.</summary>
internal sealed class VenueLog
{
    private const int TooManyRequests = 10006;
    private const int WrongTime = 10002;
    private const string OrderPath = "/v5/order/";
    private const long LateMillis = 400;   // a message's way takes 20
    private const long NanosPerMilli = 1_000_000;

    private static readonly TimeSpan UnansweredFor = TimeSpan.FromMilliseconds(400);

    // A refusal that would say that the engine has sent something twice, unsigned, or with a wrong time.
    private static readonly int[] NeverAnswered = [10003, 10004, 10005, 20001, 20006, 110072];

    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requestIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Times, ReadOnlyMemory<byte> Frame)> _filled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _unanswered = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doubled = new(StringComparer.Ordinal);
    private readonly Dictionary<DeliveryChannel, long> _late = [];
    private int _faultsTold;

    /// <summary>What must not be, a line each.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Those of them that no one has asked for yet, in one line; null for none. What goes wrong between two cells, or before the first, belongs to the next question.</summary>
    public string? TakeFaults()
    {
        string told = string.Join("; ", Faults.Skip(_faultsTold));
        _faultsTold = Faults.Count;
        return told.Length > 0 ? told : null;
    }

    /// <summary>Refusals of the engine's requests, by operation and code.</summary>
    public SortedDictionary<string, int> Refusals { get; } = new(StringComparer.Ordinal);

    public int Requests { get; private set; }

    public int Accepted { get; private set; }

    /// <summary>Creates and amends that the venue has accepted.</summary>
    public int Quoted { get; private set; }

    public int PrivateMessages { get; private set; }

    public int Doubled { get; private set; }

    public long LastProduced { get; private set; }

    public ReadOnlyMemory<byte> LastExecution { get; private set; }

    /// <summary>Book messages whose update id is 1.</summary>
    public int FirstUpdates { get; private set; }

    /// <summary>Set while the disturbance itself refuses with 10006.</summary>
    public bool MayBeBanned { get; set; }

    /// <summary>Set while the disturbance itself makes the time of requests wrong, or refuses it.</summary>
    public bool MayHaveWrongTime { get; set; }

    /// <summary>Set while the disturbance keeps creates from the venue: a cancel of an order that nobody knows is right then.</summary>
    public bool MayLoseCreates { get; set; }

    /// <summary>The code with which the disturbance itself refuses a request, whosever it meets; 0 for none.</summary>
    public int RefusesAnyone { get; set; }

    /// <summary>Requests of the other client that were refused so.</summary>
    public int OthersRefused { get; private set; }

    /// <summary>Requests that were refused for their time, by the gateway or the venue.</summary>
    public int WrongTimes { get; private set; }

    /// <summary>Whether a request that came in from a moment on has had no answer for longer than an answer takes.</summary>
    public bool HasUnanswered(long sinceTimestamp) => _unanswered.Values.Any(at => at >= sinceTimestamp && Stopwatch.GetElapsedTime(at) > UnansweredFor);

    /// <summary>How often the engine was told that an order is filled.</summary>
    public int TimesFilled(string name) => _filled.GetValueOrDefault(name).Times;

    /// <summary>The message that said so.</summary>
    public ReadOnlyMemory<byte> FilledRow(string name) => _filled[name].Frame;

    public int Refused(string operation, int code) => Refusals.GetValueOrDefault($"{operation} {code}");

    /// <summary>Orders' requests that were refused with a code, whatever they were for.</summary>
    public int Refused(int code) => Refused("create", code) + Refused("amend", code) + Refused("cancel", code);

    /// <summary>Messages for the engine that came long after the venue had made them, by the venue's own times.</summary>
    public long Late(DeliveryChannel channel) => _late.GetValueOrDefault(channel);

    /// <summary>An order-entry request of the engine has reached the gateway, by socket.</summary>
    public LoggedRequest Take(ReadOnlyMemory<byte> frame)
    {
        using JsonDocument document = JsonDocument.Parse(frame);
        return Take(document.RootElement.GetProperty("reqId").GetString()!, document.RootElement.GetProperty("op").GetString()!["order.".Length..], document.RootElement.GetProperty("args")[0]);
    }

    /// <summary>A REST call of the engine has reached the gateway.</summary>
    /// <returns>The request; null for a call that is no order's.</returns>
    public LoggedRequest? Take(long origin, string path, ReadOnlyMemory<byte> body)
    {
        string operation = path.StartsWith(OrderPath, StringComparison.Ordinal) ? path[OrderPath.Length..] : "";
        if (operation is not ("create" or "amend" or "cancel")) return null;
        using JsonDocument document = JsonDocument.Parse(body);
        return Take(CallId(origin), operation, document.RootElement);
    }

    private LoggedRequest Take(string id, string operation, JsonElement order)
    {
        string name = order.GetProperty("orderLinkId").GetString()!;
        Requests++;
        _operations[id] = operation;
        _unanswered[id] = Stopwatch.GetTimestamp();
        if (!_requestIds.Add(id)) Faults.Add($"request {id} came twice");
        if (operation == "create" && !_created.Add(name)) Faults.Add($"order {name} was created twice");
        if (operation != "create" && !MayLoseCreates && !_created.Contains(name) && !name.EndsWith(OutsideSuffix, StringComparison.Ordinal)) Faults.Add($"{operation} of {name}, which this run has not created");
        decimal price = order.TryGetProperty("price", out JsonElement text) ? decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture) : 0;
        string side = order.TryGetProperty("side", out JsonElement given) ? given.GetString()! : "";
        return new LoggedRequest(operation, ClientOrderId.Parse(name), name, price, side);
    }

    /// <summary>What rests at the venue at a moment. The engine has one quote a side, whose place is free only when its order is known to be closed: a second one that rests was sent blindly for the first.</summary>
    /// <param name="open">The account's open orders; those that this run has not created are another client's.</param>
    public void TakeOpen(IEnumerable<(string Name, Side Side)> open)
    {
        string? bid = null;
        string? ask = null;
        foreach ((string name, Side side) in open)
        {
            if (!_created.Contains(name)) continue;
            ref string? first = ref side == Side.Buy ? ref bid : ref ask;
            first ??= name;
            if (first != name && _doubled.Add(name)) Faults.Add($"{name} rests beside {first}, both are to {(side == Side.Buy ? "buy" : "sell")}");
        }
    }

    /// <summary>Names of orders that another client has placed under the engine's own form end so.</summary>
    public const string OutsideSuffix = "feed";

    /// <summary>Something leaves the venue.</summary>
    public void Take(in Delivery delivery, long engineUid)
    {
        if (delivery.Channel == DeliveryChannel.Private && delivery.Uid == engineUid) TakePrivate(in delivery);
        if (IsForEngine(in delivery, engineUid) && MadeAtMillis(in delivery) is { } madeAtMillis && (delivery.TimeNanos / NanosPerMilli) - madeAtMillis >= LateMillis) _late[delivery.Channel] = Late(delivery.Channel) + 1;
        if (delivery.Channel == DeliveryChannel.Public && delivery.Frame.Span.IndexOf("\"u\":1,"u8) >= 0) FirstUpdates++;
        if (delivery.Channel == DeliveryChannel.LookUpEnd && !MayBeBanned && delivery.Frame.Span.IndexOf("\"retCode\":10006"u8) >= 0) Faults.Add("a REST call was refused with 10006");
        string call = CallId(delivery.Origin);
        bool isCall = delivery.Channel == DeliveryChannel.LookUpEnd && _operations.ContainsKey(call);
        if (delivery.Channel != DeliveryChannel.Trade && !isCall) return;
        using JsonDocument document = JsonDocument.Parse(delivery.Frame);
        JsonElement ack = document.RootElement;
        int code = ack.GetProperty("retCode").GetInt32();
        if (delivery.Origin == MatrixRig.Outside)
        {
            if (code != 0 && code == RefusesAnyone) OthersRefused++;
            else if (code is not (0 or 110001)) Faults.Add($"the other client was refused: {Encoding.UTF8.GetString(delivery.Frame.Span)}");
            return;
        }

        string? id = isCall ? call : ack.TryGetProperty("reqId", out JsonElement given) ? given.GetString() : null;
        if (id is null || !_operations.TryGetValue(id, out string? operation)) return;
        _unanswered.Remove(id);
        if (code == 0)
        {
            Accepted++;
            if (operation != "cancel") Quoted++;
            return;
        }

        string key = $"{operation} {code}";
        Refusals[key] = Refusals.GetValueOrDefault(key) + 1;
        if (code == WrongTime) WrongTimes++;
        if (code switch { TooManyRequests => !MayBeBanned, WrongTime => !MayHaveWrongTime, _ => NeverAnswered.Contains(code) }) Faults.Add($"refused: {Encoding.UTF8.GetString(delivery.Frame.Span)}");
    }

    /// <summary>The gateway has refused a request, which the venue has not seen.</summary>
    public void TakeRefusal(int code, string text)
    {
        if (code == WrongTime) WrongTimes++;
        if (code != WrongTime || !MayHaveWrongTime) Faults.Add($"refused by the gateway: {code} {text}");
    }

    private static string CallId(long origin) => string.Create(CultureInfo.InvariantCulture, $"call-{origin}");

    private static bool IsForEngine(in Delivery delivery, long engineUid) => delivery.Channel switch
    {
        DeliveryChannel.Public => true,
        DeliveryChannel.Private => delivery.Uid == engineUid,
        DeliveryChannel.Trade => delivery.Origin != MatrixRig.Outside,
        _ => false,
    };

    /// <summary>When the venue made a message, ms since 1970, by what stands in it (Bybit V5, 6, 7 and 8.2); null where nothing does.</summary>
    private static long? MadeAtMillis(in Delivery delivery)
    {
        ReadOnlySpan<byte> key = delivery.Channel switch
        {
            DeliveryChannel.Public => "\"ts\":"u8,
            DeliveryChannel.Private => "\"creationTime\":"u8,
            _ => "\"Timenow\":\""u8,
        };
        int at = delivery.Frame.Span.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(delivery.Frame.Span[(at + key.Length)..], out long millis, out _) ? millis : null;
    }

    private void TakePrivate(in Delivery delivery)
    {
        PrivateMessages++;
        if (delivery.Produced == LastProduced) Doubled++;
        LastProduced = delivery.Produced;
        if (delivery.Frame.Span.IndexOf("\"topic\":\"execution\""u8) >= 0) LastExecution = delivery.Frame;
        if (delivery.Frame.Span.IndexOf("\"orderStatus\":\"Filled\""u8) < 0) return;
        using JsonDocument document = JsonDocument.Parse(delivery.Frame);
        foreach (JsonElement row in document.RootElement.GetProperty("data").EnumerateArray().Where(row => row.GetProperty("orderStatus").ValueEquals("Filled"u8)))
        {
            string name = row.GetProperty("orderLinkId").GetString()!;
            _filled[name] = (TimesFilled(name) + 1, delivery.Frame);
        }
    }

    /// <summary>One request of the engine.</summary>
    internal sealed record LoggedRequest(string Operation, ClientOrderId Order, string Name, decimal Price, string Side);
}
