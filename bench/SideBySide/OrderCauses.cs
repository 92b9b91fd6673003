using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>Stands in for the hot path's entry and notes, by the engine's own word, which market frames each of its requests answers.</summary>
/// <remarks>
/// Frames that the io thread has taken together are decided on together, at the end of their burst; what is sent then answers all of them, the oldest too. Requests that answer no market frame,
/// since an acknowledgement or a tick has led to them, are noted as well. Thread: the engine's; everybody's once that has ended, but for <see cref="MarketFrames"/> and <see cref="Requests"/>.
/// </remarks>
/// <param name="engine">Consumer 1 of its outbound ring is taken over; the first is who sends.</param>
/// <param name="requestsMax">Most requests that can be noted.</param>
internal sealed class OrderCauses(Engine engine, int requestsMax)
{
    private const int Consumer = 1;

    private readonly Cause[] _noted = new Cause[requestsMax];
    private int _marketFrames;
    private int _requests;
    private int _burstFrom;

    /// <summary>Market frames that the engine is done with. Any thread.</summary>
    public int MarketFrames => Volatile.Read(ref _marketFrames);

    /// <summary>Requests that it has sent. Any thread.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The requests, oldest first.</summary>
    public ReadOnlySpan<Cause> Noted => _noted.AsSpan(0, _requests);

    /// <summary>Has the hot path take a frame.</summary>
    public void OnFrame(in FrameView frame)
    {
        bool isMarket = frame.Kind == (byte)InboundKind.PublicFrame;
        int frames = _marketFrames + (isMarket ? 1 : 0);
        engine.HotPath.OnFrame(in frame);
        while (engine.Outbound.TryPeek(Consumer, out FrameView sent))
        {
            if (sent.Kind == (byte)OutboundKind.Request)
            {
                _noted[_requests] = new Cause(RequestName.Read(sent.Payload).Number, _burstFrom, frames);
                Volatile.Write(ref _requests, _requests + 1);
            }

            engine.Outbound.Advance(Consumer);
        }

        if (frame.IsEndOfBurst) _burstFrom = frames;
        if (isMarket) Volatile.Write(ref _marketFrames, frames);
    }

    /// <summary>What a request answers: market frames, counted from 0 in the order of their coming.</summary>
    /// <param name="Number">Of the request's name.</param>
    /// <param name="From">The first of them.</param>
    /// <param name="To">The first behind them; <paramref name="From"/> when there are none.</param>
    internal readonly record struct Cause(uint Number, int From, int To);
}
