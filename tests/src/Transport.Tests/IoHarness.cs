using System.Collections.Concurrent;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Transport.Tests;

/// <summary>An io loop on its thread, with a reader that notes every inbound frame and a writer of the outbound ring.</summary>
internal sealed class IoHarness : IEngineSide, IDisposable
{
    public const long StartNanos = 1_700_000_000_000_000_000;
    public const string BookTopic = "orderbook.50.BTCUSDT", OtherBookTopic = "orderbook.50.SOLUSDT", TradeTopic = "publicTrade.BTCUSDT";

    /// <summary>Longest wait for anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly FrameRing _inbound;
    private readonly FrameRing _outbound = new(256, 1 << 20, 1);
    private readonly ConcurrentQueue<TakenFrame> _taken = new();
    private readonly Thread _thread;
    private Exception? _fault;

    public IoHarness(ScriptedVenue venue, Func<IoSettings, IoSettings>? change = null, int inboundSlots = 1_024, int inboundBytes = 1 << 20)
    {
        _inbound = new FrameRing(inboundSlots, inboundBytes, 1);
        IoSettings settings = new()
        {
            PublicAddress = venue.Address("public/linear"),
            PrivateAddress = venue.Address("private"),
            TradeAddress = venue.Address("trade"),
            Credentials = new ApiCredentials("test-key", ScriptedVenue.Secret),
            PublicTopics = [BookTopic, OtherBookTopic, TradeTopic],
            BookTopics = [BookTopic, OtherBookTopic],
            Clock = Clock,
            TickNanos = 0,
            OnLookUp = payload => LookUps.Enqueue(Encoding.UTF8.GetString(payload)),
            Timings = Patient,
        };
        Loop = new IoLoop(change is null ? settings : change(settings), _inbound, _outbound, this);
        _thread = new Thread(Run) { IsBackground = true };
    }

    /// <summary>No time here is up before the test's own patience is, but for the wait before the next attempt, which is short.</summary>
    public static ConnectionTimings Patient => new()
    {
        Establish = TimeSpan.FromMinutes(5),
        PingInterval = TimeSpan.FromMinutes(5),
        SilenceMax = TimeSpan.FromMinutes(5),
        AccountPingInterval = TimeSpan.FromMinutes(5),
        AccountSilenceMax = TimeSpan.FromMinutes(5),
        RetryFirst = TimeSpan.FromMilliseconds(1),
        RetryMax = TimeSpan.FromMilliseconds(20),
        StableAfter = TimeSpan.FromMinutes(5),
    };

    public ManualClock Clock { get; } = new(StartNanos);

    public IoLoop Loop { get; }

    /// <summary>Payloads of look-ups that the loop handed on.</summary>
    public ConcurrentQueue<string> LookUps { get; } = new();

    /// <summary>Most frames that the reader takes at each call.</summary>
    public volatile int FramesPerCall = int.MaxValue;

    /// <summary>What is done with each frame instead of noting it; on the io thread.</summary>
    public Action? OnFrame { get; set; }

    public IReadOnlyList<TakenFrame> Taken => [.. _taken];

    /// <summary>Frames published in the inbound ring.</summary>
    public long Published => _inbound.PublishedCount;

    /// <summary>The frames of connections, as "private Ready 1".</summary>
    public IReadOnlyList<string> Events => [.. Taken.Where(frame => frame.Kind == InboundKind.Connection).Select(frame => frame.Text)];

    public static bool Within(Func<bool> holds) => SpinWait.SpinUntil(holds, Patience);

    public ConnectionStatus Status(VenueChannel channel) => Loop.Status(channel);

    public IoHarness Start()
    {
        _thread.Start();
        return this;
    }

    public IoHarness StartAndAwaitReady()
    {
        Start();
        Until(() => Events.Count(text => text.EndsWith("Ready 1", StringComparison.Ordinal)) == 3);
        return this;
    }

    /// <summary>Waits, with a bound, until something holds.</summary>
    public void Until(Func<bool> holds)
    {
        if (!Within(() => holds() || _fault is not null) || _fault is not null)
        {
            Assert.Fail($"nothing came of it: {Loop.Describe()}; {_fault}; frames: {string.Join(", ", Taken.TakeLast(20).Select(frame => frame.Text))}");
        }
    }

    /// <summary>Waits until a number of data frames of one kind is taken; their texts.</summary>
    public IReadOnlyList<TakenFrame> Await(InboundKind kind, int count)
    {
        Until(() => Taken.Count(frame => frame.Kind == kind) >= count);
        return [.. Taken.Where(frame => frame.Kind == kind)];
    }

    /// <summary>Publishes in the outbound ring as the engine does.</summary>
    public void Publish(OutboundKind kind, ushort generation, ReadOnlySpan<byte> payload, long causeSequence = -1)
    {
        Assert.True(_outbound.TryClaim(payload.Length, out Span<byte> slot));
        payload.CopyTo(slot);
        _outbound.Publish((byte)kind, flags: 0, generation, Meter.StageClock.NowNanos(), Clock.NowNanos, causeSequence);
        Loop.WakeIfWaiting();
    }

    /// <summary>Whether the loop ends, by itself within a second.</summary>
    public bool Stop()
    {
        Loop.Stop();
        return _thread.Join(Patience);
    }

    public void OnPublished()
    {
        for (int i = 0; i < FramesPerCall && _inbound.TryPeek(0, out FrameView frame); i++)
        {
            if (OnFrame is not null) OnFrame();
            else _taken.Enqueue(TakenFrame.Of(in frame));
            _inbound.Release(0);
        }
    }

    public void Dispose()
    {
        Loop.Abort();
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted) || _thread.Join(Patience)) Loop.Dispose();
    }

    /// <summary>Runs the loop on the calling thread.</summary>
    public void Run()
    {
        try
        {
            Loop.Run();
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }
}

/// <summary>An inbound frame as it was read.</summary>
internal sealed record TakenFrame(InboundKind Kind, bool IsEndOfBurst, ushort Generation, long LogicNanos, long ReceivedAtNanos, string Text)
{
    public static TakenFrame Of(in FrameView frame)
    {
        var kind = (InboundKind)frame.Kind;
        string text = kind == InboundKind.Connection
            ? $"{((VenueChannel)frame.Payload[0]).ToString().ToLowerInvariant()} {(ConnectionState)frame.Payload[1]} {frame.Generation}"
            : Encoding.UTF8.GetString(frame.Payload);
        return new TakenFrame(kind, frame.IsEndOfBurst, frame.Generation, frame.LogicTimeNanos, frame.ReceivedAtNanos, text);
    }
}
