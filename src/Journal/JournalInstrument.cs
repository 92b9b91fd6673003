namespace LatencyEngine.Journal;

/// <summary>An instrument of the journalled run.</summary>
/// <param name="Symbol">The venue's name of it.</param>
/// <param name="MakerFee">The account's maker rate, a fraction of value; negative is a rebate.</param>
/// <param name="TakerFee">The account's taker rate, a fraction of value.</param>
public sealed record JournalInstrument(string Symbol, decimal MakerFee, decimal TakerFee);
