namespace LatencyEngine.Research;

/// <summary>One state of a microprice table.</summary>
/// <param name="SpreadTicks">Spread of the state; the widest one stands for all wider ones too.</param>
/// <param name="ImbalanceFrom">Least share of the bid in the quantity at the top.</param>
/// <param name="ImbalanceTo">Its upper end, which belongs to the next state.</param>
/// <param name="Changes">Messages that began in it, those of the mirrored book among them.</param>
/// <param name="AdjustmentTicks">What the microprice adds to the mid.</param>
public sealed record MicropriceState(int SpreadTicks, double ImbalanceFrom, double ImbalanceTo, long Changes, Estimate AdjustmentTicks);
