using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.SideBySide;

/// <summary>The journal of a backtest of the derived recording, in a folder that goes with this object.</summary>
internal sealed class RecordedRun : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-bench-").FullName;

    /// <summary>Makes the run.</summary>
    /// <param name="settings">Where its configuration differs from the shipped profile.</param>
    public RecordedRun(params IEnumerable<(string Key, string Value)> settings) => BacktestRunner.Run(
        new RunRequest
        {
            Verb = "backtest",
            Configuration = ConfigurationReader.Load(Repository.PathOf("configs/market-making.json"), new Dictionary<string, string>(), [.. settings.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "bench"))]),
            RecordingPath = Repository.PathOf(Repository.DerivedRecording),
            Duration = null,
            JournalPath = JournalPath,
            ReportDirectory = _folder,
        },
        progress: null,
        CancellationToken.None);

    /// <summary>The journal's file.</summary>
    public string JournalPath => Path.Combine(_folder, "run.journal");

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
