using System.Buffers.Binary;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Transport;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide;

/// <summary>The venue's end of an open loop over sockets: sends each market frame when it is due, and between any two of them takes the orders that have come in, stamps and answers them. It waits for nothing, and knows nothing of what an order answers.</summary>
/// <remarks>Thread: the venue's.</remarks>
internal sealed class WireVenue
{
    private const int ShortHeaderBytes = 2;
    private const int Length16HeaderBytes = 4;
    private const int Length16Mark = 126;
    private const int Length64Mark = 127;
    private const int MaskBit = 0x80;
    private const int MaskBytes = 4;

    private readonly IScriptedVenue _ends;
    private readonly LockstepClock _clock;
    private readonly TakingVenue _answering;
    private readonly Outgoing _acknowledgements = new();
    private readonly Outgoing _privateMessages = new();
    private readonly byte[] _received = new byte[512 * 1024];
    private readonly List<(uint Number, long AtNanos)> _orders = new(1 << 16);
    private int _receivedBytes;
    private long _begunAtNanos;   // when the first bytes of what waits in _received had come

    /// <summary>Stands behind connections that have been let in.</summary>
    /// <param name="ends">The connections.</param>
    /// <param name="clock">Shows the engine the time of the newest market frame.</param>
    public WireVenue(IScriptedVenue ends, LockstepClock clock)
    {
        _ends = ends;
        _clock = clock;
        _answering = new TakingVenue((kind, frame) => (kind == InboundKind.TradeFrame ? _acknowledgements : _privateMessages).Add(frame));
    }

    /// <summary>The orders in the order of their coming: the number of the request's name, and when its first bytes were there, ns of <see cref="StageClock"/>.</summary>
    public IReadOnlyList<(uint Number, long AtNanos)> Orders => _orders;

    /// <summary>Sends a market message.</summary>
    /// <param name="frame">As a server's WebSocket frame.</param>
    /// <param name="logicNanos">Its time in the recording.</param>
    public void Send(ReadOnlySpan<byte> frame, long logicNanos)
    {
        _clock.Set(logicNanos, endsBurst: true);
        _ends.Send(VenueChannel.Public, frame);
    }

    /// <summary>Takes what has come in on the order connection, and answers it.</summary>
    /// <exception cref="InvalidOperationException">It is not what a client of ours sends.</exception>
    public void TakeOrders()
    {
        int bytes = _ends.Receive(_received.AsSpan(_receivedBytes));
        if (bytes == 0) return;
        long nowNanos = StageClock.NowNanos();
        if (_receivedBytes == 0) _begunAtNanos = nowNanos;
        _receivedBytes += bytes;
        int from = 0;
        while (TryUnmask(_received.AsSpan(from, _receivedBytes - from), out int frameBytes, out ReadOnlySpan<byte> text))
        {
            Take(text, _begunAtNanos);
            _begunAtNanos = nowNanos;
            from += frameBytes;
        }

        _received.AsSpan(from, _receivedBytes - from).CopyTo(_received);
        _receivedBytes -= from;
        if (_receivedBytes == _received.Length) throw new InvalidOperationException("what a contestant sends to the order connection is no WebSocket message");
        _acknowledgements.Send(_ends, VenueChannel.Trade);
        _privateMessages.Send(_ends, VenueChannel.Private);
    }

    /// <summary>The next whole frame of a client (RFC 6455, 5.2), in place.</summary>
    private static bool TryUnmask(Span<byte> received, out int frameBytes, out ReadOnlySpan<byte> text)
    {
        frameBytes = 0;
        text = default;
        if (received.Length < ShortHeaderBytes) return false;
        int length = received[1] & ~MaskBit;
        if ((received[1] & MaskBit) == 0 || length == Length64Mark) throw new InvalidOperationException("a contestant of the socket comparison sent a frame that is not masked, or far too long");
        int headerBytes = ShortHeaderBytes;
        if (length == Length16Mark)
        {
            headerBytes = Length16HeaderBytes;
            if (received.Length < headerBytes) return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(received[ShortHeaderBytes..]);
        }

        frameBytes = headerBytes + MaskBytes + length;
        if (received.Length < frameBytes) return false;
        Span<byte> mask = received.Slice(headerBytes, MaskBytes), payload = received.Slice(headerBytes + MaskBytes, length);
        for (int i = 0; i < payload.Length; i++) payload[i] ^= mask[i % MaskBytes];
        text = payload;
        return true;
    }

    private void Take(ReadOnlySpan<byte> text, long atNanos)
    {
        uint number = RequestName.Read(text).Number;
        if (number == 0) return;   // a login or a ping
        _orders.Add((number, atNanos));
        _answering.Answer(text, _clock.NowNanos / EpochNanos.PerMillisecond);
    }

    /// <summary>Answers of one channel that leave together.</summary>
    private sealed class Outgoing
    {
        private readonly byte[] _frames = new byte[1 << 20];
        private int _length;

        public void Add(ReadOnlySpan<byte> text) => _length += LoopbackVenue.Write(text, _frames.AsSpan(_length));

        public void Send(IScriptedVenue ends, VenueChannel channel)
        {
            if (_length > 0) ends.Send(channel, _frames.AsSpan(0, _length));
            _length = 0;
        }
    }
}
