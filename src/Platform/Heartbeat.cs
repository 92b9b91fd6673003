using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>A process's signs of life in memory that it shares with whoever watches it.</summary>
/// <remarks>
/// One file of 64 bytes, mapped: magic, version, process number, start time of the process, phase, process number of the watcher, alarms, beats, time of the last beat.
/// Each field has one writer and is written and read as a whole. Thread: any. Allocates and blocks: when made, opened and disposed of, never in between.
/// Use after <see cref="Dispose"/> is a fault of the caller's that ends the process.
/// </remarks>
public sealed unsafe class Heartbeat : IDisposable
{
    /// <summary>Length of the file.</summary>
    public const int LengthBytes = 64;

    /// <summary>Version of the layout.</summary>
    public const int Version = 1;

    private const long Magic = 0x5354_4145_422D_454C;   // "LE-BEATS"
    private const UnixFileMode OfTheOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Page* _page;
    private bool _isDisposed;

    private Heartbeat(FileStream stream)
    {
        _file = MemoryMappedFile.CreateFromFile(stream, mapName: null, LengthBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, LengthBytes);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _page = (Page*)start;
    }

    /// <summary>The process whose signs these are.</summary>
    public int ProcessId => Volatile.Read(ref _page->ProcessId);

    /// <summary>When it started, see <see cref="PosixProcess.StartTicks"/>: its number may be another's later.</summary>
    public long StartTicks => Volatile.Read(ref _page->StartTicks);

    /// <summary>Signs so far.</summary>
    public long Beats => Volatile.Read(ref _page->Beats);

    /// <summary>The last one by the machine's monotonic clock, ns.</summary>
    public long BeatNanos => Volatile.Read(ref _page->BeatNanos);

    /// <summary>What silence means. Written by the process, and by a watcher that has done its work after the process was gone.</summary>
    public HeartbeatPhase Phase
    {
        get => (HeartbeatPhase)Volatile.Read(ref _page->Phase);
        set => Volatile.Write(ref _page->Phase, (int)value);
    }

    /// <summary>The process that watches, as it says itself; 0 for none.</summary>
    public int WatcherId
    {
        get => Volatile.Read(ref _page->WatcherId);
        set => Volatile.Write(ref _page->WatcherId, value);
    }

    /// <summary>Alarms that the watcher has raised.</summary>
    public long Alarms
    {
        get => Volatile.Read(ref _page->Alarms);
        set => Volatile.Write(ref _page->Alarms, value);
    }

    /// <summary>The process lives.</summary>
    public bool IsOwnerAlive => PosixProcess.StartTicks(ProcessId) == StartTicks;

    /// <summary>Makes the file, readable by its owner alone, in place of one that may be there; whoever has that one open keeps it.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static Heartbeat Create(string path)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();   // tells the compiler that there are modes

        // A file that is mapped elsewhere must not be cut: its readers would be ended by SIGBUS.
        string made = $"{path}.{Environment.ProcessId}";
        var stream = new FileStream(made, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = OfTheOwner, BufferSize = 0 });
        stream.Write(new byte[LengthBytes]);   // takes the room now: on a full disk the first store would end the process
        var heartbeat = new Heartbeat(stream);
        heartbeat._page->Magic = Magic;
        heartbeat._page->Version = Version;
        heartbeat._page->ProcessId = Environment.ProcessId;
        heartbeat._page->StartTicks = PosixProcess.StartTicks(Environment.ProcessId) ?? 0;
        heartbeat.Phase = HeartbeatPhase.Starting;
        try
        {
            File.Move(made, path, overwrite: true);
            return heartbeat;
        }
        catch
        {
            heartbeat.Dispose();
            File.Delete(made);
            throw;
        }
    }

    /// <summary>Opens what another process has made.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="fault">Why not, as one clause; empty when there is no file, or it was opened.</param>
    /// <returns>Null when it is not there, or none of this version.</returns>
    public static Heartbeat? TryOpen(string path, out string fault)
    {
        fault = "";
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length < LengthBytes)
            {
                fault = $"{path} has {stream.Length} bytes, and a heartbeat has {LengthBytes}";
                stream.Dispose();
                return null;
            }

            var heartbeat = new Heartbeat(stream);
            (long magic, int version) = (heartbeat._page->Magic, heartbeat._page->Version);
            if (magic == Magic && version == Version) return heartbeat;
            fault = magic == Magic ? $"{path} is a heartbeat of version {version}, and this program reads {Version}" : $"{path} is no heartbeat";
            heartbeat.Dispose();
        }
        catch (FileNotFoundException)
        {
            // Nobody has made one yet.
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            fault = $"{path} cannot be read: {cause.Message}";
        }

        return null;
    }

    /// <summary>A sign of life. One thread at a time.</summary>
    /// <param name="nowNanos">The machine's monotonic clock.</param>
    public void Beat(long nowNanos)
    {
        _page->BeatNanos = nowNanos;
        Volatile.Write(ref _page->Beats, _page->Beats + 1);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>The file's content.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Page
    {
        public long Magic;
        public int Version;
        public int ProcessId;
        public long StartTicks;
        public int Phase;
        public int WatcherId;
        public long Alarms;
        public long Beats;
        public long BeatNanos;
    }
}
