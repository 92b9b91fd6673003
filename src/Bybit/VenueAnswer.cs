using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>V5's envelope around every REST answer (Bybit V5, 9.2). Any thread; allocates.</summary>
internal static class VenueAnswer
{
    /// <summary>Reads an answer that says yes.</summary>
    /// <param name="body">As the venue sent it.</param>
    /// <param name="request">Method and path, for messages.</param>
    /// <param name="redact">Takes out of the venue's words what nobody should read.</param>
    /// <param name="read">Called with the envelope; what it returns must not refer to it.</param>
    /// <exception cref="VenueRefusalException">The venue refuses, or the answer cannot be read: then the outcome is unknown.</exception>
    public static T Read<T>(byte[] body, string request, Func<string, string> redact, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument answer = Parse(body, request);
            CheckAccepted(answer.RootElement, request, redact);
            return read(answer.RootElement);
        }
        catch (JsonException fault)
        {
            throw new VenueRefusalException(OutcomeClass.Unknown, $"{request}: the answer cannot be read, at {fault.Path ?? "$"}: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
        catch (InvalidOperationException fault)
        {
            // What JsonElement makes of half a surrogate pair, which is JSON but no text.
            throw new VenueRefusalException(OutcomeClass.Unknown, $"{request}: the answer has a text that is not Unicode", fault);
        }
    }

    /// <summary>A member of an object; false when it is not there or of another kind.</summary>
    public static bool TryGet(JsonElement element, string key, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out value) && value.ValueKind == kind;
    }

    /// <summary>The answer's time at the venue, ms since 1970; 0 where it has none, as some answers do (Bybit V5, 9.2).</summary>
    public static long TimeMillis(JsonElement envelope) =>
        TryGet(envelope, "time", JsonValueKind.Number, out JsonElement time) && time.TryGetInt64(out long millis) && millis > 0 ? millis : 0;

    /// <summary>What a refusal means (Bybit V5, 18.2).</summary>
    /// <param name="code">Its <c>retCode</c>.</param>
    public static OutcomeClass ClassOf(int code) => code switch
    {
        110043 or 110025 or 110026 or 110027 or 34040 => OutcomeClass.Unchanged,
        110001 or 110008 or 110010 => OutcomeClass.OrderGone,
        110079 or 40004 => OutcomeClass.OrderBusy,
        10000 or 10016 or 429 => OutcomeClass.Unknown,
        10002 or -1 => OutcomeClass.Clock,
        10006 or 10018 or 10403 or 10429 or 20003 => OutcomeClass.Pace,
        10003 or 10004 or 10005 or 10007 or 10008 or 10009 or 10010 or 10024 or 10027 or 10028 or 33004 => OutcomeClass.HardStop,
        110004 or 110006 or 110007 or 110012 or 110039 or 110040 or 110044 or 110045 or 110090 => OutcomeClass.Risk,
        10001 or 110003 or 110017 or 110094 or 110072 => OutcomeClass.Filter,
        _ => OutcomeClass.Other,
    };

    private static JsonDocument Parse(byte[] body, string request)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException fault)
        {
            throw new VenueRefusalException(OutcomeClass.Unknown, $"{request}: the answer is not JSON", fault);
        }
    }

    private static void CheckAccepted(JsonElement envelope, string request, Func<string, string> redact)
    {
        int number = 0;
        bool hasCode = TryGet(envelope, "retCode", JsonValueKind.Number, out JsonElement code) && code.TryGetInt32(out number);
        if (hasCode && number == 0) return;
        string text = TryGet(envelope, "retMsg", JsonValueKind.String, out JsonElement message) ? redact(message.ToString()).ReplaceLineEndings(" ") : "no retCode";

        // An answer without a code says neither yes nor no.
        throw new VenueRefusalException(hasCode ? ClassOf(number) : OutcomeClass.Unknown, $"{request} refused: {text}{Reasons(envelope, redact)}") { Code = number };
    }

    /// <summary>What stands in the way of a margin mode (Bybit V5, 12.3); empty for any other refusal.</summary>
    private static string Reasons(JsonElement envelope, Func<string, string> redact)
    {
        if (!TryGet(envelope, "result", JsonValueKind.Object, out JsonElement result) || !TryGet(result, "reasons", JsonValueKind.Array, out JsonElement reasons)) return "";
        string[] texts = [.. reasons.EnumerateArray().Select(reason => TryGet(reason, "reasonMsg", JsonValueKind.String, out JsonElement text) ? redact(text.ToString()).ReplaceLineEndings(" ") : "").Where(text => text.Length > 0)];
        return texts.Length > 0 ? $" ({string.Join("; ", texts)})" : "";
    }
}
