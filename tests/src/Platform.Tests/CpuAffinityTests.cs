namespace LatencyEngine.Platform.Tests;

/// <summary>Threads bound to cores, and what the kernel says of them.</summary>
public sealed class CpuAffinityTests
{
    [Fact]
    public void The_cores_that_are_allowed_are_those_that_the_kernel_tells_of()
    {
        string list = Status("self").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];

        Assert.Equal(list, Ranges(CpuAffinity.Allowed));
    }

    [Fact]
    public void A_thread_that_is_bound_to_a_core_runs_there_and_no_other_thread_is_bound_with_it()
    {
        int core = CpuAffinity.Allowed[^1];
        (string[] own, int number) = ([], 0);
        var thread = new Thread(() =>
        {
            CpuAffinity.Pin(core);
            number = CpuAffinity.CurrentThread;
            own = Status($"self/task/{number}");
        });
        thread.Start();
        thread.Join();

        Assert.Contains($"Cpus_allowed_list:\t{core}", own);
        Assert.NotEqual(CpuAffinity.CurrentThread, number);
        Assert.Contains($"Cpus_allowed_list:\t{Ranges(CpuAffinity.Allowed)}", Status($"self/task/{CpuAffinity.CurrentThread}"));
    }

    [Fact]
    public void A_core_that_there_is_not_is_refused_in_a_line()
    {
        PlacementException fault = Assert.Throws<PlacementException>(() => CpuAffinity.Pin(1_023));

        Assert.StartsWith("this thread cannot be bound to core 1023: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pages_that_a_thread_is_given_are_counted_and_those_of_a_thread_that_is_gone_are_none()
    {
        ThreadCounts before = ThreadCounts.Of(CpuAffinity.CurrentThread);
        byte[] pages = GC.AllocateUninitializedArray<byte>(64 << 20);
        for (int at = 0; at < pages.Length; at += 4_096) pages[at] = 1;
        ThreadCounts counts = ThreadCounts.Of(CpuAffinity.CurrentThread).Since(before);

        Assert.True(counts.MinorFaults > 0 && counts.SwitchedOut >= 0, $"{counts}");
        Assert.Equal(default, ThreadCounts.Of(int.MaxValue));
        GC.KeepAlive(pages);
    }

    private static string[] Status(string whose) => File.ReadAllLines($"/proc/{whose}/status");

    private static string Ranges(IReadOnlyList<int> cores)
    {
        var ranges = new List<string>();
        for (int i = 0; i < cores.Count;)
        {
            int from = i;
            while (++i < cores.Count && cores[i] == cores[i - 1] + 1)
            {
            }

            ranges.Add(i - from == 1 ? $"{cores[from]}" : $"{cores[from]}-{cores[i - 1]}");
        }

        return string.Join(',', ranges);
    }
}
