namespace LatencyEngine.Simulator;

/// <summary>The USDT book of one account. Written by <see cref="Ledger"/> only.</summary>
public sealed class LedgerWallet
{
    internal LedgerWallet(long uid) => Uid = uid;

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

    internal void Book(LedgerEntry entry)
    {
        if (entry.Type == LedgerEntryType.TransferIn) Deposits += entry.CashFlow;
        else RealisedGross += entry.CashFlow;
        Fees += entry.Fee;
        Funding += entry.Funding;
    }
}
