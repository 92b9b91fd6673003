namespace LatencyEngine.Simulator;

/// <summary>A one-way position and what it has earned and paid (docs/models.md, 3.1). USDT and base coin, nothing rounded.</summary>
/// <param name="Qty">Signed: above zero is long.</param>
/// <param name="AverageEntry">Quantity-weighted entry price; 0 when flat.</param>
/// <param name="RealisedGross">Profit of closed quantity, before fees and funding.</param>
/// <param name="Fees">Fees paid; a rebate lowers it.</param>
/// <param name="Funding">Funding received; payments lower it.</param>
public readonly record struct PositionState(decimal Qty, decimal AverageEntry, decimal RealisedGross, decimal Fees, decimal Funding)
{
    /// <summary>Profit of the open quantity at a mark price.</summary>
    public decimal UnrealisedAt(decimal mark) => Qty * (mark - AverageEntry);

    /// <summary>|quantity| × average entry.</summary>
    public decimal EntryValue => Math.Abs(Qty) * AverageEntry;
}
