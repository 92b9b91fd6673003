namespace LatencyEngine.Simulator;

/// <summary>One account's USDT wallet. Every posting is rounded half-even to 1e-8, the ledger's last digit.</summary>
internal sealed class AccountWallet(decimal startBalance)
{
    private const int LedgerDecimals = 8;

    public decimal StartBalance { get; } = startBalance;

    /// <summary>Realised profit before fees, over all symbols.</summary>
    public decimal RealisedGross { get; private set; }

    /// <summary>Fees paid, over all symbols.</summary>
    public decimal Fees { get; private set; }

    /// <summary>Funding received, over all symbols.</summary>
    public decimal Funding { get; private set; }

    public decimal Balance => StartBalance + RealisedGross - Fees + Funding;

    public static decimal Rounded(decimal amount) => decimal.Round(amount, LedgerDecimals, MidpointRounding.ToEven);

    /// <summary>Books a fill into a position and the wallet; the result holds the rounded postings.</summary>
    public FillResult PostFill(PositionState before, int sign, decimal qty, decimal price, decimal feeRate)
    {
        FillResult exact = PositionMath.ApplyFill(before, sign, qty, price, feeRate);
        decimal realised = Rounded(exact.Realised);
        decimal fee = Rounded(exact.Fee);
        RealisedGross += realised;
        Fees += fee;
        PositionState posted = exact.After with { RealisedGross = before.RealisedGross + realised, Fees = before.Fees + fee };
        return exact with { After = posted, Realised = realised, Fee = fee };
    }

    /// <summary>Books a funding payment; above zero is paid.</summary>
    public PositionState PostFunding(PositionState before, decimal payment)
    {
        decimal rounded = Rounded(payment);
        Funding -= rounded;
        return before with { Funding = before.Funding - rounded };
    }
}
