using System.Globalization;
using System.Text;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>The files by which a run is reached and remembered from outside, all in one folder and of the run's name.</summary>
/// <param name="Folder">Full path; nobody else may write there.</param>
/// <param name="Name">Of the run.</param>
public sealed record RunFiles(string Folder, string Name)
{
    private const string LatchEnding = ".kill.json";
    private const string SharedMemory = "/dev/shm";
    private const int NameMax = 64;
    private const int SocketPathBytesMax = 107;   // of sun_path's 108; the last is zero
    private const UnixFileMode OfTheOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>What a socket's file is called behind the name.</summary>
    public const string SocketEnding = ".sock";

    /// <summary>The control socket; there is one while the run goes on.</summary>
    public string SocketPath => Path.Combine(Folder, Name + SocketEnding);

    /// <summary>Held by the engine that runs under the name.</summary>
    public string LockPath => Path.Combine(Folder, Name + ".lock");

    /// <summary>That the run is killed, by whom and why; there is one from the kill until it is resumed.</summary>
    public string LatchPath => Path.Combine(Folder, Name + LatchEnding);

    /// <summary>State of the loss limits.</summary>
    public string LossesPath => Path.Combine(Folder, Name + ".losses.json");

    /// <summary>The directional trades of a slow thread, a history (docs/reference/history.md).</summary>
    public string TradesPath => Path.Combine(Folder, Name + ".trades.db");

    /// <summary>The last alarm of a watchdog.</summary>
    public string AlarmPath => Path.Combine(Folder, Name + ".alarm.json");

    /// <summary>That <c>doctor</c> found nothing that fails.</summary>
    public string DoctorPath => Path.Combine(Folder, Name + ".doctor.json");

    /// <summary>The heartbeat, in memory where the machine has a folder for that; there is one while the run goes on, and after one that was killed.</summary>
    public string HeartbeatPath => Directory.Exists(SharedMemory) ? string.Create(CultureInfo.InvariantCulture, $"{SharedMemory}/latency-engine-{PosixProcess.UserId}-{Name}") : Path.Combine(Folder, Name + ".heartbeat");

    /// <summary>Locked by the process that watches the run.</summary>
    public string WatchPath => HeartbeatPath + ":watchdog";

    /// <summary>The last good forecast of a symbol.</summary>
    public string ForecastPath(string symbol) => Path.Combine(Folder, $"{Name}.{symbol}.forecast.json");

    /// <summary>Checks the name and makes the folder, with mode 0700, where there is none.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="name">Of the run: 1 to 64 letters, digits, dots, dashes and underscores, not beginning with a dot or a dash.</param>
    /// <exception cref="ConfigurationException">The name or the folder cannot be used.</exception>
    public static RunFiles Make(string folder, string name)
    {
        RunFiles files = At(folder, name);
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();   // tells the compiler that there are modes
        try
        {
            Directory.CreateDirectory(folder, OfTheOwner);
            if ((File.GetUnixFileMode(folder) & WritableByOthers) != 0) throw new ConfigurationException([$"control:folder {folder} can be written by others, who could stop or replace what is there: name a folder of your own, with mode 0700"]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([$"control:folder {folder} cannot be made: {fault.Message}"]);
        }

        return files;
    }

    /// <summary>Names of a folder's runs that are killed.</summary>
    public static string[] Killed(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.EnumerateFiles(folder, "*" + LatchEnding).Select(path => Path.GetFileName(path)[..^LatchEnding.Length]).Order(StringComparer.Ordinal)];

    /// <summary>The same without touching the disk.</summary>
    /// <exception cref="ConfigurationException">The name cannot be used.</exception>
    public static RunFiles At(string folder, string name)
    {
        bool isName = name.Length is > 0 and <= NameMax && name[0] is not ('.' or '-') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        if (!isName) throw new ConfigurationException([$"--name must be 1 to {NameMax} letters, digits, dots, dashes and underscores, not beginning with a dot or a dash, was \"{name}\""]);
        var files = new RunFiles(folder, name);
        int lengthBytes = Encoding.UTF8.GetByteCount(files.SocketPath);
        return lengthBytes <= SocketPathBytesMax
            ? files
            : throw new ConfigurationException([$"the control socket's path {files.SocketPath} has {lengthBytes} bytes, and a socket's may have {SocketPathBytesMax}: name a shorter control:folder or --name"]);
    }
}
