using System.Buffers.Text;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>Stands in for the hot path's entry and notes, by the engine's own word, which market frames each of its requests answers.</summary>
/// <remarks>
/// Frames that the io thread has taken together are decided on together, at the end of their burst; what is sent then answers all of them, the oldest too. For an order whose request before is still to be acknowledged or shown by the
/// order stream nothing can be sent: the next one answers all frames since that request, too, or what waits for the venue would be left out. Requests that answer no market frame, since a fill or a tick has led to them, are noted as well.
/// Thread: the engine's; everybody's once that has ended, but for <see cref="MarketFrames"/> and <see cref="Requests"/>.
/// </remarks>
/// <param name="engine">Consumer 1 of its outbound ring is taken over; the first is who sends.</param>
/// <param name="requestsMax">Most requests that can be noted.</param>
internal sealed class OrderCauses(Engine engine, int requestsMax)
{
    private const int Consumer = 1;
    private const int NamesRemembered = 1_024;
    private const int NumberLength = 8;

    private readonly Cause[] _noted = new Cause[requestsMax];
    private readonly Order[] _orders = new Order[NamesRemembered];
    private int _marketFrames;
    private int _requests;
    private int _burst;
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
        if (frame.Kind is (byte)InboundKind.TradeFrame or (byte)InboundKind.PrivateFrame) OrderOf(frame.Payload).Hear((InboundKind)frame.Kind, _burst);
        engine.HotPath.OnFrame(in frame);
        while (engine.Outbound.TryPeek(Consumer, out FrameView sent))
        {
            if (sent.Kind == (byte)OutboundKind.Request) Note(sent.Payload, frames);
            engine.Outbound.Advance(Consumer);
        }

        if (frame.IsEndOfBurst)
        {
            _burst++;
            _burstFrom = frames;
        }

        if (isMarket) Volatile.Write(ref _marketFrames, frames);
    }

    private void Note(ReadOnlySpan<byte> request, int frames)
    {
        ref Order order = ref OrderOf(request);
        _noted[_requests] = new Cause(RequestName.Read(request).Number, order.WaitsIn(_burst) ? Math.Min(_burstFrom, order.SentAtFrame) : _burstFrom, frames);
        order = new Order { IsSent = true, SentAtFrame = frames };
        Volatile.Write(ref _requests, _requests + 1);
    }

    /// <summary>The order that a request, an acknowledgement or a private message is about; the first of all for what is about none.</summary>
    private ref Order OrderOf(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> key = "\"orderLinkId\":\""u8;
        int at = message.IndexOf(key);
        if (at < 0 || at + key.Length + ClientOrderId.WireLength > message.Length) return ref _orders[0];
        ReadOnlySpan<byte> digits = message.Slice(at + key.Length + ClientOrderId.WireLength - NumberLength, NumberLength);
        return ref _orders[Utf8Parser.TryParse(digits, out uint number, out _, 'x') ? number % NamesRemembered : 0];
    }

    /// <summary>What a request answers: market frames, counted from 0 in the order of their coming.</summary>
    /// <param name="Number">Of the request's name.</param>
    /// <param name="From">The first of them.</param>
    /// <param name="To">The first behind them; <paramref name="From"/> when there are none.</param>
    internal readonly record struct Cause(uint Number, int From, int To);

    /// <summary>What is on its way for an order.</summary>
    private struct Order
    {
        public bool IsSent;
        public int SentAtFrame;
        private bool _isAcknowledged;
        private bool _isShown;
        private int _answeredInBurst;

        /// <summary>Up to the end of the burst in which the request was acknowledged and shown, no other could be sent.</summary>
        public readonly bool WaitsIn(int burst) => IsSent && (!(_isAcknowledged && _isShown) || _answeredInBurst == burst);

        public void Hear(InboundKind kind, int burst)
        {
            if (_isAcknowledged && _isShown) return;
            _isAcknowledged |= kind == InboundKind.TradeFrame;
            _isShown |= kind == InboundKind.PrivateFrame;
            _answeredInBurst = burst;
        }
    }
}
