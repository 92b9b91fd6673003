using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Wire;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The market of a backtest through an engine, in bursts of a frame and of several, with a venue that takes every request.</summary>
public sealed class OrderCausesTests
{
    private const int Consumer = 0;
    private static readonly Lazy<Tape> Backtest = new(() => Tape.Record(Tape.QuotingEveryTick));

    private readonly Engine _engine = Backtest.Value.NewOwnEngine();
    private readonly List<OrderCauses.Cause> _expected = [];
    private readonly Queue<Tape.Entry> _answers = [];
    private readonly OrderCauses _causes;
    private readonly TakingVenue _venue;
    private Tape.Entry _newest;
    private int _market;
    private int _burstFrom;

    public OrderCausesTests()
    {
        _causes = new OrderCauses(_engine, requestsMax: 10_000);
        _venue = new TakingVenue((kind, frame) => _answers.Enqueue(_newest with { Kind = kind, Payload = frame.ToArray() }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_request_answers_the_market_frames_of_the_burst_at_the_end_of_which_it_was_sent(int framesOfBurst)
    {
        int inBurst = 0;
        foreach (Tape.Entry entry in Backtest.Value.Entries.Where(entry => entry.Kind is not (InboundKind.PrivateFrame or InboundKind.TradeFrame)).Take(3_000))
        {
            inBurst++;
            bool endsBurst = entry.Kind != InboundKind.PublicFrame || inBurst == framesOfBurst;
            Hand(entry, endsBurst);
            if (!endsBurst) continue;
            inBurst = 0;
            while (_answers.TryDequeue(out Tape.Entry answer)) Hand(answer, endsBurst: true);
        }

        Assert.Equal(_expected, _causes.Noted.ToArray());
        Assert.Equal(_expected.Count, _causes.Requests);
        Assert.Equal(_market, _causes.MarketFrames);
        Assert.True(_expected.Count(cause => cause.To - cause.From == framesOfBurst) > 50);
        Assert.Equal(_expected.Count, _expected.Select(cause => cause.Number).Distinct().Count());
        Assert.DoesNotContain(_expected, cause => cause.Number == 0);
    }

    private void Hand(Tape.Entry entry, bool endsBurst)
    {
        _newest = entry;
        Tape.Put(_engine, entry with { Flags = endsBurst ? FrameRing.EndOfBurst : (byte)0 });
        Assert.True(_engine.Inbound.TryPeek(Consumer, out FrameView frame));
        _causes.OnFrame(in frame);
        _engine.Inbound.Release(Consumer);
        if (entry.Kind == InboundKind.PublicFrame) _market++;
        while (_engine.Outbound.TryPeek(Consumer, out FrameView sent))
        {
            if (sent.Kind == (byte)OutboundKind.Request)
            {
                _expected.Add(new OrderCauses.Cause(RequestName.Read(sent.Payload).Number, _burstFrom, _market));
                _venue.Answer(sent.Payload, entry.LogicTimeNanos / EpochNanos.PerMillisecond);
            }

            _engine.Outbound.Release(Consumer);
        }

        if (endsBurst) _burstFrom = _market;
    }
}
