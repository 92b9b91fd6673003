using System.Diagnostics;
using System.Text;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

/// <summary>The journal that every start runs through: what it has to hold, and that the engine still answers it as it did.</summary>
public sealed class WarmUpTests
{
    private const string Remake = "make samples/warm-up.journal again as samples/SOURCES.md says";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void The_engine_decides_on_the_shipped_journal_as_when_it_was_made()
    {
        JournalReplayResult result = WarmUp.Run();

        Assert.True(result.Difference is null, $"{Remake}: {result.Difference}");
        Assert.Null(result.Cut);
        Assert.InRange(result.InboundFrames, 500, 2_000);
        Assert.True(result.Requests >= 30, $"{result.Requests} requests warm little; {Remake}");
    }

    [Fact]
    public void The_shipped_journal_holds_every_kind_of_event_and_of_answer_that_a_run_without_a_kill_can_have()
    {
        var inbound = new HashSet<InboundKind>();
        var outbound = new HashSet<OutboundKind>();
        var changes = new HashSet<(VenueChannel, ConnectionState)>();
        var topics = new HashSet<string>();
        var operations = new HashSet<string>();
        int closingFills = 0;
        using (JournalReader journal = JournalReader.Open(ReferenceFiles.Sample("warm-up.journal")))
        {
            while (journal.TryRead(out JournalRecord record))
            {
                string text = Encoding.UTF8.GetString(record.Payload);
                if (record.Type == JournalRecordType.Outbound)
                {
                    outbound.Add((OutboundKind)record.Kind);
                    if (record.Kind == (byte)OutboundKind.Request) operations.Add(After(text, "\"op\":\"order."));
                    continue;
                }

                var kind = (InboundKind)record.Kind;
                inbound.Add(kind);
                if (text.Contains("\"closedSize\":\"0.0", StringComparison.Ordinal)) closingFills++;
                if (kind == InboundKind.Connection) changes.Add(((VenueChannel)record.Payload[0], (ConnectionState)record.Payload[1]));
                if (kind is InboundKind.PublicFrame or InboundKind.PrivateFrame) topics.Add(After(text, "\"topic\":").TrimStart(' ', '"'));
            }
        }

        // A refusal comes with a fill or a cut at the right moment, or not. The shipped profile's model asks for no table, its fair value has none, and nothing runs beside it; a dry-run remembers no losses.
        Assert.Equal(Enum.GetValues<InboundKind>().Except([InboundKind.Unset, InboundKind.PolledMarket, InboundKind.QuoteTable, InboundKind.MicropriceTable, InboundKind.LossState, InboundKind.Bias, InboundKind.DirectionalRequest, InboundKind.InstrumentStatus]).Order(), inbound.Order());
        Assert.Empty(Enum.GetValues<OutboundKind>().Except([OutboundKind.Unset, OutboundKind.DisagreementFact, OutboundKind.ReconnectTrade, OutboundKind.QuoteTableRequest, OutboundKind.RefusalFact, OutboundKind.GateRefusalFact, OutboundKind.BiasFact, OutboundKind.DirectionalFact]).Except(outbound));
        Assert.Equal(9, changes.Count);
        Assert.Superset(new HashSet<string>(["orderbook", "publicTrade", "tickers", "order", "execution", "position", "wallet"]), topics);
        Assert.Equal(["amend", "cancel", "create"], operations.Order());
        Assert.True(closingFills > 0, $"no fill closes a position; {Remake}");

        static string After(string text, string mark)
        {
            int start = text.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
            return text[start..text.IndexOfAny(['.', '"', ','], start + 2)];
        }
    }

    [Theory]
    [InlineData("inline", "block")]
    [InlineData("paired", "yield")]
    public void The_way_over_sockets_is_warmed_in_the_placement_of_the_run(string threads, string wait)
    {
        int frames = WarmUp.Run(new PlacementConfiguration { Threads = threads, Wait = wait }, Patience);

        Assert.True(frames > 200, $"{frames} frames warm little; {Remake}");
    }

    [Fact]
    public void A_host_that_is_too_slow_for_the_way_over_sockets_starts_without_it()
    {
        long started = Stopwatch.GetTimestamp();

        int frames = WarmUp.Run(new PlacementConfiguration { Threads = "inline", Wait = "block" }, TimeSpan.FromMilliseconds(1));

        Assert.InRange(frames, 0, 200);
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience);
    }
}
