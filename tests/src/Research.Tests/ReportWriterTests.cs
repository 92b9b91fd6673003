using System.Text.Json;

namespace LatencyEngine.Research.Tests;

public sealed class ReportWriterTests : IDisposable
{
    private const string Hgrm = "       Value     Percentile TotalCount 1/(1-Percentile)\n";

    private readonly TemporaryFolder _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public void A_report_is_four_files_in_a_folder_named_by_the_utc_time()
    {
        string folder = Write(_reports.Path);

        Assert.Equal(Path.Combine(_reports.Path, "20261120-170459"), folder);
        Assert.Equal(["report.html", "summary.json", "tick-to-order.hgrm", "trades.jsonl"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Hgrm, File.ReadAllText(Path.Combine(folder, "tick-to-order.hgrm")));
    }

    [Fact]
    public void The_summary_is_the_run_with_the_path_of_its_report()
    {
        string folder = Write(_reports.Path);

        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "summary.json")));
        Assert.Equal(folder, summary.RootElement.GetProperty("reportPath").GetString());
        Assert.Equal(RunResultJson.Serialize(ExampleRun.Make(samples: 100, fills: 20).Result with { ReportPath = folder }) + "\n", File.ReadAllText(Path.Combine(folder, "summary.json")));
    }

    [Fact]
    public void Reports_of_the_same_second_get_folders_of_their_own_and_name_them()
    {
        string[] folders = [Write(_reports.Path), Write(_reports.Path), Write(_reports.Path)];

        Assert.Equal(["20261120-170459", "20261120-170459-2", "20261120-170459-3"], folders.Select(Path.GetFileName));
        foreach (string folder in folders)
        {
            using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "summary.json")));
            Assert.Equal(folder, summary.RootElement.GetProperty("reportPath").GetString());
        }
    }

    [Fact]
    public async Task Reports_written_at_once_never_share_a_folder()
    {
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Write(_reports.Path))));

        Assert.Equal(8, folders.Distinct().Count());
        Assert.All(folders, folder => Assert.Equal(4, Directory.GetFiles(folder).Length));
    }

    [Fact]
    public void A_folder_that_is_there_already_is_left_as_it_is()
    {
        string taken = Path.Combine(_reports.Path, "20261120-170459");
        Directory.CreateDirectory(taken);
        File.WriteAllText(Path.Combine(taken, "notes.txt"), "mine");

        string folder = Write(_reports.Path);

        Assert.Equal(taken + "-2", folder);
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(taken))));
    }

    [Fact]
    public void Missing_parent_folders_are_made() =>
        Assert.True(File.Exists(Path.Combine(Write(Path.Combine(_reports.Path, "a", "b")), "report.html")));

    [Fact]
    public void A_place_that_cannot_hold_a_report_is_one_clear_line()
    {
        string file = Path.Combine(_reports.Path, "occupied");
        File.WriteAllText(file, "");

        foreach (string place in (string[])[file, Path.Combine(file, "a", "b")])
        {
            Assert.Equal(
                $"cannot write a report below '{place}': the folder cannot be made, '{file}' is a file; choose a folder that can be written",
                Assert.Throws<ReportException>(() => Write(place)).Message);
        }
    }

    [Fact]
    public void A_folder_that_may_not_be_written_is_one_line_without_the_name_that_the_report_has_meanwhile()
    {
        // Nobody, not even root, makes folders in /proc.
        var fault = Assert.Throws<ReportException>(() => Write("/proc/self"));

        Assert.StartsWith("cannot write a report below '/proc/self': the folder cannot be made, ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("unfinished", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_folder_name_that_no_system_takes_is_one_clear_line()
    {
        var fault = Assert.Throws<ReportException>(() => Write("a\0b\nc"));

        Assert.StartsWith("cannot write a report below 'a?b?c': ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_nothing_behind()
    {
        (RunResult result, _) = ExampleRun.Make(samples: 10);

        var fault = Assert.Throws<ReportException>(() => ReportWriter.Write(result, new TradesThatCannotBeRead(), Hgrm, ExampleRun.Curves(result), _reports.Path));

        Assert.Contains("the disk is full", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_reports.Path));
    }

    [Fact]
    public void Trades_parse_back_to_equal_rows_one_object_a_line()
    {
        (_, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(samples: 100, fills: 20);
        TradeRow liquidation = trades[0] with
        {
            ExecType = "BustTrade",
            IsMaker = false,
            PlacedAtNanos = null,
            QueueAheadAtPlacement = null,
            Prints = [],
            OrderLinkId = "",
            Fee = 0.00000001m,
            Price = 79_228_162_514_264m,
            RealisedPnlAfter = -0.00000001m,
        };
        IReadOnlyList<TradeRow> written = [.. trades, liquidation];

        string folder = Write(_reports.Path, written);
        string[] lines = File.ReadAllLines(Path.Combine(folder, "trades.jsonl"));

        Assert.Equal(written.Count, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            TradeRow row = TradeRowJson.Deserialize(lines[i]);
            Assert.Equal(written[i].Prints, row.Prints);
            Assert.Equal(written[i], row with { Prints = written[i].Prints }); // a record compares lists by reference
        }
    }

    [Fact]
    public void A_trade_line_has_exactly_the_published_names_and_plain_numbers()
    {
        (_, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(samples: 100, fills: 20);

        string line = TradeRowJson.Serialize(trades[0] with { Fee = -0.00000001m, ExecutedAtNanos = 1_754_774_819_123_456_789 });

        using JsonDocument row = JsonDocument.Parse(line);
        Assert.Equal(
            [
                "symbol", "execType", "side", "isMaker", "price", "qty", "value", "fee", "feeAtVip0", "orderId", "orderLinkId", "execId", "executedAtNanos", "placedAtNanos", "placedOnBookMillis",
                "queueAheadAtPlacement", "filledBefore", "prints", "positionAfter", "averageEntryAfter", "realisedPnlAfter", "feesAfter", "walletAfter",
            ],
            row.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["recvNanos", "matchMillis", "tradeId", "price", "qty"], row.RootElement.GetProperty("prints")[0].EnumerateObject().Select(property => property.Name));
        Assert.Contains("\"fee\":-0.00000001,", line, StringComparison.Ordinal);
        Assert.Contains("\"executedAtNanos\":1754774819123456789,", line, StringComparison.Ordinal);
    }

    private static string Write(string directory, IReadOnlyList<TradeRow>? trades = null)
    {
        (RunResult result, IReadOnlyList<TradeRow> made) = ExampleRun.Make(samples: 100, fills: 20);
        return ReportWriter.Write(result, trades ?? made, Hgrm, ExampleRun.Curves(result), directory, new StoppedClock());
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 17, 4, 59, TimeSpan.Zero);
    }

    private sealed class TradesThatCannotBeRead : IReadOnlyList<TradeRow>
    {
        public int Count => 1;

        public TradeRow this[int index] => throw new IOException("the disk is full");

        public IEnumerator<TradeRow> GetEnumerator() => throw new IOException("the disk is full");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Fact]
    public void A_folder_is_tried_before_a_run_and_left_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string existing = Path.Combine(folder.Path, "reports");
        Directory.CreateDirectory(existing);
        File.WriteAllText(Path.Combine(existing, "kept"), "");

        ReportWriter.Probe(existing);
        ReportWriter.Probe(Path.Combine(folder.Path, "a", "b"));

        Assert.Equal([Path.Combine(existing, "kept")], Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Where(entry => entry != existing));
        Assert.Throws<ReportException>(() => ReportWriter.Probe(Path.Combine(existing, "kept")));
    }
}
