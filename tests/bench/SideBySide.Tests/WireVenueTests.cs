using System.Text;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The venue's end, with bytes given to it by hand.</summary>
public sealed class WireVenueTests
{
    private readonly Bytes _bytes = new();
    private readonly WireVenue _venue;

    public WireVenueTests() => _venue = new WireVenue(_bytes, new LockstepClock(1_786_310_819_720_000_000));

    [Fact]
    public void An_order_has_come_when_its_first_bytes_have()
    {
        byte[] order = Order(1);
        Take(order[..20]);
        long afterFirst = StageClock.NowNanos();
        Assert.Empty(_venue.Orders);

        Take(order[20..]);

        (uint number, long atNanos) = Assert.Single(_venue.Orders);
        Assert.Equal(1u, number);
        Assert.True(atNanos <= afterFirst);
    }

    [Fact]
    public void Orders_that_come_together_are_told_apart_and_the_one_that_is_cut_waits()
    {
        byte[] third = Order(3);
        Take([.. Order(1), .. Order(2), .. third[..3]]);
        Assert.Equal([1u, 2u], _venue.Orders.Select(order => order.Number));

        Take(third[3..]);

        Assert.Equal([1u, 2u, 3u], _venue.Orders.Select(order => order.Number));
    }

    [Fact]
    public void Each_order_is_acknowledged_and_its_state_told()
    {
        Take([.. Order(1), .. Order(2)]);

        Assert.Equal(2, _bytes.SentTo(VenueChannel.Trade).Split("\"retCode\":0").Length - 1);
        Assert.Equal(2, _bytes.SentTo(VenueChannel.Private).Split("\"topic\":\"order\"").Length - 1);
        Assert.Empty(_bytes.SentTo(VenueChannel.Public));
    }

    [Fact]
    public void What_is_no_order_is_passed_over()
    {
        Take(Framed("""{"op":"ping"}"""u8));

        Assert.Empty(_venue.Orders);
        Assert.Empty(_bytes.SentTo(VenueChannel.Trade));
    }

    [Fact]
    public void A_frame_that_no_client_sends_ends_the_run()
    {
        byte[] order = Order(1);
        order[1] &= 0x7F;   // not masked

        Assert.Throws<InvalidOperationException>(() => Take(order));
    }

    private static byte[] Order(uint number)
    {
        InstrumentTable instruments = RecordedFrames.Instruments();
        byte[] request = new byte[OrderRequestEncoder.RequestBytesMax];
        var intent = new OrderIntent(OrderAction.Place, new InstrumentId(0), Side.Buy, new PriceTicks(600_000), new QtyLots(10), default, default, new ClientOrderId(7, number), TimeInForce.PostOnly, ReduceOnly: false);
        int bytes = new OrderRequestEncoder(instruments, recvWindowMillis: 5_000).Encode(in intent, new RequestId(7, number), timestampMillis: 1_786_310_819_720, request);
        return Framed(request.AsSpan(0, bytes));
    }

    private static byte[] Framed(ReadOnlySpan<byte> text)
    {
        byte[] frame = new byte[text.Length + WebSocketWriter.HeaderBytesMax];
        return frame[..WebSocketWriter.WriteText(text, 0x12345678, frame)];
    }

    private void Take(byte[] bytes)
    {
        _bytes.Waiting = bytes;
        _venue.TakeOrders();
    }

    /// <summary>Connections that are two arrays.</summary>
    private sealed class Bytes : IScriptedVenue
    {
        private readonly Dictionary<VenueChannel, StringBuilder> _sent = [];

        public byte[] Waiting { get; set; } = [];

        public string SentTo(VenueChannel channel) => _sent.GetValueOrDefault(channel)?.ToString() ?? "";

        public void Send(VenueChannel channel, ReadOnlySpan<byte> frame)
        {
            if (!_sent.TryGetValue(channel, out StringBuilder? sent)) _sent[channel] = sent = new StringBuilder();
            sent.Append(Encoding.UTF8.GetString(frame));
        }

        public int Receive(Span<byte> room)
        {
            Waiting.CopyTo(room);
            int bytes = Waiting.Length;
            Waiting = [];
            return bytes;
        }
    }
}
