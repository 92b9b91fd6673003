using System.Text.RegularExpressions;
using LatencyEngine.Model;
using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

public sealed partial class LivePageFiguresTests
{
    [Fact]
    public void Every_figure_of_a_run_is_on_the_page()
    {
        string page = Paint(Progresses.Example).Single();

        Assert.All(
            [
                "25 %", "23:55:00Z", "BTCUSDT", "mid 61,800.25", "61,795.1 / 61,805.4", "3 open", "quoting", "+0.01", "equity 10,000.00 USDT", "margin ratio 1.23 %",
                "4 requests", "2 fills", "events/s", "public ready", "private waiting", "trade ready", "2 reconnects", "p50", "p99", "decode", "tick to order", "round trip", "inline",
            ],
            text => Assert.Contains(text, page, StringComparison.Ordinal));
        Assert.Matches(@"tick to order +31(\.0+)? us +62(\.0+)? us", page);
        Assert.Matches(@"round trip +- +-", page);
    }

    [Fact]
    public void A_page_without_book_quotes_or_connections_says_so()
    {
        string page = Paint(Progresses.Example with { Mid = null, OwnBid = null, OwnAsk = null, State = QuotingState.Blind, Connections = [], Placement = null }).Single();

        Assert.Contains("mid -", page, StringComparison.Ordinal);
        Assert.Contains("- / -", page, StringComparison.Ordinal);
        Assert.Contains("blind", page, StringComparison.Ordinal);
        Assert.DoesNotContain("connections", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(QuotesHeldBy.Nothing, "quoting")]
    [InlineData(QuotesHeldBy.VolatilityJump, "volatility jump")]
    [InlineData(QuotesHeldBy.Sweep, "sweep")]
    [InlineData(QuotesHeldBy.Refusals, "refused by the venue")]
    [InlineData(QuotesHeldBy.MarkOuts, "widened by mark-outs")]
    [InlineData(QuotesHeldBy.BookAge, "book too old")]
    public void The_page_says_what_holds_quotes_back(QuotesHeldBy reason, string words) =>
        Assert.Contains($"3 open   {words}", Paint(Progresses.Example with { HeldBy = reason }).Single(), StringComparison.Ordinal);

    [Fact]
    public void The_page_is_on_stderr_and_json_on_stdout_stays_alone()
    {
        using var line = new CommandLine
        {
            IsTerminal = true,
            Run = (_, progress, _) =>
            {
                progress!.Report(Progresses.Example);
                return RunVerbTests.Good;
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke("dry-run", "--json"));

        System.Text.Json.JsonDocument.Parse(line.Output).Dispose();
        Assert.Contains("mid 61,800.25", line.Error, StringComparison.Ordinal);
    }

    /// <summary>What each report writes, apart, without colours.</summary>
    private static string[] Paint(params RunProgress[] reports)
    {
        var pages = new List<string>();
        CommandLine? self = null;
        using var line = self = new CommandLine
        {
            IsTerminal = true,
            Run = (_, progress, _) =>
            {
                foreach (RunProgress report in reports)
                {
                    int before = self!.Error.Length;
                    progress!.Report(report);
                    pages.Add(Colour().Replace(self.Error[before..], ""));
                }

                return RunVerbTests.Good;
            },
        };
        line.Invoke("dry-run", "--json");
        return [.. pages];
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
