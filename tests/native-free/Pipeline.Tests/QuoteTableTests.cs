using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Quoting;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Tables of exact quotes: a question in the outbound ring, an event in the inbound one.</summary>
public sealed class QuoteTableTests
{
    private static readonly GlftSettings Settings = new()
    {
        Gamma = 0.01, ExecutionGamma = 0.01, ArrivalRatePerSecond = 1, K = 0.1, ImpactTicks = 0, MinSigmaTicks = 10, MaxSigmaTicks = 10, IsExact = true,
        Pipeline = new QuotePipelineSettings { MakerFeeE8 = 0, MinEdgeE8 = 0, Levels = 1, Step = new(1), BaseQty = new(10), SizeMultiplierE8 = 100_000_000, UnitsMax = 2 },
    };

    /// <summary>Bids at -2, -1, 0, 1, then asks at 2, 1, 0, -1.</summary>
    private static readonly double[] Distances = [10, 20, 30, 40, 10, 20, 30, 40];

    private readonly EngineUnderTest _engine = new EngineUnderTest(quoter: spec => new GlftQuoter(spec, Settings)).Begin().Market();

    [Fact]
    public void A_table_is_asked_for_with_the_first_quotes_and_what_comes_moves_them()
    {
        QuoteTableRequest request = Quoted();
        Assert.Equal(new QuoteTableRequest(_engine.Btc.Id, 1, 10, 600_001, 1, 0.1), request);

        _engine.Hand(InboundKind.QuoteTable, Answer(request, Distances));

        SentRequest[] moved = [.. _engine.Requests().Select(SentRequest.Parse)];
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        Assert.Equal(["59997.1", "60003.1"], moved.Select(sent => sent.Price).Order(StringComparer.Ordinal));
        Assert.Equal((1, 0, 0), (_engine.Meters.QuoteTables, _engine.Meters.QuoteTablesRefused, _engine.AllocatedBytes));
        _engine.Advance(EngineUnderTest.Second / 10);
        _engine.Book(600_002, 600_004);
        Assert.DoesNotContain(_engine.Outbound(), frame => frame.Kind == OutboundKind.QuoteTableRequest);
    }

    [Fact]
    public void A_malformed_event_is_refused_and_counted_and_the_quotes_stay()
    {
        QuoteTableRequest request = Quoted();
        byte[] good = Answer(request, Distances);
        byte[][] refused =
        [
            [],
            good[..23],                                                                  // shorter than a question
            Answer(request with { Instrument = new InstrumentId(-1) }, Distances),
            Answer(request with { Instrument = new InstrumentId(2) }, Distances),
            Answer(request with { Instrument = new InstrumentId(1) }, Distances),        // that one has no tables
            Answer(request with { Number = 2 }, Distances),
            Answer(request, [10, 20, double.NaN, 40, 10, 20, 30, 40]),                    // ends the question
            good,
        ];

        foreach (byte[] payload in refused) _engine.Hand(InboundKind.QuoteTable, payload);

        Assert.Empty(_engine.Requests());
        Assert.Equal((0, 8), (_engine.Meters.QuoteTables, _engine.Meters.QuoteTablesRefused));
    }

    /// <summary>The first quotes rest; the question that went with them.</summary>
    private QuoteTableRequest Quoted()
    {
        List<(OutboundKind Kind, byte[] Bytes, long)> sent = _engine.Outbound();
        Assert.Equal([OutboundKind.QuoteTableRequest, OutboundKind.Request, OutboundKind.Request], sent.Select(frame => frame.Kind));
        _engine.Answer(sent.Where(frame => frame.Kind == OutboundKind.Request).Select(frame => System.Text.Encoding.UTF8.GetString(frame.Bytes)));
        Assert.Empty(_engine.Requests());
        return EngineUnderTest.Read<QuoteTableRequest>(sent[0].Bytes);
    }

    private static byte[] Answer(QuoteTableRequest request, double[] distances) =>
        [.. MemoryMarshal.AsBytes(new ReadOnlySpan<QuoteTableRequest>(in request)), 1, 0, 2, 0, .. MemoryMarshal.AsBytes<double>(distances)];
}
