using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A message of the reference collection: documented by the venue, or captured from it.</summary>
/// <param name="Name">Unique; its ending says where it comes from.</param>
/// <param name="IsRequest">From a client to the venue.</param>
/// <param name="Channel">public, private, trade or rest.</param>
/// <param name="Text">Exact.</param>
internal sealed partial record MessageExample(string Name, bool IsRequest, string Channel, string Text)
{
    /// <summary>The collection's path, for <see cref="ReferenceFactAttribute"/>.</summary>
    public const string Collection = "reference/bybit-v5-messages.jsonl";

    /// <summary>Whether it is a real frame, byte for byte: then the order of its keys counts.</summary>
    public bool IsFrame => Name.EndsWith(".captured", StringComparison.Ordinal) || Name.EndsWith(".probe", StringComparison.Ordinal);

    /// <summary>The JSON of the text: without comments and the ellipsis of a shortened list; of an HTTP request its body.</summary>
    public JsonElement Json => JsonDocument.Parse(Ellipsis().Replace(Text, ""), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;

    /// <summary>The JSON again as text, compact and without comments.</summary>
    public string CompactText => JsonSerializer.Serialize(Json);

    /// <summary>Every message of the collection, by name; empty where that is not present.</summary>
    public static IReadOnlyDictionary<string, MessageExample> All { get; } = Read();

    [GeneratedRegex(@"\.{3,4},?")]
    private static partial Regex Ellipsis();

    private static Dictionary<string, MessageExample> Read()
    {
        if (ReferenceFiles.TryReference(Collection) is not { } path) return [];
        return File.ReadLines(path)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => new MessageExample(
                row.GetProperty("name").GetString()!, row.GetProperty("direction").ValueEquals("out"), row.GetProperty("channel").GetString()!, row.GetProperty("raw").GetString()!))
            .ToDictionary(example => example.Name, StringComparer.Ordinal);
    }
}
