namespace LatencyEngine.Simulator;

/// <summary>The USDT book of one account. Written by <see cref="Ledger"/> only.</summary>
public sealed class LedgerWallet
{
    private readonly RecentRows<LedgerEntry> _entries;

    internal LedgerWallet(long uid, int entriesKept)
    {
        Uid = uid;
        _entries = new RecentRows<LedgerEntry>(entriesKept);
    }

    /// <summary>The account.</summary>
    public long Uid { get; }

    /// <summary>Money brought in.</summary>
    public decimal Deposits { get; private set; }

    /// <summary>Realised profit before fees and funding, liquidations included.</summary>
    public decimal RealisedGross { get; private set; }

    /// <summary>Fees paid; below zero when rebates prevail.</summary>
    public decimal Fees { get; private set; }

    /// <summary>Funding received; below zero when paid.</summary>
    public decimal Funding { get; private set; }

    /// <summary>Deposits + realised - fees + funding.</summary>
    public decimal Balance => Deposits + RealisedGross - Fees + Funding;

    /// <summary>The newest postings, oldest first.</summary>
    internal RecentRows<LedgerEntry> Entries => _entries;

    /// <summary>Books a posting.</summary>
    /// <returns>The entry as kept: with the balance after it.</returns>
    internal LedgerEntry Book(LedgerEntry entry)
    {
        if (entry.Type == LedgerEntryType.TransferIn) Deposits += entry.CashFlow;
        else RealisedGross += entry.CashFlow;
        Fees += entry.Fee;
        Funding += entry.Funding;
        entry = entry with { WalletAfter = Balance };
        _entries.Add(entry);
        return entry;
    }
}
