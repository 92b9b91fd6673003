using LatencyEngine.Host;
using LatencyEngine.Journal;

namespace LatencyEngine.Research.Tests;

/// <summary>Microprice, order flow and rolling intensity together in a whole engine over a recording, with what calibrate has fitted to it.</summary>
public sealed class EverythingRollsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("avellaneda-stoikov")]
    [InlineData("glft-exact")]
    public void A_run_with_everything_on_allocates_nothing_says_what_its_quotes_were_made_of_and_is_replayed_byte_for_byte(string model)
    {
        string journal = Path.Combine(_folder.Path, "run.journal");
        RunRequest request = Runs.Request(
            Runs.Derived,
            _folder.Path,
            ("symbols", "BTCUSDT"),
            ("quoting:model", model),
            ("quoting:fairValue", "microprice"),
            ("quoting:intensity", "rolling"),
            ("instruments:BTCUSDT:micropriceTicks", "-3,-1,0,1,3;-4,-2,0,2,4"),
            ("instruments:BTCUSDT:orderFlowAlphaTicksPerSecondPerLot", "0.0005"),
            ("instruments:BTCUSDT:orderFlowHalfLifeSeconds", "2")) with { JournalPath = journal };

        RunResult result = BacktestRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.Equal((0L, 0L), (result.HotPathAllocatedBytes, result.FramesRejected));
        Assert.True(result.OrdersSent > 500, $"only {result.OrdersSent} requests");
        InstrumentResult instrument = Assert.Single(result.Instruments);
        Assert.Equal([("mid", 1), ("weightedMid", 0), ("microprice", 1), ("imbalance", 0), ("orderFlow", 1)], instrument.FairValue.Select(part => (part.Name, part.Weight)));
        Assert.All(instrument.FairValue, part => Assert.True(part.MeanAbsoluteTicks > 0 && Math.Abs(part.MeanTicks) <= part.MeanAbsoluteTicks, part.ToString()));
        Assert.True(instrument.Intensity!.FitsTaken > 20, instrument.Intensity.ToString());
        Assert.NotEqual((0.9, 0.02), (instrument.Intensity.ArrivalRatePerSecond, instrument.Intensity.DecayPerTick));

        JournalReplayResult replay = ReplayRunner.Run(journal, isPaired: false);

        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal(result.OutboundSha256, replay.OutboundSha256);
    }

    [Theory]
    [InlineData("quoting:fairValue", "microprice")]
    [InlineData("quoting:intensity", "rolling")]
    [InlineData("instruments:BTCUSDT:orderFlowAlphaTicksPerSecondPerLot", "0.0005")]
    public void Each_of_them_alone_changes_what_is_sent(string key, string value)
    {
        string Sent(params (string, string)[] settings)
        {
            (string, string)[] all = [("symbols", "BTCUSDT"), ("instruments:BTCUSDT:micropriceTicks", "-3,-1,0,1,3"), .. settings];
            using RunStage stage = RunStage.Set(Runs.Request(Runs.Derived, reportDirectory: "", all));
            using VirtualTimeRun run = Runs.Play(Runs.Request(Runs.Derived, reportDirectory: "", all), stage);
            return run.Observer.OutboundSha256;
        }

        Assert.NotEqual(Sent(), Sent((key, value)));
    }

    [Fact]
    public void A_table_that_is_not_quoted_on_changes_nothing_that_is_sent()
    {
        using RunStage without = RunStage.Set(Runs.Request(Runs.Derived, reportDirectory: ""));
        using VirtualTimeRun plain = Runs.Play(Runs.Request(Runs.Derived, reportDirectory: ""), without);
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", ("instruments:BTCUSDT:micropriceTicks", "-3,-1,0,1,3"));
        using RunStage with = RunStage.Set(request);
        using VirtualTimeRun tabled = Runs.Play(request, with);

        Assert.Equal(plain.Observer.OutboundSha256, tabled.Observer.OutboundSha256);
        Assert.NotEqual(0, with.Engine.Lanes[0].Parts.Microprice.MeanAbsolute);
    }
}
