using LatencyEngine.Model;
using LatencyEngine.Quoting;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A slow thread's bias that comes in as an event: the quotes lean towards the inventory that it asks for, for as long as it is fresh.</summary>
public sealed class BiasEventTests
{
    /// <summary>Of the test engine a base order: 0.01 x 10^2 x 10. The target of a full score is one.</summary>
    private const long SkewTicks = 10;

    private const long Hour = 3_600 * EngineUnderTest.Second;

    private readonly EngineUnderTest _engine = new EngineUnderTest().Begin().Market();

    [Theory]
    [InlineData(1, 0, SkewTicks)]
    [InlineData(-0.5, 0, -SkewTicks / 2)]
    [InlineData(0.5, 1, (SkewTicks / 2) + 1)]
    [InlineData(0, -2, -2)]
    [InlineData(0, 100, EngineUnderTest.BiasTicksMax)]
    public void A_bias_moves_both_quotes_at_once_by_the_skew_of_its_target_and_its_shift(double score, long shiftTicks, long ticks)
    {
        SentRequest[] before = Quotes();
        _engine.Tick();   // a plan that comes to nothing
        Assert.Empty(_engine.Requests());

        _engine.Bias(_engine.Btc.Id, score, shiftTicks);

        SentRequest[] moved = [.. _engine.Requests().Select(SentRequest.Parse)];
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        Assert.Equal(before.Select(sent => Ticks(sent.Price) + ticks).Order(), moved.Select(sent => Ticks(sent.Price)).Order());
        Assert.Equal((0L, 0L, 1L), (_engine.Meters.FramesRejected, _engine.AllocatedBytes, _engine.Meters.BiasUpdates));
    }

    [Fact]
    public void A_bias_of_another_instrument_moves_nothing_here()
    {
        Quotes();

        _engine.Bias(_engine.Sol.Id, 1);

        Assert.Empty(_engine.Requests());
        Assert.Equal(0, _engine.Meters.FramesRejected);
    }

    [Fact]
    public void With_age_the_quotes_come_back_and_after_its_largest_age_they_are_where_they_were_without_it()
    {
        SentRequest[] before = Quotes();
        _engine.Bias(_engine.Btc.Id, 1);
        _engine.Answer(_engine.Requests());

        // On the same book throughout; a change of a tick or more is asked for.
        Assert.Equal(before.Select(sent => Ticks(sent.Price) + (SkewTicks / 2)).Order(), PricesAfter(18 * Hour));
        Assert.Equal(before.Select(sent => Ticks(sent.Price)).Order(), PricesAfter(18 * Hour));
    }

    [Fact]
    public void The_engine_tells_what_it_made_of_each()
    {
        Quotes();
        _engine.Advance(Hour);
        _engine.Hand(InboundKind.Bias, EngineUnderTest.BiasPayload(_engine.Btc.Id, 50_000_000, 0, _engine.NowNanos - (18 * Hour), id: 7));
        _engine.Hand(InboundKind.Bias, EngineUnderTest.BiasPayload(_engine.Btc.Id, 50_000_000, 0, _engine.NowNanos + 1, id: 8));

        BiasFact[] facts = [.. _engine.Outbound().Where(frame => frame.Kind == OutboundKind.BiasFact).Select(frame => EngineUnderTest.Read<BiasFact>(frame.Bytes))];

        Assert.Equal([(7L, BiasOutcome.Taken, 2L), (8L, BiasOutcome.Future, 0L)], facts.Select(fact => (fact.Id, fact.Outcome, fact.TargetQty.Lots)));   // a quarter of 10 lots, towards zero
        Assert.Equal((1L, 1L), (_engine.Meters.BiasUpdates, _engine.Meters.BiasesRefused));
    }

    [Fact]
    public void One_that_is_refused_leaves_none()
    {
        SentRequest[] before = Quotes();
        _engine.Bias(_engine.Btc.Id, 1);
        _engine.Answer(_engine.Requests());

        _engine.Hand(InboundKind.Bias, EngineUnderTest.BiasPayload(_engine.Btc.Id, 100_000_001, 0, _engine.NowNanos));

        Assert.Equal(before.Select(sent => Ticks(sent.Price)).Order(), _engine.Requests().Select(request => Ticks(SentRequest.Parse(request).Price)).Order());
        Assert.Equal((0L, 1L), (_engine.Meters.FramesRejected, _engine.Meters.BiasesRefused));
    }

    [Fact]
    public void A_malformed_event_is_counted_and_the_bias_that_is_held_stays()
    {
        Quotes();
        _engine.Bias(_engine.Btc.Id, 1);
        Quotes();
        byte[] good = EngineUnderTest.BiasPayload(_engine.Btc.Id, -1, 0, _engine.NowNanos);
        byte[][] refused = [[], good[..3], good[..^1], [.. good, 0], EngineUnderTest.BiasPayload(new InstrumentId(-1), 1, 0, 0), EngineUnderTest.BiasPayload(new InstrumentId(2), 1, 0, 0)];

        foreach (byte[] payload in refused) _engine.Hand(InboundKind.Bias, payload);
        _engine.Tick();

        Assert.Empty(_engine.Requests());
        Assert.Equal(refused.Length, _engine.Meters.FramesRejected);
    }

    [Fact]
    public void The_event_of_a_view_as_a_float_is_none_any_more()
    {
        Quotes();

        _engine.Hand((InboundKind)13, [0, 0, 0, 0, .. BitConverter.GetBytes(1.0)]);

        Assert.Empty(_engine.Requests());
        Assert.Equal(1, _engine.Meters.FramesRejected);
    }

    private long[] PricesAfter(long nanos)
    {
        _engine.Advance(nanos);
        _engine.Book(600_000, 600_002);
        List<string> requests = _engine.Requests();
        _engine.Answer(requests);
        return [.. requests.Select(request => Ticks(SentRequest.Parse(request).Price)).Order()];
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
