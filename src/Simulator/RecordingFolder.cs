using System.Security.Cryptography;

namespace LatencyEngine.Simulator;

/// <summary>A recording in several files: those that <c>SHA256SUMS</c> names, in its order, each with its sum as <c>sha256sum</c> writes it.</summary>
internal static class RecordingFolder
{
    private const string SumsName = "SHA256SUMS";
    private const string Separator = "  ";
    private static readonly int SumDigits = 2 * SHA256.HashSizeInBytes;

    /// <summary>The files in order, each compared with its sum.</summary>
    /// <exception cref="RecordingException">There are no sums, one is wrong, or a file is not among them.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        string sumsPath = Path.Combine(folder, SumsName);
        try
        {
            if (!File.Exists(sumsPath)) throw new RecordingException($"no recording in {folder}: there is no {SumsName}; name a folder that record has written, or one *.frames.gz file of it");
            var files = new List<string>();
            foreach (string line in File.ReadLines(sumsPath)) files.Add(Checked(folder, sumsPath, line));
            if (files.Count == 0) throw new RecordingException($"recording is empty: {sumsPath} names no file; record again");
            if (Directory.EnumerateFiles(folder, "*.frames.gz").Order(StringComparer.Ordinal).FirstOrDefault(file => !files.Contains(file)) is { } stray)
            {
                throw new RecordingException($"{stray} is not in {SumsName}: it was cut short while it was written, or does not belong there; move it away to play the others");
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException($"recording cannot be read: {folder} ({e.Message}); check the folder and its permissions", e);
        }
    }

    private static string Checked(string folder, string sumsPath, string line)
    {
        bool isLine = line.Length > SumDigits + Separator.Length && line[..SumDigits].All(char.IsAsciiHexDigit) && line.AsSpan(SumDigits).StartsWith(Separator) && line.AsSpan(SumDigits + Separator.Length).IndexOfAny('/', '\\') < 0;
        if (!isLine) throw new RecordingException($"not a line of sha256sum in {sumsPath}: \"{line}\"; write it anew with: sha256sum *.frames.gz > {SumsName}");
        string path = Path.Combine(folder, line[(SumDigits + Separator.Length)..]);
        if (!File.Exists(path)) throw new RecordingException($"recording lacks a file: {path}; put it back, or take its line out of {sumsPath}");
        using FileStream file = File.OpenRead(path);
        return string.Equals(Convert.ToHexString(SHA256.HashData(file)), line[..SumDigits], StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new RecordingException($"recording is damaged: {path} has another SHA-256 than in {SumsName}; copy it again, or move it and its line away to play the others");
    }
}
