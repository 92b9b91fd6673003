using SQLitePCL;

namespace LatencyEngine.History;

/// <summary>A connection to an SQLite file. Thread: one at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyMillis = 10_000;
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isCreated">Make it where it is missing.</param>
    /// <exception cref="HistoryException">The library is missing, or the file cannot be opened.</exception>
    public SqliteDatabase(string path, bool isCreated)
    {
        SqliteLibrary.Require();
        Path = path;
        int flags = raw.SQLITE_OPEN_READWRITE | (isCreated ? raw.SQLITE_OPEN_CREATE : 0);
        int status = raw.sqlite3_open_v2(path, out _handle, flags, null);
        if (status != raw.SQLITE_OK)
        {
            HistoryException fault = Fault(status);
            _handle.Dispose();
            throw fault;
        }

        raw.sqlite3_busy_timeout(_handle, BusyMillis);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Runs statements that give no rows.</summary>
    public void Run(string sql)
    {
        int status = raw.sqlite3_exec(_handle, sql);
        if (status != raw.SQLITE_OK) throw Fault(status);
    }

    /// <summary>The first number that a query gives.</summary>
    public long Number(string sql)
    {
        using SqliteStatement statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : throw new HistoryException($"{Path}: no answer to {sql}");
    }

    /// <summary>A statement that is its caller's.</summary>
    public SqliteStatement Prepare(string sql) => new(this, _handle, sql);

    /// <summary>A statement that is kept until the connection is closed.</summary>
    public SqliteStatement Keep(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Work of which all is committed, or nothing.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        Run("BEGIN IMMEDIATE");
        try
        {
            T result = work();
            Run("COMMIT");
            return result;
        }
        catch
        {
            // What fails at a full disk may have been rolled back already.
            raw.sqlite3_exec(_handle, "ROLLBACK");
            throw;
        }
    }

    /// <summary>What SQLite says of a status.</summary>
    public HistoryException Fault(int status)
    {
        string said = raw.sqlite3_errmsg(_handle).utf8_to_string();
        return (status & 0xff) switch
        {
            raw.SQLITE_NOTADB => new HistoryException($"{Path} is no SQLite database; name another --db"),
            raw.SQLITE_CANTOPEN => new HistoryException($"{Path} cannot be opened: {said}; is there such a folder, and may it be written?"),
            raw.SQLITE_CORRUPT => new HistoryException($"{Path} is damaged: {said}; recover what is left with: sqlite3 {Path} .recover"),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => new HistoryException($"{Path} cannot be written: {said}"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new HistoryException($"{Path}: another process has held it for {BusyMillis / 1_000} s; try again when it is done") { IsDiskFault = true },
            raw.SQLITE_FULL or raw.SQLITE_IOERR => new HistoryException($"{Path}: {said}; what was committed before is in it") { IsDiskFault = true },
            _ => new HistoryException($"{Path}: {said}") { IsDiskFault = true },
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements) statement.Dispose();
        _handle.Dispose();
    }
}
