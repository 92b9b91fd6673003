using System.Text;
using System.Text.RegularExpressions;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>The market of a backtest through an engine, in bursts of a frame and of several, with a venue that takes every request, at once and some frames later.</summary>
public sealed partial class OrderCausesTests
{
    private const int Consumer = 0;
    private static readonly Lazy<Tape> Backtest = new(() => Tape.Record(Tape.QuotingEveryTick));

    private readonly Engine _engine = Backtest.Value.NewOwnEngine();
    private readonly List<OrderCauses.Cause> _expected = [];
    private readonly Queue<(int AtFrame, Tape.Entry Entry)> _answers = [];
    private readonly Dictionary<string, int> _sentAtFrame = [];   // of the orders that wait for an answer
    private readonly OrderCauses _causes;
    private readonly TakingVenue _venue;
    private Tape.Entry _newest;
    private int _answersAfterFrames;
    private int _market;
    private int _burstFrom;

    public OrderCausesTests()
    {
        _causes = new OrderCauses(_engine, requestsMax: 10_000);
        _venue = new TakingVenue((kind, frame) => _answers.Enqueue((_market + _answersAfterFrames, _newest with { Kind = kind, Payload = frame.ToArray() })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_request_answers_the_market_frames_of_the_burst_at_the_end_of_which_it_was_sent(int framesOfBurst)
    {
        Play(framesOfBurst);

        Assert.Equal(_expected, _causes.Noted.ToArray());
        Assert.True(_expected.Count(cause => cause.To - cause.From == framesOfBurst) > 50);
    }

    [Fact]
    public void A_request_that_had_to_wait_for_the_answer_to_the_one_before_answers_the_frames_since_that_one()
    {
        _answersAfterFrames = 5;

        Play(framesOfBurst: 1);

        Assert.Equal(_expected, _causes.Noted.ToArray());
        Assert.True(_expected.Count(cause => cause.To - cause.From == 5) > 50);
        Assert.DoesNotContain(_expected, cause => cause.To - cause.From > 6);
    }

    [Fact]
    public void Every_request_and_every_market_frame_is_counted()
    {
        Play(framesOfBurst: 1);

        Assert.Equal(_venue.Requests, _causes.Requests);
        Assert.Equal(_market, _causes.MarketFrames);
        Assert.Equal(Enumerable.Range(1, _causes.Requests), _causes.Noted.ToArray().Select(cause => (int)cause.Number));
    }

    private void Play(int framesOfBurst)
    {
        int inBurst = 0;
        foreach (Tape.Entry entry in Backtest.Value.Entries.Where(entry => entry.Kind is not (InboundKind.PrivateFrame or InboundKind.TradeFrame)).Take(3_000))
        {
            inBurst++;
            bool endsBurst = entry.Kind != InboundKind.PublicFrame || inBurst == framesOfBurst;
            Hand(entry, endsBurst);
            if (!endsBurst) continue;
            inBurst = 0;
            while (_answers.TryPeek(out (int AtFrame, Tape.Entry Entry) answer) && answer.AtFrame <= _market)
            {
                _answers.Dequeue();
                Hand(answer.Entry, endsBurst: true);
            }
        }
    }

    private void Hand(Tape.Entry entry, bool endsBurst)
    {
        _newest = entry;
        Tape.Put(_engine, entry with { Flags = endsBurst ? FrameRing.EndOfBurst : (byte)0 });
        Assert.True(_engine.Inbound.TryPeek(Consumer, out FrameView frame));
        _causes.OnFrame(in frame);
        _engine.Inbound.Release(Consumer);
        if (entry.Kind == InboundKind.PublicFrame) _market++;
        var asked = new HashSet<string>();
        while (_engine.Outbound.TryPeek(Consumer, out FrameView sent))
        {
            if (sent.Kind == (byte)OutboundKind.Request)
            {
                string name = NameOf(sent.Payload);
                int from = _sentAtFrame.TryGetValue(name, out int sentAt) ? Math.Min(sentAt, _burstFrom) : _burstFrom;
                _expected.Add(new OrderCauses.Cause((uint)_expected.Count + 1, from, _market));
                _sentAtFrame[name] = _market;
                asked.Add(name);
                _venue.Answer(sent.Payload, entry.LogicTimeNanos / EpochNanos.PerMillisecond);
            }

            _engine.Outbound.Release(Consumer);
        }

        // The private message comes behind the acknowledgement: from here on it waits no more, unless it has been asked for anew.
        if (entry.Kind == InboundKind.PrivateFrame && !asked.Contains(NameOf(entry.Payload))) _sentAtFrame.Remove(NameOf(entry.Payload));
        if (endsBurst) _burstFrom = _market;
    }

    private static string NameOf(ReadOnlySpan<byte> message) => LinkId().Match(Encoding.UTF8.GetString(message)).Value;

    [GeneratedRegex("le[0-9a-f]{16}")]
    private static partial Regex LinkId();
}
