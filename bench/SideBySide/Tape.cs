using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Research;
using LatencyEngine.Ring;

namespace LatencyEngine.SideBySide;

/// <summary>Everything that reached the engine's inbound ring in a backtest of the derived recording with the shipped profile: book, trades, the venue's answers and private messages, ticks.</summary>
internal sealed class Tape
{
    /// <summary>Settings with which quotes follow every tick: every second book message leads to a request.</summary>
    public static readonly (string Key, string Value)[] QuotingEveryTick =
        [("instruments:BTCUSDT:requoteTicks", "1"), ("orderBudget:createsPerSecond", "1200"), ("orderBudget:amendsPerSecond", "1200"), ("orderBudget:cancelsPerSecond", "1200")];

    private const int Consumer = 0;

    private readonly List<Entry> _entries = [];
    private readonly (string Key, string Value)[] _settings;

    private Tape((string Key, string Value)[] settings) => _settings = settings;

    /// <summary>The frames in order.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>What the run sent, as <see cref="OutboundDigest"/> names it.</summary>
    public string RequestsSha256 { get; private set; } = "";

    /// <summary>The engine of a run with the shipped profile, before the first frame.</summary>
    public static Engine NewEngine()
    {
        using RunStage stage = NewStage([]);
        return stage.Engine;
    }

    /// <summary>The engine of this run, before the first frame.</summary>
    public Engine NewOwnEngine()
    {
        using RunStage stage = NewStage(_settings);
        return stage.Engine;
    }

    /// <summary>Runs engine and venue in a closed loop over the whole recording and keeps what the engine was given.</summary>
    /// <param name="settings">Where its configuration differs from the shipped profile.</param>
    /// <exception cref="InvalidOperationException">The run broke an invariant.</exception>
    public static Tape Record(params (string Key, string Value)[] settings)
    {
        var tape = new Tape(settings);
        using RunStage stage = NewStage(settings);
        using var run = new VirtualTimeRun(stage, engineFrame: (in FrameView frame) =>
        {
            tape._entries.Add(new Entry((InboundKind)frame.Kind, frame.Flags, frame.Generation, frame.LogicTimeNanos, frame.Payload.ToArray()));
            stage.Engine.HotPath.OnFrame(in frame);
        });
        run.Begin();
        while (run.Step())
        {
        }

        run.StopQuoting();
        run.Finish();
        if (run.Observer.InvariantBreaks.Count > 0) throw new InvalidOperationException(run.Observer.InvariantBreaks[0]);
        tape.RequestsSha256 = run.Observer.OutboundSha256;
        return tape;
    }

    /// <summary>Gives one frame to an engine the way a runner does: through the inbound ring, then <see cref="HotPath.OnFrame"/>.</summary>
    public static void Hand(Engine engine, in Entry entry)
    {
        Put(engine, in entry);
        Work(engine);
    }

    /// <summary>Puts one frame into the inbound ring, as the io side does.</summary>
    public static void Put(Engine engine, in Entry entry)
    {
        engine.Inbound.TryClaim(entry.Payload.Length, out Span<byte> slot);
        entry.Payload.CopyTo(slot);
        engine.Inbound.Publish((byte)entry.Kind, entry.Flags, entry.Generation, StageClock.NowNanos(), entry.LogicTimeNanos, causeSequence: -1);
    }

    /// <summary>Has an engine take every frame that waits in its inbound ring, as the hot thread does.</summary>
    public static void Work(Engine engine)
    {
        while (engine.Inbound.TryPeek(Consumer, out FrameView frame))
        {
            engine.HotPath.OnFrame(in frame);
            engine.Inbound.Advance(Consumer);
        }
    }

    /// <summary>Takes the next request out of an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="digest">Gets the request's bytes; null to let them go.</param>
    /// <returns>Bytes of the request; 0 for a fact, -1 when nothing waits.</returns>
    public static int Take(Engine engine, OutboundDigest? digest)
    {
        if (!engine.Outbound.TryPeek(Consumer, out FrameView frame)) return -1;
        int requestBytes = frame.Kind == (byte)OutboundKind.Request ? frame.Payload.Length : 0;
        if (requestBytes > 0) digest?.Add(frame.Payload);
        engine.Outbound.Release(Consumer);
        if (engine.Outbound.TryPeek(RunObserver.Consumer, out _)) engine.Outbound.Release(RunObserver.Consumer);
        return requestBytes;
    }

    private static RunStage NewStage((string Key, string Value)[] settings) => RunStage.Set(new RunRequest
    {
        Verb = "backtest",
        Configuration = ConfigurationReader.Load(Repository.PathOf("configs/market-making.json"), new Dictionary<string, string>(), [.. settings.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "bench"))]),
        RecordingPath = Repository.PathOf(Repository.DerivedRecording),
        Duration = null,
        ReportDirectory = "",
    });

    /// <summary>One frame of the inbound ring.</summary>
    internal readonly record struct Entry(InboundKind Kind, byte Flags, ushort Generation, long LogicTimeNanos, byte[] Payload);
}
