using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>That <c>doctor</c> found nothing that fails: on which host since which boot, for which configuration, venue and key, and when. A start where real money is at stake wants a fresh one.</summary>
/// <param name="AtUtc">When the checks were made.</param>
/// <param name="Verdict">The worst of them, in lower case: <c>ok</c>, <c>warn</c> or <c>unknown</c>.</param>
/// <param name="Host">The machine's id (machine-id(5)), or its name where it has none.</param>
/// <param name="Boot">The kernel's number of this boot; empty where it tells none.</param>
/// <param name="Environment">demo, testnet or mainnet.</param>
/// <param name="Endpoint">Address of the venue's REST.</param>
/// <param name="Key">SHA-256 of the API key, in hexadecimal digits.</param>
/// <param name="Configuration">SHA-256 of every resolved value, in hexadecimal digits.</param>
/// <param name="RanUtc">When a run that it let start was last known to go on; null before there was one.</param>
public sealed record DoctorPass(DateTime AtUtc, string Verdict, string Host, string Boot, string Environment, string Endpoint, string Key, string Configuration, DateTime? RanUtc = null)
{
    private const int BytesMax = 64 * 1024;
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(1);   // a clock that was set meanwhile

    private static readonly HostJson Json = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true });

    /// <summary>How long a pass counts, from the examination or from when a run that it let start was last known to go on: a restart must not wait beside an open position.</summary>
    public static TimeSpan AgeMax { get; } = TimeSpan.FromHours(24);

    /// <summary>One of now.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="configuration">Of the run.</param>
    /// <param name="environment">demo, testnet or mainnet.</param>
    /// <param name="rest">Address of the venue's REST.</param>
    /// <param name="key">The API key; only its digest is kept.</param>
    /// <param name="verdict">The worst of the checks.</param>
    public static DoctorPass Now(HostTree tree, EngineConfiguration configuration, string environment, Uri rest, string key, Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(rest);
        string host = tree.Text("/etc/machine-id") is { Length: > 0 } id ? id : System.Environment.MachineName;
        string values = string.Concat(configuration.Values.Select(value => $"{value.Key}={value.Value}\n"));
        return new DoctorPass(DateTime.UtcNow, verdict.ToString().ToLowerInvariant(), host, tree.Text("/proc/sys/kernel/random/boot_id") ?? "", environment, rest.GetLeftPart(UriPartial.Authority), Sum(key), Sum(values));
    }

    /// <summary>Writes it as a whole or not at all; on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, Json.DoctorPass));

    /// <summary>A run that it let start goes on. A pass that is gone by now, or is another's, stays so. Blocks on disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What a pass of now would hold for that run.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Renew(string path, DoctorPass wanted)
    {
        if (Fault(path, wanted) is not null || Read(path) is not { } pass) return;
        (pass with { RanUtc = wanted.AtUtc }).Write(path);
    }

    /// <summary>Why the pass in a file does not count for a start; null where it does. Blocks on disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What a pass of now would hold for that start; its verdict does not matter.</param>
    public static string? Fault(string path, DoctorPass wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        DoctorPass? pass;
        try
        {
            pass = Read(path);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return "doctor has not passed";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return $"the pass of doctor cannot be read: {fault.Message}";
        }

        if (pass is null) return "the pass of doctor cannot be read";
        if (pass.Host != wanted.Host) return "doctor has passed on another machine";
        if (pass.Boot != wanted.Boot) return "doctor has passed before the machine was booted";
        if (pass.Environment != wanted.Environment || pass.Endpoint != wanted.Endpoint) return $"doctor has passed for {pass.Environment}, {pass.Endpoint}, not for {wanted.Environment}, {wanted.Endpoint}";
        if (pass.Key != wanted.Key) return "doctor has passed with another key";
        if (pass.Configuration != wanted.Configuration) return "doctor has passed with another configuration";
        TimeSpan age = wanted.AtUtc - pass.AtUtc;
        bool hasRun = wanted.AtUtc - pass.RanUtc is { } ago && ago >= -AheadMax && ago <= AgeMax;
        if (age > AgeMax && !hasRun) return string.Create(CultureInfo.InvariantCulture, $"doctor has last passed {age.TotalHours:0.#} hours ago");
        return age < -AheadMax ? string.Create(CultureInfo.InvariantCulture, $"doctor has passed at {pass.AtUtc:yyyy-MM-dd HH:mm:ss}Z, which is to come") : null;
    }

    private static DoctorPass? Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.Length <= BytesMax ? JsonSerializer.Deserialize(file, Json.DoctorPass) : null;
    }

    private static string Sum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
