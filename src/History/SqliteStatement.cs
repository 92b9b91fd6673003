using SQLitePCL;

namespace LatencyEngine.History;

/// <summary>A prepared statement. Parameters are numbered from 1, columns from 0.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _handle;

    /// <summary>Prepares it.</summary>
    public SqliteStatement(SqliteDatabase database, sqlite3 connection, string sql)
    {
        _database = database;
        int status = raw.sqlite3_prepare_v2(connection, sql, out _handle);
        if (status != raw.SQLITE_OK) throw database.Fault(status);
    }

    /// <summary>Sets the parameters from the first on, and begins anew.</summary>
    /// <param name="values">A <see cref="long"/>, a <see cref="double"/> of which NaN is null, a <see cref="string"/>, or null.</param>
    public SqliteStatement With(params ReadOnlySpan<object?> values)
    {
        raw.sqlite3_reset(_handle);
        for (int i = 0; i < values.Length; i++)
        {
            int status = values[i] switch
            {
                null => raw.sqlite3_bind_null(_handle, i + 1),
                long whole => raw.sqlite3_bind_int64(_handle, i + 1, whole),
                double number when double.IsNaN(number) => raw.sqlite3_bind_null(_handle, i + 1),
                double number => raw.sqlite3_bind_double(_handle, i + 1, number),
                string text => raw.sqlite3_bind_text(_handle, i + 1, text),
                { } other => throw new ArgumentException($"no column holds a {other.GetType().Name}", nameof(values)),
            };
            if (status != raw.SQLITE_OK) throw _database.Fault(status);
        }

        return this;
    }

    /// <summary>The next row.</summary>
    /// <returns>False when there is none.</returns>
    public bool Step()
    {
        int status = raw.sqlite3_step(_handle);
        if (status == raw.SQLITE_ROW) return true;
        HistoryException? fault = status == raw.SQLITE_DONE ? null : _database.Fault(status);
        raw.sqlite3_reset(_handle);   // a read that is over holds no snapshot
        return fault is null ? false : throw fault;
    }

    /// <summary>Runs a statement that gives no row.</summary>
    public void Run()
    {
        while (Step()) { }
    }

    /// <summary>Every row.</summary>
    public List<T> Rows<T>(Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        while (Step()) rows.Add(read(this));
        return rows;
    }

    /// <summary>A whole number.</summary>
    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    /// <summary>A number; NaN for null.</summary>
    public double Double(int column) => IsNull(column) ? double.NaN : raw.sqlite3_column_double(_handle, column);

    /// <summary>A text; null for null.</summary>
    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(_handle, column).utf8_to_string();

    /// <summary>Whether a column is null.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();
}
