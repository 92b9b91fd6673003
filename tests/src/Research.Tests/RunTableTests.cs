namespace LatencyEngine.Research.Tests;

public sealed class RunTableTests
{
    [Fact]
    public void A_loss_has_a_minus_sign_and_the_word()
    {
        string value = Value(ExampleRun.Make(finalPnl: -3.2118m).Result, "Net P&L");

        Assert.StartsWith("-3.2118 USDT (loss); at VIP 0 fees -", value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_too_small_for_four_decimals_is_still_a_loss_that_can_be_read() =>
        Assert.StartsWith("-0.00000003 USDT (loss)", Value(ExampleRun.Make().Result with { NetPnl = -0.00000003m }, "Net P&L"), StringComparison.Ordinal);

    [Fact]
    public void A_profit_that_vip_0_fees_turn_into_a_loss_shows_both()
    {
        RunResult result = ExampleRun.Make().Result with { NetPnl = 1.5m, NetPnlAtVip0 = -0.25m };

        Assert.Equal("+1.5000 USDT; at VIP 0 fees -0.2500 USDT (loss)", Value(result, "Net P&L"));
    }

    [Fact]
    public void No_profit_and_no_loss_is_neither() =>
        Assert.StartsWith("0.0000 USDT;", Value(ExampleRun.Make().Result with { NetPnl = 0m }, "Net P&L"), StringComparison.Ordinal);

    [Fact]
    public void Fees_name_their_tier_and_stand_beside_those_of_vip_0()
    {
        RunResult result = ExampleRun.Make().Result with { Fees = 0.5m, FeesAtVip0 = 4.25m };

        Assert.Equal("0.5000 USDT paid on Pro 5 (maker 0.00%, taker 0.03%); same fills at VIP 0: 4.2500 USDT paid", Value(result, "Fees"));
    }

    [Fact]
    public void Negative_fees_are_called_a_rebate() =>
        Assert.StartsWith("0.5000 USDT rebate on", Value(ExampleRun.Make().Result with { Fees = -0.5m }, "Fees"), StringComparison.Ordinal);

    [Fact]
    public void Every_stage_is_listed_in_units_that_fit() =>
        Assert.Equal("p50 1.41 us  p99 6.87 us  p99.9 61.0 us  max 131 us", Value(ExampleRun.Make().Result, "tick to order"));

    [Fact]
    public void Every_instrument_has_its_position()
    {
        RunResult result = ExampleRun.Make().Result with
        {
            Instruments = [new("BTCUSDT", 1, 0m, 0m, 0m, -0.012m, 0.05m, 61_000m, 61_001m), new("SOLUSDT", 1, 0m, 0m, 0m, 0m, 1_500m, 0m, 143m)],
        };

        Assert.Equal("-0.012, largest 0.05", Value(result, "Position BTCUSDT"));
        Assert.Equal("0, largest 1,500", Value(result, "Position SOLUSDT"));
    }

    [Fact]
    public void What_the_risk_gate_refused_is_counted_by_reason() =>
        Assert.Equal("153 (StaleMarketData 118, PositionLimit 31, LiquidationTooClose 4)", Value(ExampleRun.Make().Result, "Refused by risk"));

    [Fact]
    public void Broken_invariants_and_an_interruption_come_first()
    {
        RunResult result = ExampleRun.Make().Result with { InvariantBreaks = ["ledger and venue disagree by 1"], Interrupted = true };

        Assert.Equal(["Invariant broken", "Interrupted", "Net P&L"], RunTable.Sections(result)[0].Rows.Take(3).Select(row => row.Label));
    }

    [Fact]
    public void The_report_is_named_once_it_is_written()
    {
        RunResult result = ExampleRun.Make().Result;

        Assert.DoesNotContain(RunTable.Sections(result).SelectMany(section => section.Rows), row => row.Label == "Report");
        Assert.Equal("reports/20261120-170459", Value(result with { ReportPath = "reports/20261120-170459" }, "Report"));
    }

    [Fact]
    public void Text_from_outside_cannot_steer_the_terminal()
    {
        string text = RunTableText.Render(ExampleRun.Make().Result with { Data = "a\u001b[31mb\nc" });

        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("a?[31mb?c", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plain_table_has_one_column_of_values_and_no_trailing_spaces()
    {
        RunResult result = ExampleRun.Make().Result;
        IReadOnlyList<RunTableSection> sections = RunTable.Sections(result);

        string[] lines = RunTableText.Render(result).Split('\n');

        Assert.Equal("", lines[^1]);
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
        int line = 0;
        int? column = null;
        foreach (RunTableSection section in sections)
        {
            Assert.Equal(section.Title, lines[line++]);
            foreach ((string label, string value) in section.Rows)
            {
                Assert.StartsWith("  " + label + "  ", lines[line], StringComparison.Ordinal);
                Assert.EndsWith(value, lines[line], StringComparison.Ordinal);
                column ??= lines[line].Length - value.Length;
                Assert.Equal(column, lines[line].Length - value.Length);
                line++;
            }
        }
    }

    private static string Value(RunResult result, string label) =>
        Assert.Single(RunTable.Sections(result).SelectMany(section => section.Rows), row => row.Label == label).Value;
}
