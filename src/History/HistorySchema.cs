namespace LatencyEngine.History;

/// <summary>The tables of a history, and how an older file comes to them. docs/reference/history.md describes them.</summary>
internal static class HistorySchema
{
    /// <summary>Marks a file as a history, in SQLite's header: the letters LEhi.</summary>
    private const long ApplicationId = 0x4C456869;

    /// <summary>What leads from one version to the next. A step that was released is never changed.</summary>
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE candles (
          symbol TEXT NOT NULL, timeframe TEXT NOT NULL, open_ms INTEGER NOT NULL,
          open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL, turnover REAL,
          PRIMARY KEY (symbol, timeframe, open_ms)) WITHOUT ROWID;
        CREATE TABLE indicators (
          symbol TEXT NOT NULL, timeframe TEXT NOT NULL, open_ms INTEGER NOT NULL,
          sma20 REAL, ema9 REAL, ema20 REAL, ema21 REAL, ema50 REAL, rsi14 REAL, macd REAL, macd_signal REAL,
          stochastic_raw REAL, stochastic_k REAL, stochastic_d REAL, true_range REAL, atr14 REAL, bollinger_deviation REAL, bollinger_percent_b REAL,
          obv REAL, volume_sma20 REAL, volume_ratio REAL, plus_di14 REAL, minus_di14 REAL, adx14 REAL, efficiency_ratio20 REAL,
          PRIMARY KEY (symbol, timeframe, open_ms)) WITHOUT ROWID;
        CREATE TABLE funding (
          symbol TEXT NOT NULL, at_ms INTEGER NOT NULL, rate REAL NOT NULL,
          PRIMARY KEY (symbol, at_ms)) WITHOUT ROWID;
        CREATE TABLE trades (
          id TEXT PRIMARY KEY NOT NULL, symbol TEXT NOT NULL, setup TEXT NOT NULL, side TEXT NOT NULL CHECK (side IN ('Buy', 'Sell')), qty TEXT NOT NULL,
          opened_ms INTEGER NOT NULL, entry_price TEXT, stop_price TEXT, target_price TEXT,
          closed_ms INTEGER, exit_price TEXT, fees_usdt TEXT NOT NULL, pnl_usdt TEXT, exit_reason TEXT) WITHOUT ROWID;
        CREATE INDEX trades_open ON trades (symbol) WHERE closed_ms IS NULL;
        CREATE INDEX trades_by_time ON trades (symbol, opened_ms);
        """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a file to <see cref="Version"/>, and sets how the connection writes.</summary>
    /// <exception cref="HistoryException">It is of another program, or of a newer version of this one.</exception>
    public static void Prepare(SqliteDatabase database)
    {
        // A commit is on the disk when it returns, also when the machine loses its power.
        database.Run("PRAGMA synchronous = FULL");
        Check(database);
        if (database.Number("PRAGMA user_version") == Version) return;
        database.Run("PRAGMA journal_mode = WAL");
        database.InTransaction(() =>
        {
            // Another process may have been faster.
            long version = Check(database);
            for (long step = version; step < Version; step++) database.Run(Steps[step]);
            database.Run($"PRAGMA application_id = {ApplicationId}");
            database.Run($"PRAGMA user_version = {Version}");
            return version;
        });
    }

    private static long Check(SqliteDatabase database)
    {
        long version = database.Number("PRAGMA user_version");
        bool isOurs = database.Number("PRAGMA application_id") == ApplicationId;
        if (!isOurs && (version != 0 || database.Number("SELECT count(*) FROM sqlite_master") != 0)) throw new HistoryException($"{database.Path} is a database of another program; name another --db");
        if (version > Version) throw new HistoryException($"{database.Path} has version {version} of the tables, and this program knows {Version}; use the newer program, or name another --db");
        return version;
    }
}
