namespace LatencyEngine.Simulator;

/// <summary>The fee rates of one symbol, as fractions of the traded value.</summary>
/// <param name="Maker">Paid by the resting side; negative is a rebate.</param>
/// <param name="Taker">Paid by the side that takes.</param>
public readonly record struct FeeRates(decimal Maker, decimal Taker);
