namespace LatencyEngine.Host;

/// <summary>Section <c>account</c>: what a live start wants of the account, and what it may set itself. The leverage is <see cref="VenueConfiguration.Leverage"/>.</summary>
public sealed record AccountConfiguration
{
    /// <summary>"isolated" or "cross", of the account and of the dry-run venue's.</summary>
    public required string MarginMode { get; init; }

    /// <summary>All positions share the account's balance.</summary>
    public bool IsCross => MarginMode == "cross";

    /// <summary>Whether the start may set the margin mode, which holds for the whole account; else a difference is a fault.</summary>
    public required bool SetMarginMode { get; init; }

    /// <summary>Whether the start may set the leverage of the traded symbols; else a difference is a fault.</summary>
    public required bool SetLeverage { get; init; }

    /// <summary>Whether a key that may withdraw money is taken.</summary>
    public required bool AllowWithdrawalKey { get; init; }

    /// <summary>The shortest window that pings every <see cref="Transport.ConnectionTimings.AccountPingInterval"/> do not set off by themselves, s.</summary>
    public const int DisconnectWindowSecondsMin = 8;

    /// <summary>How long the private connection may be dead before the venue cancels the account's orders, s; <see cref="DisconnectWindowSecondsMin"/> to 300 (Bybit V5, 7.6: from 3). 0 leaves the window as the account has it.</summary>
    public required int DisconnectWindowSeconds { get; init; }

    /// <summary>Maker rate of every symbol where the venue tells none, as demo trading does; a fraction above -0.01, below 0.01.</summary>
    public required decimal AssumedMakerFee { get; init; }

    /// <summary>Taker rate there; a fraction of 0 to below 0.01.</summary>
    public required decimal AssumedTakerFee { get; init; }
}
