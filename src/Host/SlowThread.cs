using System.Runtime.InteropServices;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Runs an <see cref="ISlowThread"/> beside an engine whose clock does not wait: the io thread leaves copies of trades and candles in a ring that loses what does not fit, and a thread of its own takes them and steps.</summary>
/// <remarks>Construct, <see cref="Start"/>, dispose: one thread. <see cref="Hear"/>: the io thread.</remarks>
public sealed class SlowThread : IDisposable
{
    // Minutes of trades of a busy symbol: a step may take as long.
    private const int FeedSlots = 1 << 14;
    private const int FeedBytes = 1 << 23;
    private const int Consumer = 0;
    private const int PauseMillis = 20;
    private const int StopWithinMillis = 1_000;
    private const int TopicWithinBytes = 64;

    // Above every kind of a message.
    private const byte FactKinds = 128;

    // Above every kind of a fact: how many messages are missing here, 0 where nobody knows.
    private const byte HoleKind = 255;

    private readonly ISlowThread _work;
    private readonly LogicClock _clock;
    private readonly SlowSteps _steps;
    private readonly FrameRing _feed;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private readonly LaneFact[] _lanes;
    private readonly bool[] _isLaneKnown;
    private readonly Lock _posting = new();
    private long _missed;
    private long _missedTold;   // io thread
    private bool _hasHeard;   // io thread: since the connection was lost
    private bool _isCut;   // io thread
    private Exception? _fault;

    /// <summary>Prepares the thread.</summary>
    /// <param name="work">What runs on it.</param>
    /// <param name="clock">Logic time.</param>
    /// <param name="post">Where events for the engine are posted; any thread.</param>
    /// <param name="instruments">How many the engine trades.</param>
    /// <param name="feedSlots">Messages that may wait, a power of two; fewer in tests.</param>
    public SlowThread(ISlowThread work, LogicClock clock, Action<InboundKind, byte[]> post, int instruments, int feedSlots = FeedSlots)
    {
        _work = work;
        _lanes = new LaneFact[instruments];
        _isLaneKnown = new bool[instruments];
        _clock = clock;
        _steps = new SlowSteps(work, (kind, payload) =>
        {
            lock (_posting)
            {
                if (!_stop.IsSet) post(kind, payload);
            }
        });
        _feed = new FrameRing(feedSlots, FeedBytes, consumerCount: 1);
        _thread = new Thread(Run) { Name = "le-slow", IsBackground = true };
    }

    /// <summary>Messages lost to it so far. Any thread.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    /// <summary>What has ended it before its time; null while nothing has. The engine goes on without it: biases fade, stops hold. Any thread.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Takes the next sentence for people. Any thread.</summary>
    public bool TryTakeNote(out string note) => _work.TryTakeNote(out note);

    /// <summary>Whether a public message is one that a slow thread hears.</summary>
    public static bool IsHeard(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> start = message[..Math.Min(message.Length, TopicWithinBytes)];
        return start.IndexOf("\"publicTrade."u8) >= 0 || start.IndexOf("\"kline."u8) >= 0;
    }

    /// <summary>Takes a copy of a public message that it is to hear; one for which there is no room is counted and lost. Never waits, allocates nothing.</summary>
    /// <param name="message">Any public message.</param>
    /// <param name="logicNanos">Logic time of its arrival.</param>
    public void Hear(ReadOnlySpan<byte> message, long logicNanos)
    {
        if (!IsHeard(message)) return;
        _hasHeard = true;
        if (!TryTellHole(logicNanos) || !_feed.TryClaim(message.Length, out Span<byte> slot))
        {
            Interlocked.Increment(ref _missed);
            return;
        }

        message.CopyTo(slot);
        _feed.Publish((byte)InboundKind.PublicFrame, flags: 0, generation: 0, StageClock.NowNanos(), logicNanos, causeSequence: -1);
    }

    /// <summary>The connection of the market is lost: between what was heard before and what will be heard after is a hole.</summary>
    /// <param name="logicNanos">Logic time.</param>
    public void HearLost(long logicNanos)
    {
        _isCut |= _hasHeard;
        _hasHeard = false;
        TryTellHole(logicNanos);
    }

    /// <summary>Takes a copy of what the engine tells of itself, as of a message.</summary>
    /// <param name="kind">A <see cref="LaneFact"/> or an <see cref="EngineFact"/>.</param>
    /// <param name="fact">Its bytes.</param>
    /// <param name="logicNanos">Logic time.</param>
    public void HearFact(OutboundKind kind, ReadOnlySpan<byte> fact, long logicNanos)
    {
        if (!TryTellHole(logicNanos) || !_feed.TryClaim(fact.Length, out Span<byte> slot)) return;   // of a lane and the engine the next one says it anew; who makes requests must do without an answer
        fact.CopyTo(slot);
        _feed.Publish((byte)(FactKinds + (byte)kind), flags: 0, generation: 0, StageClock.NowNanos(), logicNanos, causeSequence: -1);
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends the thread. A step under way that takes longer than a second is left to itself, and what it says is not posted any more: the end of a run does not wait for a model.</summary>
    public void Dispose()
    {
        lock (_posting) _stop.Set();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted)) _thread.Join(StopWithinMillis);
    }

    /// <summary>What is missing is told where it is missing: before anything that comes after it.</summary>
    /// <returns>False while there is no room.</returns>
    private bool TryTellHole(long logicNanos)
    {
        long missed = _missed;
        if (missed == _missedTold && !_isCut) return true;
        if (!_feed.TryClaim(sizeof(long), out Span<byte> slot)) return false;
        MemoryMarshal.Write(slot, missed - _missedTold);
        _feed.Publish(HoleKind, flags: 0, generation: 0, StageClock.NowNanos(), logicNanos, causeSequence: -1);
        (_missedTold, _isCut) = (missed, false);
        return true;
    }

    private void Run()
    {
        try
        {
            do
            {
                long nowNanos = _clock.NowNanos;   // before it hears: all that came by then is heard before the step
                HearAll();
                _steps.StepTo(nowNanos);
            }
            while (!_stop.Wait(PauseMillis));
        }
#pragma warning disable CA1031 // A thread's last line of defence: the engine must not end with it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _fault, fault);
        }
    }

    /// <summary>The engine's own fact ends a round of those of its instruments. Where one of the first round was lost nothing is told: what is not known is not nothing.</summary>
    private void OnFact(OutboundKind kind, ReadOnlySpan<byte> payload)
    {
        if (kind == OutboundKind.DirectionalFact)
        {
            DirectionalFact fact = MemoryMarshal.Read<DirectionalFact>(payload);
            _work.OnDirectional(in fact);
            return;
        }

        if (kind == OutboundKind.EngineFact)
        {
            EngineFact engine = MemoryMarshal.Read<EngineFact>(payload);
            if (!_isLaneKnown.Contains(false)) _work.OnAccount(_lanes, engine.Wallet, engine.State);
            return;
        }

        LaneFact lane = MemoryMarshal.Read<LaneFact>(payload);
        (_lanes[lane.Instrument.Index], _isLaneKnown[lane.Instrument.Index]) = (lane, true);
    }

    private void HearAll()
    {
        while (_feed.TryPeek(Consumer, out FrameView frame))
        {
            if (frame.Kind == HoleKind) _work.OnMissed(MemoryMarshal.Read<long>(frame.Payload));
            else if (frame.Kind < FactKinds) _work.OnMarket(frame.Payload, new EpochNanos(frame.LogicTimeNanos));
            else OnFact((OutboundKind)(frame.Kind - FactKinds), frame.Payload);
            _feed.Release(Consumer);
        }
    }
}
