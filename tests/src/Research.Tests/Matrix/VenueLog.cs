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

    private static readonly TimeSpan UnansweredFor = TimeSpan.FromMilliseconds(400);

    // A refusal that would say that the engine has sent something twice, unsigned, or with a wrong time.
    private static readonly int[] NeverAnswered = [WrongTime, 10003, 10004, 10005, 20001, 20006, 110072];

    private readonly HashSet<string> _created = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requestIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Times, ReadOnlyMemory<byte> Frame)> _filled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _unanswered = new(StringComparer.Ordinal);
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

    /// <summary>Set while the engine's clock is made wrong.</summary>
    public bool MayBeMistimed { get; set; }

    /// <summary>Whether a request that came in from a moment on has had no answer for longer than an answer takes.</summary>
    public bool HasUnanswered(long sinceTimestamp) => _unanswered.Values.Any(at => at >= sinceTimestamp && Stopwatch.GetElapsedTime(at) > UnansweredFor);

    /// <summary>How often the engine was told that an order is filled.</summary>
    public int TimesFilled(string name) => _filled.GetValueOrDefault(name).Times;

    /// <summary>The message that said so.</summary>
    public ReadOnlyMemory<byte> FilledRow(string name) => _filled[name].Frame;

    public int Refused(string operation, int code) => Refusals.GetValueOrDefault($"{operation} {code}");

    /// <summary>An order-entry request of the engine has reached the gateway.</summary>
    public LoggedRequest Take(ReadOnlyMemory<byte> frame)
    {
        using JsonDocument document = JsonDocument.Parse(frame);
        string id = document.RootElement.GetProperty("reqId").GetString()!;
        string operation = document.RootElement.GetProperty("op").GetString()!["order.".Length..];
        JsonElement order = document.RootElement.GetProperty("args")[0];
        string name = order.GetProperty("orderLinkId").GetString()!;
        Requests++;
        _operations[id] = operation;
        _unanswered[id] = Stopwatch.GetTimestamp();
        if (!_requestIds.Add(id)) Faults.Add($"request {id} came twice");
        if (operation == "create" && !_created.Add(name)) Faults.Add($"order {name} was created twice");
        if (operation != "create" && !_created.Contains(name) && !name.EndsWith(OutsideSuffix, StringComparison.Ordinal)) Faults.Add($"{operation} of {name}, which this run has not created");
        decimal price = order.TryGetProperty("price", out JsonElement text) ? decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture) : 0;
        string side = order.TryGetProperty("side", out JsonElement given) ? given.GetString()! : "";
        return new LoggedRequest(operation, ClientOrderId.Parse(name), name, price, side);
    }

    /// <summary>Names of orders that another client has placed under the engine's own form end so.</summary>
    public const string OutsideSuffix = "feed";

    /// <summary>Something leaves the venue.</summary>
    public void Take(in Delivery delivery, long engineUid)
    {
        if (delivery.Channel == DeliveryChannel.Private && delivery.Uid == engineUid) TakePrivate(in delivery);
        if (delivery.Channel == DeliveryChannel.Public && delivery.Frame.Span.IndexOf("\"u\":1,"u8) >= 0) FirstUpdates++;
        if (delivery.Channel == DeliveryChannel.LookUpEnd && !MayBeBanned && delivery.Frame.Span.IndexOf("\"retCode\":10006"u8) >= 0) Faults.Add("a REST call was refused with 10006");
        if (delivery.Channel != DeliveryChannel.Trade) return;
        using JsonDocument document = JsonDocument.Parse(delivery.Frame);
        JsonElement ack = document.RootElement;
        int code = ack.GetProperty("retCode").GetInt32();
        if (delivery.Origin == MatrixRig.Outside)
        {
            if (code is not (0 or 110001)) Faults.Add($"the other client was refused: {Encoding.UTF8.GetString(delivery.Frame.Span)}");
            return;
        }

        if (!ack.TryGetProperty("reqId", out JsonElement id) || !_operations.TryGetValue(id.GetString()!, out string? operation)) return;
        _unanswered.Remove(id.GetString()!);
        if (code == 0)
        {
            Accepted++;
            if (operation != "cancel") Quoted++;
            return;
        }

        string key = $"{operation} {code}";
        Refusals[key] = Refusals.GetValueOrDefault(key) + 1;
        if ((NeverAnswered.Contains(code) && !(code == WrongTime && MayBeMistimed)) || (code == TooManyRequests && !MayBeBanned)) Faults.Add($"refused: {Encoding.UTF8.GetString(delivery.Frame.Span)}");
    }

    /// <summary>The gateway has refused a request, which the venue has not seen. A REST call with a wrong time is none of the faults: it is how a client learns that its machine's clock was set.</summary>
    public void TakeRefusal(int code, string text)
    {
        if (code != WrongTime) Faults.Add($"refused by the gateway: {code} {text}");
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
