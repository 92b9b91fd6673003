using System.Text.Json;

namespace LatencyEngine.Host;

/// <summary>The kills that hold, on disk: from the first one until they are resumed, whatever happens to the process and the machine meanwhile.</summary>
/// <remarks>Thread: any; one at a time writes. Blocks on disk.</remarks>
internal static class KillLatch
{
    private const int BytesMax = 64 * 1024;

    private static readonly HostJson Json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true });

    /// <summary>The kills that hold, oldest first; none where there is no file. A file that cannot be read is one kill.</summary>
    public static KillRecord[] Read(string path)
    {
        if (!Path.Exists(path)) return [];
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length <= BytesMax && JsonSerializer.Deserialize(file, Json.KillRecordArray) is { Length: > 0 } kills && kills.All(kill => kill is not null)) return kills;
            return Unread("it holds no kill");
        }
        catch (FileNotFoundException)
        {
            return [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return Unread(fault.Message);
        }

        KillRecord[] Unread(string why) => [KillRecord.Now("unknown", $"the latch {path} cannot be read: {why}") with { AtUtc = File.GetLastWriteTimeUtc(path) }];
    }

    /// <summary>Writes them as a whole or not at all; on disk when this returns.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string path, IReadOnlyList<KillRecord> kills) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(kills, Json.IReadOnlyListKillRecord));
}
