using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A slow view of the market that comes in as an event: the quotes lean towards the inventory that it asks for.</summary>
public sealed class ViewEventTests
{
    /// <summary>Of the test engine a base order: 0.01 x 10^2 x 10. The target of a full view is one.</summary>
    private const long SkewTicks = 10;

    private readonly EngineUnderTest _engine = new EngineUnderTest().Begin().Market();

    [Theory]
    [InlineData(1, SkewTicks)]
    [InlineData(-0.5, -SkewTicks / 2)]
    [InlineData(7, SkewTicks)]   // counts as 1
    public void A_view_moves_both_quotes_at_once_by_the_skew_of_its_target(double score, long ticks)
    {
        SentRequest[] before = Quotes();
        _engine.Tick();   // a plan that comes to nothing
        Assert.Empty(_engine.Requests());

        _engine.View(_engine.Btc.Id, score);

        SentRequest[] moved = [.. _engine.Requests().Select(SentRequest.Parse)];
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        Assert.Equal(before.Select(sent => Ticks(sent.Price) + ticks).Order(), moved.Select(sent => Ticks(sent.Price)).Order());
        Assert.Equal((0L, 0L), (_engine.Meters.FramesRejected, _engine.AllocatedBytes));
    }

    [Fact]
    public void A_view_of_another_instrument_moves_nothing_here()
    {
        Quotes();

        _engine.View(_engine.Sol.Id, 1);

        Assert.Empty(_engine.Requests());
        Assert.Equal(0, _engine.Meters.FramesRejected);
    }

    [Fact]
    public void A_malformed_event_is_counted_and_the_view_that_is_held_stays()
    {
        Quotes();
        _engine.View(_engine.Btc.Id, 1);
        Quotes();
        byte[] good = EngineUnderTest.ViewPayload(_engine.Btc.Id, -1);
        byte[][] refused =
        [
            [], good[..3], good[..^1], [.. good, 0], EngineUnderTest.ViewPayload(new InstrumentId(-1), -1), EngineUnderTest.ViewPayload(new InstrumentId(2), -1),
            .. ((double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity]).Select(score => EngineUnderTest.ViewPayload(_engine.Btc.Id, score)),
        ];

        foreach (byte[] payload in refused) _engine.Hand(InboundKind.View, payload);
        _engine.Tick();

        Assert.Empty(_engine.Requests());
        Assert.Equal(refused.Length, _engine.Meters.FramesRejected);
    }

    /// <summary>The quotes that were asked for, which rest from then on.</summary>
    private SentRequest[] Quotes()
    {
        List<string> requests = _engine.Requests();
        _engine.Answer(requests);
        return [.. requests.Select(SentRequest.Parse).Where(sent => sent.Operation == "order.create")];
    }

    private static long Ticks(string price) => (long)(decimal.Parse(price) * 10);
}
