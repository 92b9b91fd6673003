using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Research;

namespace LatencyEngine.SideBySide;

/// <summary>From a kill's arrival on the control socket until the first cancel's bytes, and the cancel-all's by REST, were handed to the kernel: over many kills of one dry-run in a flow market, each resumed and quoting again before the next.</summary>
internal static class KillRun
{
    /// <summary>How it is asked for.</summary>
    public const string Option = "--kills";

    private const int KillsUsual = 1_000;

    private static readonly TimeSpan BetweenKills = TimeSpan.FromMilliseconds(220);   // an account has 10 cancel-alls a second (Bybit V5, 17.2), and here as many amends and creates
    private static readonly TimeSpan QuotesWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures and tells.</summary>
    /// <returns>The exit status, as of <see cref="Bench"/>.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        int kills = KillsUsual;
        if (args.Count > 1 || (args.Count == 1 && (!int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out kills) || kills == 0)))
        {
            error.WriteLine($"bench: {Option} takes a number above 0");
            return Bench.BadUsage;
        }

        string folder = Directory.CreateTempSubdirectory("latency-engine-kills-").FullName;
        using var ending = new CancellationTokenSource();
        RunFiles files = RunFiles.Make(Path.Combine(folder, "state"), "bench");
        Task run = Task.Factory.StartNew(() => DryRunner.Run(Request(files, folder), progress: null, ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Measure(files, run, kills, output);
            return Bench.Done;
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException)
        {
            error.WriteLine($"bench: {fault.Message}");
            return Bench.Failed;
        }
        finally
        {
            ending.Cancel();
            run.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RunRequest Request(RunFiles files, string folder) => new()
    {
        Verb = "dry-run",
        Configuration = ConfigurationReader.Load(Repository.PathOf("configs/market-making.json"), new Dictionary<string, string>(), [new("venue:market", "flow", "bench"), new("venue:speed", "1", "bench")]),
        RecordingPath = null,
        Duration = TimeSpan.FromHours(6),
        ReportDirectory = folder,
        Files = files,
    };

    private static void Measure(RunFiles files, Task run, int kills, TextWriter output)
    {
        LatencyHistogram cancel = new(), cancelAll = new();
        double first = 0, firstCancelAll = 0;
        while (cancel.Count < kills)
        {
            AwaitQuotes(files, run);
            ControlReply killed = Ask(files, new ControlRequest { Verb = ControlRequest.Kill, Reason = "bench" });

            // Between the look and the kill both quotes may have been filled.
            if (killed is { CancelMicroseconds: { } micros, CancelAllMicroseconds: { } microsOfAll })
            {
                if (cancel.Count == 0) (first, firstCancelAll) = (micros, microsOfAll);
                cancel.Record((long)(micros * 1e3));
                cancelAll.Record((long)(microsOfAll * 1e3));
            }

            Ask(files, new ControlRequest { Verb = ControlRequest.Resume });
            Thread.Sleep(BetweenKills);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"microseconds from the kill",-34}{"kills",8}{"p50",10}{"p90",10}{"p99",10}{"max",10}{"first",10}"));
        Row("first cancel handed to the kernel", cancel, first);
        Row("cancel-all by REST handed over", cancelAll, firstCancelAll);

        void Row(string name, LatencyHistogram of, double firstMicros) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-34}{of.Count,8}{of.ValueAtPercentile(50) / 1e3,10:0.0}{of.ValueAtPercentile(90) / 1e3,10:0.0}{of.ValueAtPercentile(99) / 1e3,10:0.0}{of.Max / 1e3,10:0.0}{firstMicros,10:0.0}"));
    }

    private static void AwaitQuotes(RunFiles files, Task run)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < QuotesWithin; Thread.Sleep(LookEvery))
        {
            if (run.IsCompleted) throw new InvalidOperationException($"the run has ended: {run.Exception?.GetBaseException().Message}");
            if (ControlClient.Ask(files, new ControlRequest { Verb = ControlRequest.Status }) is { Status: { State: "Active", LiveOrders: > 1 } }) return;
        }

        throw new InvalidOperationException("the run does not quote again");
    }

    private static ControlReply Ask(RunFiles files, ControlRequest request) => ControlClient.Ask(files, request) ?? throw new InvalidOperationException("the run has ended");
}
