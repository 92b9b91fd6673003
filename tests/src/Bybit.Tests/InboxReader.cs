using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

/// <summary>An io loop that connects to nobody, for the sake of its inbox.</summary>
internal sealed class InboxReader : IEngineSide, IDisposable
{
    private readonly FrameRing _inbound = new(64, 65_536, 1);
    private readonly IoLoop _loop;
    private readonly Thread _thread;

    public InboxReader()
    {
        var nobody = new UriBuilder(HttpVenue.Nowhere) { Scheme = "ws" }.Uri;
        _loop = new IoLoop(
            new IoSettings
            {
                PublicAddress = nobody, PrivateAddress = nobody, TradeAddress = nobody, Credentials = new ApiCredentials("k", "s"), PublicTopics = [], BookTopics = [],
                Clock = new FixedClock(), TickNanos = 0, OnLookUp = _ => { },
            },
            _inbound, new FrameRing(64, 4_096, 1), this);
        _thread = new Thread(_loop.Run) { IsBackground = true };
        _thread.Start();
    }

    public Inbox Inbox => _loop.Inbox;

    /// <summary>The generations of the look-ups whose end came.</summary>
    public ConcurrentQueue<long> Generations { get; } = new();

    /// <summary>What was told of the market, as text.</summary>
    public ConcurrentQueue<string> Polled { get; } = new();

    /// <summary>Changes of an instrument's status: its index, and whether it is open.</summary>
    public ConcurrentQueue<(int Instrument, bool IsTrading)> Statuses { get; } = new();

    /// <summary>Answers to orders, as text.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    public void OnPublished()
    {
        while (_inbound.TryPeek(0, out FrameView frame))
        {
            if (frame.Kind == (byte)InboundKind.LookUpEnd) Generations.Enqueue(MemoryMarshal.Read<LookUpEnd>(frame.Payload).PrivateGeneration);
            if (frame.Kind == (byte)InboundKind.PolledMarket) Polled.Enqueue(Encoding.UTF8.GetString(frame.Payload));
            if (frame.Kind == (byte)InboundKind.InstrumentStatus) Statuses.Enqueue((MemoryMarshal.Read<InstrumentId>(frame.Payload).Index, frame.Payload[^1] == 1));
            if (frame.Kind == (byte)InboundKind.TradeFrame) Answers.Enqueue(Encoding.UTF8.GetString(frame.Payload));
            _inbound.Release(0);
        }
    }

    public void Dispose()
    {
        _loop.Stop();
        _thread.Join();
        _loop.Dispose();
    }
}
