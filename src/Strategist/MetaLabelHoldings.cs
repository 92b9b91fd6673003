namespace LatencyEngine.Strategist;

/// <summary>What is held, as the meta-label trader of one symbol sees it.</summary>
/// <param name="EquityUsdt">Equity of the account.</param>
/// <param name="Qty">Signed position of the symbol in base coin.</param>
/// <param name="Stop">Mark price at which the engine closes it; 0 while nothing is held.</param>
/// <param name="PositionsElsewhere">Other symbols with a position, or with one that is being entered.</param>
public readonly record struct MetaLabelHoldings(decimal EquityUsdt, decimal Qty, decimal Stop, int PositionsElsewhere);
