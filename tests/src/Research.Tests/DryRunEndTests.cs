using System.Net;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>How dry-runs begin that cannot, and how they end.</summary>
public sealed class DryRunEndTests
{
    private const int TriesMax = 10;   // the recording is played in less than two seconds, for which a machine may stand still

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public void At_the_recordings_end_the_quotes_are_pulled_and_everything_is_booked()
    {
        long ordersSent = 0;
        for (int tries = 0; ordersSent <= 10 && tries < TriesMax; tries++)
        {
            using var folder = new TemporaryFolder();
            RunStage? stage = null;
            double fraction = 0;

            RunResult result = DryRunner.Run(Timed(folder), new Reporting(progress => fraction = progress.Fraction), new DryRunHooks { OnServing = (set, _) => stage = set }, CancellationToken.None);

            Assert.Empty(result.InvariantBreaks);
            Assert.False(result.Interrupted);
            Assert.Equal(1, fraction);
            Assert.True(result.FramesDecoded >= 1_240, $"{result.FramesDecoded} frames");   // of 1,248 books, trades and tickers; the last few may be on their way when the engine has stopped, more come where a book was asked for again
            Assert.Empty(stage!.Session.Venue.Accounts[0].OpenOrders);
            Assert.Equal("30x", result.Speed);
            Assert.Equal(result.OrdersSent > 0, result.Latency["send"].Count > 0 && result.Latency["roundTrip"].Count > 0);
            ordersSent = result.OrdersSent;
        }

        Assert.True(ordersSent > 10, $"{ordersSent} requests prove little");
    }

    [Theory]
    [InlineData("30")]
    [InlineData("max")]
    public void An_interruption_in_the_middle_leaves_no_order_open_and_a_report(string speed)
    {
        double progress = 1;
        for (int tries = 0; progress == 1 && tries < TriesMax; tries++)
        {
            using var folder = new TemporaryFolder();
            using var interruption = new CancellationTokenSource();
            RunStage? stage = null;
            var hooks = new DryRunHooks { OnServing = (set, _) => stage = set, EngineFrame = engine => After(engine, frames: 400, interruption.Cancel) };

            RunResult result = DryRunner.Run(Timed(folder, ("venue:speed", speed)), progress: null, hooks, interruption.Token);

            Assert.True(result.Interrupted);
            Assert.Empty(result.InvariantBreaks);
            Assert.Empty(stage!.Session.Venue.Accounts[0].OpenOrders);
            Assert.True(File.Exists(Path.Combine(result.ReportPath!, "report.html")));
            progress = stage.Session.Progress;
        }

        Assert.True(progress < 1);
    }

