using System.Globalization;
using System.Security.Cryptography;

namespace LatencyEngine.Journal;

/// <summary>A recording in several files, one after the other, in a folder of their own: <c>00001.frames.gz</c> and so on, each with its line in <c>SHA256SUMS</c> once it is whole.</summary>
/// <remarks>Thread: one. The sums are in the format of <c>sha256sum</c>, so that <c>sha256sum -c SHA256SUMS</c> checks them.</remarks>
public sealed class RecordingFolder
{
    private const string SumsName = "SHA256SUMS";

    private readonly string _path;
    private readonly long _bytesMax;
    private readonly long _nanosMax;
    private int _files;

    /// <summary>Makes the folder.</summary>
    /// <param name="path">A folder that does not exist yet, or is empty.</param>
    /// <param name="bytesMax">A file ends when it holds so many bytes, before compression.</param>
    /// <param name="timeMax">It ends, too, when its frames span so much time.</param>
    /// <exception cref="JournalException">The folder holds something, or cannot be made.</exception>
    public RecordingFolder(string path, long bytesMax, TimeSpan timeMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeMax, TimeSpan.Zero);
        _path = path;
        _bytesMax = bytesMax;
        _nanosMax = timeMax.Ticks * TimeSpan.NanosecondsPerTick;
        try
        {
            Directory.CreateDirectory(path);
            if (Directory.EnumerateFileSystemEntries(path).Any()) throw new JournalException($"recording folder is not empty: {path}; name another one, or move that one away");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new JournalException($"recording folder cannot be made: {path} ({e.Message}); name one in a place that may be written", e);
        }
    }

    /// <summary>Path of the next file, which is to be made.</summary>
    public string NextPath() => Path.Combine(_path, string.Create(CultureInfo.InvariantCulture, $"{++_files:00000}.frames.gz"));

    /// <summary>Files named so far.</summary>
    public int Files => _files;

    /// <summary>Takes the folder away again while it is empty: it would be in the way of nobody, but say that something was recorded.</summary>
    public void Discard()
    {
        try
        {
            if (_files == 0) Directory.Delete(_path);
        }
        catch (IOException)
        {
            // Somebody has put something there.
        }
    }

    /// <summary>Whether a file has enough.</summary>
    /// <param name="bytes">Bytes in it, before compression.</param>
    /// <param name="nanos">Time between its first frame and its last, ns.</param>
    public bool IsFull(long bytes, long nanos) => bytes >= _bytesMax || nanos >= _nanosMax;

    /// <summary>Adds the line of a file that is whole and closed.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Seal(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            File.AppendAllText(Path.Combine(_path, SumsName), $"{Convert.ToHexStringLower(SHA256.HashData(file))}  {Path.GetFileName(path)}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{SumsName} cannot be written: {_path} ({e.Message}); free the disk, or write to another one, and start again", e) { IsDiskFault = true };
        }
    }
}
