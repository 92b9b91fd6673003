namespace LatencyEngine.Simulator;

/// <summary>What one account of the venue starts from.</summary>
public sealed record AccountSettings
{
    /// <summary>The uid of an account that nobody has named.</summary>
    public const long DefaultUid = 10_000_001;

    /// <summary>The account's user id, above 0; in every id of its private messages.</summary>
    public long Uid { get; init; } = DefaultUid;

    /// <summary>Leverage of every symbol: 1 to the lower of the instrument's and the ladder's maximum, in steps of 0.01.</summary>
    public decimal Leverage { get; init; } = 50m;

    /// <summary>Wallet balance at the start, USDT.</summary>
    public decimal StartBalance { get; init; } = 10_000m;

    /// <summary>Margin mode.</summary>
    public MarginMode MarginMode { get; init; } = MarginMode.Isolated;

    /// <summary>Fee level; also sets the request limit.</summary>
    public FeeTier FeeTier { get; init; } = FeeTier.Vip0;
}
