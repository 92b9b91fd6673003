using System.Runtime.InteropServices;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>An instrument that the venue closes while the engine runs.</summary>
public sealed class InstrumentStatusEventTests
{
    private readonly EngineUnderTest _engine = new EngineUnderTest().Holding("Buy");

    [Fact]
    public void A_closed_instrument_is_not_quoted_until_it_is_open_again()
    {
        _engine.Hand(InboundKind.InstrumentStatus, Payload(_engine.Btc.Id, 0));
        List<string> pulled = _engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], pulled.Select(request => SentRequest.Parse(request).Operation));
        Assert.Equal(QuotesHeldBy.NotTrading, _engine.Lanes[0].HeldBy);
        _engine.Answer(pulled);
        _engine.Move();
        Assert.Empty(_engine.Requests());

        _engine.Hand(InboundKind.InstrumentStatus, Payload(_engine.Btc.Id, 1));
        Assert.Equal(["order.create", "order.create"], _engine.Requests().Select(request => SentRequest.Parse(request).Operation));
    }

    [Fact]
    public void Its_position_can_be_closed()
    {
        _engine.Hand(InboundKind.InstrumentStatus, Payload(_engine.Btc.Id, 0));
        _engine.Answer(_engine.Requests());
        _engine.Move();

        _engine.Command(OperatorCommand.Flatten);

        Assert.Contains("\"reduceOnly\":true", Assert.Single(_engine.Requests()));
    }

    [Fact]
    public void Another_instrument_goes_on()
    {
        _engine.Hand(InboundKind.InstrumentStatus, Payload(_engine.Sol.Id, 0));

        Assert.Empty(_engine.Requests());
        Assert.Equal(QuotesHeldBy.Nothing, _engine.Lanes[0].HeldBy);
    }

    [Fact]
    public void A_malformed_event_is_counted_and_changes_nothing()
    {
        byte[] good = Payload(_engine.Btc.Id, 0);
        byte[][] refused = [[], good[..^1], [.. good, 0], Payload(_engine.Btc.Id, 2), Payload(new InstrumentId(-1), 0), Payload(new InstrumentId(2), 0)];

        foreach (byte[] payload in refused) _engine.Hand(InboundKind.InstrumentStatus, payload);

        Assert.Empty(_engine.Requests());
        Assert.Equal(refused.Length, _engine.Meters.FramesRejected);
    }

    private static byte[] Payload(InstrumentId instrument, byte isTrading) => [.. MemoryMarshal.AsBytes(new ReadOnlySpan<InstrumentId>(in instrument)), isTrading];
}
