using LatencyEngine.Host;
using LatencyEngine.Host.Tests;
using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>The shipped meta-label profile on the shipped recording, with a model that always answers the same.</summary>
public sealed class MetaLabelProfileTests
{
    // The recording begins at 23:54:16, and the signal's candle closes at 23:00: with an hour to enter it is still acted on.
    private const long SignalMillis = 1_723_158_000_000;

    [Fact]
    public void It_trades_a_signal_that_the_model_lets_pass_and_every_way_of_running_sends_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        using var data = new MetaLabelCase();
        data.Train(0.8);
        data.Trade(SignalMillis, SignalDirection.Up);
        RunRequest request = Request(folder, data);
        string journal = Path.Combine(folder.Path, "run.journal");

        RunResult virtualTime = BacktestRunner.Run(request with { Verb = "backtest" }, progress: null, CancellationToken.None);
        RunResult lockstep = DryRunner.Run(request with { JournalPath = journal }, progress: null, CancellationToken.None);
        Journal.JournalReplayResult replay = ReplayRunner.Run(journal, isPaired: false);

        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal((virtualTime.OutboundSha256, virtualTime.OutboundSha256), (lockstep.OutboundSha256, replay.OutboundSha256));
        foreach (RunResult result in (RunResult[])[virtualTime, lockstep])
        {
            Assert.Empty(result.InvariantBreaks);
            MetaLabelSymbolResult symbol = Assert.Single(result.MetaLabel!.Symbols);
            Assert.Equal(("BTCUSDT", "constant", true, 1L, 1L, 0.8), (symbol.Symbol, symbol.Model, symbol.Edge, symbol.Signals, symbol.Entries, Math.Round(symbol.LastProbability!.Value, 6)));
            Assert.Equal((1L, 0.006m, 0L, 0L, 0L), (result.Trades, result.MaxAbsPositionQty, result.BiasesRefused, result.DirectionalRefused, result.HotPathAllocatedBytes));   // 2 % x 0.8 of 25,000
            Assert.Equal((0L, 0.6m), (result.MakerFills, result.BiasMax));
        }
    }

    [Fact]
    public void With_the_sample_model_and_candles_it_knows_the_history_up_to_the_recording_and_trades_nothing()
    {
        using var folder = new TemporaryFolder();
        EngineConfiguration configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/meta-label.json"), new Dictionary<string, string>(), []);
        RunRequest request = Runs.Request(Runs.Derived, folder.Path) with { Configuration = configuration, Duration = TimeSpan.FromSeconds(15) };

        RunResult result = BacktestRunner.Run(request, progress: null, CancellationToken.None);

        MetaLabelSymbolResult symbol = Assert.Single(result.MetaLabel!.Symbols);
        Assert.Equal(("demo", false, 5_304L, 206L, 0L, 0L), (symbol.Model, symbol.Edge, symbol.Candles, symbol.HistorySignals, symbol.HistoryAboveThreshold, symbol.Signals));   // to 22:00 to 23:00 of that day
        Assert.Contains(result.Incidents, incident => incident.What == "the test of demo has found no edge in BTCUSDT: its signals are counted, and not traded on");
    }

    [Fact]
    public void Without_an_edge_or_confidence_it_trades_nothing_and_says_why()
    {
        using var folder = new TemporaryFolder();
        using var data = new MetaLabelCase();
        data.Trade(SignalMillis, SignalDirection.Down);
        foreach ((double probability, bool hasEdge, string expected) in new[] { (0.8, false, "noEdge"), (0.6, true, "unsure") })
        {
            data.Train(probability, hasEdge);
            RunResult result = BacktestRunner.Run(Request(folder, data) with { Verb = "backtest" }, progress: null, CancellationToken.None);

            Assert.Equal((0L, 0L), (result.Trades, result.OrdersSent));
            Assert.Equal((expected, 1L), Assert.Single(Assert.Single(result.MetaLabel!.Symbols).Skipped.Select(pair => (pair.Key, pair.Value))));
        }
    }

    [Fact]
    public void Confidence_that_stays_low_throws_the_kill_switch()
    {
        using var folder = new TemporaryFolder();
        using var data = new MetaLabelCase();
        data.Train(0.2);
        data.Trade(SignalMillis, SignalDirection.Up);

        RunResult result = BacktestRunner.Run(Request(folder, data, ("losses:modelConfidenceSeconds", "40")) with { Verb = "backtest" }, progress: null, CancellationToken.None);

        Assert.Equal(1, result.LossLimits["modelConfidence"]);
        Assert.Contains(result.Incidents, incident => incident.What.Contains("kill switch thrown (ModelConfidence): the model was too unsure", StringComparison.Ordinal));
    }

    private static RunRequest Request(TemporaryFolder folder, MetaLabelCase data, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] all = [("metaLabel:model", data.Model), ("metaLabel:hourlyCandles:BTCUSDT", data.Candles), ("metaLabel:entrySeconds", "3600"), ("venue:speed", "max"), .. settings];
        EngineConfiguration configuration = ConfigurationReader.Load(
            ReferenceFiles.InRepository("configs/meta-label.json"), new Dictionary<string, string>(), [.. all.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "test"))]);
        return Runs.DryRun(Runs.Derived, folder.Path) with { Configuration = configuration, Duration = TimeSpan.FromSeconds(60) };
    }
}