    [Theory]
    [InlineData("2", "the venue is gone: Public ")]
    [InlineData("max", "a connection was lost, which a run in lockstep does not survive: Public ")]
    public void A_venue_that_goes_away_ends_the_run_with_a_sentence_that_comes_first(string speed, string sentence)
    {
        using var folder = new TemporaryFolder();
        VenueServer? server = null;
        var hooks = new DryRunHooks
        {
            OnServing = (_, serving) => server = serving,
            GoneAfter = TimeSpan.FromMilliseconds(500),
            EngineFrame = engine => After(engine, frames: 50, () => Assert.True(Task.Run(server!.StopAsync).Wait(Patience))),
        };

        RunResult result = DryRunner.Run(Timed(folder, ("venue:speed", speed)), progress: null, hooks, CancellationToken.None);

        Assert.StartsWith(sentence, result.InvariantBreaks[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\n', result.InvariantBreaks[0]);
        Assert.True(result.RecordingSeconds < 40, "the run went on to the end of the recording");
        Assert.False(result.Interrupted);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("max")]
    public void A_recording_that_is_damaged_further_on_ends_the_run_with_one_line_that_names_the_place(string speed)
    {
        using var folder = new TemporaryFolder();
        string damaged = Path.Combine(folder.Path, "damaged.frames");
        using (RecordingReader whole = RecordingReader.Open(ReferenceFiles.Sample(Runs.Genuine)))
        {
            File.WriteAllLines(damaged, whole.ReadAll().Select((frame, i) => i == 1_200 ? "no frame" : $"{frame.ReceivedAtNanos} {Encoding.UTF8.GetString(frame.Frame.Span)}"));
        }

        RunRequest request = Runs.DryRun(damaged, folder.Path, ("venue:speed", speed), ("placement:threads", "paired")) with { JournalPath = Path.Combine(folder.Path, "run.journal") };
        RecordingException fault = Assert.Throws<RecordingException>(() => DryRunner.Run(request, progress: null, CancellationToken.None));

        Assert.Contains("1201", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.True(File.Exists(request.JournalPath), "the damage was found before the run began");
        Assert.Empty(Directory.EnumerateDirectories(folder.Path));
    }

    [Theory]
    [InlineData("inline", "30")]
    [InlineData("paired", "30")]
    [InlineData("inline", "max")]
    [InlineData("paired", "max")]
    public void A_fault_on_the_engines_thread_ends_the_run_with_a_sentence_that_comes_first(string threads, string speed)
    {
        using var folder = new TemporaryFolder();
        var hooks = new DryRunHooks { EngineFrame = engine => FailingAfter(engine, frames: 500) };

        RunResult result = DryRunner.Run(Timed(folder, ("venue:speed", speed), ("placement:threads", threads)), progress: null, hooks, CancellationToken.None);

        Assert.Equal("the engine's thread ended: InvalidTimeZoneException: made up", result.InvariantBreaks[0]);
        Assert.True(File.Exists(Path.Combine(result.ReportPath!, "summary.json")));
    }

    [Fact]
    public void A_port_in_use_is_the_hosts_lack_and_leaves_no_file_behind()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        RunRequest request = Timed(folder, ("venue:port", port)) with { JournalPath = Path.Combine(folder.Path, "run.journal") };
        VenueServerException fault = Assert.Throws<VenueServerException>(() => DryRunner.Run(request, progress: null, CancellationToken.None));

        Assert.Contains(port, fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(DryRunScenario.RefusedKey, true)]
    [InlineData(DryRunScenario.SilentVenue, false)]
    public void A_venue_that_refuses_or_does_not_answer_is_said_in_one_line(DryRunScenario scenario, bool isRefusal)
    {
        using var folder = new TemporaryFolder();

        VenueUnavailableException fault = Assert.Throws<VenueUnavailableException>(() => DryRunner.Run(Timed(folder) with { Scenario = scenario }, progress: null, CancellationToken.None));

        Assert.Equal(isRefusal, fault.IsRefusal);
        Assert.StartsWith("the venue's ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Neither_a_journal_nor_a_recording_is_overwritten_and_a_refused_one_takes_the_other_with_it()
    {
        using var folder = new TemporaryFolder();
        string journal = Path.Combine(folder.Path, "run.journal");
        string recording = Path.Combine(folder.Path, "kept.frames");
        File.WriteAllText(recording, "kept");

        JournalException fault = Assert.Throws<JournalException>(() => DryRunner.Run(Timed(folder) with { JournalPath = journal, RecordPath = recording }, progress: null, CancellationToken.None));

        Assert.Contains("exists already", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsDiskFault);
        Assert.Equal("kept", File.ReadAllText(recording));
        Assert.False(File.Exists(journal));
        Assert.Equal([recording], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    /// <summary>Does something once, behind so many frames and while an order rests.</summary>
    private static FrameHandler After(Engine engine, int frames, Action act)
    {
        int taken = 0;
        bool isDone = false;
        return (in FrameView frame) =>
        {
            engine.HotPath.OnFrame(in frame);
            if (++taken <= frames || isDone || engine.Orders.LiveOrders == 0) return;
            isDone = true;
            act();
        };
    }

    private static FrameHandler FailingAfter(Engine engine, int frames)
    {
        int taken = 0;
        return (in FrameView frame) =>
        {
            if (++taken > frames) throw new InvalidTimeZoneException("made up");
            engine.HotPath.OnFrame(in frame);
        };
    }

    private static RunRequest Timed(TemporaryFolder folder, params (string Key, string Value)[] settings) =>
        Runs.DryRun(Runs.Genuine, folder.Path, settings.Any(setting => setting.Key == "venue:speed") ? settings : [("venue:speed", "30"), .. settings]);
}
