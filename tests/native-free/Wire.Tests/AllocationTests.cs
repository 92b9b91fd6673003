using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

public sealed class AllocationTests
{
    private const int WarmUpRounds = 100;
    private const int Rounds = 2_500; // of several calls each: more than 10,000 calls

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var decoder = new BybitDecoder(Instruments.Table);
        (Socket Socket, byte[] Frame)[] frames =
        [
            .. Frames.All.Select(pair => (pair.Socket, Frames.Bytes(pair.Frame))),
            (Socket.Public, Frames.Bytes(Frames.BookDelta[..^1])),
            (Socket.Public, Frames.Bytes(Frames.BookDelta.Replace("\"s\"", "\"\\u0073\"", StringComparison.Ordinal))),
            (Socket.Public, Frames.Bytes(Frames.BookDelta.Replace("BTCUSDT", "NOPEUSDT", StringComparison.Ordinal))),
        ];
        Assert.Equal(0, AllocatedBytes(() =>
        {
            foreach ((Socket socket, byte[] frame) in frames) Decoded.Status(decoder, socket, frame);
        }));
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var encoder = new OrderRequestEncoder(Instruments.Table, recvWindowMillis: 5_000);
        var destination = new byte[OrderRequestEncoder.RequestBytesMax];
        OrderAction[] actions = [OrderAction.Place, OrderAction.Amend, OrderAction.Cancel, OrderAction.Unset];
        Assert.Equal(0, AllocatedBytes(() =>
        {
            foreach (OrderAction action in actions)
            {
                var intent = new OrderIntent(action, Instruments.Btc.Id, Side.Buy, new PriceTicks(618_002), new QtyLots(1), default, default, new ClientOrderId(1, 1), TimeInForce.PostOnly, false);
                encoder.Encode(in intent, new RequestId(1, 2), 1711001595207, destination);
            }
        }));
    }

    private static long AllocatedBytes(Action round)
    {
        for (int i = 0; i < WarmUpRounds; i++) round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
