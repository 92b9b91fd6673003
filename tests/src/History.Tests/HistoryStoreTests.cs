using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.History.Tests;

public sealed class HistoryStoreTests : IDisposable
{
    private const string Symbol = "BTCUSDT";
    private const long Hour = 3_600_000;
    private const long First = 100_000 * Hour;

    private static readonly Timeframe Hourly = Timeframe.Find("1h")!;

    private readonly HistoryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Candles_come_back_to_the_bit_and_oldest_first()
    {
        HistoryCandle[] candles = [At(0, close: 0.1 + 0.2), At(1, close: 65_119.9), At(2, close: 1e-8) with { Low = 1e-9, Open = 2e-8, High = 3e-8, Volume = double.NaN, Turnover = 123_456_789.123456 }];
        using (HistoryStore store = _folder.Open()) Assert.Equal(new StoreReport(3, 0, []), store.AddCandles(Symbol, Hourly, candles, jumpFactor: 1e15), Reports);

        using HistoryStore again = _folder.Open();
        Assert.Equal(candles, again.Candles(Symbol, Hourly, MillisRange.All));
        Assert.Equal(candles[1..2], again.Candles(Symbol, Hourly, new MillisRange(First + 1, First + (2 * Hour))));
        Assert.Equal(candles[1..], again.Candles(Symbol, Hourly, MillisRange.All, 2));
        Assert.Equal(candles[..2], again.Candles(Symbol, Hourly, MillisRange.All, 2, oldest: true));
        Assert.Empty(again.Candles("ETHUSDT", Hourly, MillisRange.All));
        Assert.Empty(again.Candles(Symbol, Timeframe.Find("D")!, MillisRange.All));
    }

    [Fact]
    public void What_is_known_already_is_not_stored_twice_and_what_differs_is_kept_out()
    {
        using HistoryStore store = _folder.Open();
        store.AddCandles(Symbol, Hourly, [At(0), At(1)]);

        StoreReport report = store.AddCandles(Symbol, Hourly, [At(0), At(1, close: 101), At(2)]);

        Assert.Equal((1, 1), (report.Stored, report.Known));
        HistoryFault fault = Assert.Single(report.Faults);
        Assert.Equal((First + Hour, HistoryFaultKind.Mismatch), (fault.AtMillis, fault.Kind));
        Assert.Contains("close 101", fault.Text, StringComparison.Ordinal);
        Assert.Contains("the history has", fault.Text, StringComparison.Ordinal);
        Assert.Equal([At(0), At(1), At(2)], store.Candles(Symbol, Hourly, MillisRange.All));
    }

    [Fact]
    public void A_volume_that_only_one_source_tells_is_no_difference()
    {
        using HistoryStore store = _folder.Open();
        store.AddCandles(Symbol, Hourly, [At(0) with { Turnover = double.NaN }]);

        Assert.Equal(new StoreReport(0, 1, []), store.AddCandles(Symbol, Hourly, [At(0) with { Turnover = 5 }]), Reports);
        Assert.Equal(HistoryFaultKind.Mismatch, Assert.Single(store.AddCandles(Symbol, Hourly, [At(0) with { Volume = 6 }]).Faults).Kind);
    }

    [Theory]
    [InlineData(0.0, 101.0, 99.0, 100.0, 1.0, "not above zero")]
    [InlineData(100.0, 99.0, 101.0, 100.0, 1.0, "the high below the low")]
    [InlineData(100.0, 101.0, 99.0, 102.0, 1.0, "outside low and high")]
    [InlineData(98.0, 101.0, 99.0, 100.0, 1.0, "outside low and high")]
    [InlineData(double.NaN, 101.0, 99.0, 100.0, 1.0, "not finite")]
    [InlineData(100.0, double.PositiveInfinity, 99.0, 100.0, 1.0, "not finite")]
    [InlineData(100.0, 101.0, -99.0, 100.0, 1.0, "not above zero")]
    [InlineData(100.0, 101.0, 99.0, 100.0, -1.0, "volume")]
    public void A_candle_that_cannot_have_happened_is_kept_out(double open, double high, double low, double close, double volume, string why)
    {
        using HistoryStore store = _folder.Open();

        StoreReport report = store.AddCandles(Symbol, Hourly, [At(0), new HistoryCandle(First + Hour, open, high, low, close, volume, 1), At(2)]);

        Assert.Equal(2, report.Stored);
        HistoryFault fault = Assert.Single(report.Faults);
        Assert.Equal(HistoryFaultKind.Impossible, fault.Kind);
        Assert.Contains(why, fault.Text, StringComparison.Ordinal);
        Assert.Equal([new MillisRange(First + Hour, First + (2 * Hour))], store.Gaps(Symbol, Hourly, new MillisRange(First, First + (3 * Hour))));
    }

