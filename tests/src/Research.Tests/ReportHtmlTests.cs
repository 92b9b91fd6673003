using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LatencyEngine.Host;

namespace LatencyEngine.Research.Tests;

public sealed partial class ReportHtmlTests
{
    private const string Hostile = "</title><script>alert(1)</script> & \"quotes\" 'single' ]]> */ \u0001 \ud800 end";

    private static readonly string[] MayLoad = ["src", "href", "srcset", "action", "poster", "data"];

    [Fact]
    public void The_page_is_well_formed() => Assert.Equal("html", Page(ExampleRun.Make()).Root!.Name.LocalName);

    [Fact]
    public void The_page_loads_nothing()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();
        string html = ReportHtml.Render(result, trades, ExampleRun.Curves(result));
        XDocument page = XDocument.Parse(html);

        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Equal(["data:,"], page.Descendants().Attributes().Where(attribute => MayLoad.Contains(attribute.Name.LocalName)).Select(attribute => attribute.Value));
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_stays_text_everywhere()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();
        result = result with
        {
            Verb = Hostile,
            Data = Hostile,
            DataLabel = Hostile,
            Symbols = [Hostile, "SOLUSDT"],
            FeeTier = Hostile,
            QueueModel = Hostile,
            LatencyModel = Hostile,
            Placement = Hostile,
            Speed = Hostile,
            OutboundSha256 = Hostile,
            MarkPriceSource = new Dictionary<string, string> { [Hostile] = Hostile },
            GateRefusals = new Dictionary<string, long> { [Hostile] = 1 },
            InvariantBreaks = [Hostile],
            Latency = new Dictionary<string, LatencySummary> { [Hostile] = new(10, 1, 2, 3, 4, 5) },
            Instruments = [result.Instruments[0] with { Symbol = Hostile }],
        };
        trades = [.. trades.Select(trade => trade with { Symbol = Hostile, Side = Hostile, ExecType = Hostile })];

        string html = ReportHtml.Render(result, trades, ExampleRun.Curves(result));

