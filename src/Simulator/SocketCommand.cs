using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>A command that a client sends on a socket (Bybit V5, 4, 5, 8.1).</summary>
/// <param name="Op">Empty when the text has none.</param>
/// <param name="Id"><c>req_id</c> or <c>reqId</c> as text; null when none was sent.</param>
/// <param name="Args">Strings and numbers as text; an element of another kind is empty.</param>
internal sealed record SocketCommand(string Op, string? Id, IReadOnlyList<string> Args)
{
    /// <summary>A command of which nothing could be read.</summary>
    public static SocketCommand None { get; } = new("", null, []);

    /// <summary>Reads a command; null when the text is not a JSON object.</summary>
    /// <param name="text">As received.</param>
    /// <param name="idKey">The member that holds the id on this socket.</param>
    public static SocketCommand? TryParse(ReadOnlyMemory<byte> text, string idKey)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            string[] args = root.TryGetProperty("args", out JsonElement list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Plain)] : [];
            return new SocketCommand(
                root.TryGetProperty("op", out JsonElement op) ? Plain(op) : "",
                root.TryGetProperty(idKey, out JsonElement id) ? Plain(id) : null,
                args);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };
}
