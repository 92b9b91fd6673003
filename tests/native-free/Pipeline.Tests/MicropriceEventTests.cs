using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The microprice as fair value: a table that comes in as an event.</summary>
public sealed class MicropriceEventTests
{
    private readonly EngineUnderTest _engine = new EngineUnderTest(fairValue: FairValueModel.Microprice).Begin().Market();

    [Fact]
    public void Without_a_table_quotes_are_laid_around_the_mid_and_what_comes_moves_them_at_once()
    {
        EngineUnderTest byMid = new EngineUnderTest().Begin().Market();
        SentRequest[] before = Quotes(_engine);
        Assert.Equal(Quotes(byMid).Select(sent => sent.Price), before.Select(sent => sent.Price));

        _engine.Microprice(_engine.Btc.Id, [0], [7]);   // the book is two ticks wide

        SentRequest[] moved = [.. _engine.Requests().Select(SentRequest.Parse)];
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        Assert.Equal(before.Select(sent => Ticks(sent.Price) + 7).Order(), moved.Select(sent => Ticks(sent.Price)).Order());
        Assert.Equal((0L, 0L), (_engine.Meters.FramesRejected, _engine.AllocatedBytes));
    }

    [Fact]
    public void A_table_of_another_instrument_moves_nothing_here()
    {
        Quotes(_engine);

        _engine.Microprice(_engine.Sol.Id, [0], [7]);

        Assert.Empty(_engine.Requests());
        Assert.Equal(0, _engine.Meters.FramesRejected);
    }

    [Fact]
    public void A_malformed_event_is_counted_and_the_table_that_is_held_stays()
    {
        Quotes(_engine);
        _engine.Microprice(_engine.Btc.Id, [0], [7]);
        Quotes(_engine);
        byte[] good = EngineUnderTest.MicropriceTable(_engine.Btc.Id, [0], [50]);
        byte[][] refused = [[], good[..3], good[..^1], [.. good, 0], EngineUnderTest.MicropriceTable(new InstrumentId(-1), [0], [50]), EngineUnderTest.MicropriceTable(new InstrumentId(2), [0], [50]), EngineUnderTest.MicropriceTable(_engine.Btc.Id, [0], [double.NaN])];

        foreach (byte[] payload in refused) _engine.Hand(InboundKind.MicropriceTable, payload);

        Assert.Empty(_engine.Requests());
        Assert.Equal(refused.Length, _engine.Meters.FramesRejected);
    }

    /// <summary>The quotes that were asked for, which rest from then on.</summary>
    private static SentRequest[] Quotes(EngineUnderTest engine)
    {
        List<string> requests = engine.Requests();
        engine.Answer(requests);
        return [.. requests.Select(SentRequest.Parse).Where(sent => sent.Operation == "order.create")];
    }

    private static long Ticks(string price) => (long)(decimal.Parse(price) * 10);
}
