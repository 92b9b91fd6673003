using System.Text;
using System.Text.RegularExpressions;
using LatencyEngine.Model;
using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

public sealed partial class LivePageTests
{
    private static readonly RunProgress Short = new()
    {
        Fraction = 0.5,
        LogicUtc = new DateTime(2024, 8, 8, 23, 57, 0, DateTimeKind.Utc),
        Symbol = "BTCUSDT",
        Mid = 61_700.05m,
        OwnBid = 61_690.1m,
        OwnAsk = null,
        PositionQty = -0.012m,
        Equity = 9_998.5m,
        MarginRatio = 0.0125m,
        Orders = 1_234,
        OpenOrders = 1,
        Fills = 56,
        State = QuotingState.Active,
        Connections = [],
        Stages = [],
        Events = 1_000,
        Placement = null,
    };

    private static readonly RunProgress Long = Short with
    {
        Fraction = 0.25,
        OwnAsk = 61_710.2m,
        State = QuotingState.Blind,
        Stages = [new("decode", 10, 2_090, 29_100), new("roundTrip", 0, 0, 0)],
        Placement = "paired (io thread and engine thread, not pinned), waits by spin, 64 cores, which is a long line for many a terminal",
    };

    [Fact]
    public void A_page_paints_over_the_one_before_and_leaves_nothing_of_it() =>
        Assert.Equal(Screen(Painted(Short)), Screen(Painted(Long, Short, Long, Long, Short)));

    [Fact]
    public void A_page_shows_where_the_run_stands_in_units_that_fit()
    {
        string screen = string.Join('\n', Screen(Painted(Short, Long)));

        Assert.Matches(@"progress +█+░+ 25 %", screen);
        Assert.Matches(@"quotes +61,690.1 / 61,710.2   1 open   blind", screen);
        Assert.Matches(@"position +-0.012   equity 9,998.50 USDT   margin ratio 1.25 %", screen);
        Assert.Matches(@"decode +2.09 us +29.1 us", screen);
        Assert.Matches(@"round trip +- +-", screen);
    }

    [Fact]
    public void An_incident_is_told_once_and_stays_above_the_page()
    {
        RunProgress liquidated = Short with { Incidents = [new RunIncident(Short.LogicUtc, "BTCUSDT liquidated")] };

        Assert.Equal(["latency-engine: 23:57:00Z BTCUSDT liquidated", .. Screen(Painted(Short))], Screen(Painted(Long, liquidated, Long with { Incidents = liquidated.Incidents }, liquidated)));
    }

    private static string Painted(params RunProgress[] reports)
    {
        using var line = new CommandLine
        {
            IsTerminal = true,
            Run = (_, progress, _) =>
            {
                foreach (RunProgress report in reports) progress!.Report(report);
                throw new InvalidDataException("the end of the test");
            },
        };
        line.Invoke("dry-run");
        return line.Error;
    }

    /// <summary>The lines that a terminal shows after it was sent a text.</summary>
    private static string[] Screen(string sent)
    {
        var rows = new List<StringBuilder> { new() };
        int row = 0;
        int column = 0;
        foreach (Match part in Parts().Matches(sent))
        {
            switch (part.Value[^1])
            {
                case 'A' when part.Length > 1: row -= int.Parse(part.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture); break;
                case 'K' when part.Length > 1: rows[row].Length = column; break;
                case 'J' when part.Length > 1:
                    rows[row].Length = column;
                    rows.RemoveRange(row + 1, rows.Count - row - 1);
                    break;
                case 'm' when part.Length > 1: break;
                case '\r': column = 0; break;
                case '\n':
                    row++;
                    column = 0;
                    if (row == rows.Count) rows.Add(new StringBuilder());
                    break;
                default:
                    if (column == rows[row].Length) rows[row].Append(part.Value);
                    else rows[row][column] = part.Value[0];
                    column++;
                    break;
            }
        }

        return [.. rows.Select(text => text.ToString().TrimEnd())];
    }

    [GeneratedRegex(@"\e\[([0-9;]*)[A-Za-z]|.|\n", RegexOptions.Singleline)]
    private static partial Regex Parts();
}
