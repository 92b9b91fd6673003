using System.Globalization;
using System.Runtime.InteropServices;

namespace LatencyEngine.SideBySide;

/// <summary>What was measured on.</summary>
/// <param name="Cpu">Model name of the processor.</param>
/// <param name="Cores">Cores that the process may use.</param>
/// <param name="LoadAverage">Mean of runnable threads in the minute before.</param>
/// <param name="Kernel">Operating system, and the version of its kernel.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="IsPinned">Whether the measuring thread could be bound to one core.</param>
/// <param name="IsPriorityRaised">Whether its priority could be raised.</param>
internal sealed record Machine(string Cpu, int Cores, double? LoadAverage, string Kernel, string Runtime, bool IsPinned, bool IsPriorityRaised)
{
    /// <summary>Describes this machine. Raises the priority of the calling thread, where that is permitted.</summary>
    public static Machine Describe()
    {
        ulong[] allowed = HostThread.Allowed();
        bool isPinned = HostThread.TryPin(HostThread.LastCore(allowed));
        HostThread.Unpin(allowed);
        return new Machine(CpuModel(), Environment.ProcessorCount, LoadOfTheMinute(), $"{RuntimeInformation.OSDescription}, {Environment.OSVersion.Version}", RuntimeInformation.FrameworkDescription, isPinned, HostThread.TryRaisePriority());
    }

    /// <summary>The commit of the repository, short, with <c>+changes</c> when a file of it differs, or one that it does not have lies in the folders that this program is built from; null without git.</summary>
    public static string? Commit()
    {
        string? commit = Tool.OutputOf("git", "-C", Repository.Root, "rev-parse", "--short", "HEAD");
        if (commit is null) return null;
        bool isClean = Tool.OutputOf("git", "-C", Repository.Root, "status", "--porcelain", "--untracked-files=no") is ""
            && Tool.OutputOf("git", "-C", Repository.Root, "ls-files", "--others", "--exclude-standard", "native-free", "src", "bench") is "";
        return isClean ? commit : commit + "+changes";
    }

    /// <summary>Model name of the processor.</summary>
    public static string CpuModel() => Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double? LoadOfTheMinute() => Lines("/proc/loadavg").FirstOrDefault() is string line ? double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) : null;

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
