using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>One fault as data. Times in ns of venue time.</summary>
public sealed record Fault
{
    private const long NanosPerMilli = 1_000_000;
    private const long MostMillis = 365L * 24 * 3_600_000;
    private const int MostCount = 1_000_000;

    private static readonly FaultKind[] Kinds = [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.Unset)];
    private static readonly DeliveryChannel[] Channels = [DeliveryChannel.Public, DeliveryChannel.Private, DeliveryChannel.Trade, DeliveryChannel.LookUpEnd];
    private static readonly string[] Operations = ["create", "amend", "cancel"];
    private static readonly string[] KeysOfAll = ["kind", "channel", "afterMilliseconds", "everyMilliseconds"];
    private static readonly string[] Keys = [.. KeysOfAll, "durationMilliseconds", "delayMilliseconds", "count", "code", "text", "operation", "carriedOut"];

    /// <summary>What happens.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Where: <see cref="DeliveryChannel.Public"/>, <see cref="DeliveryChannel.Private"/> or <see cref="DeliveryChannel.Trade"/>; <see cref="DeliveryChannel.Unset"/> for all three. An <see cref="FaultKind.Outage"/> of <see cref="DeliveryChannel.LookUpEnd"/> is one of REST alone. Not every kind has every channel.</summary>
    public DeliveryChannel Channel { get; init; }

    /// <summary>How long after the beginning, or after it was asked for.</summary>
    public long AfterNanos { get; init; }

    /// <summary>Mean time from one occurrence to the next, exponentially distributed; 0 for a single one.</summary>
    public long EveryNanos { get; init; }

    /// <summary>How long an occurrence lasts.</summary>
    public long DurationNanos { get; init; }

    /// <summary>How much later the messages of a <see cref="FaultKind.Late"/>, or the requests of a <see cref="FaultKind.Slow"/>, arrive.</summary>
    public long DelayNanos { get; init; }

    /// <summary>Messages, requests, logins or subscriptions that an occurrence concerns.</summary>
    public int Count { get; init; } = 1;

    /// <summary><c>retCode</c> of a <see cref="FaultKind.Reject"/>.</summary>
    public int Code { get; init; } = 10016;

    /// <summary>Its <c>retMsg</c>, or the body of a <see cref="FaultKind.Forbidden"/>.</summary>
    public string Text { get; init; } = "Request timeout, please try again later";

    /// <summary>The requests that a <see cref="FaultKind.Reject"/> concerns: <c>create</c>, <c>amend</c> or <c>cancel</c> of one order; empty for every one.</summary>
    public string Operation { get; init; } = "";

    /// <summary>What a <see cref="FaultKind.Reject"/> or a <see cref="FaultKind.Subscription"/> refuses is done all the same, as may be behind 10016 (Bybit V5, 18.2).</summary>
    public bool IsCarriedOut { get; init; }

    /// <summary>Whether it concerns the connections themselves, which only a served venue has.</summary>
    public bool IsOfConnections => Kind is FaultKind.Cut or FaultKind.Outage or FaultKind.Close or FaultKind.Login or FaultKind.Forbidden or FaultKind.Early or FaultKind.HalfOpen or FaultKind.Subscription;

    /// <summary>Whether the venue itself does it at once, without a message or request that it waits for.</summary>
    public bool IsOfVenue => Kind is FaultKind.Restart or FaultKind.Adl or FaultKind.Hedge;

    /// <summary>Reads a file: a JSON array of faults.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says which fault and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<Fault> Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw new InvalidDataException("a JSON array of faults was wanted");
            if (document.RootElement.GetArrayLength() == 0) throw new InvalidDataException("the array is empty, so nothing would go wrong; name a fault, or leave the file out");
            return [.. document.RootElement.EnumerateArray().Select((json, index) => ParseOf(json, index + 1))];
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            string what = e is JsonException json ? $"not JSON, line {json.LineNumber + 1}; an array of faults was wanted, see docs/reference/venue.md" : e.Message;
            throw new InvalidDataException($"not a file of faults: {path} ({what})", e);
        }
    }

    /// <summary>Reads one fault.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why.</exception>
    public static Fault Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new InvalidDataException("a fault must be a JSON object such as {\"kind\":\"cut\"}");
        string? unknown = json.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !Keys.Contains(name));
        if (unknown is not null) throw new InvalidDataException($"a fault has no \"{unknown}\"; it has {string.Join(", ", Keys)}");
        var fault = new Fault
        {
            Kind = Word(json, "kind", Kinds) ?? throw new InvalidDataException($"a fault needs \"kind\", one of {string.Join(", ", Kinds.Select(Name))}"),
            Channel = Word(json, "channel", Channels) ?? DeliveryChannel.Unset,
            AfterNanos = Whole(json, "afterMilliseconds", 0, MostMillis, 0) * NanosPerMilli,
            EveryNanos = Whole(json, "everyMilliseconds", 0, MostMillis, 0) * NanosPerMilli,
            DurationNanos = Whole(json, "durationMilliseconds", 0, MostMillis, 0) * NanosPerMilli,
            DelayNanos = Whole(json, "delayMilliseconds", 0, MostMillis, 0) * NanosPerMilli,
            Count = (int)Whole(json, "count", 1, MostCount, 1),
            Code = (int)Whole(json, "code", 1, int.MaxValue, 10016),
        };
        if (json.TryGetProperty("operation", out JsonElement operation))
        {
            string? name = operation.ValueKind == JsonValueKind.String ? operation.GetString() : null;
            fault = fault with { Operation = Operations.Contains(name) ? name! : throw new InvalidDataException($"operation must be one of {string.Join(", ", Operations)}, was {operation.GetRawText()}") };
        }

        if (json.TryGetProperty("carriedOut", out JsonElement carriedOut))
        {
            fault = fault with { IsCarriedOut = carriedOut.ValueKind is JsonValueKind.True or JsonValueKind.False ? carriedOut.GetBoolean() : throw new InvalidDataException($"carriedOut must be true or false, was {carriedOut.GetRawText()}") };
        }

        if (fault.Kind == FaultKind.Forbidden) fault = fault with { Text = "" };
        if (json.TryGetProperty("text", out JsonElement text)) fault = fault with { Text = text.ValueKind == JsonValueKind.String ? text.GetString()! : throw new InvalidDataException("text must be a string") };
        if (fault.Kind is FaultKind.Outage or FaultKind.Stall or FaultKind.Late or FaultKind.Ban or FaultKind.Forbidden or FaultKind.Slow && fault.DurationNanos == 0) throw new InvalidDataException($"{Name(fault.Kind)} needs durationMilliseconds above 0");
        if (fault.Kind is FaultKind.Late or FaultKind.Slow && fault.DelayNanos == 0) throw new InvalidDataException($"{Name(fault.Kind)} needs delayMilliseconds above 0");
        RequireEffect(json, fault);
        return fault;
    }

    /// <summary>A key that changes nothing is a misunderstanding: whoever wrote it expects something of it.</summary>
    private static void RequireEffect(JsonElement json, Fault fault)
    {
        string[] own = fault.Kind switch
        {
            FaultKind.Gap or FaultKind.Duplicate or FaultKind.Login or FaultKind.Early => ["count"],
            FaultKind.Late or FaultKind.Slow => ["durationMilliseconds", "delayMilliseconds"],
            FaultKind.Stall or FaultKind.Ban or FaultKind.Outage => ["durationMilliseconds"],
            FaultKind.Forbidden => ["durationMilliseconds", "text"],
            FaultKind.Reject => ["count", "code", "text", "operation", "carriedOut"],
            FaultKind.Subscription => ["count", "carriedOut"],
            _ => [],
        };
        string name = Name(fault.Kind);
        string? idle = json.EnumerateObject().Select(member => member.Name).FirstOrDefault(key => !KeysOfAll.Contains(key) && !own.Contains(key));
        if (idle is not null) throw new InvalidDataException($"{idle} does nothing where kind is {name}, which has {string.Join(", ", [.. KeysOfAll, .. own])}; take it out");
        DeliveryChannel[] channels = fault.Kind switch
        {
            FaultKind.Login => [DeliveryChannel.Private, DeliveryChannel.Trade],
            FaultKind.Subscription => [DeliveryChannel.Public, DeliveryChannel.Private],
            FaultKind.Early or FaultKind.Restart => [DeliveryChannel.Public],
            FaultKind.Adl or FaultKind.Hedge => [DeliveryChannel.Private],
            FaultKind.Forbidden => [DeliveryChannel.LookUpEnd],
            FaultKind.Slow => [DeliveryChannel.Trade],
            _ => [],
        };
        if (fault.Channel != DeliveryChannel.Unset && channels.Length > 0 && !channels.Contains(fault.Channel)) throw new InvalidDataException($"{name} is of channel {string.Join(" or ", channels.Select(Name))}, was {Name(fault.Channel)}; leave channel out");
        if (fault.Channel == DeliveryChannel.LookUpEnd && fault.Kind is not (FaultKind.Outage or FaultKind.Forbidden)) throw new InvalidDataException($"a {name} concerns sockets, and rest is none; name another channel, or make it an outage");
        if (fault.Kind is FaultKind.Reject or FaultKind.Ban && fault.Channel is DeliveryChannel.Public or DeliveryChannel.Private)
        {
            throw new InvalidDataException($"a {name} refuses requests, and none come in on the {Name(fault.Channel)} channel; leave channel out, or make it trade");
        }
    }

    /// <summary>One of a file, named by its place in it, from 1.</summary>
    private static Fault ParseOf(JsonElement json, int number)
    {
        try
        {
            return Parse(json);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"fault {number}: {e.Message}", e);
        }
    }

    /// <summary>The name of a kind or a channel in files.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum => value is DeliveryChannel.LookUpEnd ? "rest" : value.ToString().ToLowerInvariant();

    private static T? Word<T>(JsonElement json, string key, T[] known)
        where T : struct, Enum
    {
        if (!json.TryGetProperty(key, out JsonElement value)) return null;
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        int found = Array.FindIndex(known, each => Name(each) == text);
        return found >= 0 ? known[found] : throw new InvalidDataException($"{key} must be one of {string.Join(", ", known.Select(Name))}, was {value.GetRawText()}");
    }

    private static long Whole(JsonElement json, string key, long least, long most, long otherwise)
    {
        if (!json.TryGetProperty(key, out JsonElement value)) return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw new InvalidDataException($"{key} must be a whole number of {least} to {most}, was {value.GetRawText()}");
    }
}