        XDocument page = XDocument.Parse(html);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Single(page.Descendants("script"));
        Assert.Contains(page.Descendants("li"), item => item.Value == Hostile.Replace('\u0001', '\ufffd').Replace('\ud800', '\ufffd'));
    }

    [Theory]
    [InlineData("-3.2118", "loss", "-3.2118 USDT net loss")]
    [InlineData("0.00000001", "gain", "+0.00000001 USDT net profit")]
    [InlineData("0", "soft", "0.0000 USDT net: neither profit nor loss")]
    public void The_headline_says_what_came_out(string netPnl, string tone, string words)
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();

        XDocument page = Page((result with { NetPnl = decimal.Parse(netPnl, CultureInfo.InvariantCulture) }, trades));

        XElement headline = Assert.Single(page.Descendants("h1")).Elements().Single();
        Assert.Equal((tone, words), (headline.Attribute("class")!.Value, headline.Value));
    }

    [Fact]
    public void A_card_of_a_loss_is_red_and_says_so()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();

        XElement[] values = [.. Page((result with { NetPnl = 2m, NetPnlAtVip0 = -1.25m }, trades)).Descendants("div").Where(item => item.Attribute("class")?.Value.Split(' ')[0] == "value")];

        Assert.Equal(("value gain", "+2.0000 USDT"), (values[0].Attribute("class")!.Value, values[0].Value));
        Assert.Equal(("value loss", "-1.2500 USDT (loss)"), (values[1].Attribute("class")!.Value, values[1].Value));
    }

    [Fact]
    public void A_failed_or_interrupted_run_says_so_above_all_figures()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();

        XDocument page = Page((result with { InvariantBreaks = ["ledger and venue disagree by 1"], Interrupted = true }, trades));

        XElement[] top = [.. page.Descendants("main").Single().Elements()];
        Assert.Equal("header", top[0].Name.LocalName);
        Assert.Contains("interrupted", top[1].Value, StringComparison.Ordinal);
        Assert.Contains("ledger and venue disagree by 1", top[2].Value, StringComparison.Ordinal);
        Assert.Equal("cards", top[3].Attribute("class")!.Value);
    }

    [Fact]
    public void Every_part_of_the_net_is_in_the_table_and_the_parts_add_up()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();
        result = result with { RealisedPnl = 5m, UnrealisedPnl = -1m, Fees = 0.5m, FeesAtVip0 = 2m, Funding = -0.25m, NetPnl = 3.25m, NetPnlAtVip0 = 1.75m };

        XElement table = Page((result, trades)).Descendants("table").Single(candidate => candidate.Value.Contains("Unrealised at the last mark", StringComparison.Ordinal));

        decimal[][] rows = [.. table.Descendants("tr").Skip(1).Select(row => row.Elements("td").Select(cell => decimal.Parse(cell.Value, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal([-0.25m, -0.25m], rows[^2]);
        Assert.Equal([3.25m, 1.75m], rows[^1]);
        Assert.Equal(rows[^1][0], rows[..^1].Sum(row => row[0]));
        Assert.Equal(rows[^1][1], rows[..^1].Sum(row => row[1]));
    }

    [Fact]
    public void There_is_a_chart_for_equity_and_latency_and_three_an_instrument() =>
        Assert.Equal(
            [
                "Equity",
                "Inventory BTCUSDT", "Mid price and own fills BTCUSDT", "Quotes against mid BTCUSDT",
                "Inventory SOLUSDT", "Mid price and own fills SOLUSDT", "Quotes against mid SOLUSDT",
                "Latency by percentile",
            ],
            Page(ExampleRun.Make()).Descendants("figcaption").Select(caption => caption.Elements().First().Value));

    [Theory]
    [InlineData(1, 3_440, 260)]
    [InlineData(2, 6_000, 1_500)]
    [InlineData(3, 1, 0)]
    [InlineData(4, 2, 1)]
    public void Everything_drawn_lies_inside_its_view_box_and_a_line_has_at_most_2000_points(int seed, int samples, int fills)
    {
        foreach (XElement svg in Page(ExampleRun.Make(seed, samples, fills)).Descendants("svg"))
        {
            double[] box = Numbers(svg.Attribute("viewBox")!.Value);
            foreach (XElement shape in svg.Elements())
            {
                bool isInside = Corners(shape).All(corner => corner.X >= 0 && corner.X <= box[2] && corner.Y >= 0 && corner.Y <= box[3]);
                if (!isInside) Assert.Fail($"{shape} leaves the box {svg.Attribute("viewBox")!.Value}");
            }

            Assert.All(svg.Elements("polyline").GroupBy(Name), line => Assert.InRange(line.Sum(part => Corners(part).Count()), 1, 2_000));
        }
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("narrow")]
    public void The_extremes_of_equity_are_drawn(string size)
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(samples: 20_000);
        var samples = result.Samples.ToArray();
        samples[13_333] = samples[13_333] with { Equity = 9_000m };
        samples[17_777] = samples[17_777] with { Equity = 10_900m };

        XElement svg = Page((result with { Samples = samples }, trades)).Descendants("svg").First(candidate => candidate.Attribute("class")!.Value == size);

        double[] drawn = [.. Corners(svg.Elements("polyline").Single()).Select(point => Value(svg, point.Y))];
        Assert.Equal(9_000, drawn.Min(), tolerance: 2); // a tenth of a pixel is half a USDT to one here
        Assert.Equal(10_900, drawn.Max(), tolerance: 2);
    }

    [Fact]
    public void A_position_is_drawn_in_steps()
    {
        XElement svg = Page(ExampleRun.Make()).Descendants("figure").ElementAt(1).Elements("svg").First();

        (double X, double Y)[] points = [.. Corners(svg.Elements("polyline").Single())];

        Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.First.X == pair.Second.X || pair.First.Y == pair.Second.Y, $"{pair} is slanted"));
    }

    [Fact]
    public void Own_quotes_are_steps_that_end_where_there_was_none()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(samples: 100, fills: 0); // a fill after the last sample would lengthen the axis
        RunSample[] samples = [.. result.Samples.Select((sample, i) => i is >= 40 and < 60 ? sample with { OwnAsk = [null, sample.OwnAsk[1]] } : sample)];

        XElement svg = Quotes((result with { Samples = samples }, trades), "wide");

        XElement[] asks = [.. svg.Elements("polyline").Where(part => Name(part) == "own ask")];
        Assert.Equal([1, 1, 2], svg.Elements("polyline").GroupBy(Name).Select(parts => parts.Count()));
        Assert.Equal([5, 40, 60, 99], asks.SelectMany(part => ((double, double)[])[Corners(part).First(), Corners(part).Last()]).Select(corner => (int)Math.Round(Across(svg, corner.Item1) * 99)));
        Assert.All(asks, part => Assert.All(Corners(part).Zip(Corners(part).Skip(1)), pair => Assert.True(pair.First.X == pair.Second.X || pair.First.Y == pair.Second.Y, $"{pair} is slanted")));
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("narrow")]
    public void Neither_a_gap_nor_an_extreme_of_a_quote_is_thinned_away(string size)
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(samples: 20_000);
        RunSample[] samples = [.. result.Samples.Select((sample, i) => i % 4_000 == 2_000 ? sample with { OwnBid = [null, null] } : sample)];
        samples[7_777] = samples[7_777] with { OwnBid = [30_000m, null] };

        XElement svg = Quotes((result with { Samples = samples }, trades), size);

        XElement[] bids = [.. svg.Elements("polyline").Where(part => Name(part) == "own bid")];
        Assert.Equal(6, bids.Length);
        Assert.Equal(30_000, bids.SelectMany(Corners).Min(corner => Value(svg, corner.Y)), tolerance: 100); // a tenth of a pixel is some ten USDT here
    }

    [Fact]
    public void Every_line_has_a_colour_of_its_own()
    {
        string css = Page(ExampleRun.Make()).Descendants("style").Single().Value;

        foreach (XElement figure in Page(ExampleRun.Make()).Descendants("figure"))
        {
            IEnumerable<string> classes = figure.Descendants("polyline").Select(line => line.Attribute("class")!.Value.Split(' ')[1]).Distinct();
            Assert.All(classes, name => Assert.Contains($".line.{name} {{ stroke: var(--{name}); }}", css, StringComparison.Ordinal));
            Assert.All(classes, name => Assert.Contains($".swatch.{name} {{ background: var(--{name}); }}", css, StringComparison.Ordinal));
            Assert.All(classes, name => Assert.Equal(3, css.Split($" --{name}: #").Length - 1)); // light, dark and paper
        }
    }

    [Fact]
    public void A_run_over_sockets_shows_its_latencies_and_its_connections()
    {
        XDocument page = Page(ExampleRun.Make());

        Assert.Equal(["decode", "decide", "tick to order", "send", "tick to trade", "round trip"], SectionOf(page, "Latency").Descendants("tbody").Elements().Select(row => row.Element("th")!.Value));
        Assert.Equal(
            [
                ("Pace", "5x, over loopback sockets"),
                ("Placement", "inline (engine on the io thread, not pinned), waits by block, 2 cores"),
                ("Reconnects", "2, over the three sockets"),
                ("Allocated by the io thread", "0.5 bytes a message"),
            ],
            FactsOf(page, "Pace and connections"));
        Assert.Contains("round trip from there to its acknowledgement", SectionOf(page, "How to read these numbers").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_in_virtual_time_says_that_it_had_no_connections()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();

        XDocument page = Page((result with { Speed = "virtual time", Placement = "inline, virtual time, one thread", IoAllocatedBytesPerMessage = null }, trades));

        Assert.Equal(
            [("Pace", "virtual time"), ("Placement", "inline, virtual time, one thread"), ("Connections", "none: engine and venue share one thread")],
            FactsOf(page, "Pace and connections"));
        Assert.Contains("in virtual time", SectionOf(page, "How to read these numbers").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Buys_point_up_sells_point_down_and_a_liquidation_is_neither()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(fills: 60);
        trades = [.. trades.Where(trade => trade.Symbol == "BTCUSDT")];
        trades = [.. trades.SkipLast(1), trades[^1] with { ExecType = "BustTrade" }];

        XElement[] marks = [.. Page((result, trades)).Descendants("figure").ElementAt(2).Elements("svg").First().Elements("path")];

        Assert.Equal(trades.SkipLast(1).Select(trade => "mark " + trade.Side.ToLowerInvariant()).Append("mark liquidation"), marks.Select(mark => mark.Attribute("class")!.Value));
        Assert.Equal(Enumerable.Repeat("l6 6 l-6 6 l-6 -6 z", 1), marks[^1..].Select(Shape));
        Assert.All(marks[..^1], mark => Assert.Equal(mark.Attribute("class")!.Value == "mark buy" ? "l5 9 h-10 z" : "l5 -9 h-10 z", Shape(mark)));
        Assert.All(marks, mark => Assert.NotEmpty(mark.Element("title")!.Value));

        static string Shape(XElement mark) => mark.Attribute("d")!.Value.Split(' ', 3)[2];
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 101)] // 50, one row that counts the rest, 50
    [InlineData(800, 101)]
    public void Fills_are_listed_whole_or_by_their_first_and_last_fifty(int fills, int rows)
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make(fills: 1_000);
        trades = [.. trades.Take(fills)];

        XElement table = Page((result, trades)).Descendants("table").Single(candidate => candidate.Value.Contains("Queue ahead", StringComparison.Ordinal));

        XElement[] body = [.. table.Element("tbody")!.Elements()];
        Assert.Equal(rows, body.Length);
        if (fills > 100) Assert.StartsWith($"{fills - 100} fills are not shown", body[50].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_did_nothing_has_a_page_too()
    {
        (RunResult result, _) = ExampleRun.Make(samples: 1, fills: 0);
        result = result with
        {
            Samples = [],
            Instruments = [],
            GateRefusals = new Dictionary<string, long>(),
            Latency = new Dictionary<string, LatencySummary> { ["tickToOrder"] = new(0, 0, 0, 0, 0, 0) },
        };

        string html = ReportHtml.Render(result, [], new Dictionary<string, IReadOnlyList<PercentilePoint>> { ["tickToOrder"] = [] });

        XDocument page = XDocument.Parse(html);
        Assert.Empty(page.Descendants("svg"));
        Assert.Contains("No order was filled.", html, StringComparison.Ordinal);
        Assert.Contains("The risk gate refused nothing.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_numbers_are_not_is_said()
    {
        string notes = Page(ExampleRun.Make()).Descendants("ul").Single(list => list.Attribute("class")?.Value == "notes").Value;

        Assert.Contains("The venue is simulated", notes, StringComparison.Ordinal);
        Assert.Contains("own orders do not move it", notes, StringComparison.Ordinal);
        Assert.Contains("a touch alone never fills", notes, StringComparison.Ordinal);
        Assert.Contains("without any network", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_browser_can_read_every_element_because_none_but_void_ones_closes_itself()
    {
        (RunResult result, IReadOnlyList<TradeRow> trades) = ExampleRun.Make();
        string html = ReportHtml.Render(result, trades, ExampleRun.Curves(result));

        Assert.All(SelfClosed().Matches(html).Select(match => match.Groups[1].Value).Distinct(), name => Assert.Contains(name, new[] { "meta", "link" }));
    }

    private static XDocument Page((RunResult Result, IReadOnlyList<TradeRow> Trades) run) =>
        XDocument.Parse(ReportHtml.Render(run.Result, run.Trades, ExampleRun.Curves(run.Result)));

    private static XElement Quotes((RunResult Result, IReadOnlyList<TradeRow> Trades) run, string size) =>
        Page(run).Descendants("figure").Single(figure => figure.Value.StartsWith("Quotes against mid BTCUSDT", StringComparison.Ordinal)).Elements("svg").Single(svg => svg.Attribute("class")!.Value == size);

    private static string Name(XElement line) => line.Attribute("data-name")!.Value;

    private static XElement SectionOf(XDocument page, string title) => page.Descendants("section").Single(section => section.Element("h2")?.Value == title);

    private static IEnumerable<(string Term, string Text)> FactsOf(XDocument page, string title) =>
        SectionOf(page, title).Descendants("dt").Select(term => (term.Value, ((XElement)term.NextNode!).Value));

    /// <summary>How far from the plot's left edge to its right, 0 to 1.</summary>
    private static double Across(XElement svg, double x) => (x - (double)Plot(svg).Attribute("x")!) / (double)Plot(svg).Attribute("width")!;

    /// <summary>The value drawn at a height.</summary>
    private static double Value(XElement svg, double y)
    {
        double[] axis = [.. svg.Attribute("data-y")!.Value.Split(' ')[1..3].Select(end => double.Parse(end, CultureInfo.InvariantCulture))];
        return axis[1] - ((y - (double)Plot(svg).Attribute("y")!) / (double)Plot(svg).Attribute("height")! * (axis[1] - axis[0]));
    }

    private static XElement Plot(XElement svg) => svg.Elements("rect").Single();

    private static IEnumerable<(double X, double Y)> Corners(XElement shape)
    {
        switch (shape.Name.LocalName)
        {
            case "polyline" or "polygon":
                double[] points = Numbers(shape.Attribute("points")!.Value);
                for (int i = 0; i < points.Length; i += 2) yield return (points[i], points[i + 1]);
                break;
            case "line":
                yield return ((double)shape.Attribute("x1")!, (double)shape.Attribute("y1")!);
                yield return ((double)shape.Attribute("x2")!, (double)shape.Attribute("y2")!);
                break;
            case "rect":
                yield return ((double)shape.Attribute("x")!, (double)shape.Attribute("y")!);
                yield return ((double)shape.Attribute("x")! + (double)shape.Attribute("width")!, (double)shape.Attribute("y")! + (double)shape.Attribute("height")!);
                break;
            case "text":
                double x = (double)shape.Attribute("x")!;
                double width = 7 * shape.Value.Length;
                double left = shape.Attribute("class")!.Value == "y" ? x - width : x - (width / 2);
                yield return (left, (double)shape.Attribute("y")!);
                yield return (left + width, (double)shape.Attribute("y")!);
                break;
            case "path":
                double[] start = Numbers(shape.Attribute("d")!.Value)[..2];
                yield return (start[0] - 6, start[1] - 9);
                yield return (start[0] + 6, start[1] + 12);
                break;
            default:
                Assert.Fail($"no corners known of {shape.Name}");
                break;
        }
    }

    private static double[] Numbers(string text) => [.. Number().Matches(text).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"<([a-z0-9]+)[^<>]*/>")]
    private static partial Regex SelfClosed();
}
