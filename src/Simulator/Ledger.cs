namespace LatencyEngine.Simulator;

/// <summary>The venue's money in double entry: what one book gains another loses, so that all books together hold nothing after every posting.</summary>
/// <remarks>
/// Books: a wallet an account, and one each for deposits, clearing (the other side of realised profit), fees, funding and insurance. Every amount is rounded
/// half-even to 1e-8 USDT once, when it is posted. The books are exact for ever; of the postings only the newest are kept. One thread.
/// </remarks>
/// <param name="entriesKept">Postings kept of each account, above 0.</param>
public sealed class Ledger(int entriesKept = VenueSettings.DefaultRowsKept)
{
    private const int Decimals = 8;

    // An average entry is a decimal of 28 digits: what it has led to is good for so many, and half of the last unit must stay a half.
    private const int ExactDecimals = 18;

    private readonly Dictionary<long, LedgerWallet> _wallets = [];

    /// <summary>The side from which money was brought in: minus the deposits of all accounts.</summary>
    public decimal Deposits { get; private set; }

    /// <summary>The other side of all realised profit, and of what the insurance fund won or lost.</summary>
    public decimal Clearing { get; private set; }

    /// <summary>Fees collected, less rebates.</summary>
    public decimal Fees { get; private set; }

    /// <summary>The other side of all funding: above zero when accounts have paid more than they received.</summary>
    public decimal Funding { get; private set; }

    /// <summary>The insurance fund, from zero; below zero it owes what liquidations have cost beyond its means.</summary>
    public decimal Insurance { get; private set; }

    /// <summary>All books together: zero, always.</summary>
    public decimal Total => Deposits + Clearing + Fees + Funding + Insurance + _wallets.Values.Sum(wallet => wallet.Balance);

    /// <summary>The newest postings to an account, oldest first.</summary>
    /// <exception cref="KeyNotFoundException">The account has no wallet.</exception>
    public IReadOnlyCollection<LedgerEntry> Entries(long uid) => _wallets[uid].Entries;

    /// <summary>An amount of money as the ledger keeps it: half-even to 1e-8 USDT.</summary>
    public static decimal Rounded(decimal amount) => decimal.Round(decimal.Round(amount, ExactDecimals, MidpointRounding.ToEven), Decimals, MidpointRounding.ToEven);

    /// <summary>As much of an amount of money as the ledger can keep: cut to 1e-8 USDT, towards zero.</summary>
    public static decimal Truncated(decimal amount) => decimal.Round(amount, Decimals, MidpointRounding.ToZero);

    /// <summary>Opens the wallet of an account.</summary>
    /// <exception cref="ArgumentException">The account has one.</exception>
    public LedgerWallet Open(long uid)
    {
        var wallet = new LedgerWallet(uid, entriesKept);
        if (!_wallets.TryAdd(uid, wallet)) throw new ArgumentException($"account {uid} has a wallet already", nameof(uid));
        return wallet;
    }

    /// <summary>Brings money into an account.</summary>
    public LedgerEntry Deposit(long uid, decimal amount, long nowNanos) =>
        Post(new LedgerEntry { TimeNanos = nowNanos, Uid = uid, Symbol = "", Type = LedgerEntryType.TransferIn, CashFlow = amount });

    /// <summary>Posts one line of an account: its amounts are rounded, the wallet is moved and the books on the other side with it.</summary>
    /// <param name="line">Amounts unrounded; <see cref="LedgerEntry.WalletAfter"/> is not read.</param>
    /// <returns>The entry as kept: rounded, with the wallet after it.</returns>
    /// <exception cref="ArgumentException">The account has no wallet, or the type is not set.</exception>
    public LedgerEntry Post(LedgerEntry line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Type == LedgerEntryType.Unset) throw new ArgumentException("a posting needs a type", nameof(line));
        if (!_wallets.TryGetValue(line.Uid, out LedgerWallet? wallet)) throw new ArgumentException($"account {line.Uid} has no wallet", nameof(line));

        LedgerEntry entry = line with { CashFlow = Rounded(line.CashFlow), Fee = Rounded(line.Fee), Funding = Rounded(line.Funding) };
        entry = wallet.Book(entry);
        if (entry.Type == LedgerEntryType.TransferIn) Deposits -= entry.CashFlow;
        else Clearing -= entry.CashFlow;
        Fees += entry.Fee;
        Funding -= entry.Funding;
        return entry;
    }

    /// <summary>What a takeover left to the insurance fund: above zero a surplus over the bankruptcy price, below zero a shortfall that the fund pays.</summary>
    public void PostInsurance(decimal surplus)
    {
        decimal rounded = Rounded(surplus);
        Insurance += rounded;
        Clearing -= rounded;
    }
}
