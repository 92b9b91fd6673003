using System.Text.Json;

namespace LatencyEngine.Transport;

/// <summary>The venue's answer to a command of a socket, in either of its two envelopes (Bybit V5, 5).</summary>
internal readonly record struct VenueReply
{
    private const int TopicSearchBytes = 128;

    /// <summary>Which command it answers; the ping's answer may be called ping or pong.</summary>
    public VenueOperation Operation { get; private init; }

    /// <summary>The command was carried out.</summary>
    public bool Succeeded { get; private init; }

    /// <summary>What the venue says about it.</summary>
    public string Text { get; private init; }

    /// <summary>The number in <c>req_id</c>; -1 for none of this engine's.</summary>
    public int RequestNumber { get; private init; }

    /// <summary>It has a topic: no answer then, but data of a stream.</summary>
    public bool HasTopic { get; private init; }

    /// <summary>Whether a message of a stream socket carries data and names its topic near its beginning, as the venue does; false says nothing.</summary>
    public static bool IsPlainlyStreamData(ReadOnlySpan<byte> message) => message[..Math.Min(message.Length, TopicSearchBytes)].IndexOf("\"topic\":\""u8) >= 0;

    /// <summary>Reads the members of a message. Allocates for an answer, which is rare.</summary>
    /// <returns>False when it is not a JSON object, or a text that is read is not Unicode.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out VenueReply reply)
    {
        reply = new VenueReply { Text = "", RequestNumber = -1 };
        try
        {
            var json = new Utf8JsonReader(message);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName) reply = ReadMember(ref json, reply);
            return json.TokenType == JsonTokenType.EndObject && !json.Read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate pair, which is JSON but no text.
            return false;
        }
    }

    private static VenueReply ReadMember(ref Utf8JsonReader json, VenueReply reply)
    {
        if (json.ValueTextEquals("success"u8))
        {
            json.Read();
            return reply with { Succeeded = json.TokenType == JsonTokenType.True };
        }

        if (json.ValueTextEquals("retCode"u8))
        {
            json.Read();
            return reply with { Succeeded = json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long code) && code == 0 };
        }

        if (json.ValueTextEquals("ret_msg"u8) || json.ValueTextEquals("retMsg"u8)) return reply with { Text = ReadText(ref json) };
        if (json.ValueTextEquals("op"u8)) return reply with { Operation = ReadOperation(ref json) };
        if (json.ValueTextEquals("req_id"u8) || json.ValueTextEquals("reqId"u8)) return reply with { RequestNumber = ReadNumber(ref json) };
        bool isTopic = json.ValueTextEquals("topic"u8);
        json.Read();
        json.Skip();
        return isTopic ? reply with { HasTopic = true } : reply;
    }

    private static string ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.String ? json.GetString()! : "";
    }

    private static int ReadNumber(ref Utf8JsonReader json) => int.TryParse(ReadText(ref json), out int number) ? number : -1;

    private static VenueOperation ReadOperation(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String) return VenueOperation.Unset;
        if (json.ValueTextEquals("auth"u8)) return VenueOperation.Auth;
        if (json.ValueTextEquals("subscribe"u8)) return VenueOperation.Subscribe;
        if (json.ValueTextEquals("unsubscribe"u8)) return VenueOperation.Unsubscribe;
        return json.ValueTextEquals("ping"u8) || json.ValueTextEquals("pong"u8) ? VenueOperation.Ping : VenueOperation.Unset;
    }
}
