using System.Globalization;
using System.Text.Json;
using LatencyEngine.Platform;

namespace LatencyEngine.Cli.Tests;

/// <summary>Where the threads of a run really are, asked of the kernel while it goes on, and what it tells of them at its end.</summary>
public sealed class PlacementTests : IDisposable
{
    private readonly string _reports = Directory.CreateTempSubdirectory("placement-").FullName;

    private static int HotCore => CpuAffinity.Allowed[^1];

    public void Dispose() => Directory.Delete(_reports, recursive: true);

    [Fact]
    public async Task The_hot_thread_has_its_core_to_itself_memory_is_locked_and_the_result_says_what_it_has_met()
    {
        if (CpuAffinity.Allowed.Count < 2) return;   // nothing to keep apart
        using var run = new ProgramProcess(Placed(("ioCore", $"{HotCore}"), ("journalCore", $"{CpuAffinity.Allowed[0]}"), ("lockMemory", "true")), DryRun("--journal", Path.Combine(_reports, "run.journal")));

        // The warm start's threads bear the same names: those of the run are there once the run speaks.
        await run.UntilSaidAsync("equity");
        IReadOnlyList<(string Name, string Cores)> threads = Threads(run.Id);
        Assert.Equal([$"{HotCore}"], threads.Where(thread => thread.Name == "le-io").Select(thread => thread.Cores));
        Assert.Equal([$"{CpuAffinity.Allowed[0]}"], threads.Where(thread => thread.Name == "le-journal").Select(thread => thread.Cores));
        Assert.All(threads.Where(thread => thread.Name != "le-io"), thread => Assert.DoesNotContain(HotCore, Cores(thread.Cores)));
        Assert.True(threads.Count > 5, $"{threads.Count} threads");
        Assert.True(LockedKilobytes(run.Id) > 0);

        Assert.Equal(ExitStatus.Done, await run.EndAsync());
        using JsonDocument result = JsonDocument.Parse(run.Output);
        Assert.Equal($"inline (engine on the io thread, on core {HotCore}), waits by block, memory locked, {CpuAffinity.Allowed.Count} cores", result.RootElement.GetProperty("placement").GetString());
        JsonElement met = result.RootElement.GetProperty("whileTrading");
        JsonElement thread = Assert.Single(met.GetProperty("threads").EnumerateArray());
        Assert.Equal(("le-io", HotCore, 0), (thread.GetProperty("name").GetString(), thread.GetProperty("core").GetInt32(), thread.GetProperty("majorFaults").GetInt32()));
        Assert.Equal((3, 0L), (met.GetProperty("collections").GetArrayLength(), result.RootElement.GetProperty("hotPathAllocatedBytes").GetInt64()));

        // Where there was no collection nobody was stopped for one.
        bool isCollected = met.GetProperty("collections").EnumerateArray().Any(count => count.GetInt32() > 0);
        Assert.Equal(isCollected, met.GetProperty("pauseMilliseconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Memory_that_may_not_be_locked_is_one_line_and_the_host_s_lack()
    {
        using var run = new ProgramProcess(Placed(("lockMemory", "true")), DryRun(), shell: "ulimit -l 64; exec setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock \"$@\"");

        Assert.Equal(ExitStatus.HostLacks, await run.EndAsync());
        Assert.Contains("memory cannot be locked: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("ulimit -l unlimited (LimitMEMLOCK=infinity in a unit) will do", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output.Trim());
    }

    [Fact]
    public async Task A_core_that_there_is_not_is_one_line()
    {
        using var run = new ProgramProcess(Placed(("ioCore", "1000")), DryRun());

        Assert.Equal(ExitStatus.Usage, await run.EndAsync());
        Assert.Contains("placement:ioCore is 1000, and this process may run on ", run.Error, StringComparison.Ordinal);
    }

    private string[] DryRun(params string[] more) => ["dry-run", "--speed", "4", "--duration", "20", "--threads", "inline", "--wait", "block", "--report", _reports, "--json", .. more];

    private static Dictionary<string, string> Placed(params (string Key, string Value)[] settings) => settings.ToDictionary(setting => $"LATENCY_ENGINE_placement__{setting.Key}", setting => setting.Value);

    private static List<(string Name, string Cores)> Threads(int processId)
    {
        var threads = new List<(string, string)>();
        foreach (string folder in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
        {
            try
            {
                string[] status = File.ReadAllLines(Path.Combine(folder, "status"));
                threads.Add((Value(status, "Name:"), Value(status, "Cpus_allowed_list:")));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return threads;
    }

    private static IEnumerable<int> Cores(string list) => list.Split(',').SelectMany(range =>
    {
        int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    private static long LockedKilobytes(int processId) =>
        long.Parse(Value(File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")), "VmLck:").Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static string Value(string[] status, string label) => status.Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();
}
