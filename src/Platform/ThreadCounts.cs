using System.Globalization;

namespace LatencyEngine.Platform;

/// <summary>What the kernel counts of a thread (proc(5)).</summary>
/// <param name="MinorFaults">Pages that it had to be given, without the disk.</param>
/// <param name="MajorFaults">Pages that it waited for the disk for.</param>
/// <param name="SwitchedOut">Times that its core was taken from it while it had work.</param>
public readonly record struct ThreadCounts(long MinorFaults, long MajorFaults, long SwitchedOut)
{
    private const int MinorField = 7;   // of /proc/self/task/TID/stat behind the name
    private const int MajorField = 9;
    private const string SwitchedOutLabel = "nonvoluntary_ctxt_switches:";

    /// <summary>The counts of a thread of this process; all zero when there is none of this number.</summary>
    /// <param name="thread">Its number, <see cref="CpuAffinity.CurrentThread"/>.</param>
    public static ThreadCounts Of(int thread)
    {
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}");
            string stat = File.ReadAllText($"{folder}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');   // the name may hold anything
            string? line = File.ReadLines($"{folder}/status").FirstOrDefault(line => line.StartsWith(SwitchedOutLabel, StringComparison.Ordinal));
            return new ThreadCounts(Number(fields[MinorField]), Number(fields[MajorField]), line is null ? 0 : Number(line[SwitchedOutLabel.Length..].Trim()));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>What has been counted since.</summary>
    public ThreadCounts Since(ThreadCounts before) => new(MinorFaults - before.MinorFaults, MajorFaults - before.MajorFaults, SwitchedOut - before.SwitchedOut);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
