using System.Globalization;
using LatencyEngine.Model;

namespace LatencyEngine.History;

/// <summary>Candles with their indicators, settled funding and directional trades in an SQLite file.</summary>
/// <remarks>
/// Each call that writes is one transaction: all of it is in the file when the call returns, whatever becomes of the process, or nothing. Several processes may have
/// a file open; one writes at a time, and readers see what is committed. Thread: one at a time.
/// </remarks>
public sealed class HistoryStore : IDisposable
{
    /// <summary>How many times higher or lower than the close before a price may be, unless the caller says otherwise.</summary>
    public const double JumpFactorDefault = 3;

    /// <summary>Settlements closer together than this are one, of which sources round the time differently, ms.</summary>
    public const long SameSettlementMillis = 60_000;

    private const double FundingRateMax = 1;
    private const string CandleColumns = "open_ms, open, high, low, close, volume, turnover";
    private const string TradeColumns = "id, symbol, setup, side, qty, opened_ms, entry_price, stop_price, target_price, closed_ms, exit_price, fees_usdt, pnl_usdt, exit_reason";

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _candleAtOrBefore;
    private readonly SqliteStatement _addCandle;
    private readonly SqliteStatement _candlesBetween;
    private readonly SqliteStatement _candlesFrom;
    private readonly SqliteStatement _openings;
    private readonly SqliteStatement _setIndicators;
    private readonly SqliteStatement _indicatorsBetween;
    private readonly SqliteStatement _dropIndicators;
    private readonly SqliteStatement _fundingNear;
    private readonly SqliteStatement _addFunding;
    private readonly SqliteStatement _fundingBetween;
    private readonly SqliteStatement _setTrade;
    private readonly SqliteStatement _openTrades;
    private readonly SqliteStatement _tradesBetween;

