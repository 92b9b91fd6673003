using System.Globalization;
using System.Numerics;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Orders.Tests;

public sealed class PositionLedgerTests
{
    private static readonly InstrumentId Btc = Instruments.Btc;
    private static readonly InstrumentId Eth = Instruments.Eth;

    private int _nextExecution;

    [Fact]
    public void A_close_realises_quantity_times_price_change_and_leverage_has_no_part_in_it()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 1_000, price: 50_000m);
        Fill(ledger, Side.Sell, lots: 1_000, price: 50_500m);

        Assert.Equal(Usdt(500m), ledger.RealisedGross(Btc));
        Assert.Equal(default, ledger.Position(Btc));
        Assert.Equal(default, ledger.AverageEntry(Btc));
        Assert.Equal(Int128.Zero, ledger.CostE16(Btc));
    }

    [Fact]
    public void A_reducing_fill_realises_only_what_it_closes_and_leaves_the_entry()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 10_000, price: 100m);
        Fill(ledger, Side.Sell, lots: 1_000, price: 110m);

        Assert.Equal(Usdt(10m), ledger.RealisedGross(Btc));
        Assert.Equal(new QtyLots(9_000), ledger.Position(Btc));
        Assert.Equal(Price(100m), ledger.AverageEntry(Btc));
    }

    [Fact]
    public void Adding_moves_the_entry_to_the_weighted_average()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Sell, lots: 1_000, price: 100m);
        Fill(ledger, Side.Sell, lots: 2_000, price: 103m);

        Assert.Equal(new QtyLots(-3_000), ledger.Position(Btc));
        Assert.Equal(Price(102m), ledger.AverageEntry(Btc));
        Assert.Equal((Int128)306 * 10_000_000_000_000_000, ledger.CostE16(Btc));
        Assert.Equal(Usdt(6m), ledger.Unrealised(Btc, Price(100m)));
    }

    [Fact]
    public void A_fill_larger_than_the_position_flips_it_at_the_fill_price()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 1_000, price: 100m);
        Fill(ledger, Side.Sell, lots: 3_000, price: 90m);

        Assert.Equal(Usdt(-10m), ledger.RealisedGross(Btc));
        Assert.Equal(new QtyLots(-2_000), ledger.Position(Btc));
        Assert.Equal(Price(90m), ledger.AverageEntry(Btc));
        Assert.Equal(Usdt(20m), ledger.Unrealised(Btc, Price(80m)));
    }

    [Fact]
    public void What_is_adopted_stands_in_place_of_what_was_booked_and_realised_profit_and_fees_stay()
    {
        PositionLedger ledger = New(startUsdt: 1_000m);
        Fill(ledger, Side.Buy, lots: 1_000, price: 100m, feeUsdt: 0.02m);

        ledger.AdoptPosition(Btc, new QtyLots(-3_000), Price(90m));
        ledger.AdoptWallet(Usdt(1_200m));

        Assert.Equal((new QtyLots(-3_000), Price(90m), Usdt(1_200m), Usdt(0.02m)), (ledger.Position(Btc), ledger.AverageEntry(Btc), ledger.Wallet, ledger.FeesTotal));
        Fill(ledger, Side.Buy, lots: 3_000, price: 80m);
        Assert.Equal((Usdt(1_230m), default), (ledger.Wallet, ledger.Position(Btc)));
    }

    [Fact]
    public void A_ledger_agrees_with_figures_that_differ_by_no_more_than_rounding_may_do()
    {
        PositionLedger ledger = New(startUsdt: 1_000m);
        Fill(ledger, Side.Buy, lots: 1_000, price: 100m);
        Fill(ledger, Side.Sell, lots: 500, price: 100m);

        Assert.True(ledger.Agrees(Btc, new QtyLots(500), Price(100.00000002m)) && ledger.Agrees(Btc, new QtyLots(500), Price(99.99999998m)));
        Assert.False(ledger.Agrees(Btc, new QtyLots(501), Price(100m)));
        Assert.False(ledger.Agrees(Btc, new QtyLots(500), Price(100.00000003m)) || ledger.Agrees(Btc, new QtyLots(500), Price(99.99999997m)));

        // Four units for each of the two executions, and two for each base unit closed, 0.5 of them, and one to spare.
        const long Slack = 8 + 1 + 1;
        Assert.True(ledger.AgreesOnWallet(Usdt(1_000m) + new MoneyE8(Slack)) && ledger.AgreesOnWallet(Usdt(1_000m) - new MoneyE8(Slack)));
        Assert.False(ledger.AgreesOnWallet(Usdt(1_000m) + new MoneyE8(Slack + 1)) || ledger.AgreesOnWallet(Usdt(1_000m) - new MoneyE8(Slack + 1)));
        ledger.AdoptWallet(Usdt(1_000m));
        Assert.False(ledger.AgreesOnWallet(Usdt(1_000m) + new MoneyE8(1)));
    }

    [Fact]
    public void A_fee_that_is_missing_is_found_however_many_fills_have_agreed_before()
    {
        PositionLedger ledger = New(startUsdt: 1_000m);
        decimal wallet = 1_000m;
        Fill(ledger, Side.Buy, lots: 1_000_000, price: 100m);
        for (int i = 0; i < 10_000; i++)
        {
            Fill(ledger, i % 2 == 0 ? Side.Buy : Side.Sell, lots: 10_000, price: 100m, feeUsdt: 0.0001m);
            wallet -= 0.0001m;
            Assert.True(ledger.AgreesOnWallet(Usdt(wallet)));
            ledger.OnWalletAgreed(Usdt(wallet));
            ledger.OnAgreed(Btc, Price(100m));
        }

        Fill(ledger, Side.Sell, lots: 10_000, price: 100m, feeUsdt: 0.0001m);
        Assert.False(ledger.AgreesOnWallet(Usdt(wallet - 0.0002m)));
        Assert.False(ledger.Agrees(Btc, ledger.Position(Btc), Price(100.00000002m)));
    }

    [Fact]
    public void What_is_told_late_of_a_large_quantity_is_explained_by_its_order_though_the_venue_rounds_its_average()
    {
        const int Seed = 20261125;
        var random = new Random(Seed);
        for (int run = 0; run < 500; run++)
        {
            PositionLedger venue = New(), ours = New();
            for (int i = 0; i < 3; i++) Fill(venue, Side.Buy, random.Next(1_000_000, 10_000_000), 100m + (random.Next(1_000) / 10m));
            ours.AdoptPosition(Btc, venue.Position(Btc), venue.AverageEntry(Btc));
            ours.AdoptWallet(venue.Wallet);
            ExecutionEvent late = Execution(Side.Buy, random.Next(1, 1_000_000), Price(150m), default, Btc) with { ExecutedMillis = 1_000, Sequence = 1 };
            ExecutionEvent close = Execution(Side.Sell, random.Next(1, 1_000_000), Price(160m), default, Btc) with { ExecutedMillis = 2_000, Sequence = 2 };
            foreach (ExecutionEvent fill in (ExecutionEvent[])[late, close]) venue.OnExecution(in fill);
            foreach (ExecutionEvent fill in (ExecutionEvent[])[close, late]) ours.OnExecution(in fill);

            if (!ours.Agrees(Btc, venue.Position(Btc), venue.AverageEntry(Btc))) Assert.True(ours.TryReorder(Btc, venue.Position(Btc), venue.AverageEntry(Btc)));
            Assert.True(ours.AgreesOnWallet(venue.Wallet), $"seed {Seed}, run {run}: {ours.Wallet}, the venue's {venue.Wallet}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_venue_that_truncates_and_reckons_on_with_its_rounded_average_agrees_over_any_fills(bool isShort)
    {
        const int Seed = 20261124;
        var random = new Random(Seed);
        for (int run = 0; run < 200; run++)
        {
            PositionLedger ours = New(startUsdt: 1_000m);
            (decimal wallet, decimal held, decimal average) = (1_000m, 0m, 0m);
            for (int i = 0; i < 100; i++)
            {
                bool opens = held == 0 || random.Next(2) == 0;
                int lots = opens ? random.Next(1, 5_000) : random.Next(1, (int)(held * 1_000) + 1);
                (decimal price, decimal fee) = (100m + (random.Next(100_000) / 100m), random.Next(1_000) / 1e8m);
                Fill(ours, opens != isShort ? Side.Buy : Side.Sell, lots, price, fee);
                decimal qty = lots / 1_000m;
                wallet -= fee;
                if (opens) average = Truncated(((held * average) + (qty * price)) / (held + qty));
                else wallet += Truncated(qty * (isShort ? average - price : price - average));
                held += opens ? qty : -qty;

                var size = new QtyLots((long)(held * 1_000) * (isShort ? -1 : 1));
                Assert.True(ours.Agrees(Btc, size, held == 0 ? default : Price(average)), $"seed {Seed}, run {run}, fill {i}: {ours.AverageEntry(Btc)}, the venue's {average}");
                Assert.True(ours.AgreesOnWallet(Usdt(wallet)), $"seed {Seed}, run {run}, fill {i}: {ours.Wallet}, the venue's {wallet}");
                if (run % 2 == 0) continue;
                ours.OnAgreed(Btc, held == 0 ? default : Price(average));
                ours.OnWalletAgreed(Usdt(wallet));
            }
        }

        static decimal Truncated(decimal value) => Math.Truncate(value * 1e8m) / 1e8m;
    }

    [Fact]
    public void A_ledger_that_took_over_a_rounded_average_agrees_with_the_exact_one_after_any_fills_and_exactly_once_it_took_its_wallet_while_flat()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        for (int run = 0; run < 200; run++)
        {
            PositionLedger exact = New(), ours = New();
            for (int i = 0; i < 5; i++) Fill(exact, Side.Buy, random.Next(1, 100_000), 100m + (random.Next(1_000) / 10m));
            ours.AdoptPosition(Btc, exact.Position(Btc), exact.AverageEntry(Btc));
            ours.AdoptWallet(exact.Wallet);
            for (int i = 0; i < 40; i++)
            {
                (Side side, int lots, decimal price) = (random.Next(3) == 0 ? Side.Buy : Side.Sell, random.Next(1, 20_000), 100m + (random.Next(1_000) / 10m));
                Fill(exact, side, lots, price);
                Fill(ours, side, lots, price);
                Assert.True(ours.Agrees(Btc, exact.Position(Btc), exact.AverageEntry(Btc)), $"seed {Seed}, run {run}, fill {i}: {ours.AverageEntry(Btc)}, exact {exact.AverageEntry(Btc)}");
                Assert.True(ours.AgreesOnWallet(exact.Wallet), $"seed {Seed}, run {run}, fill {i}: {ours.Wallet}, exact {exact.Wallet}");
            }

            long lotsLeft = exact.Position(Btc).Lots;
            foreach (PositionLedger ledger in (PositionLedger[])[exact, ours])
            {
                if (lotsLeft != 0) Fill(ledger, lotsLeft > 0 ? Side.Sell : Side.Buy, (int)Math.Abs(lotsLeft), 123m);
            }

            ours.AdoptWallet(exact.Wallet);
            Assert.False(ours.AgreesOnWallet(exact.Wallet + new MoneyE8(1)));
        }
    }

    [Fact]
    public void Fills_that_were_booked_in_another_order_than_they_were_made_become_the_venues_by_its_average_alone()
    {
        const int Seed = 20261123;
        var random = new Random(Seed);
        int reordered = 0;
        for (int run = 0; run < 500; run++)
        {
            PositionLedger venue = New(startUsdt: 1_000m), ours = New(startUsdt: 1_000m);
            var fills = new ExecutionEvent[30];
            for (int i = 0; i < fills.Length; i++)
            {
                fills[i] = Execution(random.Next(2) == 0 ? Side.Buy : Side.Sell, random.Next(1, 20_000), Price(100m + (random.Next(1_000) / 10m)), Usdt(0.01m), Btc) with { ExecutedMillis = 1_000 + (i / 3), Sequence = i };
                venue.OnExecution(in fills[i]);
            }

            int lost = random.Next(fills.Length - 1);
            for (int i = 0; i < fills.Length; i++)
            {
                if (i != lost) ours.OnExecution(in fills[i]);
            }

            ours.OnExecution(in fills[lost]);
            Assert.Equal(venue.Position(Btc), ours.Position(Btc));
            if (!ours.Agrees(Btc, venue.Position(Btc), venue.AverageEntry(Btc)))
            {
                reordered++;
                Assert.False(ours.TryReorder(Btc, venue.Position(Btc) + new QtyLots(1), venue.AverageEntry(Btc)));
                Assert.True(ours.TryReorder(Btc, venue.Position(Btc), venue.AverageEntry(Btc)));
            }

            Assert.True(ours.Agrees(Btc, venue.Position(Btc), venue.AverageEntry(Btc)));
            Assert.True(ours.AgreesOnWallet(venue.Wallet), $"seed {Seed}, run {run}: {ours.Wallet}, the venue's {venue.Wallet}");
            Assert.InRange((venue.Wallet - ours.Wallet).Units, -200, 200);
            ours.AdoptWallet(venue.Wallet);
            Assert.False(ours.TryReorder(Btc, venue.Position(Btc), Price(1m)));
        }

        Assert.InRange(reordered, 100, 500);
    }

    [Fact]
    public void No_other_order_of_fills_explains_an_average_where_all_were_booked_as_they_were_made()
    {
        PositionLedger ledger = New();
        foreach (long millis in (long[])[5, 5, 6])
        {
            ExecutionEvent fill = Execution(Side.Buy, 1_000, Price(100m), default, Btc) with { ExecutedMillis = millis };
            ledger.OnExecution(in fill);
        }

        Assert.False(ledger.TryReorder(Btc, new QtyLots(3_000), Price(101m)));
        Assert.Equal((Price(100m), default), (ledger.AverageEntry(Btc), ledger.RealisedGrossTotal));
    }

    [Fact]
    public void An_execution_is_lacking_until_it_is_booked_and_one_that_cannot_be_booked_never_is()
    {
        PositionLedger ledger = New();
        var e = new ExecutionEvent { ExecutionId = 7, Instrument = Btc, Type = ExecutionType.Trade, Side = Side.Buy, Qty = new QtyLots(1), Price = Price(100m) };

        Assert.True(ledger.Lacks(in e));
        ledger.OnExecution(in e);
        Assert.False(ledger.Lacks(in e));
        Assert.False(ledger.Lacks(e with { ExecutionId = 8, Type = ExecutionType.Other }));
    }

    [Fact]
    public void One_wallet_is_shared_and_every_instrument_keeps_its_own_account()
    {
        PositionLedger ledger = New(startUsdt: 1_000m);
        Fill(ledger, Side.Buy, lots: 1_000, price: 100m, feeUsdt: 0.02m);
        Fill(ledger, Side.Sell, lots: 1_000, price: 101m, feeUsdt: -0.01m);
        Fill(ledger, Side.Sell, lots: 100, price: 10m, feeUsdt: 0.5m, instrument: Eth);
        Fund(ledger, paidUsdt: 0.25m, Eth);
        Fund(ledger, paidUsdt: -0.75m, Btc);

        Assert.Equal((Usdt(1m), Usdt(0.01m), Usdt(0.75m)), (ledger.RealisedGross(Btc), ledger.Fees(Btc), ledger.Funding(Btc)));
        Assert.Equal((Usdt(0m), Usdt(0.5m), Usdt(-0.25m)), (ledger.RealisedGross(Eth), ledger.Fees(Eth), ledger.Funding(Eth)));
        Assert.Equal((Usdt(1m), Usdt(0.51m), Usdt(0.5m)), (ledger.RealisedGrossTotal, ledger.FeesTotal, ledger.FundingTotal));
        Assert.Equal(Usdt(1_000.99m), ledger.Wallet);
        Assert.Equal(5, ledger.ExecutionCount);
    }

    [Theory]
    [InlineData(ExecutionType.BustTrade)]
    [InlineData(ExecutionType.AdlTrade)]
    public void A_takeover_and_a_deleveraging_book_like_a_fill(ExecutionType type)
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 1_000, price: 50_000m);
        ExecutionEvent bust = Execution(Side.Sell, 1_000, Price(49_000.12345678m), default, Btc) with { Type = type };

        Assert.Equal(LedgerOutcome.Booked, ledger.OnExecution(in bust));
        Assert.Equal(Usdt(-999.87654322m), ledger.RealisedGross(Btc));
        Assert.Equal(default, ledger.Position(Btc));
    }

    [Fact]
    public void A_repeated_execution_is_booked_once_even_when_thousands_came_between()
    {
        PositionLedger ledger = New();
        ExecutionEvent first = Execution(Side.Buy, 5, Price(100m), default, Btc);
        Assert.Equal(LedgerOutcome.Booked, ledger.OnExecution(in first));
        for (int i = 1; i < PositionLedger.RememberedExecutions; i++) Fill(ledger, Side.Buy, 1, 100m);

        Assert.Equal(LedgerOutcome.Duplicate, ledger.OnExecution(in first));
        Assert.Equal(5 + PositionLedger.RememberedExecutions - 1, ledger.Position(Btc).Lots);
        Assert.Equal(1, ledger.DuplicateCount);
    }

    [Fact]
    public void The_memory_of_executions_forgets_the_oldest_and_only_the_oldest()
    {
        var memory = new IdMemory(4);
        foreach (uint id in new uint[] { 0, 1, 2, 3 }) Assert.True(memory.TryAdd(id));
        foreach (uint id in new uint[] { 0, 1, 2, 3 }) Assert.False(memory.TryAdd(id));

        Assert.True(memory.TryAdd(4));
        foreach (uint id in new uint[] { 1, 2, 3, 4 }) Assert.False(memory.TryAdd(id));
        Assert.True(memory.TryAdd(0));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void The_memory_of_executions_agrees_with_a_queue(int seed)
    {
        var random = new Random(seed);
        var memory = new IdMemory(64);
        var twin = new Queue<UInt128>();
        for (int i = 0; i < 50_000; i++)
        {
            UInt128 id = new((ulong)random.Next(3), (ulong)random.Next(40));
            bool isNew = !twin.Contains(id);
            if (isNew)
            {
                if (twin.Count == 64) twin.Dequeue();
                twin.Enqueue(id);
            }

            Assert.True(isNew == memory.TryAdd(id), $"seed {seed}, step {i}");
        }
    }

    [Fact]
    public void What_no_execution_can_be_is_not_booked_and_changes_nothing()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 1_000, price: 100m);
        ExecutionEvent good = Execution(Side.Buy, 1_000, Price(100m), default, Btc);
        ExecutionEvent[] bad =
        [
            good with { Type = ExecutionType.Other },
            good with { Type = ExecutionType.Unset },
            good with { Side = Side.Unset },
            good with { Qty = default },
            good with { Qty = new QtyLots(-1) },
            good with { Price = default },
            good with { Price = new PriceE8(long.MaxValue), Qty = new QtyLots(1L << 52) },
            good with { Instrument = new InstrumentId(2) },
            good with { Instrument = new InstrumentId(-1) },
        ];
        foreach (ExecutionEvent e in bad) Assert.Equal(LedgerOutcome.NotBooked, ledger.OnExecution(in e));

        Assert.Equal((1_000L, 1L, (long)bad.Length), (ledger.Position(Btc).Lots, ledger.ExecutionCount, ledger.NotBookedCount));
        Assert.Equal(LedgerOutcome.Booked, ledger.OnExecution(in good));
    }

    [Fact]
    public void The_largest_position_that_the_ledger_promises_to_hold_keeps_its_digits()
    {
        PositionLedger ledger = New();
        for (int i = 0; i < 100; i++) Fill(ledger, Side.Buy, lots: 100_000, price: 1_000_000.1m);

        Assert.Equal(Price(1_000_000.1m), ledger.AverageEntry(Btc));
        Fill(ledger, Side.Sell, lots: 9_999_999, price: 1_000_000.2m);
        Assert.Equal(Usdt(999.9999m), ledger.RealisedGross(Btc));
        Assert.Equal(Price(1_000_000.1m), ledger.AverageEntry(Btc));
    }

    [Fact]
    public void Every_posting_of_the_golden_sequences_is_met_to_the_last_digit()
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> cases = ReferenceFiles.GoldenRows("margin_cases.csv").ToDictionary(row => row["case"]);
        var oneInstrument = new InstrumentTable([Instruments.Create(0, "GOLDENUSDT", 4, 1, 3)]);
        int rows = 0;
        foreach (IGrouping<string, IReadOnlyDictionary<string, string>> events in ReferenceFiles.GoldenRows("margin_events.csv").GroupBy(row => row["case"]))
        {
            MoneyE8 start = Usdt(Number(cases[events.Key]["initial_wallet"]));
            var ledger = new PositionLedger(oneInstrument, start);
            (decimal Realised, decimal Fees, decimal Funding) before = default;
            (long Realised, long Fees, long Funding) sums = default;
            foreach (IReadOnlyDictionary<string, string> row in events)
            {
                (decimal Realised, decimal Fees, decimal Funding) after = (Number(row["realised_pnl_gross"]), Number(row["fees_paid"]), Number(row["funding_received"]));
                MoneyE8 fee = Usdt(after.Fees - before.Fees);
                MoneyE8 funding = Usdt(after.Funding - before.Funding);
                if (row["kind"] == "fill")
                {
                    Fill(ledger, Enum.Parse<Side>(row["side"]), (long)(Number(row["qty"]) * 1_000m), Number(row["price"]), fee.Units / 1e8m);
                }
                else
                {
                    Fund(ledger, -funding.Units / 1e8m, Btc);
                }

                sums = (sums.Realised + Usdt(after.Realised - before.Realised).Units, sums.Fees + fee.Units, sums.Funding + funding.Units);
                before = after;
                string at = $"case {events.Key}, event {row["event"]}";
                Assert.True(sums == (ledger.RealisedGross(Btc).Units, ledger.Fees(Btc).Units, ledger.Funding(Btc).Units), at);
                Assert.True(start.Units + sums.Realised - sums.Fees + sums.Funding == ledger.Wallet.Units, at);
                Assert.True(Number(row["position"]) * 1_000m == ledger.Position(Btc).Lots, at);
                Assert.True(Price(Number(row["avg_entry"])) == ledger.AverageEntry(Btc), at);
                MoneyE8 unrealised = ledger.Unrealised(Btc, Price(Number(row["mark"])));
                Assert.True(Usdt(Number(row["unrealised_pnl"])) == unrealised, at);

                // The golden sums carry more digits than a venue's ledger: each posting may differ by half a unit.
                decimal equity = (ledger.Wallet + unrealised).Units / 1e8m;
                Assert.True(Math.Abs(Number(row["equity"]) - equity) <= 0.5e-8m * ((3 * (int.Parse(row["event"], CultureInfo.InvariantCulture) + 1)) + 1), at);
                rows++;
            }
        }

        Assert.Equal(2_059, rows);
    }

    [Theory]
    [InlineData(11, 40)]
    [InlineData(12, 400)]
    [InlineData(13, 4_000)]
    public void Random_executions_agree_with_exact_fractions(int seed, int lotsMax)
    {
        var random = new Random(seed);
        for (int run = 0; run < 30; run++)
        {
            PositionLedger ledger = New();
            var twin = new FractionTwin();
            for (int i = 0; i < 60; i++)
            {
                Side side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
                long lots = 1 + random.Next(lotsMax);
                var price = new PriceE8(random.NextInt64(1, 10_000_000_000_000));
                ExecutionEvent e = Execution(side, lots, price, default, Btc);
                ledger.OnExecution(in e);
                twin.Fill(side.Sign, lots, price.Units, lotE8: 100_000);

                string at = $"seed {seed}, run {run}, step {i}";
                Assert.True(twin.Lots == ledger.Position(Btc).Lots, at);
                Assert.True(twin.RealisedE8 == ledger.RealisedGross(Btc).Units, at);
                Assert.True(twin.AverageEntryE8() == ledger.AverageEntry(Btc).Units, at);
                Assert.True(Int128.Abs(twin.CostE16 - ledger.CostE16(Btc)) <= 1, at);
            }
        }
    }

    [Fact]
    public void Hundreds_of_thousands_of_partial_closes_leave_the_entry_exact_to_its_last_digit()
    {
        PositionLedger ledger = New();
        Fill(ledger, Side.Buy, lots: 1, price: 60_000.1m);
        Fill(ledger, Side.Buy, lots: 2, price: 60_000.3m);
        Fill(ledger, Side.Buy, lots: 500_000, price: 60_000.3m);
        PriceE8 entry = ledger.AverageEntry(Btc);
        for (int i = 0; i < 300_000; i++)
        {
            ExecutionEvent e = Execution(Side.Sell, 1, Price(60_001m), default, Btc);
            ledger.OnExecution(in e);
        }

        Assert.Equal(200_003, ledger.Position(Btc).Lots);
        Assert.Equal(entry, ledger.AverageEntry(Btc));
    }

    [Fact]
    public void The_ledger_allocates_nothing()
    {
        PositionLedger ledger = New();
        long sum = 0;
        long used = ZeroAllocation.Measure(i =>
        {
            ExecutionEvent e = Execution(i % 3 == 0 ? Side.Buy : Side.Sell, 1 + (i % 7), new PriceE8(6_000_000_000_000 + i), new MoneyE8(i), i % 2 == 0 ? Btc : Eth);
            ledger.OnExecution(in e);
            sum += ledger.AverageEntry(Btc).Units + ledger.Unrealised(Btc, e.Price).Units + ledger.Wallet.Units;
        });

        Assert.Equal(0, used);
        Assert.NotEqual(0, sum);
    }

    private static PositionLedger New(decimal startUsdt = 0) => new(Instruments.Two, Usdt(startUsdt));

    private static MoneyE8 Usdt(decimal amount) => new((long)Math.Round(amount * 100_000_000m, MidpointRounding.ToEven));

    private static PriceE8 Price(decimal price) => new((long)Math.Round(price * 100_000_000m, MidpointRounding.ToEven));

    private static decimal Number(string cell) => decimal.Parse(cell, CultureInfo.InvariantCulture);

    private void Fill(PositionLedger ledger, Side side, long lots, decimal price, decimal feeUsdt = 0, InstrumentId instrument = default)
    {
        ExecutionEvent e = Execution(side, lots, Price(price), Usdt(feeUsdt), instrument);
        Assert.Equal(LedgerOutcome.Booked, ledger.OnExecution(in e));
    }

    private void Fund(PositionLedger ledger, decimal paidUsdt, InstrumentId instrument)
    {
        ExecutionEvent e = Execution(Side.Sell, 1, Price(1m), Usdt(paidUsdt), instrument) with { Type = ExecutionType.Funding };
        Assert.Equal(LedgerOutcome.Booked, ledger.OnExecution(in e));
    }

    private ExecutionEvent Execution(Side side, long lots, PriceE8 price, MoneyE8 fee, InstrumentId instrument) => new()
    {
        Instrument = instrument,
        ExecutionId = new UInt128(7, (ulong)++_nextExecution),
        Type = ExecutionType.Trade,
        Side = side,
        Price = price,
        Qty = new QtyLots(lots),
        Fee = fee,
    };

    /// <summary>The formulas of docs/models.md, 3.1 word for word, with the average entry as an exact fraction.</summary>
    private sealed class FractionTwin
    {
        private BigInteger _entryTop;
        private BigInteger _entryBottom = 1;

        public long Lots { get; private set; }

        public long RealisedE8 { get; private set; }

        public Int128 CostE16 => (Int128)Round(_entryTop * BigInteger.Abs(Lots) * 100_000, _entryBottom);

        public void Fill(int sign, long lots, long priceE8, long lotE8)
        {
            if (Lots == 0 || Math.Sign(Lots) == sign)
            {
                _entryTop = (_entryTop * BigInteger.Abs(Lots)) + (_entryBottom * lots * priceE8);
                _entryBottom *= BigInteger.Abs(Lots) + lots;
                Reduce();
                Lots += sign * lots;
                return;
            }

            long closed = Math.Min(lots, Math.Abs(Lots));
            BigInteger profitTop = closed * lotE8 * ((priceE8 * _entryBottom) - _entryTop) * Math.Sign(Lots);
            RealisedE8 += (long)Round(profitTop, _entryBottom * 100_000_000);
            Lots += sign * lots;
            if (Lots == 0) (_entryTop, _entryBottom) = (0, 1);
            else if (lots > closed) (_entryTop, _entryBottom) = (priceE8, 1);
        }

        public long AverageEntryE8() => Lots == 0 ? 0 : (long)Round(_entryTop, _entryBottom);

        private void Reduce()
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(_entryTop, _entryBottom);
            _entryTop /= common;
            _entryBottom /= common;
        }

        private static BigInteger Round(BigInteger top, BigInteger bottom)
        {
            BigInteger floor = BigInteger.Divide(top - (top.Sign < 0 ? bottom - 1 : 0), bottom);
            int half = (2 * (top - (floor * bottom))).CompareTo(bottom);
            return half > 0 || (half == 0 && !floor.IsEven) ? floor + 1 : floor;
        }
    }
}
