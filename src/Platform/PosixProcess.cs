using System.Globalization;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>What the runtime does not tell of processes. Linux.</summary>
public static partial class PosixProcess
{
    private const int StateField = 0;        // of /proc/PID/stat behind the name (proc(5))
    private const int StartTimeField = 19;

    /// <summary>The effective user of this process (geteuid(2)).</summary>
    public static uint UserId => GetEffectiveUserId();

    /// <summary>Leaves the terminal for a session of its own (setsid(2)): its Ctrl-C, and its end, are no longer for this process.</summary>
    /// <returns>False for the leader of a process group, such as a command that a shell runs: it cannot.</returns>
    public static bool TryLeaveTerminal() => SetSession() >= 0;

    /// <summary>When a process started, in clock ticks since the machine did; null when there is none of this number, or it has ended and only waits to be taken notice of. Reads /proc, allocates.</summary>
    public static long? StartTicks(int processId)
    {
        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');   // the name may hold anything
            return fields[StateField] is "Z" or "X" ? null : long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();
}
