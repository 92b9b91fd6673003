using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>A whole backtest is journalled through both rings, and a fresh engine is run on the journal.</summary>
public sealed class JournalReplayTests : IClassFixture<JournalReplayTests.JournalledRun>
{
    private readonly JournalledRun _run;

    public JournalReplayTests(JournalledRun run) => _run = run;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_replay_publishes_the_journalled_frames_byte_for_byte_in_either_placement(bool isPaired)
    {
        JournalReplayResult result = Replay(_run.Path, isPaired);

        Assert.True(result.Difference is null, result.Difference?.ToString());
        Assert.Null(result.Cut);
        Assert.Equal(_run.OutboundSha256, result.OutboundSha256);
        Assert.Equal((_run.InboundFrames, _run.OutboundFrames, _run.OutboundFrames), (result.InboundFrames, result.RecordedFrames, result.ReplayedFrames));
        Assert.True(result.Requests > 500 && result.RecordedFrames > result.Requests, $"{result.Requests} requests of {result.RecordedFrames} frames prove little");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_replay_of_a_cut_journal_is_equal_up_to_the_cut(bool isPaired)
    {
        string cut = System.IO.Path.Combine(_run.Folder, $"cut-{isPaired}.journal");
        byte[] whole = File.ReadAllBytes(_run.Path);
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);

        JournalReplayResult result = Replay(cut, isPaired);

        Assert.True(result.Difference is null, result.Difference?.ToString());
        Assert.NotNull(result.Cut);
        Assert.InRange(result.InboundFrames, 1_000, _run.InboundFrames - 1);
        Assert.True(result.ReplayedFrames >= result.RecordedFrames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_digit_changed_in_a_journalled_book_is_found_as_the_first_request_that_differs(bool isPaired)
    {
        string changed = System.IO.Path.Combine(_run.Folder, $"changed-{isPaired}.journal");
        byte[] bytes = File.ReadAllBytes(_run.Path);
        int price = bytes.AsSpan(bytes.Length / 2).IndexOf("\"b\":[[\"6"u8) + (bytes.Length / 2) + "\"b\":[[\"6".Length;
        bytes[price] = (byte)'9';   // 6x,xxx becomes 69,xxx: a bid far above the asks
        File.WriteAllBytes(changed, bytes);

        JournalReplayResult result = Replay(changed, isPaired);

        Assert.NotNull(result.Difference);
        Assert.InRange(result.Difference.Index, 1, result.RecordedFrames - 1);
        Assert.NotEqual(result.Difference.Expected!.ToString(), result.Difference.Was!.ToString());
        Assert.NotEqual(_run.OutboundSha256, result.OutboundSha256);
    }

    [Fact]
    public void An_engine_that_something_ran_through_is_refused()
    {
        Engine engine = _run.Build(inboundConsumers: 1, outboundConsumers: 1);
        Assert.True(engine.Inbound.TryClaim(0, out _));
        engine.Inbound.Publish((byte)InboundKind.Tick, 0, 0, 0, 1, -1);

        Assert.Throws<ArgumentException>(() => new JournalReplay(engine.Inbound, engine.HotPath, engine.Outbound));
    }

    [Fact]
    public void The_header_of_a_journal_has_what_the_run_was_built_from()
    {
        using var journal = JournalReader.Open(_run.Path);

        Assert.Equal(["BTCUSDT"], journal.Header.Instruments.Select(instrument => instrument.Symbol));
        Assert.Equal(64, journal.Header.InstrumentsFile.Sha256.Length);
        Assert.Equal(_run.SessionNumber, journal.Header.SessionNumber);
    }

    [Fact]
    public void Recorded_frames_are_read_by_the_recording_reader_as_the_recording_that_they_came_from()
    {
        using RecordingReader original = RecordingReader.Open(_run.RecordingPath);
        using RecordingReader recorded = RecordingReader.Open(_run.Recording);
        Assert.Equal(original.Symbols, recorded.Symbols);
        RecordedFrame[] frames = [.. recorded.ReadAll()];
        Assert.Equal(_run.PublicFrames.Count, frames.Length);
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal(_run.PublicFrames[i].LogicTimeNanos, frames[i].ReceivedAtNanos);
            Assert.True(frames[i].Frame.Span.SequenceEqual(_run.PublicFrames[i].Payload));
        }

        Assert.Equal([.. original.ReadAll().Select(frame => frame.Frame.Length)], _run.PublicFrames.Select(frame => frame.Payload.Length));
    }

    private JournalReplayResult Replay(string path, bool isPaired)
    {
        Engine engine = _run.Build(inboundConsumers: 1, outboundConsumers: 1);
        using var journal = JournalReader.Open(path);
        var replay = new JournalReplay(engine.Inbound, engine.HotPath, engine.Outbound);
        return isPaired ? replay.RunPaired(journal) : replay.RunInline(journal);
    }

    /// <summary>A backtest of the derived recording with a journal and a recorder behind its rings.</summary>
    public sealed class JournalledRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly RunRequest _request;
        private readonly IReadOnlyList<string> _symbols;
        private readonly FeeTier _feeTier;

        public JournalledRun()
        {
            _request = Runs.Request(Runs.Derived, reportDirectory: "") with { JournalPath = Path, RecordPath = Recording };
            using RunStage stage = RunStage.Set(_request);
            _symbols = stage.Symbols;
            _feeTier = stage.FeeTier;
            SessionNumber = stage.SessionNumber;
            stage.OpenRecords();
            using var run = new VirtualTimeRun(stage, engineFrame: (in FrameView frame) =>
            {
                if (frame.Kind == (byte)InboundKind.PublicFrame) PublicFrames.Add((frame.LogicTimeNanos, frame.Payload.ToArray()));
                stage.Engine.HotPath.OnFrame(in frame);
            });
            run.Begin();
            while (run.Step())
            {
            }

            run.StopQuoting();
            run.Finish();
            stage.CompleteRecords();
            Assert.Empty(run.Observer.InvariantBreaks);
            OutboundSha256 = run.Observer.OutboundSha256;
            InboundFrames = stage.Engine.Inbound.PublishedCount;
            OutboundFrames = stage.Engine.Outbound.PublishedCount;
        }

        public string Folder => _folder.Path;

        public string Path => System.IO.Path.Combine(Folder, "run.journal");

        public string Recording => System.IO.Path.Combine(Folder, "recorded.frames.gz");

        public string RecordingPath => _request.RecordingPath!;

        public uint SessionNumber { get; }

        public string OutboundSha256 { get; }

        public long InboundFrames { get; }

        public long OutboundFrames { get; }

        public List<(long LogicTimeNanos, byte[] Payload)> PublicFrames { get; } = [];

        /// <summary>The engine of the run, before its first frame, without their places in the rings.</summary>
        public Engine Build(int inboundConsumers, int outboundConsumers)
        {
            EngineConfiguration configuration = _request.Configuration;
            return EngineBuilder.Build(
                configuration, InstrumentCatalog.Load(configuration.Data.Instruments).Select(_symbols), [.. _symbols.Select(_feeTier.RatesFor).Select(rates => new AccountFees(rates.Maker, rates.Taker))],
                RiskLimitCatalog.Load(configuration.Data.RiskLimits), inboundConsumers, outboundConsumers);
        }

        public void Dispose() => _folder.Dispose();
    }
}
