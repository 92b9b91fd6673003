namespace LatencyEngine.Strategist;

/// <summary>What is held, as a trader of one symbol sees it.</summary>
/// <param name="EquityUsdt">Equity of the account.</param>
/// <param name="Qty">Signed position of the symbol in base coin.</param>
/// <param name="ElsewhereUsdt">Value of the positions in all other symbols, without sign.</param>
public readonly record struct Holdings(decimal EquityUsdt, decimal Qty, decimal ElsewhereUsdt);
