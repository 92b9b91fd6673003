using System.Text.Json;

namespace LatencyEngine.Bybit;

/// <summary>V5's envelope around every REST answer (Bybit V5, 9.2). Any thread; allocates.</summary>
internal static class VenueAnswer
{
    private const long TooManyVisits = 10006;

    /// <summary>Reads an answer that says yes.</summary>
    /// <param name="body">As the venue sent it.</param>
    /// <param name="request">Method and path, for messages.</param>
    /// <param name="redact">Takes out of the venue's words what nobody should read.</param>
    /// <param name="read">Called with the envelope; what it returns must not refer to it.</param>
    /// <exception cref="VenueRefusalException">The venue refuses, or the answer cannot be read.</exception>
    public static T Read<T>(byte[] body, string request, Func<string, string> redact, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(body);
            CheckAccepted(answer.RootElement, request, redact);
            return read(answer.RootElement);
        }
        catch (JsonException fault)
        {
            throw new VenueRefusalException($"{request}: the answer is not JSON", fault);
        }
        catch (InvalidOperationException fault)
        {
            // What JsonElement makes of half a surrogate pair, which is JSON but no text.
            throw new VenueRefusalException($"{request}: the answer has a text that is not Unicode", fault);
        }
    }

    /// <summary>A member of an object; false when it is not there or of another kind.</summary>
    public static bool TryGet(JsonElement element, string key, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out value) && value.ValueKind == kind;
    }

    private static void CheckAccepted(JsonElement envelope, string request, Func<string, string> redact)
    {
        long number = -1;
        bool hasCode = TryGet(envelope, "retCode", JsonValueKind.Number, out JsonElement code) && code.TryGetInt64(out number);
        if (hasCode && number == 0) return;
        string text = TryGet(envelope, "retMsg", JsonValueKind.String, out JsonElement message) ? redact(message.ToString()).ReplaceLineEndings(" ") : "no retCode";
        throw new VenueRefusalException($"{request} refused: {text}") { IsPacing = number == TooManyVisits };
    }
}
