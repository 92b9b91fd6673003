namespace LatencyEngine.Cli.Tests;

/// <summary>Runs, mostly of <c>live</c>, that go on beside a test, which waits for what it wants to see and then disturbs or ends them.</summary>
internal static class LiveRuns
{
    /// <summary>Far above what a run needs that is ended as soon as it has shown what it should.</summary>
    public const string LongEnough = "300s";

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts one of <c>live</c>.</summary>
    public static Task<int> Start(CommandLine line, params string[] options) => StartVerb(line, "live", options);

    /// <summary>Starts one on a thread of its own: a test that waits takes one of the few threads of the pool, which connections and REST need.</summary>
    public static Task<int> StartVerb(CommandLine line, string verb, params string[] options) =>
        Task.Factory.StartNew(() => line.Invoke([verb, .. options]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Asks until it is so; a run that has ended before ends the test, as it does after <see cref="LongEnough"/>.</summary>
    public static async Task UntilAsync(Task<int> run, Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            Assert.False(run.IsCompleted, "the run has ended before it came to that");
            await Task.Delay(AskEvery);   // the venue takes 50 questions a second
        }
    }
}