    [Fact]
    public void A_candle_off_the_grid_told_twice_or_out_of_order_is_kept_out()
    {
        using HistoryStore store = _folder.Open();

        StoreReport report = store.AddCandles(Symbol, Hourly, [At(1), At(1, close: 100.5), At(0), At(2) with { OpenMillis = First + (2 * Hour) + 1 }, At(3)]);

        Assert.Equal(2, report.Stored);
        Assert.Equal([HistoryFaultKind.Duplicate, HistoryFaultKind.OutOfOrder, HistoryFaultKind.Misaligned], report.Faults.Select(fault => fault.Kind));
        Assert.Equal([At(1), At(3)], store.Candles(Symbol, Hourly, MillisRange.All));
    }

    [Fact]
    public void A_jump_of_more_than_the_factor_is_kept_out_and_what_follows_is_compared_with_the_last_good_close()
    {
        using HistoryStore store = _folder.Open();

        StoreReport report = store.AddCandles(Symbol, Hourly, [At(0), At(1, close: 301), At(2) with { Low = 33 }, At(3), At(4, close: 299)]);

        Assert.Equal([First + Hour, First + (2 * Hour)], report.Faults.Select(fault => fault.AtMillis));
        Assert.All(report.Faults, fault => Assert.Equal(HistoryFaultKind.Jump, fault.Kind));
        Assert.Equal(1, store.AddCandles(Symbol, Hourly, [At(1, close: 301)], jumpFactor: 4).Stored);
    }

