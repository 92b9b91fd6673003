using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Simulator.Tests;

public sealed class LedgerTests
{
    private const long First = 10_000_001;
    private const long Second = 10_000_002;

    [Fact]
    public void What_an_account_gains_another_book_loses()
    {
        Ledger ledger = Opened();

        LedgerEntry trade = ledger.Post(Line(First, LedgerEntryType.Trade) with { CashFlow = 12.5m, Fee = 0.5m, PositionAfter = -0.1m, ExecId = "e" });
        LedgerEntry funding = ledger.Post(Line(Second, LedgerEntryType.Settlement) with { Funding = -3m });
        ledger.Post(Line(Second, LedgerEntryType.Liquidation) with { CashFlow = -100m, Fee = 2m });
        ledger.PostInsurance(7m);

        Assert.Equal((12m, 10_012m, -0.1m, "e"), (trade.Change, trade.WalletAfter, trade.PositionAfter, trade.ExecId));
        Assert.Equal((-3m, 4_997m), (funding.Change, funding.WalletAfter));
        Assert.Equal(
            (-15_000m, 80.5m, 2.5m, 3m, 7m, 0m),
            (ledger.Deposits, ledger.Clearing, ledger.Fees, ledger.Funding, ledger.Insurance, ledger.Total));
        Assert.Equal(["TransferIn", "Trade"], ledger.Entries(First).Select(entry => entry.Type.ToString()));
        Assert.Equal(["TransferIn", "Settlement", "Liquidation"], ledger.Entries(Second).Select(entry => entry.Type.ToString()));
    }

    [Fact]
    public void Of_the_postings_only_the_newest_of_each_account_are_kept_and_the_books_stay_exact()
    {
        var ledger = new Ledger(entriesKept: 2);
        ledger.Open(First);
        ledger.Open(Second);
        ledger.Deposit(Second, 5m, 1);
        for (int i = 1; i <= 5; i++) ledger.Deposit(First, i, i);

        Assert.Equal([4m, 5m], ledger.Entries(First).Select(entry => entry.CashFlow));
        Assert.Equal([5m], ledger.Entries(Second).Select(entry => entry.CashFlow));
        Assert.Equal((-20m, 0m, 15m), (ledger.Deposits, ledger.Total, ledger.Entries(First).Last().WalletAfter));
    }

    [Fact]
    public void An_amount_is_rounded_half_even_to_eight_decimals_once()
    {
        Ledger ledger = Opened();

        LedgerEntry entry = ledger.Post(Line(First, LedgerEntryType.Trade) with { CashFlow = 0.000000005m, Fee = 0.000000015m, Funding = -0.000000025m });

        Assert.Equal((0m, 0.00000002m, -0.00000002m), (entry.CashFlow, entry.Fee, entry.Funding));
        Assert.Equal(10_000m - 0.00000004m, entry.WalletAfter);
    }

    [Fact]
    public void Half_a_unit_stays_a_half_whatever_an_average_entry_of_28_digits_has_left_of_it()
    {
        // 0.096 at 5856.0097 / 0.096 = 61000.10104166..., of which 0.003 are sold at 61010: 0.029696875 by the exact cost.
        PositionState held = PositionMath.ApplyFill(PositionMath.ApplyFill(default, 1, 0.095m, 61_000.1m, 0m).After, 1, 0.001m, 61_000.2m, 0m).After;
        decimal realised = PositionMath.ApplyFill(held, -1, 0.003m, 61_010m, 0m).Realised;

        Assert.NotEqual(0.029696875m, realised);
        Assert.Equal(0.02969688m, Ledger.Rounded(realised));
    }

    [Fact]
    public void All_books_together_hold_nothing_after_every_posting() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(-2_000_000_000, 2_000_000_000).Three().Zip(Gen.Choose(0, 4)).ListOf().ToArbitrary(),
        postings =>
        {
            Ledger ledger = Opened();
            foreach (((int cash, int fee, int funding), int kind) in postings)
            {
                // Nine decimals: the last one has to be rounded.
                LedgerEntry amounts = Line(kind % 2 == 0 ? First : Second, LedgerEntryType.Trade) with { CashFlow = cash * 1e-9m, Fee = fee * 1e-9m, Funding = funding * 1e-9m };
                if (kind == 4) ledger.PostInsurance(cash * 1e-9m);
                else ledger.Post(amounts with { Type = (LedgerEntryType)(kind + 1) });
                Assert.Equal(0m, ledger.Total);
            }

            foreach (long uid in (long[])[First, Second])
            {
                Assert.Equal(ledger.Entries(uid).Sum(entry => entry.Change), ledger.Entries(uid).Last().WalletAfter);
            }
        }));

    [Fact]
    public void An_account_without_a_wallet_or_with_two_and_a_posting_without_a_type_are_refused()
    {
        Ledger ledger = Opened();

        Assert.Contains("has no wallet", Assert.Throws<ArgumentException>(() => ledger.Post(Line(7, LedgerEntryType.Trade))).Message, StringComparison.Ordinal);
        Assert.Contains("has a wallet already", Assert.Throws<ArgumentException>(() => ledger.Open(First)).Message, StringComparison.Ordinal);
        Assert.Contains("needs a type", Assert.Throws<ArgumentException>(() => ledger.Post(Line(First, LedgerEntryType.Unset))).Message, StringComparison.Ordinal);
    }

    private static Ledger Opened()
    {
        var ledger = new Ledger();
        ledger.Open(First);
        ledger.Open(Second);
        ledger.Deposit(First, 10_000m, 1);
        ledger.Deposit(Second, 5_000m, 2);
        return ledger;
    }

    private static LedgerEntry Line(long uid, LedgerEntryType type) => new() { TimeNanos = 3, Uid = uid, Symbol = "BTCUSDT", Type = type };
}
