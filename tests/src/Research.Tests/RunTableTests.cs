using LatencyEngine.Host;

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
    public void The_quoting_model_and_its_levels_are_named()
    {
        RunResult result = ExampleRun.Make().Result;

        Assert.Equal("glft, 3 levels a side", Value(result, "Quoting"));
        Assert.Equal("avellaneda-stoikov, 1 level a side", Value(result with { QuotingModel = "avellaneda-stoikov", LevelsPerSide = 1 }, "Quoting"));
        Assert.Equal("glft, 3 levels a side, 12 tables and 1 refused", Value(result with { QuoteTables = 12, QuoteTablesRefused = 1 }, "Quoting"));
    }

    [Fact]
    public void What_held_quotes_back_is_named_with_its_times_and_seconds()
    {
        Assert.Equal("bookAge 2 times, 1.2 s, sweep 31 times, 16.4 s", Value(ExampleRun.Make().Result, "Held back"));
        Assert.Equal("never", Value(ExampleRun.Make().Result with { QuotesHeld = new Dictionary<string, long>() }, "Held back"));
    }

    [Fact]
    public void The_mid_after_the_fills_of_each_side_is_told_in_ticks_and_an_instrument_without_fills_has_none()
    {
        RunResult result = ExampleRun.Make().Result;

        Assert.Equal("bids -1.3 ticks in 0.1 s, 0.0 ticks in 1 s; asks +12.0 ticks in 10 s", Value(result, "Mark-outs BTCUSDT"));
        Assert.DoesNotContain(RunTable.Sections(result).SelectMany(section => section.Rows), row => row.Label == "Mark-outs SOLUSDT");
    }

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
    public void The_parts_of_the_fair_value_are_listed_and_those_out_of_use_stand_in_brackets()
    {
        InstrumentResult instrument = ExampleRun.Make().Result.Instruments[0] with
        {
            FairValue = [new("mid", 1, 612_345.25, 612_345.25), new("weightedMid", 0, 0.012, 1.5), new("microprice", 1, -0.25, 0.75), new("orderFlow", 0, 0, 0)],
            Intensity = new(0.91234, 0.0212345, 12, 3, 2, "Taken", "PoorFit"),
        };
        RunResult result = ExampleRun.Make().Result with { Instruments = [instrument] };

        Assert.Equal("mid 612,345.25; (weighted mid +0.01 of 1.50); microprice -0.25 of 0.75; (order flow 0.00 of 0.00); mean and mean size in ticks", Value(result, "Fair value BTCUSDT"));
        Assert.Equal("A 0.9123/s, k 0.02123/tick; 12 fits taken (3 in part), 2 refused; bids Taken, asks PoorFit", Value(result, "Arrivals BTCUSDT"));
        Assert.DoesNotContain(RunTable.Sections(ExampleRun.Make().Result).SelectMany(section => section.Rows), row => row.Label.StartsWith("Fair value", StringComparison.Ordinal));
    }

    [Fact]
    public void Requests_a_fill_and_the_way_of_the_quotes_behind_what_was_wanted_are_told()
    {
        RunResult result = ExampleRun.Make().Result with
        {
            OrdersSent = 50,
            Fills = 4,
            Instruments = [new("BTCUSDT", 1, 0m, 0m, 0m, 0m, 0m, 0m, 0m) { Tracking = new TrackingResult(1.234, 0, 0.0125, 0) }, new("SOLUSDT", 1, 0m, 0m, 0m, 0m, 0m, 0m, 0m)],
        };

        Assert.Equal("12.50", Value(result, "Requests a fill"));
        Assert.Equal("-", Value(result with { Fills = 0 }, "Requests a fill"));
        Assert.Equal("bid 1.23 and ask 0.00 ticks from where they were wanted; missing 1.25 % and 0.00 % of the time", Value(result, "Quotes BTCUSDT"));
        Assert.Equal("bid - and ask - ticks from where they were wanted; missing - and - of the time", Value(result, "Quotes SOLUSDT"));
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
