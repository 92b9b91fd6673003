namespace LatencyEngine.Simulator;

/// <summary>One line of an account's transaction log (Bybit V5, 12.5). USDT, rounded half-even to 1e-8.</summary>
public sealed record LedgerEntry
{
    /// <summary>When it was posted, ns since 1970.</summary>
    public required long TimeNanos { get; init; }

    /// <summary>The account.</summary>
    public required long Uid { get; init; }

    /// <summary>The symbol; empty for a transfer.</summary>
    public required string Symbol { get; init; }

    /// <summary>Why the money moved.</summary>
    public required LedgerEntryType Type { get; init; }

    /// <summary>Realised profit, or the amount of a transfer.</summary>
    public decimal CashFlow { get; init; }

    /// <summary>Fee paid; below zero is a rebate.</summary>
    public decimal Fee { get; init; }

    /// <summary>Funding received; below zero is paid.</summary>
    public decimal Funding { get; init; }

    /// <summary>What the wallet gained: cash flow + funding - fee.</summary>
    public decimal Change => CashFlow + Funding - Fee;

    /// <summary>The wallet after it.</summary>
    public decimal WalletAfter { get; init; }

    /// <summary>Signed position of the symbol after it, base coin.</summary>
    public decimal PositionAfter { get; init; }

    /// <summary>The execution that moved the money; empty for a transfer.</summary>
    public string ExecId { get; init; } = "";
}
