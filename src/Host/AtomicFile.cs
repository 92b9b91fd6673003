using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>A small file that is replaced as a whole: whoever reads it, after a loss of power too, finds the old one or the new one.</summary>
/// <remarks>Thread: any; one at a time a path. Blocks on disk.</remarks>
internal static class AtomicFile
{
    /// <summary>Writes it beside the old one with mode 0600, flushes it, renames it over that, and flushes the folder: on disk when this returns.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="content">All of it.</param>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();   // tells the compiler that there are modes
        string made = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(made, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(made, path, overwrite: true);
        PosixFolder.Flush(Path.GetDirectoryName(path)!);
    }
}
