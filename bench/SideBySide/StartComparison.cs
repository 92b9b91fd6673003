using System.Globalization;

namespace LatencyEngine.SideBySide;

/// <summary>The first frames of a process against the same frames later: with the warm start, and without it; by the clock and by the thread's own processor time. Every round is one new process each.</summary>
internal static class StartComparison
{
    private const string WithWarmUp = "Start.p999First";
    private const string Steady = "Start.p999Steady";
    private const string OwnWithWarmUp = "Start.ownP999First";
    private const string OwnSteady = "Start.ownP999Steady";

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry([WithWarmUp, Steady, OwnWithWarmUp, OwnSteady, "Start.ownMaxFirst", "Start.warmUp"], ["start.p999OverSteady", "start.ownP999OverSteady", "start.coldP999OverSteady", "start.coldOwnP999OverSteady"], Open),
    ];

    private static Comparison Open(BenchContext context)
    {
        var run = new RecordedRun();
        Contestant ours = Of(run.JournalPath, StartProcess.Warm, WithWarmUp, Steady, OwnWithWarmUp, OwnSteady, "Start.ownMaxFirst", "Start.warmUp");
        Contestant cold = Of(run.JournalPath, StartProcess.Cold, "start.coldP999First", "start.coldP999Steady", "start.coldOwnP999First", "start.coldOwnP999Steady", "start.coldOwnMaxFirst", "start.coldWarmUp");
        return new Comparison
        {
            Contestants = context.WithPeers ? [ours, cold] : [ours],
            Ratios =
            [
                new Ratio("start.p999OverSteady", WithWarmUp, Steady),
                new Ratio("start.ownP999OverSteady", OwnWithWarmUp, OwnSteady),
                new Ratio("start.coldP999OverSteady", "start.coldP999First", "start.coldP999Steady"),
                new Ratio("start.coldOwnP999OverSteady", "start.coldOwnP999First", "start.coldOwnP999Steady"),
            ],
            IsPinned = false,
        }.Holding(run);
    }

    private static Contestant Of(string journal, string how, params string[] names) =>
        new([.. names.Select(name => new Figure(name) { Frames = StartProcess.Frames })], numbers =>
        {
            if (!Tool.Run("dotnet", out string output, out string errors, Path.Combine(AppContext.BaseDirectory, "latency-engine-bench.dll"), StartProcess.Verb, journal, how)) throw new InvalidOperationException($"the process that is started anew failed: {errors}");
            string[] words = output.Split(' ');
            for (int i = 0; i < numbers.Length; i++) numbers[i] = double.Parse(words[i], CultureInfo.InvariantCulture);
        }) { IsInProcess = false };
}
