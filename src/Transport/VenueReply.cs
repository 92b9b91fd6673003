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

    /// <summary>Whether a message of a stream socket carries data: those name their topic near their beginning, and answers do not.</summary>
    public static bool IsStreamData(ReadOnlySpan<byte> message) => message[..Math.Min(message.Length, TopicSearchBytes)].IndexOf("\"topic\":\""u8) >= 0;

    /// <summary>Reads an answer. Allocates; an answer is rare.</summary>
    /// <returns>False when it is not JSON of either envelope.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out VenueReply reply)
    {
        reply = new VenueReply { Text = "", RequestNumber = -1 };
        try
        {
            var json = new Utf8JsonReader(message);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName) reply = ReadMember(ref json, reply);
            return json.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
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
        json.Read();
        json.Skip();
        return reply;
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
