using System.Text;
using LatencyEngine.Model;

namespace LatencyEngine.Journal.Tests;

public sealed class OutboundComparisonTests
{
    private readonly OutboundComparison _comparison = new();

    [Theory]
    [InlineData("eee sss")]
    [InlineData("sss eee")]
    [InlineData("es se es")]
    [InlineData("ese sse")]
    public void Equal_streams_are_equal_whichever_is_ahead(string order)
    {
        int expected = 0;
        int seen = 0;
        foreach (char step in order)
        {
            if (step == 'e') _comparison.Expect(OutboundKind.Request, Bytes($"{expected++}"));
            else if (step == 's') _comparison.See(OutboundKind.Request, Bytes($"{seen++}"));
        }

        _comparison.End(expectedIsCut: false);
        Assert.Equal((3, 3), (expected, seen));
        Assert.Null(_comparison.Difference);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_payload_that_differs_is_named_by_its_index_with_both_sides(bool journalIsAhead)
    {
        (string Expected, string Was)[] frames = [("a", "a"), ("b", "c"), ("d", "e")];
        foreach ((string expected, string was) in frames)
        {
            if (journalIsAhead) _comparison.Expect(OutboundKind.Request, Bytes(expected));
            _comparison.See(OutboundKind.Request, Bytes(was));
            if (!journalIsAhead) _comparison.Expect(OutboundKind.Request, Bytes(expected));
        }

        _comparison.End(expectedIsCut: false);
        Assert.Equal((1L, "Request b", "Request c"), (_comparison.Difference!.Index, _comparison.Difference.Expected!.ToString(), _comparison.Difference.Was!.ToString()));
    }

    [Fact]
    public void Another_kind_with_the_same_bytes_differs()
    {
        _comparison.Expect(OutboundKind.ExecutionFact, [1, 255]);
        _comparison.See(OutboundKind.DisagreementFact, [1, 255]);

        Assert.Equal("ExecutionFact 01ff", _comparison.Difference!.Expected!.ToString());
        Assert.Equal("DisagreementFact 01ff", _comparison.Difference.Was!.ToString());
    }

    [Fact]
    public void A_frame_that_the_replay_does_not_publish_differs()
    {
        _comparison.Expect(OutboundKind.Request, Bytes("a"));
        _comparison.End(expectedIsCut: true);

        Assert.Equal((0L, "Request a", null), (_comparison.Difference!.Index, _comparison.Difference.Expected!.ToString(), _comparison.Difference.Was));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_that_the_journal_does_not_hold_differs_unless_the_journal_was_cut(bool isCut)
    {
        _comparison.See(OutboundKind.Request, Bytes("a"));
        _comparison.End(isCut);

        Assert.Equal(isCut, _comparison.Difference is null);
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