    [Fact]
    public void Gaps_are_told_at_both_ends_and_between()
    {
        using HistoryStore store = _folder.Open();
        store.AddCandles(Symbol, Hourly, [At(2), At(3), At(6)]);

        Assert.Equal(
            [new MillisRange(First, First + (2 * Hour)), new MillisRange(First + (4 * Hour), First + (6 * Hour)), new MillisRange(First + (7 * Hour), First + (9 * Hour))],
            store.Gaps(Symbol, Hourly, new MillisRange(First - 1, First + (8 * Hour) + 1)));
        Assert.Empty(store.Gaps(Symbol, Hourly, new MillisRange(First + (2 * Hour), First + (4 * Hour))));
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_the_history_stays_sound_and_says_what_became_of_each_row()
    {
        Gen<HistoryCandle> candle =
            from slot in Gen.Choose(0, 12)
            from offset in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 5)))
            from prices in Gen.Choose(0, 6).Four()
            from volume in Gen.Choose(-1, 3)
            select new HistoryCandle(First + (slot * Hour) + offset, Price(prices.Item1), Price(prices.Item2), Price(prices.Item3), Price(prices.Item4), volume, double.NaN);
        int rounds = 0;

        Prop.ForAll(candle.ArrayOf().ListOf().ToArbitrary(), batches =>
        {
            using HistoryStore store = _folder.Open($"{rounds++}.db");
            int stored = 0;
            foreach (HistoryCandle[] batch in batches)
            {
                IReadOnlyList<HistoryCandle> before = store.Candles(Symbol, Hourly, MillisRange.All);
                StoreReport report = store.AddCandles(Symbol, Hourly, batch, jumpFactor: 3);
                Assert.Equal(batch.Length, report.Stored + report.Known + report.Faults.Count);
                stored += report.Stored;
                IReadOnlyList<HistoryCandle> after = store.Candles(Symbol, Hourly, MillisRange.All);
                Assert.Subset(after.ToHashSet(), before.ToHashSet());   // what is stored is never changed
            }

            IReadOnlyList<HistoryCandle> all = store.Candles(Symbol, Hourly, MillisRange.All);
            Assert.Equal(stored, all.Count);
            Assert.Equal(all.Select(one => one.OpenMillis).Distinct().Order(), all.Select(one => one.OpenMillis));
            Assert.All(all, one => Assert.True(one.OpenMillis % Hour == 0 && one.Low > 0 && one.Low <= Math.Min(one.Open, one.Close) && one.High >= Math.Max(one.Open, one.Close) && one.Volume >= 0));
            long missing = store.Gaps(Symbol, Hourly, new MillisRange(First, First + (13 * Hour))).Sum(gap => (gap.ToMillis - gap.FromMillis) / Hour);
            Assert.Equal(13 - all.Count, missing);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

        static double Price(int number) => number switch { 0 => 0, 1 => 80, 6 => 400, _ => 100 + number };
    }

    [Fact]
    public void Indicators_are_kept_with_their_candles_and_go_when_a_candle_before_them_is_added()
    {
        using HistoryStore store = _folder.Open();
        store.AddCandles(Symbol, Hourly, [At(0), At(2), At(3)]);
        IndicatorRow[] rows = [.. new[] { 0, 2, 3 }.Select(slot => new IndicatorRow(First + (slot * Hour), [double.NaN, .. Enumerable.Range(1, HistoryStore.IndicatorColumns.Count - 1).Select(column => slot + (column / 7.0))]))];
        store.SetIndicators(Symbol, Hourly, rows);

        Assert.Equal(rows.Select(row => row.Values), store.Indicators(Symbol, Hourly, MillisRange.All).Select(row => row.Values));
        store.AddCandles(Symbol, Hourly, [At(1)]);
        Assert.Equal([First], store.Indicators(Symbol, Hourly, MillisRange.All).Select(row => row.OpenMillis));
    }

    [Fact]
    public void Funding_is_kept_once_a_settlement_also_where_two_sources_stamp_it_differently()
    {
        using HistoryStore store = _folder.Open();
        StoreReport report = store.AddFunding(Symbol, [new(First, 0.0001), new(First + 1, 0.0001), new(First + (8 * Hour), -0.00375), new(First + (16 * Hour), 1.5), new(First + (24 * Hour), double.NaN)]);

        Assert.Equal((2, 1), (report.Stored, report.Known));
        Assert.Equal([HistoryFaultKind.Impossible, HistoryFaultKind.Impossible], report.Faults.Select(fault => fault.Kind));
        Assert.Equal(HistoryFaultKind.Mismatch, Assert.Single(store.AddFunding(Symbol, [new(First + 6, 0.0002)]).Faults).Kind);
        Assert.Equal([new(First, 0.0001), new(First + (8 * Hour), -0.00375)], store.Funding(Symbol, MillisRange.All));
    }

    [Fact]
    public void A_trade_is_open_until_it_is_written_closed_and_its_money_is_exact()
    {
        using HistoryStore store = _folder.Open();
        var trade = new HistoryTrade { Id = "hybrid-1", Symbol = Symbol, Setup = "hybrid", Side = Side.Sell, Qty = 0.001m, OpenedMillis = First, EntryPrice = 65_119.90m, StopPrice = 70_329.49m, FeesUsdt = 0.03581594500000000000001m };
        HistoryTrade other = trade with { Id = "hybrid-2", Symbol = "ETHUSDT", Side = Side.Buy };
        store.SetTrade(trade);
        store.SetTrade(other);

        Assert.Equal([trade], store.OpenTrades(Symbol));
        HistoryTrade closed = trade with { ClosedMillis = First + Hour, ExitPrice = 64_000, PnlUsdt = -1.005m, ExitReason = "stop" };
        store.SetTrade(closed);
        Assert.Empty(store.OpenTrades(Symbol));
        Assert.Equal([other], store.OpenTrades("ETHUSDT"));
        Assert.Equal([closed], store.Trades(Symbol, MillisRange.All));
    }

    [Fact]
    public void What_is_older_than_wanted_is_deleted_trades_stay_and_the_file_shrinks()
    {
        using HistoryStore store = _folder.Open();
        store.AddCandles(Symbol, Hourly, Enumerable.Range(0, 20_000).Select(slot => At(slot)));
        store.AddCandles(Symbol, Timeframe.Find("1d")!, [At(0) with { OpenMillis = Timeframe.Find("1d")!.FloorTo(First) }]);
        store.AddFunding(Symbol, [new(First, 0.0001), new(First + (19_999 * Hour), 0.0001)]);
        var trade = new HistoryTrade { Id = "1", Symbol = Symbol, Setup = "hybrid", Side = Side.Buy, Qty = 1, OpenedMillis = First, EntryPrice = 1 };
        store.SetTrade(trade);
        store.Vacuum();
        long full = new FileInfo(store.Path).Length;

        Assert.Equal(19_000, store.DeleteBefore(First + (19_000 * Hour), Symbol, Hourly, withCandles: true, withFunding: false));
        Assert.Equal(3, store.Series().Count);
        Assert.Equal(502, store.DeleteBefore(First + (19_500 * Hour), null, null, withCandles: true, withFunding: true));   // 500 hours, the day and a settlement
        store.Vacuum();

        Assert.True(new FileInfo(store.Path).Length < full / 4);
        Assert.Equal([new SeriesSummary(Symbol, Hourly, 500, First + (19_500 * Hour), First + (19_999 * Hour)), new SeriesSummary(Symbol, null, 1, First + (19_999 * Hour), First + (19_999 * Hour))], store.Series());
        Assert.Equal([trade], store.OpenTrades(Symbol));
    }

    [Fact]
    public void Only_what_is_named_is_deleted_and_the_indicators_of_a_series_that_lost_its_beginning_go_with_it()
    {
        using HistoryStore store = _folder.Open();
        foreach (string symbol in (string[])[Symbol, "ETHUSDT"])
        {
            store.AddCandles(symbol, Hourly, [At(0), At(1), At(2)]);
            store.SetIndicators(symbol, Hourly, new[] { 0, 1, 2 }.Select(slot => new IndicatorRow(First + (slot * Hour), new double[HistoryStore.IndicatorColumns.Count])));
            store.AddFunding(symbol, [new(First, 0.0001), new(First + (8 * Hour), 0.0001)]);
        }

        Assert.Equal(1, store.DeleteBefore(First + Hour, Symbol, null, withCandles: false, withFunding: true));
        Assert.Equal((3, 1, 2), (store.Candles(Symbol, Hourly, MillisRange.All).Count, store.Funding(Symbol, MillisRange.All).Count, store.Funding("ETHUSDT", MillisRange.All).Count));
        Assert.Equal(1, store.DeleteBefore(First + Hour, Symbol, Hourly, withCandles: true, withFunding: false));
        Assert.Equal((2, 0), (store.Candles(Symbol, Hourly, MillisRange.All).Count, store.Indicators(Symbol, Hourly, MillisRange.All).Count));
        Assert.Equal((3, 3), (store.Candles("ETHUSDT", Hourly, MillisRange.All).Count, store.Indicators("ETHUSDT", Hourly, MillisRange.All).Count));
    }

    [Fact]
    public void A_time_that_is_not_in_milliseconds_is_kept_out()
    {
        using HistoryStore store = _folder.Open();

        StoreReport report = store.AddCandles(Symbol, Hourly, [At(0) with { OpenMillis = First * 1_000 }, At(0) with { OpenMillis = -Hour }, At(0) with { OpenMillis = long.MaxValue }, At(1)]);

        Assert.Equal((1, 3), (report.Stored, report.Faults.Count));
        Assert.All(report.Faults, fault => Assert.Contains("is not in ms since 1970", fault.Text, StringComparison.Ordinal));
        Assert.Equal("9223372036854775807", HistoryText.Time(long.MaxValue));
        Assert.Equal(2, store.AddFunding(Symbol, [new(First * 1_000_000, 0.1), new(-1, 0.1), new(First, 0.1)]).Faults.Count);
    }

    [Fact]
    public void A_name_that_means_something_to_sqlite_is_a_file_like_others()
    {
        string here = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(Path.GetDirectoryName(_folder.File())!);
            using (HistoryStore store = HistoryStore.Open(":memory:", isCreated: true)) store.AddCandles(Symbol, Hourly, [At(0)]);
            Assert.True(File.Exists(_folder.File(":memory:")));
        }
        finally
        {
            Directory.SetCurrentDirectory(here);
        }
    }

    [Fact]
    public void A_reader_beside_a_writer_sees_what_is_committed()
    {
        using HistoryStore writer = _folder.Open();
        using HistoryStore reader = _folder.Open();
        int seen = -1;

        writer.AddCandles(Symbol, Hourly, Enumerable.Range(0, 10).Select(slot =>
        {
            seen = reader.Candles(Symbol, Hourly, MillisRange.All).Count;
            return At(slot);
        }));

        Assert.Equal(0, seen);
        Assert.Equal(10, reader.Candles(Symbol, Hourly, MillisRange.All).Count);
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_nothing_behind()
    {
        using HistoryStore store = _folder.Open();

        Assert.Throws<InvalidOperationException>(() => store.AddCandles(Symbol, Hourly, Enumerable.Range(0, 10).Select(slot => slot < 7 ? At(slot) : throw new InvalidOperationException())));

        Assert.Empty(store.Candles(Symbol, Hourly, MillisRange.All));
        Assert.Equal(1, store.AddCandles(Symbol, Hourly, [At(0)]).Stored);
    }

    [Fact]
    public void The_newest_candles_and_the_open_trades_are_found_by_an_index()
    {
        using (_folder.Open()) { }
        using var database = new SqliteDatabase(_folder.File(), isCreated: false);

        Assert.Contains("USING PRIMARY KEY (symbol=? AND timeframe=? AND open_ms>? AND open_ms<?)", Plan("SELECT * FROM candles WHERE symbol = 'a' AND timeframe = '1h' AND open_ms >= 1 AND open_ms < 2 ORDER BY open_ms DESC LIMIT 5"), StringComparison.Ordinal);
        Assert.Contains("USING INDEX trades_open", Plan("SELECT * FROM trades WHERE closed_ms IS NULL AND symbol = 'a'"), StringComparison.Ordinal);

        string Plan(string sql)
        {
            using SqliteStatement statement = database.Prepare("EXPLAIN QUERY PLAN " + sql);
            return string.Join('\n', statement.Rows(row => row.Text(3)));
        }
    }

    [SqliteFact]
    public void Sqlite_itself_reads_the_file()
    {
        using (HistoryStore store = _folder.Open()) store.AddCandles(Symbol, Hourly, [At(0), At(1, close: 100.25)]);
        using Process sqlite = Process.Start(new ProcessStartInfo(SqliteFactAttribute.Program, [_folder.File(), "PRAGMA journal_mode; PRAGMA integrity_check; SELECT symbol, timeframe, open_ms, close FROM candles ORDER BY open_ms"]) { RedirectStandardOutput = true })!;

        Assert.Equal($"wal\nok\n{Symbol}|1h|{First}|100.0\n{Symbol}|1h|{First + Hour}|100.25\n", sqlite.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void A_file_that_is_no_history_is_refused_and_left_as_it_was()
    {
        File.WriteAllText(_folder.File("text"), new string('x', 5_000));
        Assert.Contains("is no SQLite database", Assert.Throws<HistoryException>(() => _folder.Open("text")).Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5_000), File.ReadAllText(_folder.File("text")));

        using (var foreign = new SqliteDatabase(_folder.File("foreign"), isCreated: true)) foreign.Run("CREATE TABLE candles (a)");
        Assert.Contains("of another program", Assert.Throws<HistoryException>(() => _folder.Open("foreign")).Message, StringComparison.Ordinal);

        using (_folder.Open("newer")) { }
        using (var newer = new SqliteDatabase(_folder.File("newer"), isCreated: false)) newer.Run("PRAGMA user_version = 999");
        Assert.Contains("has version 999", Assert.Throws<HistoryException>(() => _folder.Open("newer")).Message, StringComparison.Ordinal);

        Assert.Contains("no such file", Assert.Throws<HistoryException>(() => HistoryStore.Open(_folder.File("none"), isCreated: false)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", Assert.Throws<HistoryException>(() => HistoryStore.Open(_folder.File("no/such/folder"), isCreated: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_is_made_once_also_by_two_that_begin_together()
    {
        string path = _folder.File();
        HistoryException?[] faults = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ =>
        {
            try
            {
                using HistoryStore store = HistoryStore.Open(path, isCreated: true);
                return null;
            }
            catch (HistoryException fault)
            {
                return fault;
            }
        })];

        Assert.All(faults, Assert.Null);
    }

    [Fact]
    public void A_missing_library_is_one_line_with_its_mend()
    {
        HistoryException fault = Assert.Throws<HistoryException>(() => SqliteLibrary.Load("libno-such-sqlite.so.0"));

        Assert.True(fault.IsMissing);
        Assert.Contains("apt-get install libsqlite3-0", fault.Message, StringComparison.Ordinal);
    }

    private static bool Reports(StoreReport one, StoreReport other) => (one.Stored, one.Known) == (other.Stored, other.Known) && one.Faults.SequenceEqual(other.Faults);

    private static HistoryCandle At(int slot, double close = 100) => new(First + (slot * Hour), 100, Math.Max(100, close) + 1, Math.Min(100, close) - Math.Min(1, close / 2), close, 5, 500);
}
