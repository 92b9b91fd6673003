namespace LatencyEngine.History.Tests;

/// <summary>A folder for history files that is gone behind the test.</summary>
internal sealed class HistoryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("history-tests-").FullName;

    public string File(string name = "history.db") => Path.Combine(_path, name);

    public HistoryStore Open(string name = "history.db") => HistoryStore.Open(File(name), isCreated: true);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
