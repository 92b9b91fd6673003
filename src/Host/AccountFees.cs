namespace LatencyEngine.Host;

/// <summary>What the account pays on one instrument, as fractions: live from the fee-rate endpoint, in a dry-run from the venue's fee tier.</summary>
/// <param name="Maker">Maker rate; negative is a rebate.</param>
/// <param name="Taker">Taker rate.</param>
public readonly record struct AccountFees(decimal Maker, decimal Taker);
