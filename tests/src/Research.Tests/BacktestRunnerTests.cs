using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed partial class BacktestRunnerTests
{
    [Fact]
    public void The_derived_recording_with_default_settings_makes_a_market_and_every_maker_fill_is_earned()
    {
        using var folder = new TemporaryFolder();

        RunResult result = BacktestRunner.Run(Runs.Request(Runs.Derived, folder.Path), progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.True(result.OrdersSent >= 200, $"{result.OrdersSent} orders");
        Assert.True(result.MakerFills >= 24, $"{result.MakerFills} maker fills");
        Assert.Equal(12_170, result.FramesDecoded);
        Assert.Equal(0, result.FramesRejected);
        Assert.Equal(0, result.HotPathAllocatedBytes);
        Assert.Equal("Pro 5", result.FeeTier);
        Assert.Equal(0m, result.Fees);
        Assert.True(result.FeesAtVip0 > 0);
        Assert.Equal(result.RealisedPnl + result.UnrealisedPnl - result.Fees, result.NetPnl);
        Assert.Equal(result.StartEquity + result.NetPnl, result.EndEquity);
        Assert.Equal("mid (derived)", result.MarkPriceSource["BTCUSDT"]);
        Assert.Equal(result.MakerFills, EarnedFills.Audit(ReferenceFiles.Sample(Runs.Derived), Path.Combine(result.ReportPath!, "trades.jsonl")));
    }

    [Fact]
    public void The_genuine_capture_runs_as_two_instruments_both_are_quoted_on_both_sides_and_every_frame_is_accounted_for()
    {
        using var folder = new TemporaryFolder();
        var rested = new SortedSet<string>(StringComparer.Ordinal);

        RunResult result = BacktestRunner.Run(
            Runs.Request(Runs.Genuine, folder.Path),
            progress: null,
            delivery =>
            {
                rested.UnionWith(NewOrders(delivery));
                return delivery;
            },
            CancellationToken.None);

        Assert.Equal(["BTCUSDT", "SOLUSDT"], result.Symbols);
        Assert.Equal(["BTCUSDT Buy", "BTCUSDT Sell", "SOLUSDT Buy", "SOLUSDT Sell"], rested);
        Assert.Equal(1_248, result.FramesDecoded);   // books, trades and tickers of both; nothing else is subscribed
        Assert.Equal(0, result.FramesForOtherSymbols);
        Assert.Equal(0, result.FramesRejected);
        Assert.Empty(result.InvariantBreaks);
        Assert.All(result.MarkPriceSource.Values, source => Assert.Equal("tickers", source));
    }

    [Fact]
    public void Altering_the_fee_of_one_execution_is_noticed_and_named_and_the_venues_wallet_is_taken_over()
    {
        using var folder = new TemporaryFolder();
        int executions = 0;

        RunResult result = BacktestRunner.Run(Runs.Request(Runs.Derived, folder.Path), progress: null, delivery => Alter(delivery, ref executions), CancellationToken.None);

        Assert.Contains(result.InvariantBreaks, sentence => sentence.StartsWith("execution 3 (BTCUSDT, execId ", StringComparison.Ordinal) && sentence.Contains("fees is 0.01 by the engine's ledger and 0 by the venue's", StringComparison.Ordinal));
        Assert.Contains(result.InvariantBreaks, sentence => sentence.StartsWith("wallet after execution ", StringComparison.Ordinal));
        Assert.DoesNotContain(result.InvariantBreaks, sentence => sentence.StartsWith("at the end", StringComparison.Ordinal));
        Assert.Null(result.KilledBy);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("11")]
    public void A_run_cut_short_waits_for_executions_that_are_still_on_their_way(string seed)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.Request(
            Runs.Derived, folder.Path, ("venue:seed", seed), ("venue:latency:jitterMicroseconds", "20000"), ("quoting:maxInventoryUnits", "1"));

        // stops at every fill's own moment: the order's end has arrived or not, the execution has or not
        foreach (double seconds in (double[])[1, 3, 5, 7.2594, 7.26, 7.27, 9, 11, 13])
        {
            RunResult result = BacktestRunner.Run(request with { Duration = TimeSpan.FromSeconds(seconds) }, progress: null, CancellationToken.None);
            Assert.Empty(result.InvariantBreaks);
        }
    }

    [Fact]
    public void A_recording_without_a_book_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        string recording = Path.Combine(folder.Path, "trades-only.frames");
        File.WriteAllText(recording, string.Concat(Enumerable.Range(1, 50).Select(i =>
            $$"""{{1_700_000_000_000_000_000 + (i * 1_000_000)}} {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{i}},"data":[{"T":{{i}},"s":"BTCUSDT","S":"Buy","v":"0.100","p":"60000.10","L":"PlusTick","i":"{{i}}","BT":false,"RPI":false,"seq":{{i}}}]}""" + "\n")));

        AssertRefused(recording, folder, "no order book of BTCUSDT in ");
    }

    [Fact]
    public void A_recording_whose_book_never_begins_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        string recording = Path.Combine(folder.Path, "deltas-only.frames");
        File.WriteAllText(recording, string.Concat(Enumerable.Range(1, 50).Select(i =>
            $$$"""{{{1_700_000_000_000_000_000 + (i * 1_000_000)}}} {"topic":"orderbook.50.BTCUSDT","type":"delta","ts":{{{i}}},"data":{"s":"BTCUSDT","b":[["60000.10","{{{i}}}.000"]],"a":[],"u":{{{i + 1}}},"seq":{{{i}}}},"cts":{{{i}}}}""" + "\n")));

        AssertRefused(recording, folder, "never shows a complete book of BTCUSDT");
    }

    [Fact]
    public void An_interrupted_run_pulls_its_quotes_and_writes_its_report()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        int deliveries = 0;

        RunResult result = BacktestRunner.Run(
            Runs.Request(Runs.Derived, folder.Path),
            progress: null,
            delivery =>
            {
                if (++deliveries == 3_000) cancel.Cancel();
                return delivery;
            },
            cancel.Token);

        Assert.True(result.Interrupted);
        Assert.Empty(result.InvariantBreaks);
        Assert.True(result.CancelsSent >= 1);
        Assert.True(result.RecordingSeconds < 200);
        Assert.True(File.Exists(Path.Combine(result.ReportPath!, "summary.json")));
    }

    [Fact]
    public void A_position_that_runs_into_its_liquidation_price_is_taken_over_in_both_sets_of_books_and_the_engine_stops()
    {
        using var folder = new TemporaryFolder();
        string recording = Path.Combine(folder.Path, "crash.frames.gz");
        CrashRecording.Write(recording);

        RunProgress? last = null;
        var progress = new Reporting(report => last = report);
        RunResult result = BacktestRunner.Run(Runs.Request(recording, folder.Path, ("venue:leverage", "50"), ("risk:liquidationGuardHoldShare", "1"), ("risk:liquidationGuardShare", "1")), progress, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.Equal(1, result.Liquidations);
        Assert.Equal("Liquidated", result.KilledBy);
        Assert.Collection(
            result.Incidents,
            taken => Assert.StartsWith("BTCUSDT liquidated: the mark reached the liquidation price; long ", taken.What, StringComparison.Ordinal),
            killed => Assert.Equal("kill switch thrown (Liquidated): the venue took a position over; no quotes from then on", killed.What));
        Assert.Contains(Figures.Pnl(result.NetPnl), result.Incidents[0].What, StringComparison.Ordinal);   // all was lost in the take-over
        Assert.Equal(result.Incidents, last!.Incidents);
        Assert.Equal(0m, result.FinalPositionQty);
        TradeRow bust = File.ReadLines(Path.Combine(result.ReportPath!, "trades.jsonl")).Select(TradeRowJson.Deserialize).Single(row => row.ExecType == "BustTrade");
        // 50x: the loss is the margin, 2 % of the entry value, and the fee to close at the bankruptcy price
        decimal entryValue = result.Turnover - bust.Value;
        Assert.Equal(-0.02m * entryValue, result.RealisedPnl, 6);
        Assert.Equal(bust.Value * result.TakerFeeRate, result.Fees, 6);
        Assert.Equal(result.RealisedPnl - result.Fees, result.NetPnl);
    }

    private static void AssertRefused(string recording, TemporaryFolder folder, string why)
    {
        var fault = Assert.Throws<RecordingException>(() => BacktestRunner.Run(Runs.Request(recording, folder.Path), progress: null, CancellationToken.None));
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    /// <summary>Symbol and side of each order that the venue reports as resting.</summary>
    private static List<string> NewOrders(Delivery delivery)
    {
        if (delivery.Channel != DeliveryChannel.Private) return [];
        using JsonDocument frame = JsonDocument.Parse(delivery.Frame);
        if (!frame.RootElement.TryGetProperty("topic", out JsonElement topic) || topic.GetString() != "order") return [];
        return [.. frame.RootElement.GetProperty("data").EnumerateArray()
            .Where(order => order.GetProperty("orderStatus").GetString() == "New")
            .Select(order => $"{order.GetProperty("symbol").GetString()} {order.GetProperty("side").GetString()}")];
    }

    private static Delivery Alter(Delivery delivery, ref int executions)
    {
        if (delivery.Channel != DeliveryChannel.Private) return delivery;
        string frame = Encoding.UTF8.GetString(delivery.Frame.Span);
        if (!frame.Contains("\"topic\":\"execution\"", StringComparison.Ordinal) || ++executions != 3) return delivery;
        return delivery with { Frame = Encoding.UTF8.GetBytes(ExecutionFee().Replace(frame, "\"execFee\":\"0.01\"", 1)) };
    }

    [GeneratedRegex("\"execFee\":\"[^\"]*\"")]
    private static partial Regex ExecutionFee();
}
