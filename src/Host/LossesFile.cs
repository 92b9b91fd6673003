using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>The file in which a live run's loss limits are remembered: what it holds, and the SHA-256 of that. It is replaced as a whole.</summary>
/// <param name="path">Full path.</param>
/// <param name="environment">demo, testnet or mainnet.</param>
/// <param name="endpoint">Address of the venue's REST.</param>
/// <param name="symbols">Symbols traded, in the order of the instruments' ids.</param>
/// <remarks>Thread: one at a time. Blocks on disk.</remarks>
internal sealed class LossesFile(string path, string environment, Uri endpoint, IReadOnlyList<string> symbols)
{
    private const string Sum = "sha256";
    private const string Content = "content";
    private const long AheadMaxNanos = 60_000_000_000;

    private static readonly HostJson Json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true });

    private readonly string _endpoint = endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>Reads it.</summary>
    /// <param name="nowNanos">The present at the venue.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ConfigurationException">It is damaged, or another account's; what to do is in the message.</exception>
    public LossState? Read(long nowNanos)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"cannot be read: {fault.Message}");
        }

        LossesContent content = Parse(bytes);
        if (content.Version != LossesContent.PresentVersion) throw Unusable($"is of version {content.Version}, and this program reads {LossesContent.PresentVersion}");
        if (content.Environment != environment || content.Endpoint != _endpoint) throw Unusable($"is of a run on {content.Environment}, {content.Endpoint}, and this one is on {environment}, {_endpoint} (another --name has another file)");
        if (content.AsOfNanos > nowNanos + AheadMaxNanos) throw Unusable($"was written at {LossFigures.Shown(new EpochNanos(content.AsOfNanos))}, and the venue's time is {LossFigures.Shown(new EpochNanos(nowNanos))}");
        return content.State(symbols) ?? throw Unusable("holds what no run writes");
    }

    /// <summary>Replaces it: whoever reads it finds the old one or the new one.</summary>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Write(LossState state)
    {
        string content = JsonSerializer.Serialize(LossesContent.Of(state, symbols, environment, _endpoint), Json.LossesContent);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes($$"""{"{{Sum}}":"{{SumOf(content)}}","{{Content}}":{{content}}}"""));
    }

    private static string SumOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private LossesContent Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(Content, out JsonElement content)) throw Unusable("is damaged: it has no content");
            if (!document.RootElement.TryGetProperty(Sum, out JsonElement sum) || sum.ValueKind != JsonValueKind.String) throw Unusable("is damaged: it has no checksum");
            if (sum.GetString() != SumOf(content.GetRawText())) throw Unusable("is damaged or was changed by hand: its checksum is another one");
            return content.Deserialize(Json.LossesContent) ?? throw Unusable("is damaged: its content is null");
        }
        catch (JsonException)
        {
            throw Unusable("is damaged: it is not the JSON that a run writes");
        }
    }

    private ConfigurationException Unusable(string why) =>
        new([$"{path} {why}: without it the loss limits forget what was lost before; restore it, or begin them anew from the venue's records with --forget-losses"]);
}
