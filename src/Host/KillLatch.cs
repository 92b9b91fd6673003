using System.Text.Json;

namespace LatencyEngine.Host;

/// <summary>A kill on disk: from the kill until it is resumed, whatever happens to the process and the machine meanwhile.</summary>
/// <remarks>Thread: any. Blocks on disk.</remarks>
internal static class KillLatch
{
    private const int BytesMax = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>The kill that holds; null where there is no file. One that cannot be read holds all the same.</summary>
    public static KillRecord? Read(string path)
    {
        if (!Path.Exists(path)) return null;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length <= BytesMax && JsonSerializer.Deserialize<KillRecord>(file, Json) is { } record) return record;
            return Unread("it holds no kill");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return Unread(fault.Message);
        }

        KillRecord Unread(string why) => KillRecord.Now("unknown", $"the latch {path} cannot be read: {why}") with { AtUtc = File.GetLastWriteTimeUtc(path) };
    }

    /// <summary>Writes it as a whole or not at all; on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string path, KillRecord record)
    {
        string unfinished = path + ".tmp";
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();   // tells the compiler that there are modes
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(unfinished, options))
        {
            JsonSerializer.Serialize(file, record, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
