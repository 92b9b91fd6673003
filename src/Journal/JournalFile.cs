using System.Security.Cryptography;

namespace LatencyEngine.Journal;

/// <summary>A file that the journalled run was built from.</summary>
/// <param name="Name">Its path as the run was given it.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
public sealed record JournalFile(string Name, string Sha256)
{
    /// <summary>Names a file as it is now. Blocks: reads the whole file.</summary>
    /// <exception cref="JournalException">The file cannot be read.</exception>
    public static JournalFile Of(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return new JournalFile(path, Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"a file of the run cannot be read for the journal: {path} ({e.Message}); check the path and its permissions", e);
        }
    }
}
