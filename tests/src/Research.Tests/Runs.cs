using LatencyEngine.Host;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>Run requests on the shipped profile and samples.</summary>
internal static class Runs
{
    public const string Derived = "v5shaped-btcusdt-20240808.frames.gz";
    public const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";

    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <summary>A run of a sample, or of a recording given by its full path; each setting is a configuration key and its value.</summary>
    public static RunRequest Request(string sample, string reportDirectory, params (string Key, string Value)[] settings)
    {
        ConfigurationOverride[] overrides = [.. settings.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "test"))];
        return new RunRequest
        {
            Verb = "backtest",
            Configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), NoEnvironment, overrides),
            RecordingPath = Path.IsPathRooted(sample) ? sample : ReferenceFiles.Sample(sample),
            Duration = null,
            ReportDirectory = reportDirectory,
        };
    }

    /// <summary>The same for a dry-run.</summary>
    public static RunRequest DryRun(string sample, string reportDirectory, params (string Key, string Value)[] settings) =>
        Request(sample, reportDirectory, settings) with { Verb = "dry-run" };

    /// <summary>Plays a whole request, without a report.</summary>
    public static VirtualTimeRun Play(RunRequest request, RunStage stage, int? markEveryFrames = null, FrameHandler? engineFrame = null, Action<byte[]>? onRequest = null)
    {
        var run = new VirtualTimeRun(stage, onDelivery: null, markEveryFrames, engineFrame, onRequest);
        run.Begin();
        while (run.Step())
        {
        }

        run.StopQuoting();
        run.Finish();
        Assert.Empty(run.Observer.InvariantBreaks);
        return run;
    }
}