    private HistoryStore(SqliteDatabase database)
    {
        _database = database;
        _candleAtOrBefore = database.Keep($"SELECT {CandleColumns} FROM candles WHERE symbol = ?1 AND timeframe = ?2 AND open_ms <= ?3 ORDER BY open_ms DESC LIMIT 1");
        _addCandle = database.Keep($"INSERT INTO candles (symbol, timeframe, {CandleColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _candlesBetween = database.Keep($"SELECT {CandleColumns} FROM candles WHERE symbol = ?1 AND timeframe = ?2 AND open_ms >= ?3 AND open_ms < ?4 ORDER BY open_ms DESC LIMIT ?5");
        _candlesFrom = database.Keep($"SELECT {CandleColumns} FROM candles WHERE symbol = ?1 AND timeframe = ?2 AND open_ms >= ?3 AND open_ms < ?4 ORDER BY open_ms LIMIT ?5");
        _openings = database.Keep("SELECT open_ms FROM candles WHERE symbol = ?1 AND timeframe = ?2 AND open_ms >= ?3 AND open_ms < ?4 ORDER BY open_ms");
        _setIndicators = database.Keep($"INSERT OR REPLACE INTO indicators (symbol, timeframe, open_ms, {string.Join(", ", IndicatorColumns)}) VALUES ({string.Join(", ", Enumerable.Range(1, 3 + IndicatorColumns.Count).Select(i => $"?{i}"))})");
        _indicatorsBetween = database.Keep($"SELECT open_ms, {string.Join(", ", IndicatorColumns)} FROM indicators WHERE symbol = ?1 AND timeframe = ?2 AND open_ms >= ?3 AND open_ms < ?4 ORDER BY open_ms");
        _dropIndicators = database.Keep("DELETE FROM indicators WHERE symbol = ?1 AND timeframe = ?2 AND open_ms >= ?3");
        _fundingNear = database.Keep("SELECT at_ms, rate FROM funding WHERE symbol = ?1 AND at_ms > ?2 AND at_ms < ?3 ORDER BY at_ms LIMIT 1");
        _addFunding = database.Keep("INSERT INTO funding (symbol, at_ms, rate) VALUES (?1, ?2, ?3)");
        _fundingBetween = database.Keep("SELECT at_ms, rate FROM funding WHERE symbol = ?1 AND at_ms >= ?2 AND at_ms < ?3 ORDER BY at_ms");
        _setTrade = database.Keep($"INSERT OR REPLACE INTO trades ({TradeColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        _openTrades = database.Keep($"SELECT {TradeColumns} FROM trades WHERE closed_ms IS NULL AND symbol = ?1 ORDER BY opened_ms, id");
        _tradesBetween = database.Keep($"SELECT {TradeColumns} FROM trades WHERE symbol = ?1 AND opened_ms >= ?2 AND opened_ms < ?3 ORDER BY opened_ms, id");
    }

    /// <summary>Columns of the indicators, in the order of <see cref="IndicatorRow.Values"/>.</summary>
    public static IReadOnlyList<string> IndicatorColumns { get; } =
    [
        "sma20", "ema9", "ema20", "ema21", "ema50", "rsi14", "macd", "macd_signal", "stochastic_raw", "stochastic_k", "stochastic_d", "true_range", "atr14",
        "bollinger_deviation", "bollinger_percent_b", "obv", "volume_sma20", "volume_ratio", "plus_di14", "minus_di14", "adx14", "efficiency_ratio20",
    ];

    /// <summary>The file.</summary>
    public string Path => _database.Path;

    /// <summary>Whether a file is a database of SQLite, by how it begins.</summary>
    /// <param name="path">An existing file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsStore(string path)
    {
        ReadOnlySpan<byte> start = "SQLite format 3\0"u8;
        using FileStream file = File.OpenRead(path);
        Span<byte> found = stackalloc byte[start.Length];
        return file.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.SequenceEqual(start);
    }

    /// <summary>Opens a history, and brings an older one to this version.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isCreated">Make it where it is missing.</param>
    /// <exception cref="HistoryException">It cannot be opened, or is no history.</exception>
    public static HistoryStore Open(string path, bool isCreated)
    {
        if (!isCreated && !File.Exists(path)) throw new HistoryException($"{path}: no such file; download-data makes one");
        var database = new SqliteDatabase(System.IO.Path.GetFullPath(path), isCreated);   // a full path has no meaning of its own to SQLite
        try
        {
            HistorySchema.Prepare(database);
            return new HistoryStore(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Adds candles. What cannot have happened, is told twice, comes out of order, jumps, or differs from what is known is kept out and reported; what is missing is not made up.</summary>
    /// <param name="symbol">Instrument.</param>
    /// <param name="timeframe">Their length.</param>
    /// <param name="candles">Closed ones, oldest first.</param>
    /// <param name="jumpFactor">How many times higher or lower than the close before a price may be; above 1.</param>
    public StoreReport AddCandles(string symbol, Timeframe timeframe, IEnumerable<HistoryCandle> candles, double jumpFactor = JumpFactorDefault)
    {
        if (!(jumpFactor > 1)) throw new ArgumentOutOfRangeException(nameof(jumpFactor), jumpFactor, "a factor above 1 is wanted");
        return _database.InTransaction(() =>
        {
            var faults = new List<HistoryFault>();
            (int stored, int known) = (0, 0);
            long earliest = long.MaxValue;
            long last = long.MinValue;
            foreach (HistoryCandle candle in candles)
            {
                HistoryFault? fault = CandleCheck.OfTime(candle.OpenMillis) ?? OutOfTurn(candle.OpenMillis, last) ?? CandleCheck.Alone(candle, timeframe);
                if (CandleCheck.OfTime(candle.OpenMillis) is null) last = Math.Max(last, candle.OpenMillis);
                if (fault is null)
                {
                    HistoryCandle? before = AtOrBefore(symbol, timeframe, candle.OpenMillis);
                    if (before?.OpenMillis == candle.OpenMillis)
                    {
                        fault = Differs(before.Value, candle);
                        if (fault is null) known++;
                    }
                    else if (before is null || (fault = CandleCheck.After(candle, before.Value, jumpFactor)) is null)
                    {
                        _addCandle.With(symbol, timeframe.Name, candle.OpenMillis, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.Turnover).Run();
                        earliest = Math.Min(earliest, candle.OpenMillis);
                        stored++;
                    }
                }

                if (fault is not null) faults.Add(fault);
            }

            // They were computed from a series that had a hole.
            if (stored > 0) _dropIndicators.With(symbol, timeframe.Name, earliest).Run();
            return new StoreReport(stored, known, faults);
        });
    }

    /// <summary>Candles of a stretch of time, by their opening, oldest first.</summary>
    /// <param name="symbol">Instrument.</param>
    /// <param name="timeframe">Their length.</param>
    /// <param name="range">The stretch.</param>
    /// <param name="limit">Most candles.</param>
    /// <param name="oldest">Of more than that the oldest, not the newest.</param>
    public IReadOnlyList<HistoryCandle> Candles(string symbol, Timeframe timeframe, MillisRange range, int limit = int.MaxValue, bool oldest = false)
    {
        SqliteStatement statement = oldest ? _candlesFrom : _candlesBetween;
        List<HistoryCandle> rows = statement.With(symbol, timeframe.Name, range.FromMillis, range.ToMillis, (long)limit).Rows(ReadCandle);
        if (!oldest) rows.Reverse();
        return rows;
    }

    /// <summary>Where candles are missing in a stretch of time, oldest first.</summary>
    public IReadOnlyList<MillisRange> Gaps(string symbol, Timeframe timeframe, MillisRange range)
    {
        var gaps = new List<MillisRange>();
        long next = timeframe.OpeningFrom(range.FromMillis);
        long end = timeframe.OpeningFrom(range.ToMillis);
        foreach (long opening in _openings.With(symbol, timeframe.Name, next, end).Rows(row => row.Int64(0)))
        {
            if (opening > next) gaps.Add(new MillisRange(next, opening));
            next = opening + timeframe.Millis;
        }

        if (next < end) gaps.Add(new MillisRange(next, end));
        return gaps;
    }

    /// <summary>Sets the indicators of candles.</summary>
    /// <param name="symbol">Instrument.</param>
    /// <param name="timeframe">Length of the candles.</param>
    /// <param name="rows">One a candle.</param>
    public void SetIndicators(string symbol, Timeframe timeframe, IEnumerable<IndicatorRow> rows) => _database.InTransaction(() =>
    {
        foreach (IndicatorRow row in rows)
        {
            if (row.Values.Count != IndicatorColumns.Count) throw new ArgumentException($"{row.Values.Count} values for {IndicatorColumns.Count} columns", nameof(rows));
            _setIndicators.With([symbol, timeframe.Name, row.OpenMillis, .. row.Values]).Run();
        }

        return 0;
    });

    /// <summary>Indicators of a stretch of time, by the opening of their candles, oldest first.</summary>
    public IReadOnlyList<IndicatorRow> Indicators(string symbol, Timeframe timeframe, MillisRange range) =>
        _indicatorsBetween.With(symbol, timeframe.Name, range.FromMillis, range.ToMillis).Rows(row => new IndicatorRow(row.Int64(0), [.. Enumerable.Range(1, IndicatorColumns.Count).Select(row.Double)]));

    /// <summary>Adds settled funding. Two sources may tell one settlement with times that differ by less than a minute.</summary>
    /// <param name="symbol">Instrument.</param>
    /// <param name="settlements">Oldest first.</param>
    public StoreReport AddFunding(string symbol, IEnumerable<FundingSettlement> settlements) => _database.InTransaction(() =>
    {
        var faults = new List<HistoryFault>();
        (int stored, int known) = (0, 0);
        long last = long.MinValue;
        foreach (FundingSettlement one in settlements)
        {
            HistoryFault? fault = CandleCheck.OfTime(one.AtMillis) ?? OutOfTurn(one.AtMillis, last);
            if (fault?.Kind != HistoryFaultKind.Impossible) last = Math.Max(last, one.AtMillis);
            if (fault is null && !(Math.Abs(one.Rate) <= FundingRateMax)) fault = new HistoryFault(one.AtMillis, HistoryFaultKind.Impossible, string.Create(CultureInfo.InvariantCulture, $"a rate of {one.Rate}"));
            if (fault is null)
            {
                List<FundingSettlement> near = _fundingNear.With(symbol, one.AtMillis - SameSettlementMillis, one.AtMillis + SameSettlementMillis).Rows(ReadFunding);
                if (near.Count == 0)
                {
                    _addFunding.With(symbol, one.AtMillis, one.Rate).Run();
                    stored++;
                }
                else if (near[0].Rate == one.Rate)
                {
                    known++;
                }
                else
                {
                    fault = new HistoryFault(one.AtMillis, HistoryFaultKind.Mismatch, string.Create(CultureInfo.InvariantCulture, $"a rate of {one.Rate}, and the history has {near[0].Rate} at {HistoryText.Time(near[0].AtMillis)}"));
                }
            }

            if (fault is not null) faults.Add(fault);
        }

        return new StoreReport(stored, known, faults);
    });

    /// <summary>Settled funding of a stretch of time, oldest first.</summary>
    public IReadOnlyList<FundingSettlement> Funding(string symbol, MillisRange range) => _fundingBetween.With(symbol, range.FromMillis, range.ToMillis).Rows(ReadFunding);

    /// <summary>Writes a trade, or writes it anew.</summary>
    public void SetTrade(HistoryTrade trade) => _database.InTransaction(() =>
    {
        _setTrade.With(
            trade.Id,
            trade.Symbol,
            trade.Setup,
            trade.Side == Side.Buy ? "Buy" : "Sell",
            Money(trade.Qty),
            trade.OpenedMillis,
            Money(trade.EntryPrice),
            Money(trade.StopPrice),
            Money(trade.TargetPrice),
            trade.ClosedMillis,
            Money(trade.ExitPrice),
            Money(trade.FeesUsdt),
            Money(trade.PnlUsdt),
            trade.ExitReason).Run();
        return 0;
    });

    /// <summary>The trades of an instrument that are not closed, oldest first.</summary>
    public IReadOnlyList<HistoryTrade> OpenTrades(string symbol) => _openTrades.With(symbol).Rows(ReadTrade);

    /// <summary>The trades that were opened in a stretch of time, oldest first.</summary>
    public IReadOnlyList<HistoryTrade> Trades(string symbol, MillisRange range) => _tradesBetween.With(symbol, range.FromMillis, range.ToMillis).Rows(ReadTrade);

    /// <summary>What there is: candles by instrument and length, then funding by instrument.</summary>
    public IReadOnlyList<SeriesSummary> Series()
    {
        using SqliteStatement candles = _database.Prepare("SELECT symbol, timeframe, count(*), min(open_ms), max(open_ms) FROM candles GROUP BY symbol, timeframe");
        using SqliteStatement funding = _database.Prepare("SELECT symbol, NULL, count(*), min(at_ms), max(at_ms) FROM funding GROUP BY symbol");
        return
        [
            .. candles.Rows(ReadSeries).OrderBy(one => one.Symbol, StringComparer.Ordinal).ThenBy(one => one.Timeframe?.Millis),
            .. funding.Rows(ReadSeries).OrderBy(one => one.Symbol, StringComparer.Ordinal),
        ];
    }

    /// <summary>Deletes candles, and funding, of before a moment. Trades are kept. Indicators go with all of their series: those behind it were computed from what is gone.</summary>
    /// <param name="beforeMillis">The first moment that is kept, ms since 1970.</param>
    /// <param name="symbol">Only of this instrument; null for all.</param>
    /// <param name="timeframe">Only candles of this length; null for all.</param>
    /// <param name="withCandles">Whether candles are deleted.</param>
    /// <param name="withFunding">Whether funding is.</param>
    /// <returns>Candles and settlements deleted.</returns>
    public long DeleteBefore(long beforeMillis, string? symbol, Timeframe? timeframe, bool withCandles, bool withFunding) => _database.InTransaction(() =>
    {
        long deleted = 0;
        if (withCandles)
        {
            const string OfSeries = "open_ms < ?1 AND (?2 IS NULL OR symbol = ?2) AND (?3 IS NULL OR timeframe = ?3)";
            using SqliteStatement computed = _database.Prepare($"DELETE FROM indicators WHERE EXISTS (SELECT 1 FROM candles WHERE {OfSeries} AND candles.symbol = indicators.symbol AND candles.timeframe = indicators.timeframe)");
            computed.With(beforeMillis, symbol, timeframe?.Name).Run();
            long before = _database.Number("SELECT total_changes()");
            using SqliteStatement candles = _database.Prepare($"DELETE FROM candles WHERE {OfSeries}");
            candles.With(beforeMillis, symbol, timeframe?.Name).Run();
            deleted += _database.Number("SELECT total_changes()") - before;
        }

        if (withFunding)
        {
            long before = _database.Number("SELECT total_changes()");
            using SqliteStatement funding = _database.Prepare("DELETE FROM funding WHERE at_ms < ?1 AND (?2 IS NULL OR symbol = ?2)");
            funding.With(beforeMillis, symbol).Run();
            deleted += _database.Number("SELECT total_changes()") - before;
        }

        return deleted;
    });

    /// <summary>Gives the space of deleted rows back to the disk.</summary>
    public void Vacuum()
    {
        _database.Run("VACUUM");
        _database.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <inheritdoc />
    public void Dispose() => _database.Dispose();

    private static HistoryFault? OutOfTurn(long millis, long last) =>
        millis > last ? null
        : millis == last ? new HistoryFault(millis, HistoryFaultKind.Duplicate, "a second row of its time")
        : new HistoryFault(millis, HistoryFaultKind.OutOfOrder, $"it comes after {HistoryText.Time(last)}");

    private HistoryCandle? AtOrBefore(string symbol, Timeframe timeframe, long millis)
    {
        List<HistoryCandle> found = _candleAtOrBefore.With(symbol, timeframe.Name, millis).Rows(ReadCandle);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Why two candles of a time are not the same; null when they are. What only one of them tells is no difference.</summary>
    private static HistoryFault? Differs(in HistoryCandle known, in HistoryCandle told)
    {
        bool isSame = known.Open == told.Open && known.High == told.High && known.Low == told.Low && known.Close == told.Close && AreSame(known.Volume, told.Volume) && AreSame(known.Turnover, told.Turnover);
        return isSame ? null : new HistoryFault(told.OpenMillis, HistoryFaultKind.Mismatch, $"{Numbers(told)}, and the history has {Numbers(known)}");
    }

    private static bool AreSame(double known, double told) => known == told || double.IsNaN(known) || double.IsNaN(told);

    private static string Numbers(in HistoryCandle candle) => string.Create(CultureInfo.InvariantCulture, $"open {candle.Open}, high {candle.High}, low {candle.Low}, close {candle.Close}, volume {candle.Volume}");

    private static HistoryCandle ReadCandle(SqliteStatement row) => new(row.Int64(0), row.Double(1), row.Double(2), row.Double(3), row.Double(4), row.Double(5), row.Double(6));

    private static FundingSettlement ReadFunding(SqliteStatement row) => new(row.Int64(0), row.Double(1));

    private static SeriesSummary ReadSeries(SqliteStatement row) => new(row.Text(0)!, row.Text(1) is { } name ? Timeframe.Find(name) : null, row.Int64(2), row.Int64(3), row.Int64(4));

    private static string Money(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Money(decimal? value) => value?.ToString(CultureInfo.InvariantCulture);

    private HistoryTrade ReadTrade(SqliteStatement row)
    {
        return new HistoryTrade
        {
            Id = row.Text(0)!,
            Symbol = row.Text(1)!,
            Setup = row.Text(2)!,
            Side = row.Text(3) == "Buy" ? Side.Buy : Side.Sell,
            Qty = Read(4)!.Value,
            OpenedMillis = row.Int64(5),
            EntryPrice = Read(6),
            StopPrice = Read(7),
            TargetPrice = Read(8),
            ClosedMillis = row.IsNull(9) ? null : row.Int64(9),
            ExitPrice = Read(10),
            FeesUsdt = Read(11)!.Value,
            PnlUsdt = Read(12),
            ExitReason = row.Text(13),
        };

        decimal? Read(int column) =>
            row.Text(column) is not { } text ? null
            : decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value) ? value
            : throw new HistoryException($"{Path}: the trade {row.Text(0)} has \"{text}\" where an amount is wanted");
    }
}
