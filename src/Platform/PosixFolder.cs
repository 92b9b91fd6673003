using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LatencyEngine.Platform;

/// <summary>What the runtime does not do to folders. Linux.</summary>
public static partial class PosixFolder
{
    private const int ReadOnly = 0;              // O_RDONLY
    private const int CloseOnExec = 0x8_0000;    // O_CLOEXEC
    private const int InvalidArgument = 22;      // EINVAL: a file system that has nothing to flush for a folder

    /// <summary>Has the disk keep which files a folder holds (fsync(2)): behind a rename, the new name is there after a loss of power, too. Blocks on disk.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void Flush(string folder)
    {
        using SafeFileHandle handle = Open(folder, ReadOnly | CloseOnExec);
        if (!handle.IsInvalid && Sync(handle) == 0) return;
        int error = Marshal.GetLastPInvokeError();
        if (error != InvalidArgument) throw new IOException($"the folder {folder} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle descriptor);
}
