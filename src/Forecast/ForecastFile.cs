using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Forecast;

/// <summary>
/// A forecast on disk: one JSON document <c>{"format", "version", "sha256", "forecast"}</c>, where the checksum is over the bytes of the value of <c>forecast</c>.
/// Every version from 1 on can be read; a file of a later one is refused, not guessed at.
/// </summary>
public static class ForecastFile
{
    /// <summary>The version that is written.</summary>
    public const int Version = 1;

    private const string Format = "latency-engine-forecast";

    /// <summary>Writes a forecast. The file is there complete or not at all; one of that name stays until it is replaced.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="forecast">What.</param>
    /// <exception cref="ForecastException">It cannot be written there.</exception>
    public static void Save(string path, DailyForecast forecast)
    {
        string full = Path.GetFullPath(path);
        string unfinished = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}-{Guid.NewGuid():N}.unfinished");
        try
        {
            try
            {
                using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
                {
                    file.Write(Serialize(forecast));
                    file.Flush(flushToDisk: true);
                }

                File.Move(unfinished, full, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ForecastException($"the forecast cannot be written to '{path}': {fault.Message.Replace(unfinished, full, StringComparison.Ordinal)}; choose a place that can be written", fault);
        }
    }

    /// <summary>Reads a forecast.</summary>
    /// <param name="path">Where from.</param>
    /// <exception cref="ForecastException">There is no such file, or it is damaged, of another kind, or of a later version; the message says which.</exception>
    public static DailyForecast Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ForecastException($"the forecast '{path}' cannot be read: {fault.Message}; make a new one with ./run.sh forecast", fault);
        }

        return Parse(bytes, path);
    }

    /// <summary>The bytes of a file.</summary>
    public static byte[] Serialize(DailyForecast forecast)
    {
        byte[] body = Bytes(json =>
        {
            json.WriteStartObject();
            ForecastJson.WriteMembers(json, forecast);
            json.WriteEndObject();
        });
        return
        [
            .. Bytes(json =>
            {
                json.WriteStartObject();
                json.WriteString("format", Format);
                json.WriteNumber("version", Version);
                json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(body)));
                json.WritePropertyName("forecast");
                json.WriteRawValue(body, skipInputValidation: true);
                json.WriteEndObject();
            }),
            (byte)'\n',
        ];
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">All of them.</param>
    /// <param name="name">What the file is called in a fault.</param>
    /// <exception cref="ForecastException">As <see cref="Load"/>.</exception>
    public static DailyForecast Parse(byte[] bytes, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format)
            {
                throw new ForecastException($"'{name}' is JSON, but no forecast of this program; name a file that ./run.sh forecast has written");
            }

            int version = root.GetProperty("version").GetInt32();
            if (version > Version) throw new ForecastException($"'{name}' is a forecast of version {version}, and this program reads up to {Version}; use the program that wrote it, or make a new forecast");
            if (version < 1) throw new FormatException($"the version is {version}");
            JsonElement body = root.GetProperty("forecast");
            string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body.GetRawText())));
            if (root.GetProperty("sha256").GetString() != sum) throw new FormatException("its content does not match its checksum");
            return ForecastJson.Read(body);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or DecoderFallbackException)
        {
            throw new ForecastException($"'{name}' is damaged, was changed, or is no forecast at all: {fault.Message.ReplaceLineEndings(" ")}; make a new forecast with ./run.sh forecast", fault);
        }
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) write(json);
        return stream.ToArray();
    }
}
