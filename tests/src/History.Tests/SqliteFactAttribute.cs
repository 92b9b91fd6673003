namespace LatencyEngine.History.Tests;

/// <summary>A test with SQLite's own command line; skipped where it is not installed.</summary>
internal sealed class SqliteFactAttribute : FactAttribute
{
    public const string Program = "/usr/bin/sqlite3";

    public SqliteFactAttribute()
    {
        if (!File.Exists(Program)) Skip = $"{Program} is missing";
    }
}
